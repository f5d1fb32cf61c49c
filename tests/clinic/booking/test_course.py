"""A whole course proposed at once: it breaks no rule, and what stands in its way is said."""

from datetime import date, datetime, time

import pytest

from clinic.booking import actions as booking
from clinic.booking.course import actions, queries
from clinic.booking.course.wishes import Wishes
from clinic.booking.models import Stage, Visit
from clinic.cases import actions as cases
from clinic.people.hours import actions as hours
from clinic.people.models import Absence, DutyShift, Licence
from clinic.workflow import Refused
from tests.builders.booking import a_dosing_visit, a_visit
from tests.builders.courses import as_booked
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, trail
from tests.builders.preparation import a_preparing_case, many_preparing_cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
AT = NOON - 20 * DAY
MONDAY = date(2026, 11, 2)


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


def proposed(case, **wishes):
    facts = {"earliest": MONDAY, "weeks": 8, "sessions": 1} | wishes
    return queries.draft_of(case, Wishes(**facts), at=AT)


def book(house, case, draft, **facts):
    facts = {"by": house.intake, "at": AT} | facts
    return actions.book_course(case, visits=as_booked(draft), **facts)


def days_of(draft, site):
    return [each.starts_at.astimezone(site.tz).date() for each in draft.visits]


def test_a_course_is_proposed_and_booked_by_the_rules_of_every_booking(house, case):
    draft = proposed(case)

    assert not Visit.objects.exists()
    booked = book(house, case, draft)

    assert [visit.code for visit in booked] == [
        "preparation", "preparation", "dosing", "integration", "integration"
    ]  # fmt: skip
    assert trail()[-1] == "course booked"


def test_the_same_question_has_the_same_answer(case):
    assert proposed(case) == proposed(case)


def test_what_is_booked_already_is_not_proposed_again(house, case):
    a_dosing_visit(house, case, starts_at=NOON + 5 * DAY, at=AT)

    draft = proposed(case)

    assert "dosing" not in [each.wanted.rule.code for each in draft.visits]
    talks = [each for each in draft.visits if each.wanted.stage == Stage.PREPARATION]
    assert len(talks) == 2
    assert all(each.ends_at <= NOON + 5 * DAY for each in talks)


def test_what_hangs_on_a_session_outside_these_weeks_is_left_out_and_said(house, case):
    a_dosing_visit(house, case, starts_at=NOON - 14 * DAY, at=AT)

    draft = proposed(case, earliest=date(2026, 11, 20))

    assert (draft.visits, draft.why_not) == ((), ())
    assert draft.left_out == (
        "Preparation visit 1, cycle 1",
        "Preparation visit 2, cycle 1",
        "Integration visit 1, cycle 1",
        "Integration visit 2, cycle 1",
    )


def test_a_wish_for_days_and_hours_is_kept(house, case):
    draft = proposed(case, weekdays=(1, 3), begins=time(13), ends=time(17))

    assert {day.weekday() for day in days_of(draft, house.site)} <= {1, 3}
    for each in draft.visits:
        if each.wanted.stage != Stage.DOSING:
            begins, ends = (
                t.astimezone(house.site.tz).time() for t in (each.starts_at, each.ends_at)
            )
            assert time(13) <= begins
            assert ends <= time(17)


def test_a_person_who_is_wished_for_comes_every_time(house, case):
    draft = proposed(case, people={"facilitator": house.facilitator})

    assert draft.visits
    for each in draft.visits:
        assert (house.facilitator, "facilitator") in each.people


def test_nobody_is_proposed_outside_their_hours_or_while_they_are_away(house, case):
    for user in (house.facilitator, house.prescriber, house.medical_lead):
        hours.write_hours(
            user,
            by=house.manager,
            at=AT,
            site=house.site,
            hours=[(2, time(12), time(18)), (3, time(12), time(18))],
        )
        starts_at = datetime.combine(MONDAY, time(), tzinfo=house.site.tz)
        Absence.objects.create(user=user, starts_at=starts_at, ends_at=starts_at + 7 * DAY)

    draft = proposed(case, weeks=20, people={"facilitator": house.facilitator})

    found = days_of(draft, house.site)
    assert {day.weekday() for day in found} <= {2, 3}
    assert min(found) > date(2026, 11, 8)


def test_on_a_closed_day_nothing_is_proposed(house, case):
    without = set(days_of(proposed(case), house.site))
    for day in without:
        hours.close_day(house.site, by=house.manager, at=AT, day=day, name="Closed")

    draft = proposed(case)

    assert draft.visits
    assert not without & set(days_of(draft, house.site))


def test_who_loses_the_licence_on_the_way_is_not_proposed_after(house, case):
    Licence.objects.filter(user=house.facilitator).update(valid_until=date(2026, 11, 6))

    draft = proposed(case)

    late = [each for each in draft.visits if each.starts_at.date() > date(2026, 11, 6)]
    assert late or draft.why_not
    assert all(house.facilitator not in [user for user, _ in each.people] for each in late)


