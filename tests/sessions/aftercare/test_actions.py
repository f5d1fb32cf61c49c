from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from clinic.attention.models import Matter
from clinic.cases import actions as cases
from clinic.checklists import actions as checklists
from clinic.checklists.files import instrument
from clinic.checklists.models import Form
from clinic.links import actions as links
from clinic.links.models import PatientLink
from clinic.links.tokens import token_of
from clinic.messages.models import Message
from clinic.messages.tasks import sweep as send
from clinic.people.queries import system_user
from clinic.workflow import Refused
from sessions.aftercare import actions, tasks
from sessions.aftercare.models import Status, Touchpoint
from sessions.rehearsal.answering import scored
from tests.builders.aftercare import a_touchpoint, a_treated_case, an_ended_session
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
ENDED = NOON + 4 * HOUR


@pytest.fixture
def house(db):
    return a_house()


def send_at(at):
    with time_machine.travel(at, tick=False):
        return send()


def letters_to(case):
    return [letter for letter in mail.outbox if letter.to == [case.patient.email]]


def due(case):
    return {t.code: t.due_at for t in case.touchpoints.all()}


# -- Planning --------------------------------------------------------------------------------


def test_when_a_session_ends_every_contact_of_the_protocol_is_planned(house):
    case = a_treated_case(house)

    planned = due(case)
    assert planned["day-1"] == ENDED + DAY
    assert len(planned) == len(house.version.document["touchpoints"])
    assert "contacts planned" in trail()


def test_who_moves_to_another_zone_is_contacted_at_the_same_hour_there(house):
    case = a_treated_case(house)
    before, letter = due(case), Message.objects.get(about_key=a_touchpoint(case, "day-7").key)
    there = ZoneInfo("Pacific/Honolulu")

    cases.correct(case.patient, by=house.intake, at=ENDED, zone=there.key)

    after = due(case)
    here = before["day-7"].astimezone(house.site.tz)
    letter.refresh_from_db()
    assert (here.hour, after["day-7"]) == (10, here.replace(tzinfo=there))
    assert letter.due_at == after["day-7"]
    assert after["day-1"] == before["day-1"]  # a day after the session is a day after, anywhere
    assert trail().count("contacts moved with the zone") == 1


def test_what_somebody_has_dealt_with_does_not_move_with_the_zone(house):
    case = a_treated_case(house)
    touchpoint = a_touchpoint(case, "day-7")
    actions.not_reached(touchpoint, by=house.facilitator, at=ENDED + 8 * DAY, words="Nobody in.")

    cases.correct(case.patient, by=house.intake, at=ENDED + 8 * DAY, zone="Pacific/Honolulu")

    assert due(case)["day-7"] == touchpoint.due_at


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Amsterdam", "Pacific/Chatham"])
def test_ten_in_the_morning_is_ten_where_the_person_lives(house, zone):
    week = due(a_treated_case(house, zone=zone))["day-7"].astimezone(ZoneInfo(zone))
    quarter = due(Touchpoint.objects.first().case)["month-6"].astimezone(ZoneInfo(zone))

    assert (week.hour, quarter.hour) == (10, 10)


def test_ten_in_the_morning_stays_ten_after_the_clocks_change(house):
    case = a_treated_case(house)  # in winter; six months later it is summer

    month_6 = due(case)["month-6"]

    assert month_6 == datetime(2027, 5, 19, 10, tzinfo=ZoneInfo("America/New_York"))


def test_planning_twice_plans_once(house):
    session = an_ended_session(house)

    actions.plan(session, by=system_user(), at=ENDED)

    assert Touchpoint.objects.count() == len(house.version.document["touchpoints"])
    assert Message.objects.filter(kind="touchpoint").count() == 5


def test_what_has_a_message_is_queued_and_what_has_none_is_not(house):
    case = a_treated_case(house)

    queued = {
        case.touchpoints.get(key=message.about_key).code: message.is_safety
        for message in case.messages.filter(kind="touchpoint")
    }

    assert queued["day-1"] is True
    assert "bladder-3-months" not in queued


