"""What stands on a form: its checklist as it was then, and the newest answer to each item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from clinic.checklists import engine, scoring
from clinic.checklists.document import Checklist, Item
from clinic.checklists.models import Answer, Form
from clinic.checklists.wording import queries as wording

# By digest: what a form was filled on never changes, so a process reads it once, and lists leave
# its text in the database.
_checklists: dict[str, Checklist] = {}
MOST_KEPT = 256
CLEARED = Answer.State.CLEARED


# A protocol lies above this slice. When the app is ready it adds the forms its versions bring, for
# a test or a register; asked with a case and a code, it answers with the checklist or nothing.
ASK_THE_VERSION: list[Callable[[Any, str], Checklist | None]] = []


def form_for_case(case: Any, code: str) -> Checklist | None:
    """The form of this name that is filled for a case: a shipped instrument, or its version's own."""
    found = wording.in_use().get(code)
    if found is None:
        found = next((each for ask in ASK_THE_VERSION if (each := ask(case, code))), None)
    return found


def visible_forms(user: Any) -> QuerySet[Form]:
    """The forms of the cases this person may open."""
    return Form.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(
        "site",
        "case__patient",
        "case__site",
        "case__protocol_version__protocol",
        "cycle",
        "completed_by",
    )


def visible_cases(user: Any) -> QuerySet[Any]:
    """The cases this person may open forms for; cases lie above, so they are met by the key."""
    cases = Form._meta.get_field("case").related_model
    return cases._default_manager.filter(
        in_reach(user, Permission.SEE_CASE, patient="patient")
    ).select_related("site", "patient")


def checklist_of(form: Form) -> Checklist:
    """The very checklist a form is filled on, whatever newer ones say."""
    if form.definition_digest not in _checklists:
        if len(_checklists) >= MOST_KEPT:
            _checklists.clear()
        _checklists[form.definition_digest] = Checklist.model_validate(form.definition)
    return _checklists[form.definition_digest]


def knows(form: Form) -> bool:
    """Whether this process has read the checklist of a form already."""
    return form.definition_digest in _checklists


def all_answers(forms: Iterable[Form]) -> dict[int, dict[str, list[Answer]]]:
    """Every row of every item of some forms, the oldest first: one query for all of them."""
    found: dict[int, dict[str, list[Answer]]] = {form.pk: {} for form in forms}
    rows = Answer.objects.filter(form_id__in=list(found)).select_related("answered_by")
    for row in rows.order_by("pk"):
        found[row.form_id].setdefault(row.item, []).append(row)
    return found


def newest_answers(forms: Iterable[Form]) -> dict[int, dict[str, Answer]]:
    """The newest row of each item, taken back or not, by form: one query for all of them."""
    found: dict[int, dict[str, Answer]] = {form.pk: {} for form in forms}
    rows = (
        Answer.objects.filter(form_id__in=list(found))
        .order_by("form_id", "item", "-pk")
        .distinct("form_id", "item")
        .select_related("answered_by")
    )
    for row in rows:
        found[row.form_id][row.item] = row
    return found


def standing_answers(forms: Iterable[Form]) -> dict[int, dict[str, Answer]]:
    """The newest row of each item that was not taken back, by form."""
    return {
        pk: {item: row for item, row in rows.items() if row.state != Answer.State.CLEARED}
        for pk, rows in newest_answers(forms).items()
    }


def current_answers(form: Form) -> dict[str, engine.Answer]:
    """The answers that stand on a form."""
    return as_answers(standing_answers([form])[form.pk])


def as_answers(rows: dict[str, Answer]) -> dict[str, engine.Answer]:
    """Stored rows as the engine reads them, without those taken back."""
    return engine.answers_from(
        {
            item: {"state": row.state, "value": row.value}
            for item, row in rows.items()
            if row.state != Answer.State.CLEARED
        }
    )


def too_old(
    form: Form, rows: Mapping[str, Answer], on: date, days: int | None = None
) -> tuple[Item, ...]:
    """The questions whose answers have grown too old on a day, and have to be asked again.

    `days` is what is asked for now, where that is stricter than what the form was begun on.
    """
    checklist = checklist_of(form)
    days, zone = stricter(checklist.freshness_days, days), form.site.tz
    if days is None:
        return ()
    since = on - timedelta(days=days)
    return tuple(
        item
        for item in checklist.items
        if item.code in rows
        and rows[item.code].state != Answer.State.CLEARED
        and rows[item.code].answered_at.astimezone(zone).date() < since
    )


def stricter(one: int | None, other: int | None) -> int | None:
    """The fewer days of two, of which either may not be limited."""
    return min((each for each in (one, other) if each is not None), default=None)


