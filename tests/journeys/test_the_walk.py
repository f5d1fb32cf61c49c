"""One person, from the protocol they are treated by to the day their case is closed.

Nothing is brought about behind the pages: everybody signs in before a browser of their own and
clicks. The made-up clock begins ten days ago; when the person has gone home it is given up, so that
the worker, which knows only the real time, finds the message of the day after due.
"""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from sessions.rehearsal.walk import BEFORE, CALM, COURSE
from tests.journeys.chapters import aftercare, preparation, protocol, screening, session
from tests.journeys.looks import seen
from tests.journeys.pages import ON_THE_WALK

pytestmark = pytest.mark.browser

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SESSION_AGO = 28 * HOUR  # before the real now: the day after the session is over by then


def when_a_protocol_is_written_and_published(somebody, house):
    ada, ari = somebody(house.author), somebody(house.approver)
    protocol.when_the_author_opens_the_protocols(ada)
    protocol.then_a_file_with_a_mistake_is_refused_by_its_place(ada)
    protocol.when_the_author_loads_it_as_a_draft(ada)
    protocol.when_the_author_sends_it_to_review(ada)
    protocol.then_the_author_may_not_publish_it(ada)
    protocol.when_the_approver_opens_what_waits(ari)
    protocol.then_nothing_is_published_before_every_number_is_ticked(ari)
    protocol.when_the_approver_ticks_every_number_and_signs(ari)


def when_the_person_is_registered_and_screened(somebody, house):
    ines, answers = somebody(house.intake), screening.screening_answers(house)
    screening.when_intake_registers_a_person(ines)
    screening.when_intake_sees_the_identity_document(ines)
    screening.when_intake_records_whom_to_call(ines)
    screening.when_intake_refers_the_person(ines)
    screening.when_intake_fills_half_the_screening_and_goes_home(ines, answers)
    screening.when_intake_goes_on_where_they_stopped(ines, house, answers)
    screening.then_intake_may_not_decide(ines)


def when_the_prescriber_finds_them_eligible(somebody, house):
    priya = somebody(house.prescriber)
    screening.when_the_prescriber_settles_what_is_open(priya)
    screening.when_the_prescriber_decides_and_signs(priya)


def when_the_person_agrees_and_answers(somebody, house):
    fay = somebody(house.facilitator)
    preparation.when_the_facilitator_begins_to_prepare(fay)
    preparation.then_the_case_is_not_ready_and_says_why(fay)
    preparation.when_the_person_signs_what_the_protocol_wants(fay)
    preparation.when_both_questionnaires_are_answered(fay)


def when_the_person_is_prepared_and_booked(somebody, house, session_at):
    fay, ines, local = somebody(house.facilitator), somebody(house.intake), house.site.tz
    preparation.when_a_visit_is_booked(
        fay, "Preparation visit", begins=now().astimezone(local), Therapist="Fay"
    )
    preparation.when_the_preparation_visit_is_held(fay, house)
    preparation.when_the_way_home_is_planned(fay, (session_at + 4 * HOUR).astimezone(local))
    preparation.when_a_visit_is_booked(
        ines,
        "Dosing session",
        begins=session_at.astimezone(local),
        Therapist="Fay",
        Monitoring_nurse="Noor",
        Prescriber="Priya",
    )
    preparation.when_the_case_is_declared_ready(fay)


def when_the_dose_is_given(noor, priya, house):
    preparation.then_the_nurse_sees_the_session_in_the_day(noor)
    session.when_the_nurse_checks_the_person_in(noor)
    session.when_the_nurse_goes_through_todays_checks(noor, house)
    noor.clicks("Vital signs")
    noor.charts(**BEFORE)
    session.when_the_prescriber_orders(priya)
    session.when_the_nurse_prepares_and_may_not_check_it_alone(noor, house)
    session.when_a_colleague_checks_it_on_the_same_device(noor, house)
    session.when_the_nurse_gives_the_dose(noor)


def when_the_nurse_watches_for_two_hours(noor, clock):
    passed = 0
    for minute, readings in COURSE.items():
        clock.goes_on(minutes=minute - passed)
        passed = minute
        session.when_the_nurse_enters_what_is_due(noor, **CALM | readings)
        if minute == 15:
            session.when_something_is_tapped_and_taken_back(noor)
            session.when_the_person_feels_sick(noor)
            session.then_nobody_leaves_yet(noor)
    session.when_the_nurse_assesses_it(noor)


def when_the_person_goes_home_and_the_record_is_signed(noor, clock, house):
    clock.goes_on(minutes=5)
    session.when_the_nurse_goes_through_the_criteria(noor, house)
    session.when_the_nurse_releases_and_signs(noor)


def when_the_person_is_asked_the_day_after(rowan, fay, noor, broker, sink):
    aftercare.when_the_worker_sends_what_is_due(broker, sink)
    aftercare.when_the_person_answers_that_they_are_well(rowan, sink)
    rowan.opens(aftercare.when_the_facilitator_hands_over_a_questionnaire(fay, "PHQ-9"))
    aftercare.when_the_person_says_that_they_think_of_dying(rowan)
    aftercare.then_a_named_person_takes_it_and_says_what_came_of_it(noor)


def when_the_person_is_let_go(fay, house):
    aftercare.when_the_integration_visit_is_held(fay, house)
    aftercare.then_both_scores_are_charted(fay)
    aftercare.when_aftercare_begins(fay)
    aftercare.then_the_case_does_not_close_over_a_contact_that_is_near(fay)
    aftercare.when_every_contact_that_is_near_was_made(fay)
    aftercare.when_the_case_is_closed(fay)


def one_person_walks_the_whole_way(house, clock, somebody, broker, sink):
    session_at = clock.present - SESSION_AGO

    when_a_protocol_is_written_and_published(somebody, house)
    when_the_person_is_registered_and_screened(somebody, house)
    clock.goes_on(days=1)
    when_the_prescriber_finds_them_eligible(somebody, house)
    clock.goes_on(days=1)
    when_the_person_agrees_and_answers(somebody, house)
    clock.goes_on(days=2)
    when_the_person_is_prepared_and_booked(somebody, house, session_at)

    clock.stands_at(session_at)
    noor, priya = somebody(house.nurse), somebody(house.prescriber)
    when_the_dose_is_given(noor, priya, house)
    when_the_nurse_watches_for_two_hours(noor, clock)
    when_the_person_goes_home_and_the_record_is_signed(noor, clock, house)

    clock.is_given_up()
    rowan = somebody(on_a_phone=True)
    fay, noor = somebody(house.facilitator), somebody(house.nurse)
    when_the_person_is_asked_the_day_after(rowan, fay, noor, broker, sink)
    when_the_person_is_let_go(fay, house)

    fay.opens_the_case_of("Ashgrove")
    fay.sees("Closed")


def test_one_person_walks_from_the_referral_to_the_end_of_aftercare(
    house, clock, somebody, broker, sink
):
    one_person_walks_the_whole_way(house, clock, somebody, broker, sink)

    assert {name for name, state in seen} >= ON_THE_WALK