def test_a_session_told_of_late_plans_without_sending_what_is_long_past(house):
    session = an_ended_session(house)
    session.cycle = late = session.case.cycles.create(
        number=9, opened_at=NOON, opened_by=house.nurse
    )

    actions.plan(session, by=system_user(), at=ENDED + 5 * DAY)

    day_1 = Touchpoint.objects.get(cycle=late, code="day-1")
    assert not Message.objects.filter(about_key=day_1.key).exists()


def test_another_session_calls_off_what_was_meant_for_the_last(house):
    session = an_ended_session(house)
    session.cycle = session.case.cycles.create(number=2, opened_at=NOON, opened_by=house.nurse)

    actions.plan(session, by=system_user(), at=ENDED + DAY)

    first = {t.code: t.status for t in Touchpoint.objects.filter(cycle__number=1)}
    assert (first["month-1"], first["day-7"]) == (Status.CANCELLED, Status.PLANNED)


# -- Sending and answering -------------------------------------------------------------------


def test_a_day_after_the_letter_goes_with_a_link_to_the_question(house):
    case = a_treated_case(house)

    send_at(ENDED + DAY)

    (letter,) = letters_to(case)
    assert token_of(PatientLink.objects.get()) in letter.body
    assert a_touchpoint(case).status == Status.SENT
    assert Form.objects.get(purpose="touchpoint").code == "direct-safety-question"


def test_every_letter_keeps_to_neutral_words(house):
    case = a_treated_case(house)
    for days in (1, 7, 30, 91, 182):
        send_at(ENDED + days * DAY)

    said = [f"{m.subject} {m.body} {m.from_email}".lower() for m in mail.outbox]
    assert len(letters_to(case)) == 5
    for word in ("ketamin", "psych", "depress", "phq", "gad-7", "session", "marlow", "treatment"):
        assert not any(word in words for words in said), word


def test_a_letter_with_two_forms_has_two_links(house):
    case = a_treated_case(house)

    send_at(due(case)["day-7"])

    assert letters_to(case)[-1].body.count("/f/") == 2


def test_a_letter_whose_time_is_long_past_is_not_sent(house):
    case = a_treated_case(house)

    send_at(ENDED + 20 * DAY)

    assert Message.objects.get(about_key=a_touchpoint(case).key).status == "cancelled"
    assert len(letters_to(case)) == 0


def test_sent_twice_it_is_sent_once(house):
    case = a_treated_case(house)

    send_at(ENDED + DAY)
    send_at(ENDED + DAY)

    assert len(letters_to(case)) == 1
    assert PatientLink.objects.count() == 1


def test_a_contact_is_answered_when_all_its_forms_are_finished(house):
    case = a_treated_case(house)
    send_at(due(case)["day-7"])
    states = []
    for link in PatientLink.objects.filter(form__code__in=["phq-9", "gad-7"]).order_by("pk"):
        answers = scored(instrument(link.form.code), 0)
        at = due(case)["day-7"] + HOUR
        links.finish(link, by=system_user(), at=at, answers=answers, revision=0)
        states.append(a_touchpoint(case, "day-7").status)

    assert states == [Status.SENT, Status.ANSWERED]


# -- By hand ---------------------------------------------------------------------------------


def test_a_contact_made_by_telephone_stops_its_letter(house):
    case = a_treated_case(house)

    actions.contact_made(a_touchpoint(case), by=house.facilitator, at=ENDED, words="Doing well.")

    made = a_touchpoint(case)
    assert (made.status, made.done_by, made.words) == ("done", house.facilitator, "Doing well.")
    assert Message.objects.get(about_key=made.key).status == "cancelled"
    assert trail()[-1] == "contact made"


def test_a_person_not_reached_for_safety_needs_somebody(house):
    case = a_treated_case(house)

    actions.not_reached(a_touchpoint(case), by=house.facilitator, at=ENDED, words="Rang thrice.")

    assert a_touchpoint(case).status == Status.NOT_REACHED
    assert Matter.objects.filter(kind="not_reached").count() == 1
    assert trail()[-1] == "contact not reached"


