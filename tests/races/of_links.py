"""What is put before a person, and what comes in, by two at once."""

from clinic.checklists.models import Answer, Form
from clinic.links import actions
from clinic.links.models import PatientLink
from clinic.people.queries import system_user
from tests.builders.cases import a_referred_case
from tests.builders.checklists import an_open_form, given
from tests.builders.house import NOON
from tests.builders.links import a_link
from tests.builders.packets import a_packet
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _both(house, do, rows, **how):
    pair = (house.facilitator, house.nurse)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, both_done=True, **how)


@race("clinic.links.actions.make_link")
def make_link(house):
    # Two links may lead to one form: the first to be finished shuts it.
    form = an_open_form(house, a_referred_case(house), by_patient=True)
    return _both(
        house,
        lambda by: actions.make_link(fresh(form), by=by, at=NOON),
        PatientLink.objects.filter(form=form).count,
        leaves=2,
    )


@race("clinic.links.actions.offer")
def offer(house):
    # Both put the same form before the person.
    case = a_referred_case(house)
    return _both(
        house,
        lambda by: actions.offer(fresh(case), by=by, at=NOON, code="phq-9", by_email=False),
        Form.objects.count,
    )


@race("clinic.links.packets.actions.send_packet")
def send_packet(house):
    # Two packets may lie with a person at once: each has forms of its own.
    case = a_referred_case(house)
    return _both(
        house,
        lambda by: a_packet(house, fresh(case), by=by, codes=("phq-9",)),
        PatientLink.objects.count,
        leaves=2,
    )


@race("clinic.links.actions.answer")
def answer(house):
    link, _ = a_link(house, a_referred_case(house))

    def say(option):
        return lambda: actions.answer(
            fresh(link), by=system_user(), at=NOON, answers=given(phq1=option), revision=0
        )

    return Start(
        (house.facilitator, say("not-at-all")),
        (house.nurse, say("several-days")),
        Answer.objects.count,
    )


@race("clinic.links.actions.close_all")
def close_all(house):
    case = a_referred_case(house)
    a_link(house, case)
    return _both(
        house,
        lambda by: actions.close_all(fresh(case), by=by, at=NOON),
        PatientLink.objects.filter(revoked_at__isnull=False).count,
    )
