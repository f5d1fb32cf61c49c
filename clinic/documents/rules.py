"""Why a document cannot be signed, taken back or re-affirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from clinic.access import Permission, may
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.cases.models import Case, Contact
from clinic.cases.models import Status as CaseStatus
from clinic.cases.names import words_of
from clinic.documents.capacity.queries import lacking
from clinic.documents.models import DeclinedDocument, SignedDocument, Text
from clinic.documents.queries import row_of
from clinic.documents.standing import Standing, lacks_in_words, why_no_guardian
from clinic.documents.texts.rules import may_write
from clinic.workflow import ROLE, STATUS, Basis, Obstacle, gate

# Sessions lie above; what sees a live one is added here when their app is ready. Each is asked
# with a case and a moment and says whether a dose was given and the person not released since.
LIVE: list[Callable[[Case, datetime], bool]] = []

NO_DOCUMENT = gate("document_unknown", "The protocol asks for no such document.")
NO_TEXT = gate(
    "text_missing", "No text of the document binds in the person's language.",
    clears="texts:show",
)  # fmt: skip
OTHER_TEXT = gate("text_not_binding", "What was shown is not the text that binds now.")
CHOICE = gate("document_choice", "The person's choice is not written down.")
NAME = gate("document_name", "The person has not typed their name.")
SIGNED = gate("document_signed", "The same is signed and stands.")
DOSED = gate(
    "document_while_dosed",
    "From the dose to the release nothing is signed that permits more.",
    basis=Basis.LAW,
    citation="Informed consent presumes capacity, which a dose suspends",
)
WITHDRAWN = gate("document_withdrawn", "The document has been taken back already.")
NOT_REVOCABLE = gate("document_not_revocable", "What was only acknowledged cannot be taken back.")
NOT_STANDING = gate("document_not_standing", "Only what stands can be re-affirmed.",
                    clears="documents:index")  # fmt: skip
WITNESS = gate("document_witness", "A witness who is neither the person nor the staff is missing.")
LACKS = gate(
    "document_capacity",
    "The person has been found to lack the capacity to decide this.",
    basis=Basis.LAW,
    citation="Informed consent presumes capacity for the decision",
    clears="documents:assess",
)
GUARDIAN = gate(
    "document_guardian",
    "Only a guardian of the right scope, in force, signs for who lacks capacity.",
    basis=Basis.LAW,
    citation="A guardian decides within the document that makes them one",
    clears="cases:contacts",
)
DECLINED = gate("document_declined", "That the person declined is written down already.")
REAFFIRMED = gate("document_reaffirmed", "It has been re-affirmed today.")

CHOICES = {
    "yes": "Yes",
    "limits": "Yes, within limits",
    "no": "No",
}
ENDED = {CaseStatus.CLOSED, CaseStatus.WITHDRAWN, CaseStatus.DECLINED, CaseStatus.DIED}


def is_live(case: Case, at: datetime) -> bool:
    """Whether the person has had a dose and has not been released."""
    return any(ask(case, at) for ask in LIVE)


def obstacles_to_sign_document(
    case: Case,
    *,
    by: Any,
    at: datetime,
    code: str,
    text: Text | None = None,
    printed_name: str = "-",
    choice: str = "",
    limits: str = "",
    witness_name: str = "",
    witness_relation: str = "",
    guardian: Contact | None = None,
    proof: Proof | None = None,
    row: Standing | None = None,
) -> Iterator[Obstacle]:
    """A person signs the text that binds, whole and in their language, before a witness.

    Asked without `text`, as a page does before the form, it leaves out what the form answers.
    """
    row = row or row_of(case, code, at)
    if not may(by, Permission.PREPARE, site=case.site):
        yield ROLE("Only somebody who prepares people at this site may witness a signature.")
    yield from _obstacles_in_the_end(case, row)
    if row is None:
        yield NO_DOCUMENT("This protocol asks for no such document.")
        return
    if row.text is None:
        clears = NO_TEXT.clears if may_write(by) else ""
        yield NO_TEXT(f"{row.rule.title}: {row.why_not}", clears=clears, subject=row.rule.code)
    if guardian is not None and guardian.patient_id != case.patient_id:
        yield GUARDIAN(f"{guardian.name} cannot sign for the person: they are somebody else's.")
    elif not (row.is_paper or (row.rule.widens and choice == "no")):
        yield from _obstacles_to_widen(case, row, guardian, at, is_asked=text is None)
    if text is not None:
        yield from _obstacles_in_what_was_signed(row, text, printed_name, choice, limits)
        yield from _obstacles_in_what_stands(case, row, guardian, at, (choice, limits.strip()))
        signers = printed_name, guardian.name if guardian else "", by.name
        yield from _obstacles_in_witness(case, row, witness_name, witness_relation, signers)
        yield from obstacles_to_sign(by, proof, at)


def _obstacles_in_the_end(case: Case, row: Standing | None) -> Iterator[Obstacle]:
    """An ended case signs nothing, but a paper on how somebody left: it may come late."""
    is_paper = row is not None and row.is_paper
    if case.status in ENDED and not (is_paper and case.status != CaseStatus.DIED):
        yield STATUS(f"This case is {case.get_status_display().lower()}.")


def _obstacles_to_widen(
    case: Case, row: Standing, guardian: Contact | None, at: datetime, *, is_asked: bool
) -> Iterator[Obstacle]:
    """Who permits more is free of a dose's effects and can decide it, or has a guardian who may."""
    if is_live(case, at):
        yield DOSED("A dose has been given. Until release nothing can be signed that permits more.")
    found = lacking(row.assessments, at)
    if guardian is not None:
        why_not = why_no_guardian(row.rule, case, guardian, at)
        if found is None:
            why_not = why_not or "nobody has found that the person lacks the capacity to decide it"
        if why_not:
            yield GUARDIAN(f"{guardian.name} cannot sign for the person: {why_not}.")
    elif found is not None and not (is_asked and row.rule.guardian_scope):
        yield LACKS(lacks_in_words(row.rule, case, found))


