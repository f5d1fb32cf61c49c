"""The made-up clinic of `make demo`: forty people, every stage, two in session, a whole trail."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.audit.verifying import wrong_entries, wrong_heads
from clinic.cases.models import Case, Status
from clinic.context import set_context
from sessions.rehearsal import demonstration
from sessions.rehearsal import house as made_up
from sessions.supervised.models import LIVE, SupervisedSession
from tests.builders.house import DAY, sign_in
from tests.database import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


def seeing_all():
    house = made_up.find()
    set_context(user_id=house.prescriber.pk, sites=[house.site.pk])
    return house


def test_forty_cases_at_every_stage_open_and_their_trail_is_whole(client):
    demonstration.seed(at=now(), say=lambda words: None)
    with transaction.atomic():
        house = seeing_all()
        cases = list(Case.objects.values_list("key", "status"))

    sign_in(client, house.prescriber)
    opened = {key: client.get(f"/case/{key}/").status_code for key, _ in cases}

    assert len(cases) == 40
    with as_owner() as connection, connection.cursor() as cursor:
        assert [*wrong_entries(cursor), *wrong_heads(cursor)] == []
    assert set(opened.values()) == {200}
    assert {status for _, status in cases} == set(Status)
    assert Counter(status for _, status in cases)[Status.IN_SESSION] == 2


def test_a_later_start_finds_two_in_session_again():
    began = now() - DAY
    demonstration.seed(at=began, say=lambda words: None)

    demonstration.seed(at=now(), say=lambda words: None)

    with transaction.atomic():
        seeing_all()
        live = SupervisedSession.objects.filter(status__in=LIVE)
        assert sorted(each.dosed_at > began + DAY / 2 for each in live) == [True, True]
        assert Case.objects.count() == 42


@pytest.mark.parametrize("minutes", [(43, 58, 28), (88, 118)])
def test_at_any_minute_of_the_night_somebody_came_and_was_dosed_on_one_day(minutes):
    zone = ZoneInfo("America/New_York")
    midnight = datetime(2026, 11, 22, tzinfo=zone)

    for minute in range(24 * 60):
        at = midnight + timedelta(minutes=minute)
        dosed_at = demonstration.dose_on_one_day(at, minutes, zone)
        came_at = dosed_at - timedelta(minutes=25)
        assert came_at.astimezone(zone).date() == dosed_at.astimezone(zone).date()
