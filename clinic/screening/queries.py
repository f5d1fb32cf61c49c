"""A screening as it stands: what was answered, what that means, what was made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from clinic.access import Permission, in_reach
from clinic.audit.canonical import digest
from clinic.cases.models import Case, Status
from clinic.cases.queries import Turn, Wanted
from clinic.checklists import engine
from clinic.checklists.document import Checklist, Meaning
from clinic.checklists.models import Answer, Form
from clinic.checklists.models import Status as FormStatus
from clinic.checklists.queries import (
    as_answers,
    checklist_of,
    newest_answers,
    stricter,
    too_old,
)
from clinic.people.models import Act, Licence
from clinic.protocols.course import professions_for
from clinic.protocols.document import OfficialForm
from clinic.protocols.queries import digest_of, document_at, document_of, licence_for
from clinic.screening.approval import NEEDED_BY
from clinic.screening.evidence.models import Evidence
from clinic.screening.models import NONE_OF_THESE, FindingDecision, ScreeningDecision
from clinic.screening.official.models import OfficialFormConfirmation

PURPOSE = "screening"
# What these ask for must be settled before somebody is eligible. A washout is counted again at
# every dose by its own gate, so it is shown here and settled there.
SETTLED_FIRST = (Meaning.EXCLUDE, Meaning.REVIEW, Meaning.ACTION)
# What a signature under an accepted exclusion says; the page shows it before.
PAST_AN_EXCLUSION = "I have weighed this exclusion and decide past it."


@dataclass(frozen=True)
class Found:
    """What one answer, or its lack, asks for, and what a named person made of it."""

    item: str
    number: str
    text: str
    spoken: str
    findings: tuple[engine.Finding, ...]
    ruling: FindingDecision | None
    answer: Answer | None
    evidence: tuple[Evidence, ...] = ()

    @property
    def gravest(self) -> engine.Finding:
        return self.findings[0]

    @property
    def meaning(self) -> Meaning:
        return self.gravest.meaning

    @property
    def because(self) -> str:
        return self.gravest.because

    @property
    def is_signed_when_accepted(self) -> bool:
        """Whether to accept it is to decide past an exclusion, the gravest that is decided past."""
        return self.meaning == Meaning.EXCLUDE

    @property
    def needs_approval(self) -> bool:
        """Whether nobody decides past it without the sponsor's and the ethics board's approval."""
        return any(
            each.decider == NEEDED_BY and each.meaning != Meaning.INFO for each in self.findings
        )

    @property
    def is_doubt(self) -> bool:
        return self.because != "answered"

    @property
    def as_seen(self) -> str:
        """What a page showed of its settling, to notice that somebody else has settled it since."""
        return str(self.ruling.key) if self.ruling else ""

    @property
    def is_open(self) -> bool:
        if self.meaning not in SETTLED_FIRST:
            return False
        return self.ruling is None or self.ruling.ruling == FindingDecision.Ruling.EXCLUDED

    @property
    def waits_for_somebody(self) -> bool:
        """Whether a named person can settle it now: what stands open, and a washout.

        A washout keeps nobody from being eligible, but who knows better when something was last
        taken says so here, for the gate that counts the days at every dose.
        """
        return self.is_open or (self.meaning == Meaning.WASHOUT and self.ruling is None)

    @property
    def is_shown_by_evidence(self) -> bool:
        """Whether a result, a letter or another paper may show what it asks for."""
        return self.meaning != Meaning.INFO

    @property
    def decider_words(self) -> str:
        named = self.gravest.decider
        if named == "nobody":
            return "Nobody may decide past it"
        who = named.removeprefix("role:").replace("_", " ")
        return f"{'Sponsor and ethics' if named == 'sponsor_ethics' else 'The ' + who} may decide past it"

    @property
    def message(self) -> str:
        return " ".join(finding.message for finding in self.findings)


@dataclass(frozen=True)
class Screening:
    """One screening form with everything a page or a rule asks of it."""

    case: Case
    form: Form
    rows: dict[str, Answer]
    rulings: dict[str, FindingDecision]
    decisions: tuple[ScreeningDecision, ...]
    confirmations: tuple[OfficialFormConfirmation, ...]
    on: date

    @cached_property
    def checklist(self) -> Checklist:
        return checklist_of(self.form)

    @cached_property
    def answers(self) -> dict[str, engine.Answer]:
        return as_answers(self.rows)

    @cached_property
    def found(self) -> tuple[Found, ...]:
        by_item: dict[str, list[engine.Finding]] = {}
        for finding in engine.findings(self.checklist, self.answers, self.on):
            by_item.setdefault(finding.item, []).append(finding)
        return tuple(self._found(item, findings) for item, findings in by_item.items())

    @property
    def open(self) -> tuple[Found, ...]:
        return tuple(found for found in self.found if found.is_open)

    @cached_property
    def unanswered(self) -> tuple[Any, ...]:
        """Questions without an answer that no finding speaks for yet."""
        spoken_for = {found.item for found in self.found}
        missing = engine.missing(self.checklist, self.answers)
        return tuple(item for item in missing if item.code not in spoken_for)

    @cached_property
    def too_old(self) -> tuple[Any, ...]:
        """Questions whose answers have grown too old and have to be asked again."""
        return too_old(self.form, self.rows, self.on, self.freshness_days)

    @cached_property
    def freshness_days(self) -> int | None:
        """How old an answer may be: as the form says, or as the site treats by its version now."""
        now = document_at(self.case.protocol_version, self.case.site).screening.freshness_days
        return stricter(self.checklist.freshness_days, now)

    @cached_property
    def asked(self) -> int:
        return len(engine.visible_items(self.checklist, self.answers))

    @cached_property
    def answered(self) -> int:
        visible = engine.visible_items(self.checklist, self.answers)
        return sum(engine.given(self.answers.get(item.code)) for item in visible)

    @cached_property
    def official_form(self) -> OfficialForm | None:
        """The form of an authority that has to be confirmed beside this one, if there is one."""
        return document_at(self.case.protocol_version, self.case.site).official_form

    @property
    def confirmation(self) -> OfficialFormConfirmation | None:
        """Its confirmation, as long as no answer has changed since, nor what is confirmed."""
        last, wanted = self.confirmations[-1] if self.confirmations else None, self.official_form
        if last is None or wanted is None or last.form_revision != self.form.revision:
            return None
        said = (last.title, last.signature.meaning)
        return last if said == (wanted.title, wanted.statement) else None

    @property
    def last_decision(self) -> ScreeningDecision | None:
        return self.decisions[-1] if self.decisions else None

    @property
    def standing(self) -> ScreeningDecision | None:
        """The decision that stands: made on the answers as they are, and not opened again."""
        last = self.last_decision
        if last is None or self.case.status == Status.SCREENING:
            return None
        is_current = last.form_id == self.form.pk and last.form_revision == self.form.revision
        return last if is_current else None

    @property
    def as_seen(self) -> str:
        """What a page showed of it, to notice what somebody else has answered or settled since."""
        settled = sorted(str(row.key) for row in self.rulings.values())
        return digest([self.form.key, self.form.revision, *settled])

    def item(self, code: str) -> Found | None:
        return next((found for found in self.found if found.item == code), None)

    def _found(self, item: str, findings: list[engine.Finding]) -> Found:
        answer, ruling = self.rows.get(item), self.rulings.get(item)
        newest = answer.pk if answer else None
        speaks_of_it = ruling is not None and ruling.answer_pk == newest
        asked = self.checklist.item(item)
        return Found(
            item=item,
            number=findings[0].number,
            text=findings[0].text,
            spoken=engine.spoken(asked, self.answers.get(item)) if asked else "",
            findings=tuple(findings),
            ruling=ruling if speaks_of_it else None,
            answer=answer,
        )


def current_form(case: Case) -> Form | None:
    """The screening form of a case: the newest that was not abandoned."""
    return (
        Form.objects.filter(case=case, purpose=PURPOSE)
        .exclude(status=FormStatus.ABANDONED)
        .order_by("-pk")
        .first()
    )


def screening_of(case: Case, *, on: date | None = None) -> Screening | None:
    """The screening of a case as it stands, or None before it was started."""
    return screenings_of([case], on=on).get(case.pk)


def screenings_of(cases: Iterable[Case], *, on: date | None = None) -> dict[int, Screening]:
    """The screenings of several cases, in a number of queries that does not grow with them."""
    by_case = {case.pk: case for case in cases}
    forms = list(
        Form.objects.filter(case__in=by_case, purpose=PURPOSE)
        .exclude(status=FormStatus.ABANDONED)
        .order_by("case_id", "-pk")
        .distinct("case_id")
        .defer("definition")
    )
    answers = newest_answers(forms)
    rulings: dict[int, dict[str, FindingDecision]] = {form.pk: {} for form in forms}
    rows = FindingDecision.objects.filter(form__in=forms)
    for row in rows.select_related("decided_by", "evidence", "signature").order_by("pk"):
        rulings[row.form_id][row.item] = row
    for of_form in rulings.values():
        # What rested on a result that was taken back rests on nothing; it is settled anew.
        for item in [item for item, row in of_form.items() if row.rests_on_nothing]:
            del of_form[item]
    decisions: dict[int, list[ScreeningDecision]] = {}
    made = ScreeningDecision.objects.filter(case__in=by_case)
    for decision in made.select_related("decided_by", "signature").order_by("pk"):
        decisions.setdefault(decision.case_id, []).append(decision)
    confirmed: dict[int, list[OfficialFormConfirmation]] = {}
    of_forms = OfficialFormConfirmation.objects.filter(form__in=forms).order_by("pk")
    for each in of_forms.select_related("confirmed_by", "signature"):
        confirmed.setdefault(each.form_id, []).append(each)
    return {
        form.case_id: Screening(
            case=by_case[form.case_id],
            form=form,
            rows=answers[form.pk],
            rulings=rulings[form.pk],
            decisions=tuple(decisions.get(form.case_id, ())),
            confirmations=tuple(confirmed.get(form.pk, ())),
            on=on or (form.answered_at or form.started_at).date(),
        )
        for form in forms
    }


def open_findings(case: Case, *, on: date | None = None) -> tuple[Found, ...]:
    """What still stands in the way of this person: doubt counts until somebody resolved it."""
    screening = screening_of(case, on=on)
    return screening.open if screening else ()


def standing_decision(case: Case) -> ScreeningDecision | None:
    """The signed decision on the screening as it is now, or None."""
    screening = screening_of(case)
    return screening.standing if screening else None


def deciding_licence(user: Any, case: Case, *, on: date) -> Licence | None:
    """The licence by which somebody may decide on this case on a day, by its version, or None."""
    return licence_for(user, Act.DECIDE, version=case.protocol_version, site=case.site, on=on)


def who_decides(case: Case) -> tuple[str, ...]:
    """The professions the case's version names for the decision in this place; empty: none."""
    return professions_for(document_of(case.protocol_version), Act.DECIDE, case.site.jurisdiction)