def _obstacles_in_witness(
    case: Case, row: Standing, name: str, relation: str, signers: Iterable[str]
) -> Iterator[Obstacle]:
    """Where the text asks for a witness, they are neither who signs nor the staff member present."""
    if not row.rule.needs_witness:
        return
    person, witness = case.patient, _letters(name)
    first = [each for each in (person.given_name, person.known_as) if each] or [""]
    own = [f"{each} {person.family_name}" for each in first]
    if not witness or not relation.strip():
        yield WITNESS("A witness types their own name under this text, and who they are.")
    elif witness in [_letters(each) for each in (*signers, *own)]:
        yield WITNESS(
            "The witness is neither the person nor who signs nor the staff member present."
        )


def _letters(name: str) -> list[str]:
    """A name by its words alone: in whatever order, case, spacing or accents it was typed."""
    return sorted(words_of(name))


def _obstacles_in_what_stands(
    case: Case, row: Standing, guardian: Contact | None, at: datetime, said: tuple[str, str]
) -> Iterator[Obstacle]:
    """The same is signed once; a paper on how somebody left, once a day before a dose and after."""
    before = row.document
    if before and row.is_paper and _was_another_time(case, before.signed_at, before, at):
        return
    if before and (before.choice, before.limits) == said and before.guardian == guardian:
        yield SIGNED(f"{row.rule.title} is signed and stands.")


def _was_another_time(
    case: Case, then: datetime, word: SignedDocument | DeclinedDocument, at: datetime
) -> bool:
    """Whether a word was given on another day, or on the other side of a dose."""
    return _day(case, then) != _day(case, at) or word.under_effects != is_live(case, at)


def _day(case: Case, moment: datetime) -> date:
    return moment.astimezone(case.site.tz).date()


def _obstacles_in_what_was_signed(
    row: Standing, text: Text, printed_name: str, choice: str, limits: str
) -> Iterator[Obstacle]:
    if row.text is not None and text.pk != row.text.pk:
        yield OTHER_TEXT(
            f"A newer text binds: version {row.text.version} ({row.text.language}). "
            "Show it to the person, then let them sign."
        )
    if not printed_name.strip():
        yield NAME("The person types their name under the text.")
    if row.rule.widens and choice not in CHOICES:
        yield CHOICE("The person says yes, no, or within which limits.")
    if choice == "limits" and not limits.strip():
        yield CHOICE("Write the limits in the person's words.")


def obstacles_to_decline(
    case: Case,
    *,
    by: Any,
    at: datetime,
    code: str,
    words: str = "",
    asked_by: Any = None,
    row: Standing | None = None,
) -> Iterator[Obstacle]:
    """That somebody declined is written down at any moment, by whoever prepares or accompanies."""
    row = row or row_of(case, code, at)
    wanted = (Permission.PREPARE, Permission.SUPERVISE)
    if not any(may(by, permission, site=case.site) for permission in wanted):
        yield ROLE("Only somebody who prepares or accompanies the person may write this down.")
    if row is None:
        yield NO_DOCUMENT("This protocol asks for no such document.")
        return
    last = row.declined
    is_same = last is not None and (last.words, last.asked_by) == (words.strip(), asked_by)
    if last and is_same and not _was_another_time(case, last.declined_at, last, at):
        yield DECLINED("This is written down already.")


def obstacles_to_withdraw(document: SignedDocument, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Anybody who may open the case takes a consent back for the person, at any moment."""
    if not may(by, Permission.SEE_CASE, site=document.site):
        yield ROLE("Only somebody who works with this person may take it back for them.")
    if document.withdrawn_at is not None:
        yield WITHDRAWN("This has been taken back already.")
    row = row_of(document.case, document.code, at)
    if row is not None and not row.rule.revocable:
        yield NOT_REVOCABLE(f"{row.rule.title} is an acknowledgement; it cannot be taken back.")


def obstacles_to_reaffirm(document: SignedDocument, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """On the day, before the dose, the person says that what they signed still holds."""
    site, wanted = document.site, (Permission.PREPARE, Permission.SUPERVISE)
    if not any(may(by, permission, site=site) for permission in wanted):
        yield ROLE("Only somebody who prepares or accompanies the person may ask them.")
    if is_live(document.case, at):
        yield DOSED("A dose has been given. What was signed can be taken back, not re-affirmed.")
    row = row_of(document.case, document.code, at)
    if row is None or row.document is None or row.document.pk != document.pk:
        reason = row.why_not if row else "The protocol does not ask for it."
        yield NOT_STANDING(f"This does not stand. {reason}".strip())
    elif row.reaffirmed_at and row.reaffirmed_today:
        yield REAFFIRMED("It has been re-affirmed today.")
