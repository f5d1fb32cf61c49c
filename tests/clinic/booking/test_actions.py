"""Booking: every clash by name, every licence on its day, nothing half-written."""

from datetime import UTC, date, datetime

import pytest

from clinic.booking import actions, signals
from clinic.booking.models import Stage, Status, Visit
from clinic.cases import actions as cases
from clinic.people.models import Absence, Licence, RoleAtSite
from clinic.workflow import Refused
from tests.builders.booking import HALF_AN_HOUR, a_dosing_visit, a_visit, people_for
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, proof, trail
from tests.builders.preparation import a_preparing_case, many_preparing_cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


@pytest.fixture
def other_case(house, case):
    return many_preparing_cases(house, 1)[0]


def refused(act, *subject, **facts):
    before = trail()
    with pytest.raises(Refused) as refusal:
        act(*subject, **facts)
    assert trail() == before
    return refusal.value


def test_a_visit_is_booked_in_a_room_with_people(house, case):
    visit = a_visit(house, case)

    assert (visit.room, visit.status) == (house.room, Status.PLANNED)
    assert [(p.user, p.capacity) for p in visit.people.all()] == people_for(house, visit.stage)
    assert trail()[-1] == "visit booked"


def test_a_booking_tells_who_listens(house, case):
    heard = []
    signals.booked.connect(lambda sender, visit, **rest: heard.append(visit), weak=False)

    visit = a_dosing_visit(house, case)

    assert heard == [visit]


def test_only_the_protocols_visits_are_booked(house, case):
    assert refused(a_visit, house, case, code="reiki").codes == ["visit_unknown"]


def test_only_who_books_books(house, case):
    assert refused(a_visit, house, case, by=house.safety_lead).codes == ["role"]


def test_a_stranger_books_nothing_here(house, case):
    assert refused(a_visit, house, case, by=house.stranger).codes == ["role"]


def test_who_has_not_been_found_eligible_has_no_preparation(house):
    case = a_referred_case(house)

    assert refused(a_visit, house, case).codes == ["status"]


def test_a_visit_ends_after_it_begins(house, case):
    assert refused(a_visit, house, case, ends_at=NOON).codes == ["visit_time"]


def test_a_visit_is_not_booked_into_the_past(house, case):
    found = refused(a_visit, house, case, at=NOON + DAY)

    assert found.codes == ["visit_time"]


def test_a_session_is_held_in_a_room_that_is_equipped(house, case):
    talking = house.site.rooms.get(for_dosing=False)

    assert refused(a_dosing_visit, house, case, room=talking).codes == ["visit_room"]


def test_what_is_held_in_person_has_a_room(house, case):
    assert refused(a_dosing_visit, house, case, room=None).codes == ["visit_room"]


def test_a_preparation_may_be_held_at_a_distance(house, case):
    assert a_visit(house, case, room=None).room is None


def test_a_room_of_another_site_is_none_of_ours(house, case):
    room = house.other_site.rooms.get()

    assert refused(a_visit, house, case, room=room).codes == ["visit_room"]


def test_a_session_books_with_every_role_the_version_needs(house, case):
    found = refused(a_dosing_visit, house, case, people=[(house.nurse, "nurse")])

    assert [str(each) for each in found.obstacles] == [
        "This visit needs 1 × Prescriber; 0 booked.",
        "This visit needs 1 × Therapist; 0 booked.",
    ]


def test_a_person_has_one_capacity_in_a_visit(house, case):
    people = [*people_for(house, Stage.DOSING), (house.prescriber, "nurse")]

    assert refused(a_dosing_visit, house, case, people=people).codes == ["visit_staff"]


def test_a_person_without_a_role_here_is_not_booked(house, case):
    found = refused(a_visit, house, case, people=[(house.stranger, "facilitator")])

    assert found.codes == ["visit_person_not_here"]


def test_a_licence_holds_on_the_day_of_the_visit_not_of_the_booking(house, case):
    Licence.objects.filter(user=house.facilitator).update(valid_until=date(2026, 11, 17))

    found = refused(a_visit, house, case, at=NOON - 20 * DAY, starts_at=NOON)

    assert [str(each) for each in found.obstacles] == [
        "Fay Facilitator has no licence seen and in force in US-NY on 18 November 2026 that allows "
        "a therapist to: prepare, accompany, integrate."
    ]


def test_a_licence_of_the_last_day_still_holds(house, case):
    Licence.objects.filter(user=house.facilitator).update(valid_until=date(2026, 11, 18))

    assert a_visit(house, case).status == Status.PLANNED


