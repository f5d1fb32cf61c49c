"""Put a message in the outbox, take it out, send it once."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from kombu.exceptions import OperationalError

from clinic.audit.actions import record
from clinic.messages import kinds, queries, signals, wire
from clinic.messages.models import STEPS, Message, Status
from clinic.messages.rules import (
    LEASE,
    NO_ADDRESS,
    NO_CONSENT,
    ON_ITS_WAY,
    STAFF_KNOW_AFTER,
    next_try,
    obstacles_to_cancel,
    obstacles_to_send,
    waits_until,
)
from clinic.workflow import Refused, move, refuse_unless_clear


@transaction.atomic
def queue(
    *,
    by: Any,
    at: datetime,
    kind: str,
    occurrence: str,
    due_at: datetime,
    case: Any = None,
    patient: Any = None,
    user: Any = None,
    site: Any = None,
    about_key: Any = None,
    is_safety: bool = False,
    context: dict | None = None,
) -> Message:
    """Put one message to one person in the outbox; the same occurrence is the same message."""
    already = Message.objects.filter(occurrence=occurrence).first()
    if already:
        return already
    key = uuid.uuid4()
    try:
        with transaction.atomic():
            message = Message.objects.create(
                key=key,
                kind=kinds.KINDS[kind].code,  # a kind nobody registered is refused here
                occurrence=occurrence,
                due_at=due_at,
                case=case,
                patient=patient or (case.patient if case and not user else None),
                user=user,
                site=site or case.site,
                about_key=about_key,
                is_safety=is_safety,
                context=context or {},
                message_id=f"<{key}@{_domain()}>",
            )
    except IntegrityError:  # somebody else has just queued the very same one
        return Message.objects.get(occurrence=occurrence)
    if due_at <= at:
        _wake_the_sweep_afterwards()
    record("message queued", message, by=by, at=at, kind=kind, due_at=due_at)
    return message


@transaction.atomic
def postpone(message: Message, *, by: Any, at: datetime, due_at: datetime) -> Message:
    """Give a message another time, because what it hangs on has moved."""
    # A sweep may have claimed it since it was looked up: it goes then, and nothing has moved.
    if Message.objects.filter(pk=message.pk, status=Status.DUE).update(due_at=due_at):
        message.due_at = due_at
        record("message moved", message, by=by, at=at, due_at=due_at)
    return message


@transaction.atomic
def cancel(message: Message, *, by: Any, at: datetime, reason: str = "") -> Message:
    """Stop one message before it goes; one that is on the wire this very moment goes."""
    if not _hold(Message.objects.filter(pk=message.pk)):
        raise Refused([ON_ITS_WAY("This message is being sent right now; it cannot be stopped.")])
    message.refresh_from_db()
    refuse_unless_clear(obstacles_to_cancel(message, by=by, at=at))
    move(message, Status.CANCELLED, table=STEPS, cancelled_at=at, last_error=reason)
    record("message cancelled", message, by=by, at=at, kind=message.kind, reason=reason)
    return message


@transaction.atomic
def cancel_all(case: Any, *, by: Any, at: datetime, about_key: Any = None, reason: str = "") -> int:
    """Stop what was to go to the person and has not gone yet, or only what is about one thing.

    What asks a colleague goes on: a matter is settled by its outcome, not by silence.
    """
    case.lock()
    wanted = queries.not_yet_sent().filter(case=case, patient__isnull=False)
    if about_key is not None:
        wanted = wanted.filter(about_key=about_key)
    stopped = _hold(wanted)
    for message in stopped:
        move(message, Status.CANCELLED, table=STEPS, cancelled_at=at, last_error=reason)
    if stopped:
        keys = [message.key for message in stopped]
        record("messages cancelled", case, by=by, at=at, messages=keys, reason=reason)
    return len(stopped)


# -- Sending: claim, commit, look again, send, say so ----------------------------------------


@transaction.atomic
def claim_next(*, by: Any, at: datetime) -> Message | None:
    """Take the next message that is due, for as long as the lease runs; nobody else takes it."""
    found = _hold(queries.due_at(at), at_most=1)
    for message in found:
        move(
            message,
            Status.CLAIMED,
            table=STEPS,
            claimed_at=at,
            claimed_until=at + LEASE,
            tries=message.tries + 1,
        )
    return found[0] if found else None


@transaction.atomic
def give_up_lapsed(*, by: Any, at: datetime) -> int:
    """Decide what becomes of messages whose sender vanished after claiming them.

    Nobody knows whether they went. A safety message is sent again under the same Message-ID; a
    courtesy is not sent twice.
    """
    lapsed = _hold(queries.lapsed_at(at))
    for message in lapsed:
        _unsure(message, "The sender stopped before it said what came of it.", by=by, at=at)
    return len(lapsed)


@transaction.atomic
def prepare(message: Message, *, by: Any, at: datetime) -> Message | None:
    """Look again at what was claimed: drop it, leave it for the morning, or make what it needs.

    Apart from delivering, so that no case stays locked while the mail server keeps us waiting.
    """
    held = _claimed(message)
    if held is None or not _may_go(held, by=by, at=at):
        return held
    make = kinds.kind_of(held).prepare
    if make is not None:
        make(held, by=by, at=at)
    return held


@transaction.atomic
def deliver(message: Message, *, by: Any, at: datetime) -> Message | None:
    """Look again at what was claimed and hand it to the mail server, holding it meanwhile.

    The row stays locked while the message is on the wire, so that no cancellation commits before
    a send that starts after it, and no second sweep takes the message, however long the wire is.
    """
    held = _claimed(message)
    if held is None or not _may_go(held, by=by, at=at):
        return held
    try:
        with transaction.atomic():
            subject, body = kinds.kind_of(held).words(held)
    except Exception as error:  # noqa: BLE001 -- a fault in one kind's words must not stop the rest
        reason = f"Its words could not be made ({type(error).__name__})."
        return _not_sent(held, reason, for_good=True, by=by, at=at)
    try:
        wire.send(to=held.address, subject=subject, body=body, message_id=held.message_id)
    except wire.NotSent as error:
        return _not_sent(held, str(error), for_good=error.for_good, by=by, at=at)
    except wire.PossiblySent as error:
        return _unsure(held, str(error), by=by, at=at)
    return _sent(held, by=by, at=at)


@transaction.atomic
def stumbled(message: Message, *, by: Any, at: datetime, may_have_gone: bool) -> Message | None:
    """Something unforeseen stopped the sending of a message: it is tried again, or told."""
    held = _claimed(message)
    if held is None:
        return None
    reason = "Something unforeseen stopped it; the server's log says what."
    if may_have_gone:
        return _unsure(held, reason, by=by, at=at)
    return _not_sent(held, reason, for_good=False, by=by, at=at)


def _claimed(message: Message) -> Message | None:
    """The message as it stands, held, while it is still ours to send."""
    if not _hold(Message.objects.filter(pk=message.pk, status=Status.CLAIMED)):
        return None
    return Message.objects.select_related("patient", "user", "site", "case").get(pk=message.pk)


def _may_go(message: Message, *, by: Any, at: datetime) -> bool:
    obstacles = list(obstacles_to_send(message, at=at))
    if obstacles:
        _drop(message, obstacles, by=by, at=at)
        return False
    may_go_at = waits_until(message, queries.organisation(), at=at)
    if may_go_at > at:
        move(message, Status.DUE, table=STEPS, due_at=may_go_at, tries=message.tries - 1)
        record("message waits for the morning", message, by=by, at=at, due_at=may_go_at)
        return False
    return True


def _sent(message: Message, *, by: Any, at: datetime) -> Message:
    move(message, Status.SENT, table=STEPS, sent_at=at, last_error="")
    signals.sent.send(Message, message=message, by=by, at=at)
    facts = {"kind": message.kind, "to": _whom(message), "tries": message.tries}
    record("message sent", message, by=by, at=at, **facts)
    return message


def _whom(message: Message) -> str:
    """To whom it went, without the address: an account of what left names people."""
    return message.user.name if message.user else "the person concerned"


def _drop(message: Message, obstacles: list, *, by: Any, at: datetime) -> Message:
    """Not sent, because it must not be: a safety contact then needs a person instead."""
    reason = " ".join(map(str, obstacles))
    unreachable = {o.code for o in obstacles} <= {NO_CONSENT.code, NO_ADDRESS.code}
    if message.is_safety and unreachable:
        return _not_sent(message, reason, for_good=True, by=by, at=at)
    move(message, Status.CANCELLED, table=STEPS, cancelled_at=at, last_error=reason)
    record("message not sent", message, by=by, at=at, kind=message.kind, reason=reason)
    return message


def _unsure(message: Message, reason: str, *, by: Any, at: datetime) -> Message:
    if message.is_safety:
        return _not_sent(message, reason, for_good=False, by=by, at=at)
    move(message, Status.UNSURE, table=STEPS, last_error=reason)
    facts = {"kind": message.kind, "to": _whom(message), "reason": reason}
    record("message possibly sent", message, by=by, at=at, **facts)
    return message


def _not_sent(message: Message, reason: str, *, for_good: bool, by: Any, at: datetime) -> Message:
    """Try again later, tell staff when it has been tried often, give up in the end."""
    pause = None if for_good else next_try(message.tries)
    if pause is None:
        move(message, Status.FAILED, table=STEPS, failed_at=at, last_error=reason)
        signals.failed.send(Message, message=message, by=by, at=at)
    else:
        move(message, Status.DUE, table=STEPS, due_at=at + pause, last_error=reason)
        if message.tries >= STAFF_KNOW_AFTER:
            signals.stuck.send(Message, message=message, by=by, at=at)
    act = "message failed" if pause is None else "message will be tried again"
    record(act, message, by=by, at=at, kind=message.kind, reason=reason, tries=message.tries)
    return message


def _hold(messages: Any, at_most: int | None = None) -> list[Message]:
    """Lock what nobody else holds; what is on the wire is passed over, never waited for."""
    return list(messages.select_for_update(of=("self",), skip_locked=True)[:at_most])


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _wake_the_sweep_afterwards() -> None:
    """Have what is due now sent right after the commit, once however many messages there are."""
    if not any(entry[1] is _wake_the_sweep for entry in connection.run_on_commit):
        transaction.on_commit(_wake_the_sweep, robust=True)


def _wake_the_sweep() -> None:
    # Nothing depends on it: without a broker the sweep comes by the clock. So ask quickly, and once;
    # by itself the library would keep whoever is waiting for the page for six seconds.
    with (
        suppress(OperationalError),
        current_app.connection_for_write(
            connect_timeout=1,
            transport_options=current_app.conf.broker_transport_options | AT_ONCE,
        ) as broker,
    ):
        current_app.send_task("clinic.messages.sweep", connection=broker, retry=False)


AT_ONCE = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_timeout": 1,
}