def is_signed_by_the_entitled(decision: ScreeningDecision, case: Case) -> bool:
    """Whether a decision was signed on a licence of a profession the case's version names now.

    A signature keeps the licence in words, as it was that day.
    """
    named = who_decides(case)
    words = [Licence(profession=each).profession_in_words for each in named]
    place = case.site.jurisdiction
    on = decision.signature.licence
    return not named or any(on.startswith(f"{each} {place} ") for each in words)


def wanted_by(cases: list[Case], at: datetime) -> dict[int, list[Wanted]]:
    """What each case waits for in its screening at a moment."""
    waiting = [
        case
        for case in cases
        if case.status in {Status.REFERRED, Status.SCREENING, Status.DEFERRED}
    ]
    screenings = screenings_of(waiting) if waiting else {}
    return {case.pk: list(_wants(case, screenings.get(case.pk), at)) for case in waiting}


def _wants(case: Case, screening: Screening | None, at: datetime) -> Iterable[Wanted]:
    if screening is None:
        yield Wanted(
            "screening not started", "screening:form", turn=Turn.INTAKE, since=case.referred_at
        )
    elif case.status == Status.DEFERRED:
        until = screening.last_decision and screening.last_decision.deferred_until
        if until:
            yield _deferred(until, case, at)
    else:
        left = screening.asked - screening.answered
        begun, answered = screening.form.started_at, screening.form.answered_at
        if left:
            questions = "question" if left == 1 else "questions"
            yield Wanted(
                f"{left} {questions} not answered",
                "screening:form",
                turn=Turn.INTAKE,
                since=begun,
            )
        if screening.open:
            findings = "finding" if len(screening.open) == 1 else "findings"
            yield Wanted(
                f"{len(screening.open)} {findings} to settle",
                "screening:findings",
                turn=Turn.DECIDES,
                since=answered,
            )
        official = screening.official_form if not left and not screening.confirmation else None
        if official is not None:
            yield Wanted(
                f"{official.title}: to be confirmed",
                "screening:confirm",
                turn=Turn.DECIDES,
                since=answered,
            )
        if not left and not screening.open and official is None:
            yield Wanted(
                "decision on eligibility", "screening:decide", turn=Turn.DECIDES, since=answered
            )