def test_the_last_day_of_a_licence_is_the_sites_day(house, case):
    Licence.objects.filter(user=house.facilitator).update(valid_until=date(2026, 11, 18))
    late = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)  # 22:00 on the 18th at the site

    assert a_visit(house, case, starts_at=late).status == Status.PLANNED


def test_a_licence_of_another_place_is_none_here(house, case):
    Licence.objects.filter(user=house.facilitator).update(jurisdiction="US-NJ")

    assert refused(a_visit, house, case).codes == ["visit_licence"]


def test_a_suspended_licence_is_none(house, case):
    Licence.objects.filter(user=house.facilitator).update(
        suspended_at=NOON - DAY, suspended_by=house.manager
    )

    assert refused(a_visit, house, case).codes == ["visit_licence"]


def test_who_is_away_is_not_booked(house, case):
    Absence.objects.create(user=house.facilitator, starts_at=NOON - DAY, ends_at=NOON + HOUR)

    assert refused(a_visit, house, case).codes == ["visit_absence"]


def test_every_clash_is_told_by_name(house, case, other_case):
    a_visit(house, case)

    found = refused(a_visit, house, other_case, starts_at=NOON + HALF_AN_HOUR)

    assert [str(each) for each in found.obstacles] == [
        "Harbour room is taken by Marlow, Robin, 18 November 2026, 12:00 to 13:00.",
        "Fay Facilitator is with somebody else (Harbour House), 18 November 2026, 12:00 to 13:00.",
    ]


def test_a_patient_is_in_one_place(house, case):
    a_visit(house, case)

    found = refused(
        a_visit, house, case, room=house.second_room, people=[(house.prescriber, "facilitator")]
    )

    assert "patient_taken" in found.codes


def test_who_is_only_on_the_premises_serves_two_rooms(house, case, other_case):
    a_dosing_visit(house, case)
    people = [(house.second_nurse, "nurse"), (house.medical_lead, "facilitator")]

    visit = a_dosing_visit(
        house,
        other_case,
        room=house.second_room,
        people=[*people, (house.prescriber, "prescriber")],
    )

    assert visit.people.get(user=house.prescriber).is_held is False


def test_touching_ends_are_no_clash(house, case, other_case):
    a_visit(house, case)

    assert a_visit(house, other_case, starts_at=NOON + HOUR).status == Status.PLANNED


def test_an_overlap_is_allowed_by_who_may_with_a_reason(house, case, other_case):
    a_visit(house, case)

    visit = a_visit(house, other_case, by=house.prescriber, overlap_reason="Two small rooms in one")

    said = (visit.overlap_allowed_by, visit.overlap_allowed_in, visit.overlap_reason)
    assert said == (house.prescriber, "Prescriber", "Two small rooms in one")
    assert visit.reason == ""


def test_an_overlap_is_not_for_everybody(house, case, other_case):
    a_visit(house, case)

    found = refused(a_visit, house, other_case, overlap_reason="Please")

    assert found.codes == ["overlap_role"]
    assert "Harbour room is taken by" in str(found.obstacles[0])


def test_no_flag_where_nothing_overlaps(house, case):
    visit = a_visit(house, case, by=house.prescriber, overlap_reason="To be sure")

    said = (visit.overlap_allowed_at, visit.overlap_allowed_as, visit.overlap_reason)
    assert said == (None, "", "")


def test_a_cycle_has_one_session(house, case):
    a_dosing_visit(house, case)

    assert refused(a_dosing_visit, house, case, starts_at=NOON + DAY).codes == ["dosing_booked"]


def test_a_cancelled_session_makes_way_for_another(house, case):
    actions.cancel(a_dosing_visit(house, case), by=house.intake, at=NOON - DAY, reason="Ill")

    assert a_dosing_visit(house, case).status == Status.PLANNED


def test_what_the_diary_of_this_site_cannot_show_is_refused_in_the_same_words(house, case, seeing):
    for user, role in [(house.facilitator, "facilitator"), (house.stranger, "intake")]:
        RoleAtSite.objects.create(
            user=user, site=house.other_site, role=role, valid_from=NOON - 300 * DAY
        )
    a_visit(house, case)
    elsewhere = _a_case_at_the_other_site(house)
    seeing(house.other_site, user=house.stranger)

    with pytest.raises(Refused) as refusal:
        a_visit(house, elsewhere, by=house.stranger, room=house.other_site.rooms.get())

    assert codes(refusal) == ["person_taken"]
    assert str(refusal.value.obstacles[0]) == (
        "Fay Facilitator is booked at another site at that time."
    )


