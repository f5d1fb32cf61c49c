import smtplib
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from clinic.cases import actions as cases
from clinic.messages import actions, kinds, rules, wire
from clinic.messages.models import Message, Status
from clinic.people.queries import system_user
from clinic.workflow import Refused
from tests.builders.cases import a_patient, a_referred_case
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house, codes, trail
from tests.builders.messages import PLAIN, a_message, claimed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_house()


def delivered(message, at=NOON):
    actions.prepare(message, by=system_user(), at=at)
    actions.deliver(message, by=system_user(), at=at)
    message.refresh_from_db()
    return message


def claimed_again(message, at):
    """The next claim of this very message; what else is due by then is claimed on the way."""
    while (found := actions.claim_next(by=system_user(), at=at)) is not None:
        if found == message:
            return found
    raise AssertionError("it was not due")


def failing_wire(monkeypatch, error):
    def send(**facts):
        raise error

    monkeypatch.setattr(wire, "send", send)


# -- The outbox ------------------------------------------------------------------------------


def test_the_same_occurrence_is_one_message(house):
    first = a_message(house, occurrence="once")

    again = a_message(house, occurrence="once")

    assert again == first
    assert trail().count("message queued") == 1


def test_a_message_has_its_own_name_on_the_wire_from_the_first_moment(house):
    message = a_message(house)

    assert message.message_id == f"<{message.key}@localhost>"


def test_a_kind_nobody_registered_cannot_be_queued(house):
    with pytest.raises(KeyError):
        a_message(house, kind="made up on the spot")


def test_a_message_is_stopped_before_it_goes(house):
    message = a_message(house, case=a_referred_case(house), due_at=NOON + DAY)

    actions.cancel(message, by=house.facilitator, at=NOON, reason="Called instead.")

    assert (message.status, message.last_error) == (Status.CANCELLED, "Called instead.")
    assert trail()[-1] == "message cancelled"


def test_a_message_of_another_site_is_not_stopped(house):
    message = a_message(house, due_at=NOON + DAY)

    with pytest.raises(Refused) as refusal:
        actions.cancel(message, by=house.stranger, at=NOON)

    assert codes(refusal) == ["role"]
    assert "message cancelled" not in trail()


def test_a_message_that_has_gone_is_not_stopped(house):
    message = delivered(claimed(house))

    with pytest.raises(Refused) as refusal:
        actions.cancel(message, by=house.facilitator, at=NOON)

    assert codes(refusal) == ["status"]


def test_everything_that_was_to_go_to_the_person_is_stopped_at_once(house):
    case = a_referred_case(house)
    to_them = [
        a_message(house, case=case, due_at=NOON + n * DAY, occurrence=f"n{n}") for n in (1, 2)
    ]
    to_staff = a_message(house, case=case, user=house.nurse, due_at=NOON + DAY)

    stopped = actions.cancel_all(case, by=house.facilitator, at=NOON)

    assert stopped == 2
    assert {m.status for m in Message.objects.filter(pk__in=[m.pk for m in to_them])} == {
        "cancelled"
    }
    assert Message.objects.get(pk=to_staff.pk).status == Status.DUE
    assert trail().count("messages cancelled") == 1


def test_another_time_is_another_time_for_what_has_not_gone(house):
    message = a_message(house, due_at=NOON + DAY)

    actions.postpone(message, by=system_user(), at=NOON, due_at=NOON + 2 * DAY)

    assert Message.objects.get(pk=message.pk).due_at == NOON + 2 * DAY


def test_what_a_sweep_has_just_claimed_is_not_moved(house):
    message = a_message(house)
    actions.claim_next(by=system_user(), at=NOON)

    actions.postpone(message, by=house.facilitator, at=NOON, due_at=NOON + DAY)

    assert Message.objects.get(pk=message.pk).due_at == NOON
    assert "message moved" not in trail()


# -- Sending ---------------------------------------------------------------------------------


def test_what_is_due_is_claimed_once_and_safety_first(house):
    a_message(house, occurrence="courtesy", due_at=NOON - HOUR)
    a_message(house, occurrence="safety", is_safety=True)
    a_message(house, occurrence="later", due_at=NOON + MINUTE)

    taken = [actions.claim_next(by=system_user(), at=NOON) for _ in range(3)]

    assert [m and m.occurrence for m in taken] == ["safety", "courtesy", None]