def test_a_night_without_anybody_on_call_is_not_followed_by_a_session(house, case):
    DutyShift.objects.all().delete()
    starts_at = datetime.combine(MONDAY, time(), tzinfo=house.site.tz)
    DutyShift.objects.create(
        site=house.site, user=house.prescriber, duty="on_call",
        starts_at=starts_at + 50 * DAY, ends_at=starts_at + 52 * DAY,
    )  # fmt: skip

    draft = proposed(case)

    session = next(each for each in draft.visits if each.wanted.stage == Stage.DOSING)
    assert session.starts_at >= starts_at + 50 * DAY


def test_an_unwritten_rota_is_said_beside_the_session(house, case):
    DutyShift.objects.all().delete()

    notes = [each.note for each in proposed(case).visits if each.note]

    assert notes == ["Who is on call for the night after is not written yet."]


# -- When nothing fits -----------------------------------------------------------------------


def test_a_wish_that_meets_a_closed_house_is_named(house, case):
    hours_of_nobody = proposed(case, weekdays=(6,), begins=time(20), ends=time(21))

    assert hours_of_nobody.visits == ()
    assert hours_of_nobody.why_not[-1] == "Your wish: talks from 20:00 until 21:00."
    assert "The site is open from 08:00 to 20:00, but on closed days." in hours_of_nobody.why_not


def test_a_lack_of_licences_is_named(house, case):
    Licence.objects.filter(acts__contains=["prepare"]).update(valid_until=date(2026, 10, 31))

    (reason,) = proposed(case).why_not

    assert reason.endswith("nobody works here with a licence for it on any of these days.")


def test_a_person_who_is_wished_for_and_cannot_come_is_named(house, case):
    Licence.objects.filter(user=house.facilitator).update(valid_until=date(2026, 11, 2))

    why = proposed(case, people={"facilitator": house.facilitator}).why_not

    assert (
        "Your wish: Fay Facilitator as therapist, who works here with a licence for it on 1 of "
        "these 56 days."
    ) in why


def test_too_few_weeks_are_refused_with_what_the_protocol_wants(house, case):
    why = proposed(case, weeks=1, weekdays=(0,)).why_not

    assert "Your wish: on Monday." in why


# -- Booking it ------------------------------------------------------------------------------


def test_a_visit_that_was_taken_meanwhile_refuses_the_whole_course_by_name(house, case):
    draft = proposed(case)
    session = next(each for each in draft.visits if each.wanted.stage == Stage.DOSING)
    other = many_preparing_cases(house, 1)[0]
    a_visit(
        house, other, at=AT, room=session.room, starts_at=session.starts_at,
        people=[({c: u for u, c in session.people}["facilitator"], "facilitator")],
    )  # fmt: skip

    with pytest.raises(Refused) as refusal:
        book(house, case, draft)

    assert codes(refusal) == ["room_taken", "person_taken"]
    assert all(str(each).startswith("Dosing session, ") for each in refusal.value.obstacles)
    assert not case.visits.exists()


def test_a_course_is_booked_by_who_books_of_who_is_eligible_with_a_visit_at_least(house, case):
    draft = proposed(case)

    with pytest.raises(Refused) as stranger:
        book(house, case, draft, by=house.safety_lead)
    with pytest.raises(Refused) as empty:
        actions.book_course(case, by=house.intake, at=AT, visits=[])
    cases.withdraw(case, by=house.facilitator, at=AT, reason="Moved away")
    with pytest.raises(Refused) as left:
        book(house, case, draft)

    assert "role" in codes(stranger)
    assert codes(empty) == ["course_is_empty"]
    assert "status" in codes(left)


# -- Cycles to come --------------------------------------------------------------------------


def test_a_visit_of_a_cycle_to_come_waits_for_it(house, case):
    visit = a_dosing_visit(house, case, number=2)

    assert (visit.cycle, visit.ahead) == (None, 2)
    assert not visit.case.cycles.filter(number=2).exists()
    with pytest.raises(Refused) as twice:
        a_dosing_visit(house, case, number=2, starts_at=NOON + DAY)
    with pytest.raises(Refused) as early:
        booking.finish(visit, by=house.facilitator, at=NOON + HOUR)
    assert codes(twice) == ["dosing_booked"]
    assert codes(early) == ["visit_waits_for_cycle"]


def test_a_cycle_over_takes_no_more_preparation(house, case):
    case.cycles.create(site=case.site, number=2, opened_at=AT, opened_by=house.facilitator)

    with pytest.raises(Refused) as refusal:
        a_visit(house, case, number=1)

    assert codes(refusal) == ["visit_unknown"]


def test_what_waited_joins_its_cycle_and_has_its_run_sheet(house, case):
    visit = a_dosing_visit(house, case, number=2)
    cycle = case.cycles.create(site=case.site, number=2, opened_at=AT, opened_by=house.facilitator)

    booking.join_cycle(cycle, by=house.facilitator, at=AT)

    visit.refresh_from_db()
    assert (visit.cycle, visit.ahead) == (cycle, None)
    assert visit.supervised_session.cycle == cycle
