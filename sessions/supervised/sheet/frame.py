"""What every page of a session shows around its own matter: who it is, alerts, where it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404
from django.urls import reverse

from clinic.audit.canonical import decimal_text
from clinic.documents.queries import required
from clinic.documents.standing import Standing
from clinic.pages.templatetags.vigil import duration
from clinic.protocols.document import BandName, Phase
from clinic.protocols.queries import errata_of
from sessions.preparation.rules import gates
from sessions.supervised import queries
from sessions.supervised.arrival.rules import obstacles_to_check_in, title_of
from sessions.supervised.holding import holds_over
from sessions.supervised.models import Status, SupervisedSession
from sessions.supervised.rules import obstacles_in_signing, placed
from sessions.supervised.sheet.chart import chart_of
from sessions.supervised.sheet.doings import doings_of, doors_of, steps_of
from sessions.supervised.sheet.lines import columns
from sessions.supervised.sheet.queries import Sheet, sheet_of

MOST_ALIKE = 2
TOUCH = "touch"  # in the code of the agreement everybody in the room must have in view


def frame_of(session: SupervisedSession, at: datetime, user: Any, **page: Any) -> dict[str, Any]:
    """The frame of a page, with whatever the page itself shows."""
    sheet = sheet_of(session, at)
    standing = required(session.case, at)
    return {
        "session": session,
        "sheet": sheet,
        "document": sheet.document,
        "nouns": sheet.document.nouns,
        "patient": session.case.patient,
        "alerts": alerts_of(sheet),
        "here": [(each, sheet.document.capacity(each.capacity)) for each in sheet.present],
        **_consents(standing),
        "frozen": list(obstacles_in_signing(session)),
        "sheet_url": reverse("supervised:show", args=[session.key]),
        "elapsed": f"T+{duration(at - sheet.first_dose_at)}" if sheet.first_dose_at else "",
        **page,
    }


def sheet_context(session: SupervisedSession, at: datetime, user: Any) -> dict[str, Any]:
    """The run sheet itself."""
    frame = frame_of(session, at, user)
    sheet: Sheet = frame["sheet"]
    return frame | {
        "chart": chart_of(sheet),
        "columns": columns(session, sheet.document),
        "arrives": _arrives(session, at, user),
        "taps": taps_of(sheet.document.events),
        "doings": doings_of(sheet, user),
        "doors": doors_of(sheet),
        "steps": steps_of(sheet),
        "before_the_dose": before_the_dose(sheet, at),
        "live_url": reverse("supervised:live", args=[session.key]) + f"?seen={session.status}",
    }


def paper_context(
    session: SupervisedSession, at: datetime, user: Any, **page: Any
) -> dict[str, Any]:
    """The frame of a page that shows the whole record as it would be printed."""
    frame = frame_of(session, at, user, **page)
    return frame | {
        "chart": chart_of(frame["sheet"]),
        "columns": columns(session, frame["document"]),
        "signatures": queries.signatures_of(session),
    }


def taps_of(words: Any) -> list[tuple[Any, UUID]]:
    """Each word of the version with a fresh key, so that one tap sent twice is one line."""
    return [(word, uuid4()) for word in words]


def _arrives(session: SupervisedSession, at: datetime, user: Any) -> dict[str, Any] | None:
    """What stands before the check-in, while nobody has come."""
    if session.status != Status.PLANNED:
        return None
    return {
        "obstacles": placed(obstacles_to_check_in(session, by=user, at=at), session),
        "people": [
            {"user": each.user, "title": title_of(session, each.capacity)}
            for each in session.visit.people.select_related("user")
        ],
    }


def before_the_dose(sheet: Sheet, at: datetime) -> list[Any]:
    """What still stands between this person and the dose, while there has been none."""
    session = sheet.session
    if session.status not in {Status.PLANNED, Status.CHECKED_IN}:
        return []
    found = [obstacle for step in gates(session, at=at) for obstacle in step.obstacles]
    return placed(gathered(found), session)


def gathered(obstacles: list[Any]) -> list[Any]:
    """Many of one kind with one place to clear them are one line: somebody reads this standing."""
    kinds: dict[tuple[str, str], list[Any]] = {}
    for obstacle in obstacles:
        kinds.setdefault((obstacle.code, obstacle.clears), []).append(obstacle)
    return [each for alike in kinds.values() for each in _as_one(alike)]


def _as_one(alike: list[Any]) -> list[Any]:
    if len(alike) <= MOST_ALIKE:
        return alike
    rest = len(alike) - 1
    return [replace(alike[0], message=f"{alike[0].message} And {rest} more of this kind.")]


def alerts_of(sheet: Sheet) -> list[dict[str, Any]]:
    """What nobody in the room may forget: allergies, language, ceilings, the way home."""
    session, document = sheet.session, sheet.document
    patient = session.case.patient
    found: list[dict[str, Any]] = [
        {"word": "Allergies", "text": patient.allergies, "tone": "danger", "icon": "warning"}
        if patient.allergies.strip()
        else {"word": "Allergies", "text": "not recorded", "tone": "attention", "icon": "warning"}
    ]
    if not patient.language.startswith("en"):
        found.append({"word": "Language", "text": patient.language, "tone": "info", "icon": "info"})
    found += [
        {"word": "Hold", "text": f"{hold.get_on_display()}: {hold.reason}", "tone": "danger",
         "icon": "stop"}
        for hold in holds_over(session)
    ]  # fmt: skip
    found += _errata(session)
    ceiling = _ceiling(document)
    if ceiling:
        found.append({"word": "Ceiling", "text": ceiling, "tone": "info", "icon": "vitals"})
    plan = queries.way_home(session)
    text = f"{plan.escort_name} {plan.escort_phone}".strip() if plan else "not planned"
    found.append(
        {
            "word": "Way home",
            "text": f"{plan.get_kind_display()}, {text}" if plan else text,
            "tone": "info" if plan else "attention",
            "icon": "car",
        }
    )
    return found


def _errata(session: SupervisedSession) -> list[dict[str, Any]]:
    """That the version was put right, and whether that counts for this dose."""
    told = errata_of(session.case.protocol_version)
    if not told:
        return []
    # One line of a telephone, in a dim room: what each says stands on the case file.
    newest, many = told[0], len(told) > 1
    is_later = session.dosed_at is not None and newest.since > session.dosed_at
    when = f"of {newest.since.astimezone(session.site.tz):%d %b %Y}"
    when = "after this dose" if is_later else when
    return [
        {
            "word": "Errata" if many else "Erratum",
            "text": f"{len(told)}, the newest {when}."
            if many
            else f"{when}{', so not for it' if is_later else ''}.",
            "tone": "info",
            "icon": "info",
            "url": f"{session.case.get_absolute_url()}#errata",
            "link": "Read",
        }
    ]


def _ceiling(document: Any) -> str:
    """The blood pressure at which the version calls somebody after a dose."""
    ends = []
    for code in ("systolic", "diastolic"):
        limit = document.limit(code, Phase.AFTER_DOSE)
        bands = [
            each.starts
            for each in (limit.bands if limit else ())
            if each.name == BandName.ALARMING and each.starts is not None
        ]
        if bands:
            ends.append(decimal_text(max(bands)))
    return f"BP {'/'.join(ends)}" if len(ends) == 2 else ""


def _consents(standing: list[Standing]) -> dict[str, list[dict[str, Any]]]:
    """Touch stands in everybody's view; what else the person permits is one fold away."""
    rows = [row for row in standing if row.rule.widens and row.document]
    return {
        "touch": [_widening(row) for row in rows if TOUCH in row.rule.code],
        "consents": [_widening(row) for row in rows if TOUCH not in row.rule.code],
    }


def _widening(row: Standing) -> dict[str, Any]:
    """A consent that permits more, as the strip says it, and the tap that takes it back."""
    signed = row.document
    words = {"yes": "agreed", "limits": f"within limits: {signed.limits}", "no": "refused"}
    return {
        "key": signed.key,
        "title": row.rule.title,
        "text": words.get(signed.choice, signed.choice or "agreed"),
        "under_effects": signed.under_effects,
        "can_withdraw": row.rule.revocable and signed.choice != "no",
    }


def the_document(session: SupervisedSession, key: Any) -> Any:
    """A signed document of this session's case, or 404."""
    found = next((row for row in session.case.documents.all() if row.key == key), None)
    if found is None:
        raise Http404("No such document in this case.")
    return found
