"""Why a screening cannot be filled, a finding settled, or eligibility decided."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from clinic.access import Permission, may
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.cases.models import STEPS, Case, Status
from clinic.checklists.document import Meaning
from clinic.checklists.models import Form
from clinic.screening.approval import obstacles_in_approval
from clinic.screening.evidence.models import Evidence
from clinic.screening.models import NONE_OF_THESE, FindingDecision, ScreeningDecision
from clinic.screening.queries import (
    Found,
    Screening,
    deciding_licence,
    reasons_to_decline,
    screening_of,
    who_decides,
)
from clinic.workflow import (
    CHANGED,
    ROLE,
    STATUS,
    Basis,
    Decider,
    Gate,
    Obstacle,
    gate,
    obstacles_in_status,
)

NO_FORM = gate(
    "screening_not_started", "The screening form was not begun.", clears="screening:form"
)
EXCLUDED = gate(
    "open_exclusion",
    "A finding excludes the person from this protocol.",
    basis=Basis.PROTOCOL,
    decider=Decider.PRESCRIBER,
    clears="screening:findings",
)
REVIEW = gate(
    "open_review",
    "A finding needs a named person's review.",
    basis=Basis.PROTOCOL,
    decider=Decider.PRESCRIBER,
    clears="screening:findings",
)
ACTION = gate(
    "open_action",
    "A finding asks for something that is not shown to be done.",
    basis=Basis.PROTOCOL,
    decider=Decider.PRESCRIBER,
    clears="screening:findings",
)
UNANSWERED = gate(
    "screening_unanswered", "A question of the screening has no answer.", clears="screening:form"
)
TOO_OLD = gate(
    "answers_too_old",
    "Answers of the screening have grown too old to be decided on.",
    basis=Basis.PROTOCOL,
    clears="screening:form",
)
STILL_FRESH = gate("screening_still_fresh", "No answer of the screening has grown too old.")
LICENCE = gate(
    "deciding_licence",
    "Who decides eligibility holds no verified licence in force here of a profession named for it.",
    basis=Basis.LAW,
    citation="The licensing law of the place where the person is treated",
)
WHY = gate("decision_without_reason", "A decision of this kind needs a reason.")
DENIAL = gate(
    "decline_without_reason_of_the_version",
    "A decline names reasons of the protocol version, or says that it is none of them.",
)
UNCONFIRMED = gate(
    "official_form_unconfirmed",
    "The form an authority prescribes is not confirmed beside the answers as they are.",
    basis=Basis.LAW,
    clears="screening:confirm",
)
UNTIL = gate("deferred_without_date", "A deferral names the day on which to look again.")
NO_FINDING = gate("nothing_found", "The answer asks for nothing that is to be settled.")
DECIDED = gate(
    "screening_decided",
    "The screening is decided and signed; it is opened again first.",
    clears="screening:findings",
)
NOT_YOURS = gate(
    "not_the_decider", "This finding is somebody else's to decide.", clears="screening:findings"
)
EVIDENCE = gate("evidence_undated", "What was done is shown by evidence of a day.")
NOT_SHOWN = gate(
    "evidence_does_not_show",
    "The result named does not show what was asked for, or was taken back.",
    clears="screening:findings",
)
NOT_PAST = gate(
    "cannot_be_accepted", "Nobody may decide past this finding.", clears="screening:findings"
)

BY_MEANING: dict[Meaning, Gate] = {
    Meaning.EXCLUDE: EXCLUDED,
    Meaning.REVIEW: REVIEW,
    Meaning.ACTION: ACTION,
}
FILLED_IN = {
    Status.SCREENING,
    Status.ELIGIBLE,
    Status.PREPARING,
    Status.READY,
    Status.IN_SESSION,
    Status.INTEGRATING,
    Status.AFTERCARE,
    Status.DEFERRED,
    Status.DECLINED,
}
# Where an edit made the decision stale but the case has gone too far to be screened again, it can
# only be confirmed; whoever sees a reason to stop suspends the case.
CONFIRMED_IN = {Status.IN_SESSION, Status.INTEGRATING, Status.AFTERCARE}
Ruling, Outcome = FindingDecision.Ruling, ScreeningDecision.Outcome


def obstacles_to_start(case: Case, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Who screens at the site begins the screening of somebody who was referred."""
    if case.status != Status.SCREENING:
        yield from obstacles_in_status(case, Status.SCREENING, STEPS)
    yield from _obstacles_in_role(case, by, Permission.SCREEN, "fills screening forms")


