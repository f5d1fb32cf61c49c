"""The made-up clinic of `make demo`: forty people, every stage, two in session, a whole trail."""

from collections import Counter

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.access import set_context
from clinic.audit.queries import wrong_entries, wrong_heads
from clinic.cases.models import Case, Status
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
