"""Why an erratum may not be proposed, approved or refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may_anywhere
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.protocols import corrected
from clinic.protocols.errata import queries
from clinic.protocols.errata.models import STEPS, Erratum, Status
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import document_of
from clinic.protocols.rules import NO_REASON
from clinic.workflow import ROLE, STATUS, Obstacle, gate, obstacles_in_status

PLACE = gate("erratum_place", "An erratum touches no such place; a new version does.")
LOOSER = gate(
    "erratum_looser",
    "An erratum never makes a version looser: that is a new version, to which cases are moved.",
)
SAME = gate("erratum_says_the_same", "The version says at this place what it shall say.")
UNFIT = gate("erratum_unfit", "With the erratum the version would no longer hold together.")
WAITS = gate("erratum_waits", "An erratum for this place waits for its second person.")
GONE = gate("erratum_not_in_force", "Only an erratum that counts can be withdrawn.")
SECOND_PERSON = gate(
    "erratum_approved_by_author", "An erratum is approved by somebody who did not propose it."
)
KINDS = {"same": SAME, "looser": LOOSER, "unfit": UNFIT}


def obstacles_to_propose(
    version: ProtocolVersion,
    *,
    by: Any,
    at: datetime,
    place: str,
    shall_say: str | None = None,
    reason: str = "-",
    source: str = "-",
) -> Iterator[Obstacle]:
    """An author says what a version that is in force should have said at one place, why and whence.

    Asked without `shall_say`, as a page does before its form, it leaves out what the form answers.
    """
    yield from _obstacles_to_write(version, by, place)
    spot = queries.spot_of(version, place)
    if spot is None:
        yield PLACE(
            "An erratum corrects words, authorities and numbers where they stand. It adds and takes"
            " away nothing and alters no code: that is a new version."
        )
    elif shall_say is not None:
        yield from _obstacles_in_what_it_says(version, place, shall_say)
    yield from _obstacles_in_reason(reason, source)


def obstacles_to_withdraw(
    erratum: Erratum, *, by: Any, at: datetime, reason: str = "-", source: str = "-"
) -> Iterator[Obstacle]:
    """An author proposes that an erratum which counts shall count no longer.

    What was published then stands again: that is what a second person put a name under.
    """
    yield from _obstacles_to_write(erratum.version, by, erratum.place)
    if erratum.withdraws is not None or not queries.counts(erratum.version, erratum.number):
        yield GONE(f"Erratum {erratum.number} does not count, so that nothing is to be withdrawn.")
    yield from _obstacles_in_reason(reason, source)


def obstacles_to_approve(
    erratum: Erratum,
    *,
    by: Any,
    at: datetime,
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """A second person, who proves who they are, puts an erratum in force for every open case."""
    yield from obstacles_in_status(erratum, Status.APPROVED, STEPS)
    if not may_anywhere(by, Permission.PUBLISH_PROTOCOLS):
        yield ROLE("Only a protocol approver approves an erratum.")
    if by.pk == erratum.proposed_by_id:
        yield SECOND_PERSON("You proposed this erratum. A second person approves it.")
    if erratum.status == Status.PROPOSED:
        if erratum.withdraws is None:
            yield from _obstacles_in_what_it_says(
                erratum.version, erratum.place, erratum.shall_say
            )  # fmt: skip
        elif not queries.counts(erratum.version, erratum.withdraws.number):
            yield GONE(f"Erratum {erratum.withdraws.number} does not count any more.")
    if not is_asking:
        yield from obstacles_to_sign(by, proof, at)


def obstacles_to_refuse(
    erratum: Erratum, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """An approver refuses an erratum, or an author takes it back, saying why."""
    yield from obstacles_in_status(erratum, Status.REFUSED, STEPS)
    may_write = may_anywhere(by, Permission.WRITE_PROTOCOLS)
    if not may_write and not may_anywhere(by, Permission.PUBLISH_PROTOCOLS):
        yield ROLE("Only a protocol author or approver refuses an erratum.")
    if not reason.strip():
        yield NO_REASON("Say why, for those who read it later.")


def _obstacles_to_write(version: ProtocolVersion, by: Any, place: str) -> Iterator[Obstacle]:
    if not may_anywhere(by, Permission.WRITE_PROTOCOLS):
        yield ROLE("Only a protocol author proposes an erratum.")
    if version.status not in queries.IN_USE:
        words = version.get_status_display().lower()
        yield STATUS(f"This version is {words}. Errata are for what was published.")
    elif waiting := queries.proposed_at(version, place):
        yield WAITS(f"Erratum {waiting.number} for this place waits for its second person.")


def _obstacles_in_what_it_says(
    version: ProtocolVersion, place: str, shall_say: str
) -> Iterator[Obstacle]:
    document = document_of(version)
    kind, words = corrected.why_not(document, place, shall_say)
    if kind:
        yield KINDS[kind](words)
        return
    with_it = corrected.with_one_more(document, place, shall_say)
    for site, gap in queries.house_holes(version, with_it):
        yield UNFIT(f"Under the house values of {site.name}: {gap} End the value there first.")


def _obstacles_in_reason(reason: str, source: str) -> Iterator[Obstacle]:
    if not reason.strip():
        yield NO_REASON("Say why, for those who read it later.")
    if not source.strip():
        yield NO_REASON("Say where the right words or the right number stand.")