def test_a_visit_allowed_to_overlap_here_takes_its_people_at_other_sites_too(
    house, case, other_case, seeing
):
    for user, role in [(house.facilitator, "facilitator"), (house.stranger, "intake")]:
        RoleAtSite.objects.create(
            user=user, site=house.other_site, role=role, valid_from=NOON - 300 * DAY
        )
    a_visit(house, case)
    after = {"starts_at": NOON + HALF_AN_HOUR, "overlap_reason": "A pair"}
    a_visit(house, other_case, by=house.prescriber, **after)
    elsewhere = _a_case_at_the_other_site(house)
    seeing(house.other_site, user=house.stranger)
    there = {"by": house.stranger, "room": house.other_site.rooms.get()}

    with pytest.raises(Refused) as refusal:
        a_visit(house, elsewhere, starts_at=NOON + HOUR, **there)

    assert codes(refusal) == ["person_taken"]


def test_an_overlap_is_not_allowed_over_what_nobody_here_sees(house, case, other_case, seeing):
    for user, role in [(house.facilitator, "facilitator"), (house.stranger, "intake")]:
        RoleAtSite.objects.create(
            user=user, site=house.other_site, role=role, valid_from=NOON - 300 * DAY
        )
    elsewhere = _a_case_at_the_other_site(house)
    seeing(house.other_site, user=house.stranger)
    a_visit(house, elsewhere, by=house.stranger, room=house.other_site.rooms.get())
    seeing(house.site, user=house.prescriber)
    a_visit(house, case, people=[(house.second_facilitator, "facilitator")])

    with pytest.raises(Refused) as refusal:
        a_visit(house, other_case, by=house.prescriber, overlap_reason="A pair")

    assert codes(refusal) == ["person_taken"]


def _a_case_at_the_other_site(house):
    Licence.objects.create(
        user=house.facilitator, profession="clinical_social_worker", jurisdiction="US-CO",
        number="C-1", valid_from=date(2025, 1, 1), valid_until=date(2028, 1, 1),
        acts=["prepare", "accompany", "integrate"], verified_at=NOON - 90 * DAY,
        verified_by=house.manager,
    )  # fmt: skip
    patient = cases.register(
        by=house.stranger, at=NOON - 30 * DAY, site=house.other_site, family_name="Hillman",
        given_name="Jo", date_of_birth=date(1970, 2, 3),
    )  # fmt: skip
    case = cases.refer(
        patient, by=house.stranger, at=NOON - 30 * DAY, protocol_version=house.version,
        referral_source="Self", referral_reason="",
    )  # fmt: skip
    cases.begin_screening(case, by=house.stranger, at=NOON - 30 * DAY)
    cases.decided(case, by=house.stranger, at=NOON - 30 * DAY, outcome="eligible")
    return case


def test_a_visit_moves_with_its_people(house, case):
    visit = a_visit(house, case)

    actions.reschedule(
        visit, by=house.intake, at=NOON - 10 * DAY, starts_at=NOON + DAY, ends_at=NOON + DAY + HOUR,
        room=house.second_room, people=[(house.prescriber, "facilitator")],
    )  # fmt: skip

    person = visit.people.get()
    assert (visit.room, person.user, person.starts_at) == (
        house.second_room, house.prescriber, NOON + DAY,
    )  # fmt: skip
    assert trail()[-1] == "visit moved"


def test_a_visit_may_move_within_its_own_time(house, case):
    visit = a_visit(house, case)

    actions.reschedule(
        visit, by=house.intake, at=NOON - 10 * DAY, starts_at=NOON + HALF_AN_HOUR,
        ends_at=NOON + 2 * HOUR, room=house.room, people=people_for(house, visit.stage),
    )  # fmt: skip

    assert visit.starts_at == NOON + HALF_AN_HOUR


def test_a_visit_does_not_move_onto_another(house, case, other_case):
    visit = a_visit(house, case)
    a_visit(house, other_case, starts_at=NOON + DAY)

    found = refused(
        actions.reschedule, visit, by=house.intake, at=NOON - 10 * DAY, starts_at=NOON + DAY,
        ends_at=NOON + DAY + HOUR, room=house.room, people=people_for(house, visit.stage),
    )  # fmt: skip

    assert found.codes == ["room_taken", "person_taken"]


def test_a_cancelled_visit_frees_room_and_people(house, case, other_case):
    visit = a_visit(house, case)

    actions.cancel(visit, by=house.intake, at=NOON - DAY, reason="The person is ill")

    assert trail()[-1] == "visit cancelled"
    assert a_visit(house, other_case).status == Status.PLANNED