def open_form_of(
    case: Any, *, code: str, purpose: str, about_key: Any = None, cycle: Any = None
) -> Form | None:
    """The form of this kind that is being filled, if there is one."""
    return Form.objects.filter(
        case=case, code=code, purpose=purpose, about_key=about_key, cycle=cycle, status="open"
    ).first()


def forms_of(case: Any, **which: Any) -> QuerySet[Form]:
    """The forms of a case, the newest first."""
    return case.forms.filter(**which).select_related("completed_by", "started_by").order_by("-pk")


@dataclass(frozen=True)
class Earlier:
    """An answer that stood before another took its place."""

    spoken: str
    by: Any
    at: datetime
    is_taken_over: bool = False


@dataclass(frozen=True)
class Line:
    """One question of a form as it reads on paper."""

    number: str
    text: str
    group: str
    spoken: str
    by: Any
    at: datetime | None
    earlier: tuple[Earlier, ...] = ()
    is_taken_over: bool = False


@dataclass(frozen=True)
class Reading:
    """A form as somebody reads it: its lines, its total with its band, what it raised."""

    title: str
    lines: tuple[Line, ...]
    total: Any
    band: str
    maximum: Any
    flags: tuple[scoring.Flag, ...]
    checklist: Checklist
    subscales: tuple[scoring.SubscaleScore, ...] = ()

    @property
    def has_several_authors(self) -> bool:
        """Whether the answers come from several people or days, so that each says from whom."""
        authors = {(line.by.pk, line.at.date()) for line in self.lines if line.by and line.at}
        return len(authors) > 1


def reading_of(form: Form) -> Reading:
    """Everything a form says and said, on the checklist it was filled on."""
    return _reading(form, all_answers([form])[form.pk])


def readings_of(forms: Iterable[Form]) -> list[tuple[Form, Reading]]:
    """The same of several forms, each in the words it was filled on."""
    forms = list(forms)
    given = all_answers(forms)
    return [(form, _reading(form, given[form.pk])) for form in forms]


def _reading(form: Form, given: Mapping[str, list[Answer]]) -> Reading:
    checklist = checklist_of(form)
    rows = {item: rows[-1] for item, rows in given.items() if rows[-1].state != CLEARED}
    answers = as_answers(rows)
    score = scoring.score(checklist, answers) if checklist.scoring else None
    return Reading(
        title=checklist.title,
        lines=tuple(_lines(checklist, given, answers)),
        total=score.total if score else None,
        band=score.band.label if score and score.band else "",
        maximum=scoring.most(checklist),
        flags=tuple(scoring.flags(checklist, answers)),
        checklist=checklist,
        subscales=tuple(score.subscales.values()) if score else (),
    )


def _lines(
    checklist: Checklist,
    given: Mapping[str, list[Answer]],
    answers: Mapping[str, engine.Answer],
) -> Iterator[Line]:
    """Every question that is asked or was once answered, in the order of the form."""
    asked = engine.visible_items(checklist, answers)
    for item in checklist.items:
        rows = given.get(item.code, [])
        if item not in asked and not rows:
            continue
        stands = rows[-1] if item.code in answers else None
        before = rows[:-1] if stands else [row for row in rows if row.state != CLEARED]
        yield Line(
            item.number,
            item.text,
            item.group,
            engine.spoken(item, answers.get(item.code)) if item in asked else "no longer asked",
            stands.answered_by if stands else None,
            stands.answered_at if stands else None,
            tuple(_earlier(item, row) for row in before),
            stands.is_taken_over if stands else False,
        )


def _earlier(item: Item, row: Answer) -> Earlier:
    said = "taken back"
    if row.state != CLEARED:
        said = engine.spoken(item, as_answers({item.code: row})[item.code])
    return Earlier(said, row.answered_by, row.answered_at, row.is_taken_over)


@dataclass(frozen=True)
class Difference:
    """One question that two people have answered differently."""

    number: str
    text: str
    yours: str
    theirs: str
    by: Any
    at: datetime | None


def differences(form: Form, typed: Mapping[str, engine.Answer]) -> list[Difference]:
    """Where what somebody typed differs from what stands on the form now."""
    checklist, rows = checklist_of(form), standing_answers([form])[form.pk]
    stands = as_answers(rows)
    found = []
    for item in checklist.items:
        if item.code not in typed:
            continue
        yours = engine.spoken(item, typed[item.code])
        theirs = engine.spoken(item, stands.get(item.code))
        if yours != theirs:
            row = rows.get(item.code)
            found.append(
                Difference(
                    item.number,
                    item.text,
                    yours,
                    theirs,
                    row.answered_by if row else None,
                    row.answered_at if row else None,
                )
            )
    return found
