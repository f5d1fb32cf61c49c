"""Acts that no race of tests/races sets up, each with somebody who does it once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from clinic.attention import actions as attention
from clinic.cases.models import Case, Patient
from clinic.checklists.files import instrument
from clinic.links import actions as links
from clinic.messages import actions as messages
from clinic.people import actions as people
from clinic.people.queries import system_user
from clinic.protocols.exporting import actions as exporting
from clinic.screening.evidence import actions as results
from sessions.aftercare import actions as aftercare
from sessions.integration import actions as integration
from sessions.rehearsal.answering import scored
from sessions.supervised import actions as supervised
from sessions.supervised.arrival import actions as arrival
from tests.builders import supervised as build
from tests.builders.aftercare import a_touchpoint, a_treated_case
from tests.builders.attention import a_matter, a_taken_matter
from tests.builders.evidence import a_result
from tests.builders.house import DAY, HOUR, MINUTE, NOON, proof
from tests.builders.integration import a_commitment, a_written_visit
from tests.builders.links import a_link
from tests.builders.messages import a_message
from tests.builders.screening import a_filled_screening

LATER = NOON + 2 * DAY


@dataclass(frozen=True)
class Once:
    """An act by its name, and what sets it up: it answers with the person and what they do."""

    act: str
    build: Callable[[Any], tuple[Any, Callable[[], Any]]]


ONCE: list[Once] = []


def once(act):
    """Name the act (module.function) that the decorated builder makes ready."""

    def keep(builder):
        ONCE.append(Once(act, builder))
        return builder

    return keep


SESSION = "sessions.supervised"


@once("clinic.screening.evidence.actions.open_file")
def open_file(house):
    evidence = a_result(house, a_filled_screening(house, escort=False))
    return house.nurse, lambda: results.open_file(evidence, by=house.nurse, at=NOON)


@once(f"{SESSION}.arrival.actions.check_in")
def check_in(house):
    session = build.a_planned_session(house)
    return house.nurse, lambda: supervised.check_in(session, by=house.nurse, at=NOON)


@once(f"{SESSION}.doses.actions.give")
def give(house):
    order = build.a_prepared_order(house)
    said = {"client_key": uuid4(), "amount": order.amount}
    return house.nurse, lambda: supervised.give(order, by=house.nurse, at=build.DOSED_AT, **said)


@once(f"{SESSION}.observations.actions.correct")
def correct(house):
    row = build.a_dosed_session(house).observation_sets.first()
    said = {"stated_at": row.stated_at, "readings": {"systolic": "121"}, "client_key": uuid4()}
    at = build.DOSED_AT + HOUR
    return house.nurse, lambda: supervised.correct(
        row, by=house.nurse, at=at, correction_reason="Swapped.", **said
    )


@once(f"{SESSION}.leaving.actions.release")
def release(house):
    session, at = build.a_session_to_release(house), build.LEAVES_AT
    by = house.nurse
    return by, lambda: supervised.release(session, by=by, at=at, proof=proof(by, at))


@once(f"{SESSION}.leaving.actions.sign")
def sign(house):
    session, at = build.a_released_session(house), build.LEAVES_AT + HOUR
    by = house.nurse
    return by, lambda: supervised.sign(session, by=by, at=at, proof=proof(by, at))


def _of_a_touchpoint(name):
    @once(f"sessions.aftercare.actions.{name}")
    def contact(house):
        touchpoint = a_touchpoint(a_treated_case(house))
        act = getattr(aftercare, name)
        return house.nurse, lambda: act(touchpoint, by=house.nurse, at=LATER, words="Hello.")


for each in ("contact_made", "not_reached", "call_off"):
    _of_a_touchpoint(each)


@once("sessions.aftercare.actions.open_next_cycle")
def open_next_cycle(house):
    case = a_treated_case(house)
    return house.nurse, lambda: aftercare.open_next_cycle(case, by=house.nurse, at=LATER)


@once("sessions.aftercare.actions.begin_aftercare")
def begin_aftercare(house):
    case, by = a_treated_case(house), house.prescriber
    return by, lambda: aftercare.begin_aftercare(case, by=by, at=LATER, reason="Moved away.")


@once("sessions.integration.actions.settle")
def settle(house):
    commitment, by = a_commitment(house), house.facilitator
    said = {"kept": True, "outcome": "Kept."}
    return by, lambda: integration.settle(commitment, by=by, at=LATER, **said)


@once("sessions.integration.actions.finish_visit")
def finish_visit(house):
    visit, by = a_written_visit(house), house.facilitator
    return by, lambda: integration.finish_visit(visit, by=by, at=LATER)


@once("clinic.links.actions.finish")
def finish(house):
    link, _ = a_link(house, a_treated_case(house), at=NOON + 5 * HOUR)
    answers = scored(instrument("phq-9"), 1)
    by = system_user()
    return by, lambda: links.finish(link, by=by, at=LATER, answers=answers, revision=0)


@once("clinic.links.actions.revoke")
def revoke(house):
    link, _ = a_link(house, a_treated_case(house), at=NOON + 5 * HOUR)
    return house.nurse, lambda: links.revoke(link, by=house.nurse, at=LATER)


@once("clinic.attention.actions.take")
def take(house):
    matter = a_matter(house)
    return house.nurse, lambda: attention.take(matter, by=house.nurse, at=NOON)


@once("clinic.attention.actions.close")
def close(house):
    matter = a_taken_matter(house)
    return house.nurse, lambda: attention.close(matter, by=house.nurse, at=NOON, outcome="Safe.")


@once("clinic.attention.actions.raise_matter")
def raise_matter(house):
    return system_user(), lambda: a_matter(house)


@once("clinic.attention.actions.climb")
def climb(house):
    matter, by = a_matter(house), system_user()
    return by, lambda: attention.climb(matter, by=by, at=NOON + 6 * MINUTE)


@once("clinic.messages.actions.queue")
def queue(house):
    return system_user(), lambda: a_message(house)


@once("clinic.messages.actions.cancel")
def cancel(house):
    message, by = a_message(house, due_at=NOON + DAY), house.facilitator
    return by, lambda: messages.cancel(message, by=by, at=NOON)


@once("clinic.people.actions.try_mail")
def try_mail(house):
    return house.manager, lambda: people.try_mail(by=house.manager, at=NOON)


@once("clinic.protocols.exporting.actions.take_copy")
def take_copy(house):
    by = house.author
    return by, lambda: exporting.take_copy(house.version, by=by, at=NOON, kind="yaml")


@once(f"{SESSION}.arrival.actions.visit_cancelled")
def visit_cancelled(house):
    visit, by = build.a_planned_session(house).visit, house.intake
    return by, lambda: arrival.visit_cancelled(visit, by=by, at=NOON)


@once("sessions.aftercare.actions.visit_held")
def visit_held(house):
    visit, by = a_written_visit(house), house.facilitator
    return by, lambda: aftercare.visit_held(visit, by=by, at=LATER)


@once("sessions.aftercare.actions.keep_local_time")
def keep_local_time(house):
    case, by = a_treated_case(house), house.intake
    Patient.objects.filter(pk=case.patient_id).update(zone="Pacific/Honolulu")
    case = Case.objects.get(pk=case.pk)
    return by, lambda: aftercare.keep_local_time(case, by=by, at=NOON + 5 * HOUR)