def test_a_cancellation_says_why(house, case):
    visit = a_visit(house, case)

    found = refused(actions.cancel, visit, by=house.intake, at=NOON, reason=" ")

    assert found.codes == ["visit_reason"]


@pytest.mark.parametrize("act", ["cancel", "no_show", "arrive", "finish"])
def test_what_is_over_is_over(house, case, act):
    visit = a_visit(house, case)
    actions.finish(visit, by=house.facilitator, at=NOON)

    extra = {"reason": "Why"} if act == "cancel" else {}
    found = refused(getattr(actions, act), visit, by=house.facilitator, at=NOON, **extra)

    assert found.codes == ["status"]


@pytest.mark.parametrize("act", ["cancel", "no_show", "arrive", "finish"])
def test_a_stranger_changes_no_visit(house, case, act):
    visit = a_visit(house, case)

    extra = {"reason": "Why"} if act == "cancel" else {}
    found = refused(getattr(actions, act), visit, by=house.stranger, at=NOON + HOUR, **extra)

    assert found.codes == ["role"]


def test_nobody_has_missed_what_has_not_begun(house, case):
    visit = a_visit(house, case)

    found = refused(actions.no_show, visit, by=house.intake, at=NOON - HOUR)

    assert found.codes == ["visit_not_begun"]


def test_who_did_not_come_is_written_down(house, case):
    visit = a_visit(house, case)

    actions.no_show(visit, by=house.intake, at=NOON + HOUR)

    assert (visit.status, trail()[-1]) == (Status.NO_SHOW, "visit missed")


def test_what_is_known_of_why_somebody_did_not_come_stands_with_the_visit(house, case):
    visit = a_visit(house, case)

    actions.no_show(visit, by=house.intake, at=NOON + HOUR, reason=" Missed the bus. ")

    visit.refresh_from_db()
    assert visit.reason == "Missed the bus."


@pytest.mark.parametrize("act", ["arrive", "finish"])
def test_nobody_comes_on_an_earlier_day(house, case, act):
    visit = a_visit(house, case)

    found = refused(getattr(actions, act), visit, by=house.facilitator, at=NOON - DAY)

    assert found.codes == ["visit_not_today"]


def test_a_visit_is_arrived_at_and_done(house, case):
    visit = a_visit(house, case)

    actions.arrive(visit, by=house.facilitator, at=NOON)
    actions.finish(visit, by=house.facilitator, at=NOON + HOUR)

    assert (visit.arrived_by, visit.done_by) == (house.facilitator, house.facilitator)
    assert trail()[-2:] == ["visit arrived", "visit done"]


def test_who_leaves_their_path_is_expected_nowhere(house, case):
    visit = a_visit(house, case)

    cases.withdraw(case, by=house.facilitator, at=NOON - DAY, reason="Changed their mind")

    assert Visit.objects.get(pk=visit.pk).status == Status.CANCELLED


def test_who_is_suspended_keeps_their_visits(house, case):
    visit = a_visit(house, case)

    cases.suspend(case, by=house.medical_lead, at=NOON - DAY, reason="New finding")

    assert Visit.objects.get(pk=visit.pk).status == Status.PLANNED


# -- What is held ----------------------------------------------------------------------------


def held_from(house, at=NOON - 25 * DAY):
    return cases.place_hold(
        house.site, by=house.medical_lead, at=at, on="room", target_key=house.room.key,
        words=house.room.name, reason="The alarm does not work.",
    )  # fmt: skip


def test_a_held_room_takes_no_visit_until_the_hold_is_lifted(house, case):
    hold = held_from(house)
    assert refused(a_visit, house, case).codes == ["visit_hold"]

    lead, at = house.medical_lead, NOON - 20 * DAY
    cases.lift_hold(hold, by=lead, at=at, reason="It was repaired.", proof=proof(lead, at))

    assert a_visit(house, case).status == Status.PLANNED


def test_a_visit_booked_before_stands_and_does_not_move_into_what_is_held(house, case):
    visit = a_visit(house, case)
    held_from(house, at=NOON - 15 * DAY)

    found = refused(
        actions.reschedule, visit, by=house.intake, at=NOON - 10 * DAY, starts_at=NOON + DAY,
        ends_at=NOON + DAY + HOUR, room=house.room, people=people_for(house, visit.stage),
    )  # fmt: skip

    assert (found.codes, Visit.objects.get(pk=visit.pk).status) == (["visit_hold"], "planned")