def deferrals_due(user: Any, today: date) -> QuerySet[Case]:
    """The deferred cases this person decides on whose day has come, the oldest day first."""
    made = ScreeningDecision.objects.filter(case=OuterRef("pk")).order_by("-pk")
    return (
        Case.objects.filter(
            in_reach(user, Permission.DECIDE, patient="patient"), status=Status.DEFERRED
        )
        .annotate(until=Subquery(made.values("deferred_until")[:1]))
        .filter(until__lte=today)
        .select_related("patient", "site", "protocol_version__protocol")
        .defer("protocol_version__document", "protocol_version__confirmed")
        .order_by("until", "pk")
    )


def _deferred(until: date, case: Case, at: datetime) -> Wanted:
    """A deferral waits until its day; from then on it is due, and waits since that morning."""
    if at.astimezone(case.site.tz).date() < until:
        return Wanted(f"deferred until {until:%d %b %Y}", "screening:findings", turn=Turn.DECIDES)
    return Wanted(
        f"deferred until {until:%d %b %Y}: to be looked at again",
        "screening:form",
        turn=Turn.INTAKE,
        since=datetime.combine(until, time(), tzinfo=case.site.tz),
    )


def what_is_signed(screening: Screening, decision: ScreeningDecision) -> dict[str, Any]:
    """Everything the deciding person had before them: questions, answers, findings, rulings."""
    items = engine.visible_items(screening.checklist, screening.answers)
    return {
        "case": screening.case.key,
        "protocol version": digest_of(screening.case.protocol_version),
        "checklist": screening.form.definition_digest,
        "revision": screening.form.revision,
        "answers": [
            {
                "item": item.code,
                "asked": f"{item.number} {item.text}".strip(),
                "answered": engine.spoken(item, screening.answers.get(item.code)),
            }
            for item in items
        ],
        "findings": [
            {
                "item": found.item,
                "says": [finding.message for finding in found.findings],
                "ruling": found.ruling.ruling if found.ruling else None,
                "reason": found.ruling.reason if found.ruling else None,
                "ruled by": found.ruling.decided_by.name if found.ruling else None,
                "evidence of": found.ruling.evidence_on if found.ruling else None,
                "approval": found.ruling.approval_reference if found.ruling else None,
                "approved on": found.ruling.approval_on if found.ruling else None,
                "evidence": _shown(found.ruling),
            }
            for found in screening.found
        ],
        "outcome": decision.outcome,
        "reason": decision.reason,
        "reasons of the protocol": [each["label"] for each in decision.denial_reasons],
        "deferred until": decision.deferred_until,
    }


