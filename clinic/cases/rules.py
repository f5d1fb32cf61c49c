"""Why a person cannot be registered, referred, held, or taken off the path yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from clinic.access import Permission, may, sites_where
from clinic.attention.models import Matter
from clinic.attention.models import Status as MatterStatus
from clinic.cases import queries, search
from clinic.cases.models import RETURNS, STEPS, Case, Contact, Hold, Patient, Status
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.models import Status as VersionStatus
from clinic.protocols.queries import document_of
from clinic.workflow import (
    CHANGED,
    ROLE,
    STATUS,
    Decider,
    Obstacle,
    gate,
    obstacles_in_status,
)

DUPLICATE = gate(
    "possible_duplicate",
    "Somebody registered at this site may be the same person.",
    decider=Decider.NAMED_ROLE,
    clears="cases:patient",
)
BIRTH = gate("birth_date", "The birth date cannot be one.")
DECEASED = gate("deceased", "The person has died.", clears="cases:patient")
VERSION = gate(
    "version_not_published", "The protocol version is not open for new cases.", citation=""
)
SAME_PROTOCOL = gate(
    "case_on_same_protocol",
    "The person has an open case on the same protocol.",
    clears="casefile:show",
)
REASON = gate("reason_missing", "The act needs a reason, and none was given.")
IN_THE_ROOM = gate(
    "in_the_room", "The person is in a supervised session now.", clears="casefile:show"
)
OPEN_MATTER = gate(
    "open_matter", "Something of this case still waits for a person.", clears="attention:show"
)
HELD = gate("patient_is_held", "A hold lies on this patient.", clears="cases:hold")
NOT_OF_SITE = gate("not_at_this_site", "What was named does not belong to this site.")
ON_TEAM = gate("already_on_the_team", "The person has this capacity in the care team already.")
HAS_ENDED = gate("has_ended", "This has been ended already.")
MERGED = gate(
    "record_is_merged", "This record was merged into another one.", clears="cases:patient"
)
ALREADY_HELD = gate("already_held", "A hold lies on this already.")

# Slices above know matters this one cannot see: an unsigned session, an open touchpoint. Each
# appends a generator of obstacles to closing, called with (case, by=…, at=…), when its app is ready.
CLOSING: list[Callable[..., Iterable[Obstacle]]] = []

CARE = (Permission.PREPARE, Permission.SUPERVISE, Permission.INTEGRATE)


def obstacles_to_register(
    site: Any,
    *,
    by: Any,
    at: datetime,
    family_name: str,
    given_name: str,
    date_of_birth: date,
    email: str = "",
    phone: str = "",
    despite: Iterable[str] = (),
) -> Iterator[Obstacle]:
    """Intake staff register people of their own site, once, and knowingly where two look alike."""
    if not may(by, Permission.REGISTER, site=site):
        yield ROLE(f"Only intake staff of {site} register people there.")
    yield from obstacles_in_birth(date_of_birth, at.astimezone(site.tz).date())
    known = {str(key) for key in despite}
    found = search.possible_duplicates(
        site,
        family_name=family_name,
        given_name=given_name,
        date_of_birth=date_of_birth,
        email=email,
        phone=phone,
    )
    for patient, words in found:
        if str(patient.key) not in known:
            yield DUPLICATE(
                f"{patient}, born {patient.date_of_birth:%d %b %Y}, ID {patient.number},"
                f" has {words}.",
                subject=str(patient.key),
            )


def obstacles_to_correct(
    patient: Patient, *, by: Any, at: datetime, date_of_birth: date
) -> Iterator[Obstacle]:
    """Intake staff correct what is known of a person of their site."""
    yield from _obstacles_in_role(patient, by, [Permission.REGISTER], "corrects these details")
    yield from obstacles_in_merged(patient)
    yield from obstacles_in_birth(date_of_birth, at.astimezone(patient.site.tz).date())


def obstacles_to_see_identity(patient: Patient, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever has the person before them says that they saw the document."""
    yield from _obstacles_in_role(
        patient, by, [Permission.REGISTER, *CARE], "records a document seen"
    )
    yield from obstacles_in_merged(patient)


