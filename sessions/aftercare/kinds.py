"""What aftercare sends, what it asks a person for, and what it listens to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clinic.attention import kinds as attention
from clinic.cases import rules as cases
from clinic.links.tokens import address_of
from clinic.messages import kinds as messages
from sessions.aftercare import actions, queries, receivers  # noqa: F401 -- receivers connect
from sessions.aftercare.models import Status, Touchpoint
from sessions.aftercare.rules import obstacles_in_touchpoints


def touchpoint_of(letter: Any) -> Touchpoint:
    """The contact a letter is for."""
    return Touchpoint.objects.select_related(*queries.WITH).get(key=letter.about_key)


def still_planned(letter: Any, at: datetime) -> bool:
    """A letter is wanted while nobody has made its contact and its time is not long past."""
    touchpoint = touchpoint_of(letter)
    in_time = at <= queries.closes_at(touchpoint) + actions.GRACE
    return touchpoint.status == Status.PLANNED and in_time


def make_ready(letter: Any, *, by: Any, at: datetime) -> None:
    """Open the questionnaires the letter leads to, right before it goes."""
    actions.prepare_forms(touchpoint_of(letter), by=by, at=at)


def words(letter: Any) -> tuple[str, str]:
    """The protocol's own neutral words, with the site's name, its telephone and the links."""
    touchpoint = touchpoint_of(letter)
    rule = queries.meaning_of(touchpoint)
    text = queries.document(touchpoint.case).messages[rule.message]
    links = [queries.live_link(form, letter.claimed_at) for form in queries.forms_of(touchpoint)]
    places = {
        "{site}": letter.site.name,
        "{telephone}": letter.site.phone or letter.site.name,
        "{link}": "\n".join(address_of(link) for link in links if link is not None),
    }
    return _filled(text.subject, places), _filled(text.body, places) + "\n"


def _filled(text: str, places: dict[str, str]) -> str:
    for place, value in places.items():
        text = text.replace(place, value)
    return text


def contact_is_missing(matter: Any, at: datetime) -> bool:
    """A contact nobody made is asked for until somebody makes it or calls it off."""
    touchpoint = Touchpoint.objects.filter(key=matter.about_key).first()
    return touchpoint is not None and touchpoint.status in {
        Status.PLANNED,
        Status.SENT,
        Status.NOT_REACHED,
    }


messages.register(
    actions.LETTER,
    still_wanted=still_planned,
    words=words,
    label="Contact after a session",
    prepare=make_ready,
)
attention.register("red_flag", label="Red flag", leads_to="checklists:fill")
attention.register(
    "not_reached",
    label="Not reached",
    still_wanted=contact_is_missing,
    leads_to="aftercare:touchpoint",
)
attention.register(
    queries.OVERDUE,
    label="Contact overdue",
    still_wanted=contact_is_missing,
    leads_to="aftercare:touchpoint",
)
cases.CLOSING.append(obstacles_in_touchpoints)
