"""The outbox, when two sweeps or two people come at once: each message goes, or stays, once."""

from django.core import mail

from clinic.audit.models import TrailEntry
from clinic.links.models import PatientLink
from clinic.messages import actions
from clinic.messages.models import Message
from clinic.people.queries import system_user
from tests.builders.aftercare import a_touchpoint, a_treated_case
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, MINUTE, NOON
from tests.builders.messages import a_message, claimed
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _twice(house, do, rows, **how):
    """Whoever comes second finds nothing left to do."""
    pair = (house.facilitator, house.nurse)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, both_done=True, **how)


def written(act):
    return TrailEntry.objects.filter(act=act).count


@race("clinic.messages.actions.cancel_all")
def cancel_all(house):
    case = a_referred_case(house)
    a_message(house, case=case, due_at=NOON + DAY)
    return _twice(
        house,
        lambda by: actions.cancel_all(fresh(case), by=by, at=NOON),
        written("messages cancelled"),
    )


@race("clinic.messages.actions.postpone")
def postpone(house):
    message = a_message(house, due_at=NOON + DAY)
    return _twice(
        house,
        lambda by: actions.postpone(fresh(message), by=by, at=NOON, due_at=NOON + 2 * DAY),
        Message.objects.filter(due_at=NOON + 2 * DAY).count,
    )


@race("clinic.messages.actions.give_up_lapsed")
def give_up_lapsed(house):
    claimed(house)
    return _twice(
        house,
        lambda by: actions.give_up_lapsed(by=system_user(), at=NOON + 6 * MINUTE),
        written("message possibly sent"),
    )


@race("clinic.messages.actions.prepare")
def prepare(house):
    touchpoint = a_touchpoint(a_treated_case(house))
    at = touchpoint.due_at + MINUTE
    letter = Message.objects.get(about_key=touchpoint.key)
    while actions.claim_next(by=system_user(), at=at).pk != letter.pk:
        pass  # what asks the staff goes first
    return _twice(
        house,
        lambda by: actions.prepare(fresh(letter), by=system_user(), at=at),
        PatientLink.objects.count,
    )


@race("clinic.messages.actions.deliver")
def deliver(house):
    message = claimed(house)
    return _twice(
        house,
        lambda by: actions.deliver(fresh(message), by=system_user(), at=NOON),
        lambda: len(mail.outbox),
    )


@race("clinic.messages.actions.stumbled")
def stumbled(house):
    message = claimed(house)
    return _twice(
        house,
        lambda by: actions.stumbled(fresh(message), by=system_user(), at=NOON, may_have_gone=False),
        written("message will be tried again"),
    )
