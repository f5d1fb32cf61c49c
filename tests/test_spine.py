"""The spine: one case from referral to closed, by bare real actions."""

import pytest

from clinic.audit.models import TrailEntry
from clinic.cases.models import Status
from sessions.rehearsal import walk
from sessions.supervised.models import Status as SessionStatus
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


def test_the_made_up_house_stands():
    house = a_house()

    assert house.version.status == "published"
    assert house.lot.balance == 50_000


def test_a_case_walks_from_referral_to_the_end_of_its_session():
    house = a_house()

    case, session = walk.ready(house, session_at=NOON)
    ready_then = case.status
    released_at = walk.whole_session(house, session, at=NOON + 30 * MINUTE)

    case.refresh_from_db()
    session.refresh_from_db()
    assert ready_then == Status.READY
    assert session.status == SessionStatus.SIGNED
    assert case.status == Status.INTEGRATING
    assert released_at == NOON + 156 * MINUTE
    assert TrailEntry.objects.filter(case_key=case.key).count() > 40


def test_a_case_is_integrated():
    house = a_house()
    case, session = walk.ready(house, session_at=NOON)
    released_at = walk.whole_session(house, session, at=NOON + 30 * MINUTE)

    visit = walk.integrated(house, case, released_at=released_at)

    visit.refresh_from_db()
    assert visit.status == "done"
    assert visit.starts_at == released_at + 26 * HOUR < NOON + 2 * DAY


def test_a_case_is_closed_after_its_aftercare():
    house = a_house()
    case, session = walk.ready(house, session_at=NOON)
    released_at = walk.whole_session(house, session, at=NOON + 30 * MINUTE)
    walk.integrated(house, case, released_at=released_at)

    walk.into_aftercare(house, case, at=NOON + 5 * DAY)
    walk.closed(house, case, at=NOON + 6 * DAY)

    case.refresh_from_db()
    assert case.status == Status.CLOSED
