"""Whose record a colleague of the same site may open, by the pages and by the database alone."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils.timezone import now

from clinic import walls
from clinic.cases import actions, queries, search
from clinic.cases.models import Case, Status
from clinic.context import set_context, set_context_of
from clinic.people.models import User
from clinic.workflow import Refused
from tests.builders.attention import a_matter
from tests.builders.booking import a_visit
from tests.builders.cases import a_case_in, a_patient, a_referred_case
from tests.builders.house import DAY, HOUR, NOON, a_house, sign_in
from tests.builders.people import a_shift
from tests.builders.supervised import a_released_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def cared_for(house, status=Status.ELIGIBLE, by="facilitator"):
    """A case with one person in its care team."""
    case = a_case_in(house, status)
    actions.join_team(case, by=house.intake, at=NOON, user=house.people[by], capacity="facilitator")
    return case


def reaches(user, case):
    """Whether the person finds the case now, as a request would ask."""
    user = User.objects.get(pk=user.pk)
    with transaction.atomic():
        set_context(user_id=None, sites=[])  # no made-up clock any more
        set_context_of(user)
        found = queries.visible_cases(user).filter(pk=case.pk).exists()
        by_the_database = Case.objects.filter(pk=case.pk).exists()
    assert found == by_the_database, "the page and the database give two answers"
    return found


def test_who_is_in_the_care_team_opens_the_case_and_a_colleague_does_not(house):
    case = cared_for(house)

    assert reaches(house.facilitator, case)
    assert not reaches(house.second_facilitator, case)
    assert not reaches(house.second_nurse, case)


def test_intake_and_leads_open_every_case_of_their_site(house):
    case = cared_for(house)

    assert [reaches(house.people[p], case) for p in ("intake", "medical_lead", "safety_lead")] == [
        True
    ] * 3


def test_until_screening_is_decided_a_case_is_everybodys_at_the_site(house):
    case = cared_for(house, Status.SCREENING)

    assert reaches(house.second_facilitator, case)
    assert not reaches(house.stranger, case)


def test_whom_nobody_has_taken_into_care_everybody_may_take_up(house):
    assert reaches(house.second_facilitator, a_case_in(house, Status.PREPARING))


def test_who_leaves_the_team_no_longer_opens_the_case(house):
    case = cared_for(house)
    actions.join_team(case, by=house.intake, at=NOON, user=house.nurse, capacity="nurse")
    member = case.team.get(user=house.facilitator)

    actions.leave_team(member, by=house.intake, at=NOON)

    assert (reaches(house.facilitator, case), reaches(house.nurse, case)) == (False, True)


def test_who_is_booked_for_a_visit_opens_the_case(house):
    case = cared_for(house, Status.PREPARING)

    a_visit(
        house,
        case,
        starts_at=now() + DAY,
        people=[(house.second_facilitator, "facilitator")],
    )

    assert reaches(house.second_facilitator, case)


def test_who_is_on_duty_opens_every_case_until_the_shift_ends(house):
    case = cared_for(house)
    a_shift(house, house.second_nurse, starts_at=now() - HOUR, ends_at=now() + HOUR)
    a_shift(house, house.second_facilitator, starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)

    assert (reaches(house.second_nurse, case), reaches(house.second_facilitator, case)) == (
        True,
        False,
    )


def test_who_was_told_of_a_matter_opens_its_case(house):
    case = cared_for(house)
    a_shift(house, house.second_nurse, starts_at=NOON - HOUR, ends_at=NOON + HOUR)

    a_matter(house, case=case)

    assert reaches(house.second_nurse, case)


def test_of_a_patient_in_care_every_case_is_open(house):
    """What was given in one case counts in the rules of the other: nobody decides half-blind."""
    first = cared_for(house)
    second = Case.objects.create(
        patient=first.patient,
        protocol_version=house.version,
        number=2,
        status=Status.PREPARING,
        referred_at=NOON,
        referred_by=house.intake,
        referral_source="again",
        stage_since=NOON,
    )
    actions.join_team(second, by=house.intake, at=NOON, user=house.nurse, capacity="nurse")

    assert reaches(house.nurse, first)
    assert reaches(house.facilitator, second)


def test_a_search_does_not_name_whom_one_does_not_know(house):
    case = cared_for(house)
    found = {}
    for part in ("facilitator", "second_facilitator"):
        user = User.objects.get(pk=house.people[part].pk)
        with transaction.atomic():
            set_context_of(user)
            found[part] = [str(each) for each in search.find_patients(user, "Marlow")]

    assert found == {"facilitator": [str(case.patient)], "second_facilitator": []}


@pytest.mark.parametrize(
    "page",
    ["casefile:show", "documents:index", "preparation:show", "aftercare:index", "messages:index"],
)
def test_a_case_of_another_team_is_as_absent_as_one_that_never_was(client, house, page):
    case = cared_for(house, Status.PREPARING)
    sign_in(client, house.second_facilitator)

    answer = client.get(reverse(page, args=[case.key]))

    assert answer.status_code == 404
    assert case.patient.family_name not in answer.content.decode()


def test_the_database_alone_shows_nothing_of_a_patient_in_other_hands(house):
    """Every table, counted by the schema; with no question of ours in the way."""
    session = a_released_session(house, at=NOON)
    for user in (house.facilitator, house.nurse):
        if not session.case.team.filter(user=user).exists():
            actions.join_team(
                session.case, by=house.intake, at=NOON, user=user, capacity="facilitator"
            )
    outsider = User.objects.get(pk=house.second_facilitator.pk)
    tables = set(connection.introspection.table_names())
    behind = sorted(tables - set(walls.lists("NO_WALL")) - set(walls.lists("SITE_ONLY")))
    with transaction.atomic(), connection.cursor() as cursor:
        set_context_of(outsider)
        shown = {}
        for table in behind:
            about = "" if table != "clinic_trailentry" else " WHERE case_key IS NOT NULL"
            about = about or (" WHERE case_id IS NOT NULL" if table == "clinic_signature" else "")
            cursor.execute(f'SELECT count(*) FROM "{table}"{about}')
            shown[table] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM clinic_visit")
        visits = cursor.fetchone()[0]

    assert {table: n for table, n in shown.items() if n} == {}
    assert visits, "the outsider is at the site, and sees that its rooms are taken"


def test_the_diary_shows_another_teams_visit_as_taken_time(client, house):
    case = cared_for(house, Status.PREPARING)
    visit = a_visit(house, case, starts_at=now() + HOUR)
    sign_in(client, house.second_facilitator)

    shown = client.get(reverse("booking:week"), {"day": visit.starts_at.date()}).content.decode()

    assert "Taken" in shown
    assert "Marlow" not in shown
    assert str(visit.key) not in shown


def test_a_taken_room_is_told_without_the_name_of_whom_it_is_taken_by(house):
    case = cared_for(house, Status.PREPARING)
    taken = a_visit(house, case, starts_at=NOON + DAY)
    mine = a_referred_case(house, patient=a_patient(house, family_name="Okafor"))
    booker = User.objects.get(pk=house.second_facilitator.pk)
    with transaction.atomic():
        set_context_of(booker)
        with pytest.raises(Refused) as refusal:
            a_visit(
                house,
                mine,
                by=booker,
                starts_at=taken.starts_at + timedelta(minutes=10),
                people=[(booker, "facilitator")],
            )

    assert "is taken by somebody in another team's care" in str(refusal.value)
    assert "Marlow" not in str(refusal.value)