def what_is_passed(screening: Screening, found: Found, decision: FindingDecision) -> dict[str, Any]:
    """Everything that is signed under an accepted exclusion: the answer, the finding, the reason."""
    return {
        "case": screening.case.key,
        "protocol version": digest_of(screening.case.protocol_version),
        "checklist": screening.form.definition_digest,
        "item": found.item,
        "asked": f"{found.number} {found.text}".strip(),
        "answered": found.spoken,
        "findings": [
            {
                "says": finding.message,
                "basis": finding.basis,
                "citation": finding.citation,
                "decider": finding.decider,
            }
            for finding in found.findings
        ],
        "ruling": decision.ruling,
        "reason": decision.reason,
        "evidence of": decision.evidence_on,
        "evidence": _shown(decision),
        "approval": decision.approval_reference,
        "approved on": decision.approval_on,
    }


def _shown(ruling: FindingDecision | None) -> dict[str, Any] | None:
    """The result a ruling rests on, and the digest of its paper."""
    shown = ruling.evidence if ruling else None
    return shown and {"key": shown.key, "result": shown.result, "file": shown.file_digest}


def reasons_to_decline(case: Case) -> list[tuple[str, str]]:
    """The reasons of a case's version to decline somebody, and that it is none of them."""
    reasons = document_at(case.protocol_version, case.site).denial_reasons
    own = [(reason.code, reason.label) for reason in reasons]
    return [*own, NONE_OF_THESE] if own else []


