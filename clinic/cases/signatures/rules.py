"""Why a signed record takes no second name, no amendment, or no answer to one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.audit.models import Signature
from clinic.cases.rules import REASON
from clinic.cases.signatures.kinds import Kind, kind_of
from clinic.cases.signatures.models import STEPS, Amendment, Status
from clinic.workflow import ROLE, Basis, Obstacle, gate, obstacles_in_status

NOT_ADDED_TO = gate(
    "signature_stands_alone", "The kind of record takes no second name and no amendment."
)
OWN_NAME = gate("countersigns_own_signature", "A second signature is another person's.")
NAMED = gate("countersigned_already", "Nobody signs the same record a second time.")
LICENCE = gate(
    "countersigner_unlicensed",
    "Whoever countersigns or accepts has a licence for it, in force where the record was made.",
    basis=Basis.LAW,
    clears="people:licences",
)
OWN_AMENDMENT = gate("answers_own_amendment", "An amendment is answered by another person.")


def obstacles_to_countersign(signature: Signature, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A second entitled, licensed person signs; never the same one, and only once."""
    kind = kind_of(signature)
    if kind is None:
        yield NOT_ADDED_TO("This signature stands alone: nothing is signed beside it.")
        return
    if signature.by_id == by.pk:
        yield OWN_NAME("You signed this yourself; a second signature is another person's.")
    if signature.counter_signatures.filter(countersigned_by=by).exists():
        yield NAMED("You have countersigned this already.")
    yield from obstacles_in_entitlement(signature, kind, by=by, at=at)


def obstacles_in_entitlement(
    signature: Signature, kind: Kind, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Who signs such records at this site, by role and by licence, on this day."""
    case = signature.case
    if not may(by, kind.permission, site=case.site_id):
        yield ROLE(f"Your roles at {case.site} do not include signing this kind of record.")
    day = at.astimezone(case.site.tz).date()
    if not any(each.covers(kind.act, case.site.jurisdiction, day) for each in by.licences.all()):
        yield LICENCE(
            f"{by.name} has no licence in {case.site.jurisdiction} on {day:%d %b %Y} for this act."
        )


def obstacles_to_propose(
    signature: Signature, *, by: Any, at: datetime, words: str = "-", reason: str = "-"
) -> Iterator[Obstacle]:
    """Whoever may open the case proposes words to stand beside a signed record, with a reason."""
    if kind_of(signature) is None:
        yield NOT_ADDED_TO("This signature stands alone: nothing is added to it.")
        return
    if not may(by, Permission.SEE_CASE, site=signature.site_id):
        yield ROLE("Only somebody who opens case files at this site proposes an amendment.")
    if not words.strip() or not reason.strip():
        yield REASON("Write what is to stand beside the record, and why.")


def obstacles_to_accept(amendment: Amendment, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Another entitled, licensed person accepts it, once."""
    yield from _obstacles_to_answer(amendment, Status.ACCEPTED, by=by, at=at)


def obstacles_to_refuse(
    amendment: Amendment, *, by: Any, at: datetime, answer: str = "-"
) -> Iterator[Obstacle]:
    """Another entitled, licensed person refuses it, once, and writes why."""
    yield from _obstacles_to_answer(amendment, Status.REFUSED, by=by, at=at)
    if not answer.strip():
        yield REASON("Write why the amendment is refused; whoever proposed it reads this.")


def _obstacles_to_answer(
    amendment: Amendment, to: Status, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    yield from obstacles_in_status(amendment, to, STEPS)
    if amendment.proposed_by_id == by.pk:
        yield OWN_AMENDMENT("You proposed this yourself; another person answers it.")
    kind = kind_of(amendment.record)
    assert kind is not None  # it could not have been proposed otherwise
    yield from obstacles_in_entitlement(amendment.record, kind, by=by, at=at)
