"""Gates of the diary, each closed alone."""

from datetime import date, time

from django.urls import reverse

from clinic.booking.remote.actions import ask_where
from clinic.cases import actions as cases
from clinic.people.hours import actions as hours
from clinic.people.models import Absence, Licence
from tests.builders.booking import a_dosing_visit, a_visit
from tests.builders.house import DAY, HOUR, NOON
from tests.builders.preparation import a_preparing_case, many_preparing_cases
from tests.gates.harness import BY_THE_ADDRESS, BY_THE_FORM, NOT_FOUND, Situation, closed

TALK, DOSE = "preparation:preparation", "dosing:dosing"


def booking(house, case, *, says, visit=TALK, page=False, by=None, **typed):
    url = reverse("booking:book", args=[case.key]) + f"?visit={visit}"
    who = {"person_facilitator_0": house.facilitator.pk}
    if visit == DOSE:
        who |= {"person_nurse_0": house.nurse.pk, "person_prescriber_0": house.prescriber.pk}
    data = {"day": "2026-11-20", "begins": "12:00", "minutes": "60", "room": house.room.pk}
    return Situation(by or house.intake, url, data | who | typed, says, url if page else "")


def acting(house, name, visit, *, says, page=True, **typed):
    url = reverse(f"booking:{name}", args=[visit.key])
    return Situation(house.intake, url, typed, says, url if page else "")


@closed("visit_time")
def it_lies_in_the_past(house):
    case = a_preparing_case(house)
    return booking(house, case, day="2026-11-01", says="is not booked into the past")


@closed("visit_room")
def it_needs_a_room(house):
    case = a_preparing_case(house)
    return booking(
        house, case, visit=DOSE, room=house.site.rooms.get(for_dosing=False).pk,
        says="is not equipped for supervised sessions",
    )  # fmt: skip


@closed("course_is_empty")
def no_visit_of_the_draft_is_wanted(house):
    case = a_preparing_case(house)
    url = reverse("booking:course", args=[case.key])
    draft = {"visit-0-visit": f"{TALK}:1"}
    return Situation(house.intake, url, draft, "Choose at least one visit.")


@closed("visit_waits_for_cycle")
def the_cycle_has_not_been_opened(house):
    visit = a_visit(house, a_preparing_case(house), number=2)
    return acting(house, "arrive", visit, says="This visit is of cycle 2")


@closed("visit_staff")
def somebody_is_named_twice(house):
    case = a_preparing_case(house)
    return booking(
        house, case, visit=DOSE, person_nurse_0=house.prescriber.pk,
        says="a person has one capacity in a visit",
    )  # fmt: skip


@closed("visit_licence")
def the_licence_ends_the_day_before(house):
    case = a_preparing_case(house)
    Licence.objects.filter(user=house.facilitator).update(valid_until=date(2026, 11, 19))
    return booking(house, case, says="Fay Facilitator has no licence seen and in force in US-NY")


@closed("visit_absence")
def somebody_is_away(house):
    case = a_preparing_case(house)
    Absence.objects.create(user=house.facilitator, starts_at=NOON, ends_at=NOON + 3 * DAY)
    return booking(house, case, says="Fay Facilitator is away until")


@closed("room_taken")
def the_room_is_taken(house):
    case, other = many_preparing_cases(house, 2)
    people = [(house.prescriber, "facilitator")]
    a_visit(house, other, starts_at=NOON + 2 * DAY, people=people)
    return booking(house, case, says="Harbour room is taken by")


@closed("person_taken")
def the_person_is_elsewhere(house):
    case, other = many_preparing_cases(house, 2)
    a_visit(house, other, starts_at=NOON + 2 * DAY, room=house.second_room)
    return booking(house, case, says="Fay Facilitator is with somebody else")


@closed("patient_taken")
def the_patient_is_elsewhere(house):
    case = a_preparing_case(house)
    people = [(house.prescriber, "facilitator")]
    a_visit(house, case, starts_at=NOON + 2 * DAY, room=house.second_room, people=people)
    return booking(house, case, says="has another visit")


@closed("dosing_booked")
def the_session_is_booked(house):
    case = a_preparing_case(house)
    a_dosing_visit(house, case, starts_at=NOON + 5 * DAY)
    return booking(house, case, visit=DOSE, page=True, says="is booked: 23 November 2026, 12:00")


@closed("visit_not_begun")
def it_has_not_begun(house):
    visit = a_visit(house, a_preparing_case(house), starts_at=NOON + HOUR)
    return acting(house, "no_show", visit, says="The visit begins at 18 November 2026, 13:00.")


@closed("visit_not_today")
def it_is_on_a_later_day(house):
    visit = a_visit(house, a_preparing_case(house), starts_at=NOON + DAY)
    return acting(house, "arrive", visit, says="This visit is on 19 November 2026.")