def reasons_given(screening: Screening) -> list[str]:
    """Those of them that the answers themselves give: what excludes, in the version's words."""
    found = {each.item for each in screening.open if each.meaning == Meaning.EXCLUDE}
    version = document_at(screening.case.protocol_version, screening.case.site)
    return [reason.label for reason in version.denial_reasons if found & set(reason.given_by)]


def evidence_for(case: Case, item: str) -> QuerySet[Evidence]:
    """The standing results entered for one question."""
    return Evidence.objects.filter(case=case, code=item, withdrawn_at__isnull=True)


def with_evidence(case: Case, found: Iterable[Found]) -> list[Found]:
    """Findings with the results that were entered for each, the newest first."""
    entered = list(Evidence.objects.filter(case=case).select_related("entered_by"))
    return [
        replace(each, evidence=tuple(row for row in entered if row.code == each.item))
        for each in found
    ]


@dataclass(frozen=True)
class Group:
    """The findings that mean the same, as the page lists them."""

    meaning: Meaning
    title: str
    lead: str
    tone: str
    found: tuple[Found, ...]

    @property
    def open_count(self) -> int:
        return sum(each.is_open for each in self.found)


GROUPS = (
    (
        Meaning.EXCLUDE,
        "Exclusions",
        "Each stops the path until the person named beside it decides past it, or the fact is"
        " established otherwise.",
        "danger",
    ),
    (
        Meaning.REVIEW,
        "To be reviewed",
        "Each needs the judgement of the person named beside it, with a reason.",
        "attention",
    ),
    (
        Meaning.ACTION,
        "To be done",
        "Each needs evidence, of a day, that it was done.",
        "attention",
    ),
    (
        Meaning.WASHOUT,
        "Washouts",
        "Counted again before every dose; they do not keep anybody from being eligible.",
        "info",
    ),
    (Meaning.INFO, "To be known", "Nothing has to be done about these.", "neutral"),
)


def by_meaning(screening: Screening) -> list[Group]:
    """The findings of a screening under their meanings, the gravest first."""
    every = with_evidence(screening.case, screening.found)
    return [
        Group(
            meaning,
            title,
            lead,
            tone,
            tuple(found for found in every if found.meaning == meaning),
        )
        for meaning, title, lead, tone in GROUPS
    ]