def test_reaching_them_after_all_settles_it(house):
    case = a_treated_case(house)
    actions.not_reached(a_touchpoint(case), by=house.facilitator, at=ENDED, words="Rang thrice.")

    actions.contact_made(a_touchpoint(case), by=house.nurse, at=ENDED + HOUR, words="Rang back.")

    assert Matter.objects.get(kind="not_reached").status == "closed"


def test_a_person_not_reached_for_courtesy_needs_nobody(house):
    case = a_treated_case(house)
    bladder = a_touchpoint(case, "bladder-3-months")

    actions.not_reached(bladder, by=house.facilitator, at=bladder.due_at, words="No answer.")

    assert not Matter.objects.filter(kind="not_reached").exists()


def test_a_contact_is_called_off_with_a_reason(house):
    case = a_treated_case(house)

    actions.call_off(a_touchpoint(case), by=house.facilitator, at=ENDED, words="In hospital.")

    assert a_touchpoint(case).status == Status.CANCELLED
    assert trail()[-1] == "contact called off"


@pytest.mark.parametrize("act", [actions.contact_made, actions.not_reached, actions.call_off])
@pytest.mark.parametrize(
    ("part", "words", "expected"),
    [("stranger", "Hello", ["role"]), ("facilitator", " ", ["contact_without_words"])],
)
def test_a_contact_needs_the_right_person_and_words(house, act, part, words, expected):
    touchpoint = a_touchpoint(a_treated_case(house))

    with pytest.raises(Refused) as refusal:
        act(touchpoint, by=house.people[part], at=ENDED, words=words)

    assert codes(refusal) == expected
    assert Touchpoint.objects.get(pk=touchpoint.pk).status == Status.PLANNED


def test_a_contact_is_made_once(house):
    touchpoint = a_touchpoint(a_treated_case(house))
    actions.contact_made(touchpoint, by=house.facilitator, at=ENDED, words="Well.")

    with pytest.raises(Refused) as refusal:
        actions.contact_made(touchpoint, by=house.nurse, at=ENDED, words="Well.")

    assert codes(refusal) == ["status"]


# -- What nobody made ------------------------------------------------------------------------


def ask_at(at):
    with time_machine.travel(at, tick=False):
        return tasks.sweep()


def test_a_safety_contact_nobody_made_in_time_needs_somebody_once(house):
    a_treated_case(house)
    late = ENDED + DAY + 13 * HOUR

    assert (ask_at(ENDED + DAY + HOUR), ask_at(late), ask_at(late + HOUR)) == (0, 1, 0)
    assert Matter.objects.filter(kind="contact_overdue").count() == 1


def test_a_contact_that_was_made_is_asked_for_by_nobody(house):
    case = a_treated_case(house)
    actions.contact_made(a_touchpoint(case), by=house.nurse, at=ENDED, words="Well.")

    assert ask_at(ENDED + 2 * DAY) == 0


# -- Ends ------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [cases.withdraw, cases.died])
def test_who_has_gone_is_left_in_peace(house, act):
    case = a_treated_case(house)

    act(case.patient if act is cases.died else case, by=house.facilitator, at=ENDED + HOUR)
    send_at(ENDED + 200 * DAY)

    assert {t.status for t in case.touchpoints.all()} == {Status.CANCELLED}
    assert letters_to(case) == []


def test_who_is_held_for_safety_is_still_followed_up(house):
    case = a_treated_case(house)

    cases.suspend(case, by=house.medical_lead, at=ENDED + HOUR, reason="Blood pressure.")
    send_at(ENDED + DAY)

    assert a_touchpoint(case).status == Status.SENT


def test_a_staff_form_of_a_contact_is_no_second_form(house):
    case = a_treated_case(house)
    touchpoint = a_touchpoint(case)

    first = actions.prepare_forms(touchpoint, by=system_user(), at=ENDED)
    second = actions.prepare_forms(touchpoint, by=system_user(), at=ENDED + HOUR)

    assert first == second
    assert PatientLink.objects.count() == 1
    assert checklists.queries.checklist_of(first[0]).code == "direct-safety-question"