@closed("checked_in_on_run_sheet")
def they_come_for_a_dose(house):
    visit = a_visit(house, a_preparing_case(house), stage="dosing")
    return acting(house, "arrive", visit, says="checked in on the run sheet.")


@closed("visit_reason", BY_THE_FORM, "tests/clinic/booking/test_actions.py::"
        "test_a_cancellation_says_why")  # fmt: skip
def nobody_says_why(house):
    visit = a_visit(house, a_preparing_case(house))
    return acting(house, "cancel", visit, reason="", page=False, says="for those who call")


@closed("visit_closed_day")
def the_site_is_closed_that_day(house):
    day = date(2026, 11, 20)
    hours.close_day(house.site, by=house.manager, at=NOON - DAY, day=day, name="Inventory")
    says = f"{house.site} is closed on 20 November 2026: Inventory."
    return booking(house, a_preparing_case(house), says=says)


@closed("visit_off_hours")
def somebody_does_not_work_then(house):
    week = [(4, time(13), time(18))]
    hours.write_hours(
        house.facilitator, by=house.manager, at=NOON - DAY, site=house.site, hours=week
    )
    says = "Fay Facilitator works here from 13:00 to 18:00 on Friday, 20 November 2026."
    return booking(house, a_preparing_case(house), says=says)


@closed("overlap_role")
def an_overlap_is_not_for_everybody(house):
    case, other = many_preparing_cases(house, 2)
    a_visit(house, other, starts_at=NOON + 2 * DAY)
    return booking(
        house, case, overlap_reason="Please", says="manages the site may allow an overlap."
    )


@closed("visit_interpreter")
def nobody_interprets(house):
    case = a_preparing_case(house, interpreter_language="uk")
    return booking(house, case, says="needs an interpreter for Ukrainian.")


@closed("group_staff")
def a_third_person_in_the_room_has_nobody(house):
    first, second, third = many_preparing_cases(house, 3)
    for case in (first, second):
        together = {"by": house.prescriber, "overlap_reason": "A group."}
        a_dosing_visit(house, case, starts_at=NOON + 2 * DAY, **together)
    return booking(
        house, third, visit=DOSE, by=house.prescriber, overlap_reason="A group.",
        says="need 3 clinicians with them; 2 are booked.",
    )  # fmt: skip


@closed("visit_person_not_here", BY_THE_FORM, "tests/clinic/booking/test_actions.py::"
        "test_a_person_without_a_role_here_is_not_booked")  # fmt: skip
def somebody_has_no_role_here(house):
    case = a_preparing_case(house)
    elsewhere = {"person_facilitator_0": house.stranger.pk}
    return booking(house, case, says="Select a valid choice.", **elsewhere)


def held(house, on, target, words):
    cases.place_hold(
        house.site, by=house.medical_lead, at=NOON - DAY, on=on, target_key=target.key,
        words=words, reason="The alarm does not work.",
    )  # fmt: skip


@closed("visit_hold")
def the_room_is_held(house):
    held(house, "room", house.room, house.room.name)
    says = f"Held, room: {house.room.name}. The alarm does not work."
    return booking(house, a_preparing_case(house), says=says)


@closed("visit_hold")
def a_member_of_staff_is_held(house):
    held(house, "person", house.facilitator, house.facilitator.name)
    says = f"Held, member of staff: {house.facilitator.name}. The alarm does not work."
    return booking(house, a_preparing_case(house), says=says)


@closed("visit_unknown", BY_THE_ADDRESS, "tests/clinic/booking/test_actions.py::"
        "test_only_the_protocols_visits_are_booked")  # fmt: skip
def the_protocol_has_no_such_visit(house):
    return booking(house, a_preparing_case(house), visit="preparation:reiki", says=NOT_FOUND)


def remote(house):
    return a_visit(house, a_preparing_case(house), room=None)


@closed("whereabouts_unknown")
def nobody_asked_where_they_are(house):
    return acting(house, "arrive", remote(house), says="Ask first where the person is now.")


@closed("licence_where_person_is")
def nobody_is_licensed_where_they_are(house):
    visit = remote(house)
    where = {"place": "US-NJ", "ring_back": "+1 201 555 0142", "emergency_number": "911"}
    ask_where(visit, by=house.facilitator, at=NOON, **where)
    says = "Nobody at this visit has a licence seen and in force where the person is"
    return acting(house, "arrive", visit, says=says)


@closed("visit_in_a_room")
def they_come_into_a_room(house):
    visit = a_visit(house, a_preparing_case(house))
    where = {"place": "US-NY", "ring_back": "+1 212 555 0142", "emergency_number": "911"}
    return acting(house, "whereabouts", visit, says="This visit is held in a room.", **where)
