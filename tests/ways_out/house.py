"""The made-up clinic at work: its people before their pages, its cases, its clock."""

import re
from contextlib import contextmanager
from datetime import timedelta

import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from clinic.audit import middleware
from clinic.cases.models import Case, Status
from clinic.context import set_context
from sessions.rehearsal import demonstration
from sessions.rehearsal import house as made_up
from sessions.supervised.models import LIVE, SupervisedSession
from tests.builders.house import NOON, PASSWORD, sign_in
from tests.ways_out.clearing import CLEAR_OTHERS, CLEARS, NOBODYS, StopsForGood
from tests.ways_out.reading import Page

MANY, ROUNDS = 30, 3  # obstacles of one page, and walks through all of them

EVERY_CASE = ["casefile:show", "cases:lifecycle"]
NEXT = {
    Status.REFERRED: ["screening:decide"],
    Status.SCREENING: ["screening:decide"],
    Status.ELIGIBLE: ["preparation:show"],
    Status.PREPARING: ["preparation:ready"],
    Status.READY: ["preparation:ready"],
    Status.INTEGRATING: ["aftercare:index"],
    Status.AFTERCARE: ["aftercare:index"],
}
IN_SESSION = ["release", "show", "give", "sign"]


class Person:
    """Somebody of the house before a browser: they open pages, follow links and press buttons."""

    def __init__(self, house, user):
        self.house, self.user = house, user
        self.client = Client(enforce_csrf_checks=True)
        self.since = None

    def opens(self, address):
        """Read a page; whoever was away for a while signs in again."""
        if self.since is None or now() - self.since > timedelta(minutes=4):
            sign_in(self.client, self.user)
        self.since = now()
        return self._read(self.client.get(address, follow=True), address)

    def follows(self, page, words="", **where):
        """Follow a link of a page."""
        href = page.link(words, **where)
        return self.opens(page.url.split("?")[0] + href if href.startswith("?") else href)

    def presses(self, page, label, /, **typed):
        """Fill in a form of a page and press its button; give the address one is sent on to."""
        address, answer = self._sends(page, label, typed)
        assert answer.status_code == 302, f"{address}: {answer.status_code}, {_refusal(answer)}"
        return answer.url

    def tries(self, page, label, /, **typed):
        """Press a button that may be refused; give what the page then says is wrong."""
        _, answer = self._sends(page, label, typed)
        assert answer.status_code in {302, 422}
        return "" if answer.status_code == 302 else _refusal(answer)

    def _sends(self, page, label, typed):
        form, button = page.button(label)
        address = button.action or form.action or page.url
        return address, self.client.post(address, form.filled(button, typed))

    def signs(self, page, label, /, **typed):
        """Press a button under the person's own signature."""
        return self.presses(page, label, password=PASSWORD, **typed)

    def _read(self, answer, address):
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        chain = answer.redirect_chain
        text = answer.content.decode()
        return Page(text, chain[-1][0] if chain else address)


def _refusal(answer):
    """What a page that came back says is wrong."""
    words = re.sub(r"<[^>]+>", " ", answer.content.decode().partition("data-error-summary")[2])
    return " ".join(words.split())[:300]


class TheHouse:
    """The made-up clinic, seeded as the demonstration is, at noon of a Wednesday."""

    def __init__(self, monkeypatch):
        self.cleared, self.for_good = [], []
        tell = middleware.set_context_of
        monkeypatch.setattr(middleware, "set_context_of", lambda user: tell(user, clock=now()))
        self.travel = time_machine.travel(NOON, tick=False)
        self.clock = self.travel.start()
        demonstration.seed(at=now(), say=lambda words: None)
        with self.looking() as house:
            self.house = house
            self.people = {name: Person(self, user) for name, user in house.people.items()}
            self.cases = list(Case.objects.values_list("key", "status"))
            live = SupervisedSession.objects.filter(status__in=LIVE)
            self.sessions = list(live.values_list("key", flat=True))

    def __getattr__(self, name):
        try:
            return self.__dict__["people"][name]
        except KeyError as missing:
            raise AttributeError(name) from missing

    def leaves(self):
        self.travel.stop()

    def goes_on(self, **units):
        """Time passes."""
        self.clock.shift(timedelta(**units))

    @contextmanager
    def looking(self):
        """Read the clinic's rows beside its pages, as its prescriber may."""
        with transaction.atomic():
            house = made_up.find()
            set_context(user_id=house.prescriber.pk, sites=[house.site.pk], clock=now())
            yield house

    def is_live(self, key):
        with self.looking():
            return SupervisedSession.objects.filter(key=key, status__in=LIVE).exists()

    def pages(self):
        """Every page on which the next step of a case or of a session in progress stands."""
        for key in self.sessions:
            for name in IN_SESSION:
                yield self.nurse, reverse(f"supervised:{name}", args=[key])
        for key, status in self.cases:
            for name in NEXT.get(status, []) + EVERY_CASE:
                yield self.prescriber, reverse(name, args=[key])

    def obstacles(self):
        """What stands in the way now, by the page on which it stands."""
        return {url: person.opens(url).obstacles for person, url in self.pages()}

    # -- Clearing

    def clears_everything(self):
        """Clear what stands on the pages and look again, until nothing does; give what stood first.

        While people work time passes, and with it something new may come to stand in the way.
        """
        first = self.obstacles()
        waiting = [pair for pair in self.pages() if any(map(self.is_open, first[pair[1]]))]
        for _ in range(ROUNDS):
            began = len(self.cleared)
            for person, url in waiting:
                self.clears_page(person, url)
            if len(self.cleared) == began:
                return first
            waiting = list(self.pages())
        raise AssertionError(f"obstacles come up again after {ROUNDS} rounds")

    def clears_page(self, person, url):
        """Clear what stands on a page, one after the other, until nothing does that can be."""
        page = person.opens(url)
        for _ in range(MANY):
            waiting = [each for each in page.obstacles if self.is_open(each)]
            if not waiting:
                return page
            tried = self._clears_some(waiting)
            page = person.opens(url)
            left = [each for each in tried if self.is_open(each) and each in page.obstacles]
            assert not left, f"{left} still stand on {url}"
        raise AssertionError(f"{url} is not clear after {MANY} rounds")

    def _clears_some(self, waiting):
        """Clear these by hand; after what may clear others as well, the page is read again."""
        tried = []
        for obstacle in waiting:
            self._clears(obstacle)
            tried.append(obstacle)
            if obstacle.code in CLEAR_OTHERS:
                break
        return tried

    def is_open(self, obstacle):
        """Whether somebody has to clear this one still: whatever names a place is to be cleared."""
        is_nobodys = obstacle.code in NOBODYS and not obstacle.place
        return not is_nobodys and obstacle not in self.for_good

    def _clears(self, obstacle):
        assert obstacle.code in CLEARS, f"no hand is known that clears {obstacle}"
        assert obstacle.place, f"{obstacle} leads nowhere"
        try:
            CLEARS[obstacle.code](self, obstacle)
        except StopsForGood:
            self.for_good.append(obstacle)
        else:
            self.cleared.append(obstacle)
