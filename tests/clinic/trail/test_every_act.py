"""Every act of the house, done once: it stands in the trail once, with every field, and sealed."""

import pytest
from django.db import connection

from clinic.audit.models import TrailEntry
from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from tests.builders.house import a_house
from tests.clinic.trail.once import ONCE, Once
from tests.races import harness
from tests.races.test_every_act import NO_RACE, acts

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


@pytest.mark.parametrize("once", EVERY, ids=lambda once: once.act)
def test_an_act_stands_in_the_trail_once_with_every_field(once):
    lines = what_it_wrote(once)

    assert lines
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
    done = {once.act for once in EVERY} | set(DONE_ON_THE_WAY)

    assert sorted(set(acts()) - done - set(NO_RACE) - set(SILENT)) == []
    assert len(done) > 40