def obstacles_to_begin_anew(case: Case, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Who screens at the site asks everything again once answers have grown too old."""
    if case.status != Status.SCREENING:
        yield STATUS(f"This is {case.get_status_display().lower()}.")
    yield from _obstacles_in_role(case, by, Permission.SCREEN, "fills screening forms")
    screening = screening_of(case, on=at.astimezone(case.site.tz).date())
    if screening is None or not screening.too_old:
        yield STILL_FRESH("No answer has grown too old.")


def obstacles_to_save(case: Case, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Who screens at the site fills the form, before the decision and after it."""
    if case.status not in FILLED_IN:
        yield STATUS(f"This is {case.get_status_display().lower()}.")
    yield from _obstacles_in_role(case, by, Permission.SCREEN, "fills screening forms")


def obstacles_to_open_again(
    case: Case, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """A decided screening is opened again by who screens or decides, saying why."""
    yield from obstacles_in_status(case, Status.SCREENING, STEPS)
    if not any(may(by, p, site=case.site_id) for p in (Permission.SCREEN, Permission.DECIDE)):
        yield ROLE("None of your roles at this site opens a screening again.")
    if not reason.strip():
        yield WHY("Say why the screening is opened again.")


def obstacles_to_rule_on(
    form: Form,
    *,
    by: Any,
    at: datetime,
    item: str,
    ruling: str,
    reason: str = "-",
    evidence_on: date | None = None,
    seen: str | None = None,
    evidence: Evidence | None = None,
    approval_reference: str = "",
    approval_on: date | None = None,
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """Each finding is settled by whom its rule names, before the decision is signed.

    Who accepts an exclusion signs; what a trial leaves to its sponsor and ethics board is accepted
    under their approval. Asked by a page before its form, it asks for neither.
    """
    on = at.astimezone(form.case.site.tz).date()
    screening = screening_of(form.case, on=on)
    found = screening.item(item) if screening and screening.form.pk == form.pk else None
    if screening is None or found is None or found.meaning == Meaning.INFO:
        yield NO_FINDING("There is nothing to settle about this answer.")
        return
    if seen is not None and seen != found.as_seen:
        yield CHANGED("Somebody else has settled this since you opened the page.")
    if screening.standing is not None:
        yield DECIDED("This screening is decided and signed. Open it again first.")
    yield from _obstacles_in_ruler(form.case, found, by=by, on=on, ruling=ruling)
    if not reason.strip():
        yield WHY("Say what this rests on.")
    yield from _obstacles_in_ruling(found, ruling, day_of(evidence_on, evidence), on)
    if evidence is not None:
        yield from _obstacles_in_evidence(form, found, ruling, evidence)
    if ruling == Ruling.ACCEPTED and not is_asking:
        if found.needs_approval:
            yield from obstacles_in_approval(approval_reference, approval_on, on)
        yield from obstacles_to_sign(by, proof, at) if found.is_signed_when_accepted else ()


def obstacles_to_decide(
    case: Case,
    *,
    by: Any,
    at: datetime,
    outcome: str,
    reason: str = "-",
    deferred_until: date | None = None,
    denial_reasons: Collection[str] | None = None,
    seen: str = "",
) -> Iterator[Obstacle]:
    """A licensed person decides, and only on a screening of which nothing stands open."""
    on = at.astimezone(case.site.tz).date()
    screening = screening_of(case, on=on)
    yield from obstacles_in_stage(case, screening, outcome)
    yield from obstacles_in_decider(case, by=by, on=on)
    yield from obstacles_in_what_was_seen(screening, seen)
    if screening is None:
        yield NO_FORM("The screening form was not begun.")
    elif outcome == Outcome.ELIGIBLE:
        yield from obstacles_in_findings(screening)
        yield from _obstacles_in_age(screening)
        yield from _obstacles_in_official_form(screening)
    if denial_reasons is not None:  # None: a page that has not asked for them yet
        yield from _obstacles_in_denial_reasons(case, outcome, denial_reasons)
    if outcome != Outcome.ELIGIBLE and not reason.strip():
        yield WHY("Say why, in words the person may read.")
    if outcome == Outcome.DEFERRED and (deferred_until is None or deferred_until <= on):
        yield UNTIL("Name a day after today on which to look again.")


def obstacles_in_what_was_seen(screening: Screening | None, seen: str) -> Iterator[Obstacle]:
    """What is signed is what its page showed; nothing seen is an act that no page asked for."""
    if seen and screening is not None and seen != screening.as_seen:
        yield CHANGED(
            "An answer or a finding has changed since you opened this page. Read them again, then"
            " sign."
        )


def _obstacles_in_official_form(screening: Screening) -> Iterator[Obstacle]:
    wanted = screening.official_form
    if wanted is not None and screening.confirmation is None:
        yield UNCONFIRMED(
            f"{wanted.title}: not confirmed yet.",
            basis=Basis(wanted.basis),
            citation=wanted.source,
        )


def _obstacles_in_denial_reasons(
    case: Case, outcome: str, chosen: Collection[str]
) -> Iterator[Obstacle]:
    if outcome != Outcome.DECLINED:
        if chosen:
            yield DENIAL("Reasons to decline stand beside a decline, and beside nothing else.")
        return
    known = {code for code, _ in reasons_to_decline(case)}
    if known and not chosen:
        yield DENIAL("Choose the reasons for the decline, or that it is none of these.")
    if set(chosen) - known:
        yield DENIAL("A reason was chosen that this protocol does not have.")
    elif NONE_OF_THESE[0] in chosen and len(chosen) > 1:
        yield DENIAL("Choose the reasons, or that it is none of these, but not both.")


def _obstacles_in_age(screening: Screening) -> Iterator[Obstacle]:
    # After the first dose nobody is screened again; what was decided is only confirmed.
    if screening.too_old and screening.case.status == Status.SCREENING:
        count, days = len(screening.too_old), screening.freshness_days
        answers = "1 answer is" if count == 1 else f"{count} answers are"
        yield TOO_OLD(f"{answers} older than {days} days. Ask the screening again.")


def obstacles_in_findings(screening: Screening) -> Iterator[Obstacle]:
    """What the answers still ask for, each with its own basis, citation and decider."""
    for found in screening.open:
        yield BY_MEANING[found.meaning](
            f"{found.number} {found.message}".strip(),
            basis=Basis(found.gravest.basis),
            citation=found.gravest.citation,
            decider=decider_of(found),
        )
    for item in screening.unanswered:
        yield UNANSWERED(f"{item.number} {item.text}".strip())


def decider_of(found: Found) -> Decider:
    """Who may decide past a finding, as obstacles say it."""
    named = found.gravest.decider
    if named.startswith("role:"):
        return Decider.NAMED_ROLE
    return {
        "nobody": Decider.NOBODY,
        "sponsor_ethics": Decider.SPONSOR_ETHICS,
    }.get(named, Decider.PRESCRIBER)


def obstacles_in_stage(
    case: Case, screening: Screening | None, outcome: str = Outcome.ELIGIBLE
) -> Iterator[Obstacle]:
    """What is decided while it is screened; later a decision that no longer stands is confirmed."""
    if case.status == Status.SCREENING:
        return
    if case.status not in CONFIRMED_IN or screening is None or screening.standing is not None:
        yield STATUS(f"This is {case.get_status_display().lower()}.")
    elif outcome != Outcome.ELIGIBLE:
        yield STATUS(
            f"This is {case.get_status_display().lower()}: confirm the decision, or suspend the case."
        )


def obstacles_in_decider(case: Case, *, by: Any, on: date) -> Iterator[Obstacle]:
    """Who decides has a role for it at the site and a licence the case's version names, in force."""
    yield from _obstacles_in_role(case, by, Permission.DECIDE, "decides eligibility")
    if deciding_licence(by, case, on=on) is None:
        named = [profession.replace("_", " ") for profession in who_decides(case)]
        for_whom = f" This protocol leaves that to: {', '.join(named)}." if named else ""
        yield LICENCE(
            f"You hold no verified licence in force today in {case.site.jurisdiction}"
            f" that lets you decide eligibility.{for_whom}"
        )


def _obstacles_in_ruler(
    case: Case, found: Found, *, by: Any, on: date, ruling: str
) -> Iterator[Obstacle]:
    named = found.gravest.decider
    # To establish a fact takes a licensed person; only to decide past one takes the named role.
    if ruling != Ruling.ACCEPTED or not named.startswith("role:"):
        yield from obstacles_in_decider(case, by=by, on=on)
    elif not _has_role(by, named, case):
        role = named.removeprefix("role:").replace("_", " ")
        yield NOT_YOURS(f"Only the {role} of this site may decide past this.")


def _obstacles_in_ruling(
    found: Found, ruling: str, evidence_on: date | None, on: date
) -> Iterator[Obstacle]:
    accepted, cleared = ruling == Ruling.ACCEPTED, ruling == Ruling.CLEARED
    if cleared and (evidence_on is None or evidence_on > on):
        yield EVIDENCE("Give the day of the evidence, today or before.")
    if accepted and found.meaning == Meaning.ACTION:
        yield EVIDENCE("What was asked for is shown to be done by evidence, not accepted undone.")
    if accepted and found.gravest.decider == "nobody":
        yield NOT_PAST(
            "Nobody may decide past this. Establish the fact, or decline.",
            basis=Basis(found.gravest.basis),
            citation=found.gravest.citation,
        )
    if cleared and found.meaning == Meaning.EXCLUDE and not found.is_doubt:
        yield NOT_PAST("The answer says so. If it is wrong, correct the answer on the form.")


def _obstacles_in_evidence(
    form: Form, found: Found, ruling: str, evidence: Evidence
) -> Iterator[Obstacle]:
    if evidence.case_id != form.case_id or evidence.code != found.item:
        yield NOT_SHOWN("That result was entered for something else.")
    if not evidence.is_standing:
        yield NOT_SHOWN("That result has been taken back.")
    elif ruling == Ruling.CLEARED and evidence.shows == Evidence.Shows.NOT_AS_ASKED:
        yield NOT_SHOWN("That result is not as the protocol asks; it clears nothing.")


def day_of(evidence_on: date | None, evidence: Evidence | None) -> date | None:
    """The day a ruling counts from: the one written, or else that of the result named."""
    return evidence_on or (evidence.done_on if evidence else None)


def _has_role(by: Any, named: str, case: Case) -> bool:
    wanted = named.removeprefix("role:")
    return any(role.role == wanted and role.site_id == case.site_id for role in by.roles_now)


def _obstacles_in_role(
    case: Case, by: Any, permission: Permission, does_what: str
) -> Iterator[Obstacle]:
    if not may(by, permission, site=case.site_id):
        yield ROLE(f"None of your roles at this site {does_what}.")


def why_not_settle(form: Form, item: str, *, by: Any, at: datetime) -> list[Obstacle]:
    """What keeps this person from settling a finding in any way at all."""
    found = [
        list(
            obstacles_to_rule_on(
                form,
                by=by,
                at=at,
                item=item,
                ruling=ruling,
                evidence_on=at.astimezone(form.case.site.tz).date(),
                is_asking=True,
            )
        )
        for ruling in Ruling
    ]
    return min(found, key=len)


def why_not_begin_anew(screening: Screening, *, by: Any, at: datetime) -> list[Obstacle]:
    """What keeps this person from asking everything again; asked only where that is needed."""
    if not screening.too_old:
        return []
    return list(obstacles_to_begin_anew(screening.case, by=by, at=at))


def why_not_decide(case: Case, *, by: Any, at: datetime) -> dict[str, list[Obstacle]]:
    """What keeps this person from each outcome, and from deciding at all."""
    later = at.astimezone(case.site.tz).date() + timedelta(days=1)
    found = {
        str(outcome): list(
            obstacles_to_decide(case, by=by, at=at, outcome=outcome, deferred_until=later)
        )
        for outcome in Outcome
    }
    return found | {"anything": min(found.values(), key=len)}