def test_a_claimed_message_is_sent_under_its_own_name(house):
    message = delivered(claimed(house))

    (letter,) = mail.outbox
    assert letter.extra_headers["Message-ID"] == message.message_id
    assert (letter.to, letter.subject) == (["nurse@vigil.example"], "A word from us")
    assert (message.status, message.sent_at, message.tries) == (Status.SENT, NOON, 1)
    assert trail()[-1] == "message sent"


def test_a_message_that_is_no_longer_wanted_is_not_sent(house):
    message = delivered(claimed(house, context={"over": True}))

    assert (message.status, mail.outbox) == (Status.CANCELLED, [])
    assert message.last_error == "It is no longer needed."
    assert [each.code for each in rules.obstacles_to_send(message, at=NOON)] == [
        "message_not_wanted"
    ]


def test_nothing_reaches_who_has_not_agreed_to_be_written_to(house):
    case = a_referred_case(house, patient=a_patient(house, may_email=False))

    message = delivered(claimed(house, case=case))

    assert (message.status, mail.outbox) == (Status.CANCELLED, [])


def test_a_safety_contact_that_may_not_be_written_reaches_a_person_of_the_clinic(house):
    case = a_referred_case(house, patient=a_patient(house, may_email=False))

    message = delivered(claimed(house, case=case, is_safety=True))

    assert (message.status, mail.outbox) == (Status.FAILED, [])
    assert [m.kind for m in case.matters.all()] == ["message_not_delivered"]


def test_nothing_reaches_the_dead(house):
    case = a_referred_case(house)
    message = claimed(house, case=case, is_safety=True)
    cases.died(case.patient, by=house.facilitator, at=NOON)

    message = delivered(message)

    assert (message.status, mail.outbox) == (Status.CANCELLED, [])


def test_a_message_cancelled_after_its_claim_is_not_sent(house):
    message = claimed(house, case=a_referred_case(house))
    actions.cancel(message, by=house.facilitator, at=NOON)

    message = delivered(message)

    assert (message.status, mail.outbox) == (Status.CANCELLED, [])


def test_a_colleague_who_has_left_gets_nothing(house):
    message = claimed(house)
    house.nurse.is_active = False
    house.nurse.save()

    assert (delivered(message).status, mail.outbox) == (Status.CANCELLED, [])


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Amsterdam", "Pacific/Chatham"])
def test_a_message_of_the_night_waits_for_the_patients_morning(house, zone):
    case = a_referred_case(house, patient=a_patient(house, zone=zone))
    night = datetime(2026, 11, 18, 23, tzinfo=ZoneInfo(zone))
    message = claimed(house, case=case, is_safety=True, at=night)

    message = delivered(message, at=night)

    assert (message.status, message.tries, mail.outbox) == (Status.DUE, 0, [])
    assert message.due_at == datetime(2026, 11, 19, 8, tzinfo=ZoneInfo(zone))


def test_staff_are_told_at_any_hour(house):
    night = NOON + 12 * HOUR

    assert delivered(claimed(house, at=night), at=night).status == Status.SENT


def test_words_that_cannot_be_made_are_told_and_stop_nobody_else(house, monkeypatch):
    broken = replace(kinds.KINDS[PLAIN], words=lambda message: 1 / 0)
    monkeypatch.setitem(kinds.KINDS, PLAIN, broken)

    message = delivered(claimed(house))

    assert message.status == Status.FAILED
    assert message.last_error == "Its words could not be made (ZeroDivisionError)."


# -- When it does not go ---------------------------------------------------------------------


def test_a_mail_server_that_is_away_is_asked_again_later(house, monkeypatch):
    failing_wire(monkeypatch, wire.NotSent("The mail server could not be reached (OSError)."))

    message = delivered(claimed(house))

    assert (message.status, message.due_at) == (Status.DUE, NOON + MINUTE)
    assert message.last_error == "The mail server could not be reached (OSError)."


