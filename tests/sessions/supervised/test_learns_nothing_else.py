"""Before and after a dose at the first site: every page the second site may open, byte for byte."""

import os
import re
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.people.door import sign_in as door
from sessions.rehearsal import walk
from tests.builders.house import HOUR, MINUTE, NOON, a_house, sign_in
from tests.builders.two_sites import SOMEBODY_ELSE, linked, the_other_house, who_decides_at_both
from tests.matrix.asking import undone
from tests.matrix.tables import ROUTES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
NOW = NOON + 25 * MINUTE
SAID = "A dose given elsewhere in this organisation lies too near: not before 20 November 2026."
# Made anew for each answer, whatever it says.
OF_ONE_ANSWER = re.compile(rb'name="(csrfmiddlewaretoken|client_key)" value="[\w-]+"')
# What the house's own pages say around a gate that is shut, whatever shut it.
FRAME = {
    "1 gate is not clear.", "Not yet", "1", "21", "Not yet: 1 gate is not clear.",
    "Before the dose:", "Not yet, because:", "House rule",
    "Intervals below, each with its own source", "The prescriber may decide past it",
    "Decide past it, with a reason", "May be decided past by a prescriber.",
}  # fmt: skip
EVERYWHERE = bool(os.environ.get("VIGIL_LOOK_EVERYWHERE"))
ASKS = {
    "medical_lead": {
        "casefile:dashboard", "casefile:board", "casefile:show", "cases:index", "cases:patient",
        "booking:week", "preparation:show", "preparation:ready", "signatures:of_case",
        "attention:index", "safety:index", "supervised:show", "supervised:live",
        "supervised:give", "supervised:order",
    },
    "nurse": {"supervised:give"},
    "privacy_officer": {"trail:index", "trail:patients", "trail:patient"},
}  # fmt: skip
WHERE_IT_IS_SAID = {
    "medical_lead": {"preparation:ready", "supervised:show", "supervised:give", "casefile:show"}
}
if EVERYWHERE:
    ASKS = dict.fromkeys(["medical_lead", "nurse", "privacy_officer"], set(ROUTES))


def test_the_second_site_reads_one_sentence_more_and_nothing_else():
    harbour = a_house()
    hill = the_other_house(harbour)
    about = drawn(harbour)
    _, other = walk.ready(hill, session_at=NOON - HOUR, born=date(1990, 2, 3), **SOMEBODY_ELSE)
    linked(about["case"].patient, other.case.patient, by=who_decides_at_both(harbour), at=NOON)

    before = every_answer(harbour, about)
    with undone():
        walk.up_to_the_dose(hill, other, at=NOON + 21 * MINUTE)
        after = every_answer(harbour, about)
    with undone():  # the same day: another hour, another nurse
        walk.up_to_the_dose(hill, other, at=NOON + 10 * MINUTE, nurse=hill.second_nurse)
        otherwise = every_answer(harbour, about, ASKS if EVERYWHERE else WHERE_IT_IS_SAID)

    assert SAID.encode() not in b"".join(body for _, body in before.values())
    changed = {address for address in before if before[address] != after[address]}
    assert {address.partition(" ")[2] for address in changed} == where_it_is_said(about)
    before["nurse give"] = before[f"nurse {place_of_giving(about)}"]  # where it is said from
    for address in changed:
        assert added(before[address], after[address]) - FRAME == {SAID}, address
    # Whoever gave what at which hour: not a byte tells.
    assert otherwise == {address: after[address] for address in otherwise}


def where_it_is_said(about):
    """Where somebody asks whether the dose may be given now."""
    case, session = about["case"].key, about["session"].key
    return {
        reverse("preparation:ready", args=[case]),
        reverse("supervised:show", args=[session]),
        place_of_giving(about),
        "give",
    }


def place_of_giving(about):
    return reverse("supervised:give", args=[about["session"].key])


def added(before, after):
    """The lines of text that stand on a page now and did not stand there."""
    return lines(after[1]) - lines(before[1])


def lines(body):
    text = re.sub(r"<[^>]*>", "\n", body.decode())
    return {" ".join(line.split()) for line in text.splitlines()} - {""}


def drawn(harbour):
    """A person at the second site whose dose is drawn and not given yet."""
    case, session = walk.ready(harbour, session_at=NOON)
    walk.checked_in(harbour, session, at=NOON)
    walk.checks_done(harbour, session, at=NOON + 5 * MINUTE)
    walk.observed(harbour, session, at=NOON + 10 * MINUTE, before=True)
    order = walk.ordered(harbour, session, at=NOON + 15 * MINUTE)
    walk.drawn(harbour, order, at=NOON + 20 * MINUTE)
    return {
        "case": case, "patient": case.patient, "session": session, "live_session": session,
        "visit": session.visit, "order": order, "site": harbour.site, "lot": harbour.lot,
        "screened_case": case,
    }  # fmt: skip


def every_answer(harbour, about, asks=ASKS):
    """Every page of the second site about this person or about nobody, as its people are answered."""
    walk.clock(harbour, NOW)
    with time_machine.travel(NOW, tick=False):
        return {
            f"{part} {address}": answer(harbour.people[part], address)
            for part, names in asks.items()
            for address in addresses(about, names)
        } | {f"nurse {name}": sent for name, sent in sent_by(harbour, about)}


def addresses(about, names):
    """Where these pages are, of this person or of nobody."""
    for name in sorted(names):
        if name.startswith(("admin:", "door:", "links:", "health", "ready", "welcome")):
            continue
        values = {}
        for argument, what in ROUTES[name].items():
            kind = what[0] if isinstance(what, (tuple, list)) else what
            values[argument] = (
                kind if isinstance(what, list) else getattr(about.get(kind), "key", None)
            )
        if None not in values.values():
            yield reverse(name, kwargs=values)


def sent_by(harbour, about):
    """What is answered to who gives the dose all the same, and to who looks for the person."""
    give = {"client_key": walk.entry_key("now"), "amount": about["order"].amount, "when": "0"}
    yield "give", answer(harbour.nurse, place_of_giving(about), give)
    yield "search", answer(harbour.nurse, reverse("cases:search"), {"q": "Ashgrove"})
    yield "search there", answer(harbour.nurse, reverse("cases:search") + "?q=Birch")


def answer(user, address, sent=None):
    client = sign_in(Client(), user)
    session = client.session
    session[door.FACTOR] = True
    session.save()
    with undone():
        got = client.get(address) if sent is None else client.post(address, sent, follow=True)
    return got.status_code, OF_ONE_ANSWER.sub(b"", got.content)