def obstacles_to_add_contact(patient: Patient, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Intake and care staff write down who is near the person."""
    yield from _obstacles_in_role(patient, by, [Permission.REGISTER, *CARE], "adds contacts")
    yield from obstacles_in_merged(patient)


def obstacles_to_end_contact(contact: Contact, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A contact ends once."""
    yield from _obstacles_in_role(contact, by, [Permission.REGISTER, *CARE], "ends contacts")
    if contact.ended_at is not None:
        yield HAS_ENDED(f"{contact} was ended already.")


def obstacles_to_refer(
    patient: Patient, *, by: Any, at: datetime, protocol_version: ProtocolVersion
) -> Iterator[Obstacle]:
    """A person is referred once to each protocol, on the version that is published."""
    yield from _obstacles_in_role(patient, by, [Permission.REGISTER], "refers a person")
    yield from obstacles_in_merged(patient)
    if patient.died_at is not None:
        yield DECEASED(f"{patient} has died.", subject=str(patient.key))
    if protocol_version.status != VersionStatus.PUBLISHED:
        yield VERSION(
            f"{protocol_version} is {protocol_version.get_status_display().lower()};"
            " cases are opened on a published version."
        )
    same = patient.cases.filter(
        protocol_version__protocol=protocol_version.protocol_id, status__in=queries.OPEN
    )
    for case in same:
        yield SAME_PROTOCOL(
            f"{patient} has case {case.number} on this protocol,"
            f" {case.get_status_display().lower()}.",
            subject=str(case.key),
        )


def obstacles_to_join_team(
    case: Case, *, by: Any, at: datetime, user: Any, capacity: str
) -> Iterator[Obstacle]:
    """Only people with a role at the site care for its cases, once a capacity."""
    yield from _obstacles_in_role(case, by, [Permission.BOOK, *CARE], "changes the care team")
    if case.site_id not in sites_where(user, Permission.SEE_CASE):
        yield NOT_OF_SITE(f"{user} has no role at {case.site} that opens a case file.")
    if case.team.filter(user=user, capacity=capacity, until__isnull=True).exists():
        title = document_of(case.protocol_version).capacity(capacity)
        yield ON_TEAM(f"{user} is in the care team as {title} already.")


def obstacles_to_leave_team(member: Any, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Somebody leaves a care team once."""
    yield from _obstacles_in_role(member, by, [Permission.BOOK, *CARE], "changes the care team")
    if member.until is not None:
        yield HAS_ENDED(f"{member} has left the care team already.")


# -- Leaving the path ------------------------------------------------------------------------


def obstacles_to_suspend(
    case: Case, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """Anybody who cares for the person may stop the path for safety, saying why."""
    yield from obstacles_in_status(case, Status.SUSPENDED, STEPS)
    yield from _obstacles_in_role(case, by, [*CARE, Permission.LEAD_SAFETY], "suspends a case")
    yield from _obstacles_in_reason(reason)


def obstacles_to_resume(
    case: Case, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """Whoever decides eligibility lets a suspended or lost case go on where it left."""
    if case.status not in {Status.SUSPENDED, Status.LOST}:
        yield STATUS(f"This is {case.get_status_display().lower()}.")
    yield from _obstacles_in_role(case, by, [Permission.DECIDE], "lets a case go on")
    yield from _obstacles_in_reason(reason)
    for hold in queries.holds_on(case.site, [case.patient.key]):
        yield HELD(
            f"{hold.placed_by} put a hold on this patient: {hold.reason}", subject=str(hold.key)
        )


def obstacles_to_withdraw(
    case: Case, *, by: Any, at: datetime, reason: str = ""
) -> Iterator[Obstacle]:
    """A person may leave at any time; nobody asks them for a reason."""
    yield from obstacles_in_status(case, Status.WITHDRAWN, STEPS)
    yield from _obstacles_in_role(case, by, [Permission.REGISTER, *CARE], "records a withdrawal")


def obstacles_to_lose(
    case: Case, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """A person is lost to follow-up when they were looked for in vain."""
    yield from obstacles_in_status(case, Status.LOST, STEPS)
    if case.status == Status.IN_SESSION:
        yield IN_THE_ROOM("The person is in a session: say there that they left unseen.")
    yield from _obstacles_in_role(
        case, by, [Permission.REGISTER, Permission.FOLLOW_UP], "records a person as lost"
    )
    yield from _obstacles_in_reason(reason)


def obstacles_to_record_death(patient: Patient, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A death is recorded once; nothing else stands in the way of recording it."""
    if patient.died_at is not None:
        yield STATUS(f"The death of {patient} is recorded already.")
    yield from obstacles_in_merged(patient)


def obstacles_to_close(
    case: Case, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """A case closes when nothing of it waits for anybody."""
    yield from obstacles_in_status(case, Status.CLOSED, STEPS)
    yield from _obstacles_in_role(
        case, by, [Permission.DECIDE, Permission.INTEGRATE], "closes a case"
    )
    yield from _obstacles_in_reason(reason)
    open_matters = Matter.objects.filter(case=case).exclude(status=MatterStatus.CLOSED)
    for matter in open_matters.order_by("raised_at"):
        yield OPEN_MATTER(f"Still open: {matter.words}", subject=str(matter.key))
    for others in CLOSING:
        yield from others(case, by=by, at=at)


# -- Holds -----------------------------------------------------------------------------------


def obstacles_to_place_hold(
    site: Any,
    *,
    by: Any,
    at: datetime,
    on: str,
    target_key: Any,
    reason: str = "-",
    rule: str = "",
) -> Iterator[Obstacle]:
    """A medical or safety lead stops, in one act, everything that hangs on one thing."""
    if not may(by, Permission.LEAD_SAFETY, site=site):
        yield ROLE("Only the medical lead or the safety lead of this site places a hold.")
    yield from _obstacles_in_reason(reason)
    if Hold.objects.filter(
        site=site, on=on, target_key=target_key, rule=rule, lifted_at__isnull=True
    ).exists():
        yield ALREADY_HELD("A hold lies on this already.")


def obstacles_to_lift_hold(hold: Hold, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A medical or safety lead lifts a hold once, and signs."""
    if not may(by, Permission.LEAD_SAFETY, site=hold.site_id):
        yield ROLE("Only the medical lead or the safety lead of this site lifts a hold.")
    if hold.lifted_at is not None:
        yield HAS_ENDED("This hold is lifted already.")


def stage_to_resume(case: Case) -> Status:
    """Where a suspended or lost case goes on: the stage it left, or screening again."""
    left = Status(case.left_stage) if case.left_stage else Status.SCREENING
    return left if left in RETURNS else Status.SCREENING


def obstacles_in_merged(patient: Patient) -> Iterator[Obstacle]:
    """What is new of a person is written on the record that stays."""
    stays = patient.merged_into
    if stays is not None:
        yield MERGED(
            f"Record {patient.number} was merged into {stays.number}, {stays}.",
            subject=str(stays.key),
        )


def obstacles_in_change(seen: str | None, stands: str) -> Iterator[Obstacle]:
    """Nobody writes over what somebody else has written since the page was opened."""
    if seen is not None and seen != stands:
        yield CHANGED("Somebody else has changed these details since you opened this page.")


def _obstacles_in_role(
    row: Any, by: Any, permissions: Iterable[Permission], does_what: str
) -> Iterator[Obstacle]:
    if not any(may(by, permission, site=row.site_id) for permission in permissions):
        yield ROLE(f"None of your roles at this site {does_what}.")


def _obstacles_in_reason(reason: str) -> Iterator[Obstacle]:
    if not reason.strip():
        yield REASON("Say why.")


def obstacles_in_birth(born: date, today: date) -> Iterator[Obstacle]:
    """A birth date lies in the past, and not further back than anybody lives."""
    if born > today:
        yield BIRTH("The birth date lies in the future.")
    elif today.year - born.year > 125:
        yield BIRTH("The birth date lies more than 125 years back.")
