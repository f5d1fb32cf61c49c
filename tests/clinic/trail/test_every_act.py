"""Every act of the house, done once: it stands in the trail once, with every field, and sealed."""

import pytest
from django.apps import apps
from django.db import connection

from clinic.audit.models import TrailEntry
from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from tests.builders.house import a_house
from tests.clinic.trail.lines import MAY_BE_OF_A_CASE, OF_NO_CASE, OWN, SEVERAL
from tests.clinic.trail.once import ONCE, Once
from tests.races import harness
from tests.races.test_every_act import CHECKOUT, acts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


def _first_of(race):
    def build(house):
        return race.build(house).first

    return Once(race.act, build)


RACED = {race.act: _first_of(race) for race in reversed(harness.RACES)}
# What leads up to these acts does them already: the line of each, by its words.
DONE_ON_THE_WAY = {
    "sessions.supervised.arrival.actions.plan": "session planned",
    "sessions.aftercare.actions.plan": "contacts planned",
    "clinic.documents.actions.add_examples": "text put in force",
    "sessions.reports.actions.plan_for_session": "reports planned",
    "sessions.reports.actions.plan_for_event": "reports planned",
}
EVERY = [each for each in (*RACED.values(), *ONCE) if each.act not in DONE_ON_THE_WAY]

# Acts that leave no line of their own, each with why.
SILENT = {
    "clinic.messages.actions.claim_next": "a lease of seconds; what comes of it is written",
    "clinic.people.door.actions.ask_for_password": (
        "what was typed into the open is kept nowhere; the link that is sent is written"
    ),
    "sessions.supervised.arrival.actions.staff_takes_its_places": (
        "rows of checking in and of recording a dose, whose lines seal them"
    ),
    "clinic.audit.actions.record": "writes the trail itself",
    "clinic.audit.actions.case_of": "reads",
    "clinic.audit.actions.site_of": "reads",
    "clinic.audit.actions.stream_of": "reads",
    "clinic.audit.actions.the_one_site_of": "reads",
}
# Acts that need more than a house with somebody in it: the test that finds their line.
DOOR = "tests/clinic/people/door/"
TOLD_ELSEWHERE = {
    # It is done once, in a house that does not stand yet.
    "clinic.people.actions.found": (
        "tests/clinic/people/test_actions.py"
        "::test_the_first_start_leaves_a_clinic_that_one_person_manages"
    ),
    # The two of a device need somebody's own browser.
    "clinic.people.door.actions.lock_device": (
        f"{DOOR}test_lock.py::test_the_same_person_s_password_goes_on_where_they_were"
    ),
    "clinic.people.door.actions.unlock": (
        f"{DOOR}test_lock.py::test_the_same_person_s_password_goes_on_where_they_were"
    ),
    # A page is opened, by a request.
    "clinic.audit.actions.record_opening": (
        "tests/clinic/trail/test_openings.py::test_the_page_is_sent_with_its_opening"
    ),
}
EVERY_FIELD = [
    "key", "stream", "sequence", "at", "received_at", "by_id", "act", "subject_kind",
    "subject_key", "origin", "payload", "payload_digest", "hash",
]  # fmt: skip
# Lines without a key: the organisation is one row, and has none.
WITHOUT_KEY = {"settings changed"}
# Lines that stand at no site, each with why.
OF_THE_ORGANISATION = {
    "protocol loaded": "a template belongs to no site",
    "protocol begun": "a template belongs to no site",
    "protocol version begun": "a template belongs to no site",
    "protocol part changed": "a template belongs to no site",
    "protocol draft discarded": "a template belongs to no site",
    "protocol sent to review": "a template belongs to no site",
    "protocol sent back": "a template belongs to no site",
    "protocol published": "a template belongs to no site",
    "protocol retired": "a template belongs to no site",
    "protocol copied out": "a template belongs to no site",
    "erratum proposed": "a template belongs to no site",
    "erratum approved": "a template belongs to no site",
    "erratum refused": "a template belongs to no site",
    "text put in force": "a text belongs to no site",
    "terms accepted": "a questionnaire belongs to no site",
    "words loaded": "a questionnaire belongs to no site",
    "settings changed": "the organisation's own",
    "person left": "whoever has left works at no site",
}


def what_it_wrote(once):
    """The lines that doing the act once adds to the trail."""
    house = a_house()
    by, act = once.build(house)
    last = lines_after(0)[-1].pk
    set_context(user_id=by.pk if by else None, sites=[house.site.pk, house.other_site.pk])
    act()
    return lines_after(last)


def lines_after(last):
    """Every line of the trail after one, wherever it stands."""
    set_context(user_id=system_user().pk, sites=every_site())
    return list(TrailEntry.objects.filter(pk__gt=last).order_by("pk"))


def unsealed():
    """What was written after the last line of the trail, and so stands in none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('vigil.seals', true)")
        return cursor.fetchone()[0] or ""


def has_every_field(line):
    """Fail where a line leaves a field empty, or stands at no site without a reason."""
    empty = {name for name in EVERY_FIELD if getattr(line, name) in (None, "")}
    assert empty <= ({"subject_key"} if line.act in WITHOUT_KEY else set()), line
    assert line.site_id or line.act in OF_THE_ORGANISATION, line
    assert line.case_key == the_case_of(line), line


LEADS_TO_A_CASE = ("session", "order", "form", "visit", "cycle", "adverse_event")


def the_case_of(line):
    """The key of the case that a line is about, by the record it names; None for one about none."""
    if line.subject_kind in OF_NO_CASE:
        return None
    if line.subject_kind == "clinic.Case":
        return line.subject_key
    record = apps.get_model(line.subject_kind).objects.get(key=line.subject_key)
    while not hasattr(record, "case"):
        record = next(getattr(record, name) for name in LEADS_TO_A_CASE if hasattr(record, name))
    if line.subject_kind in MAY_BE_OF_A_CASE and record.case is None:
        return None
    return record.case.key


@pytest.mark.parametrize("once", EVERY, ids=lambda once: once.act)
def test_an_act_stands_in_the_trail_once_with_every_field(once):
    lines = what_it_wrote(once)

    number, _ = SEVERAL.get(once.act, (1, ""))
    own = [line for line in lines if line.act == OWN[once.act]]
    assert len(own) == len({line.subject_key for line in own}) == number, lines
    assert len({(e.act, e.subject_key, e.payload) for e in lines}) == len(lines), "one stands twice"
    for line in lines:
        has_every_field(line)
    assert unsealed() == ""


@pytest.mark.parametrize("act", DONE_ON_THE_WAY)
def test_what_was_done_on_the_way_stands_there(act):
    RACED[act].build(a_house())

    lines = [line for line in lines_after(0) if line.act == DONE_ON_THE_WAY[act]]
    assert lines
    for line in lines:
        has_every_field(line)


def test_every_act_is_done_once():
    done = [*(once.act for once in EVERY), *DONE_ON_THE_WAY, *SILENT, *TOLD_ELSEWHERE]

    assert sorted(done) == sorted(acts())


def test_every_act_has_words_of_its_own_in_the_trail():
    assert sorted(OWN) == sorted(once.act for once in EVERY)
    assert set(SEVERAL) <= set(OWN)


def test_what_is_told_elsewhere_names_a_test_that_is_there():
    for test in TOLD_ELSEWHERE.values():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (CHECKOUT / file).read_text(), test