def test_staff_hear_within_five_minutes_of_what_does_not_go(house, monkeypatch):
    failing_wire(monkeypatch, wire.NotSent("The mail server refused it (451)."))
    case, at = a_referred_case(house), NOON
    message = claimed(house, case=case, is_safety=True)
    while not case.matters.exists():
        message = delivered(message, at=at)
        at = message.due_at
        message = actions.claim_next(by=system_user(), at=at)

    assert at - NOON <= 5 * MINUTE + 10 * MINUTE
    assert case.matters.get().raised_at - NOON <= 5 * MINUTE


def test_what_arrives_after_all_needs_nobody_any_more(house, monkeypatch):
    case = a_referred_case(house)
    message = claimed(house, case=case)
    with monkeypatch.context() as broken:
        failing_wire(broken, wire.NotSent("The mail server refused it (451)."))
        for _ in range(3):
            at = delivered(message, at=message.claimed_at).due_at
            message = claimed_again(message, at)

    delivered(message, at=at)

    assert [(m.status, m.outcome) for m in case.matters.all()] == [
        ("closed", "Delivered after all.")
    ]


def test_an_address_that_is_refused_for_good_is_not_tried_again(house, monkeypatch):
    failing_wire(monkeypatch, wire.NotSent("The mail server refused it (550).", for_good=True))

    message = delivered(claimed(house, case=a_referred_case(house)))

    assert (message.status, message.failed_at) == (Status.FAILED, NOON)


def test_a_broken_line_is_answered_by_sending_safety_again_and_courtesy_never(house, monkeypatch):
    failing_wire(monkeypatch, wire.PossiblySent("The line to the mail server broke (OSError)."))
    case = a_referred_case(house)

    safety = delivered(claimed(house, case=case, is_safety=True, occurrence="safety"))
    courtesy = delivered(claimed(house, case=case, occurrence="courtesy"))

    assert (safety.status, courtesy.status) == (Status.DUE, Status.UNSURE)


def test_a_sender_that_vanished_is_noticed_when_its_lease_has_run_out(house):
    safety = claimed(house, is_safety=True, occurrence="safety")
    courtesy = claimed(house, occurrence="courtesy")

    early = actions.give_up_lapsed(by=system_user(), at=NOON + 4 * MINUTE)
    lapsed = actions.give_up_lapsed(by=system_user(), at=NOON + 5 * MINUTE)

    assert (early, lapsed) == (0, 2)
    assert Message.objects.get(pk=safety.pk).status == Status.DUE
    assert Message.objects.get(pk=courtesy.pk).status == Status.UNSURE


def test_trying_ends_within_a_day_and_becomes_a_matter(house, monkeypatch):
    failing_wire(monkeypatch, wire.NotSent("The mail server could not be reached (OSError)."))
    message, at = a_message(house, case=a_referred_case(house)), NOON
    while message.status != Status.FAILED:
        mine = actions.claim_next(by=system_user(), at=at)
        if mine is not None:
            delivered(mine, at=at)
        message.refresh_from_db()
        at = max(at + MINUTE, message.due_at)

    assert message.failed_at - NOON < DAY
    assert message.tries == 9


# -- The wire --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (smtplib.SMTPDataError(451, b"later"), ("NotSent", False)),
        (smtplib.SMTPDataError(554, b"never"), ("NotSent", True)),
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"nobody")}), ("NotSent", True)),
        (smtplib.SMTPServerDisconnected("gone"), ("PossiblySent", None)),
        (TimeoutError("slow"), ("PossiblySent", None)),
    ],
)
def test_the_wire_says_what_is_known_and_no_address(monkeypatch, error, told):
    def break_off(connection, messages):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", break_off)

    with pytest.raises((wire.NotSent, wire.PossiblySent)) as found:
        wire.send(to="robin@example.org", subject="A word", body="Hello", message_id="<1@here>")

    assert (type(found.value).__name__, getattr(found.value, "for_good", None)) == told
    assert "example.org" not in str(found.value)


def test_a_subject_of_two_lines_is_no_mail():
    with pytest.raises(wire.NotSent) as found:
        wire.send(to="a@example.org", subject="A\nBcc: b@x", body="Hello", message_id="<1@here>")

    assert found.value.for_good
