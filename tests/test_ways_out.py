"""Nothing that stands in the way at the made-up clinic leads nowhere."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from clinic.cases.models import Case, Status
from clinic.context import set_context
from sessions.rehearsal import demonstration
from sessions.rehearsal import house as made_up
from sessions.supervised.models import LIVE, SupervisedSession
from tests.builders.house import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_CASE = ["casefile:show", "cases:lifecycle"]
NEXT = {
    Status.SCREENING: ["screening:decide"],
    Status.PREPARING: ["preparation:ready"],
    Status.READY: ["preparation:ready"],
    Status.INTEGRATING: ["aftercare:index"],
    Status.AFTERCARE: ["aftercare:index"],
}
IN_SESSION = ["show", "give", "release"]
OBSTACLE = re.compile(
    r'class="obstacle-message">(.*?)</p>\s*<div class="obstacle-facts">(.*?)</div>', re.S
)
PLACE = re.compile(r'href="([^"]+)"')


class TheHouse:
    """The made-up clinic with a browser for each of its people."""

    def __init__(self):
        demonstration.seed(at=now(), say=lambda words: None)
        with transaction.atomic():
            house = made_up.find()
            set_context(user_id=house.prescriber.pk, sites=[house.site.pk])
            self.cases = list(Case.objects.values_list("key", "status"))
            live = SupervisedSession.objects.filter(status__in=LIVE)
            self.sessions = list(live.values_list("key", flat=True))
        self.prescriber, self.nurse, self.facilitator, *_ = self.browsers = [
            sign_in(Client(), person)
            for person in (
                house.prescriber,
                house.nurse,
                house.facilitator,
                house.intake,
                house.medical_lead,
                house.manager,
                house.safety_lead,
            )
        ]

    def pages(self):
        """Every page on which the next step of a case or of a session in progress stands."""
        for key, status in self.cases:
            for name in EVERY_CASE + NEXT.get(status, []):
                yield self.prescriber, reverse(name, args=[key])
        for key in self.sessions:
            for name in IN_SESSION:
                yield self.nurse, reverse(f"supervised:{name}", args=[key])

    def obstacles(self):
        """What stands in the way: the page, the sentence, and the place that is named for it."""
        return [
            (page, *each) for browser, page in self.pages() for each in obstacles_on(browser, page)
        ]

    def may_act_at(self, place):
        """Whether somebody of the house finds something to press at an address."""
        answers = (browser.get(place) for browser in self.browsers)
        return any(
            answer.status_code == 200 and leads_on(answer.content.decode(), place)
            for answer in answers
        )


def obstacles_on(browser, page):
    answer = browser.get(page)
    assert answer.status_code == 200, page
    for words, facts in OBSTACLE.findall(answer.content.decode()):
        place = PLACE.search(facts)
        yield unescape(words), place[1] if place else None


def leads_on(page, place):
    """A button one may press, or a way to the one thing to be done below this address."""
    main = page.split("<main", 1)[1].split("</main>")[0]
    pressed = (
        r'<button(?![^>]*disabled)[^>]*>|<a class="btn|href="' + re.escape(place) + r"[a-z0-9]"
    )
    return bool(re.search(pressed, main))


def test_every_obstacle_leads_to_somebody_who_clears_it():
    house = TheHouse()

    found = house.obstacles()

    assert len(found) > 100
    # A step that does not apply to a case in its stage is nobody's to clear.
    assert [row for row in found if row[2] is None and not row[1].startswith("This is ")] == []
    assert [
        place for place in {row[2] for row in found} - {None} if not house.may_act_at(place)
    ] == []

    for page, words, place in found:
        if "ready" in page and place.endswith("/way-home/"):
            clears_the_way_home(house, page, words, place)
        elif page.startswith("/aftercare/") and "/contact/" in place:
            clears_a_contact(house, page, words, place)


def clears_the_way_home(house, page, words, place):
    plan = {
        "kind": "adult_present",
        "escort_name": "Alder Ashgrove",
        "escort_phone": "+1 212 555 0143",
        "will_not_drive": "on",
    }
    assert house.facilitator.post(place, plan).status_code == 302
    assert words not in dict(obstacles_on(house.prescriber, page))


def clears_a_contact(house, page, words, place):
    assert (
        house.facilitator.post(f"{place}call-off/", {"words": "Seen in person."}).status_code == 302
    )
    assert (words, place) not in obstacles_on(house.prescriber, page)
