"""What can be done on the sheet now: the big buttons, the doors, the steps to the dose."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from clinic.access import Permission, may
from sessions.supervised import queries
from sessions.supervised.models import STEPS, Status
from sessions.supervised.sheet.queries import Sheet

ENDED = {
    Status.RELEASED,
    Status.TRANSFERRED,
    Status.LEFT_AGAINST_ADVICE,
    Status.LEFT_UNSEEN,
    Status.ABANDONED,
    Status.DIED,
}


def doings_of(sheet: Sheet, user: Any) -> list[dict[str, Any]]:
    """The big buttons of this moment, the one that is due first."""
    status = sheet.session.status
    if status == Status.PLANNED:
        return _planned(sheet)
    if status == Status.CHECKED_IN:
        return _checked_in(sheet)
    if status == Status.DOSED:
        return _dosed(sheet)
    return _ended(sheet, user)


def doors_of(sheet: Sheet) -> list[dict[str, Any]]:
    """The doors that need no gate: one tap each."""
    words = {
        Status.TRANSFERRED: ("Transferred", "transferred", "transfer"),
        Status.LEFT_AGAINST_ADVICE: ("Left against advice", "left-against-advice", "door"),
        Status.LEFT_UNSEEN: ("Left unseen", "left-unseen", "eye"),
    }
    return [
        {
            "label": label,
            "icon": icon,
            "url": reverse("supervised:door", args=[sheet.session.key, which]),
        }
        for status, (label, which, icon) in words.items()
        if status in STEPS[sheet.session.status]
    ]


def steps_of(sheet: Sheet) -> list[dict[str, Any]]:
    """The way to the first dose: free to walk in any order, ticked as it is done."""
    session = sheet.session
    if session.status != Status.CHECKED_IN:
        return []
    checks = queries.form_of(session, queries.TODAY)
    document, drawn = sheet.document, queries.needs_preparing(session)
    is_measured = bool(document.monitoring or (document.today and document.today.vitals))
    # (what it is called, its page, whether it is done), where the version has it at all
    found = [
        ("Today's checks", "checks", bool(checks and checks.completed_at), document.today),
        ("Vital signs", "observe", bool(sheet.sets), is_measured),
        ("Order", "order", sheet.order is not None, True),
        ("Prepare", "prepare", sheet.prepared is not None, drawn),
        ("Give", "give", False, True),
    ]
    done = {label: is_done for label, _, is_done, exists in found if exists}
    links = {label: page for label, page, _, _ in found}
    first_open = next((label for label, is_done in done.items() if not is_done), None)
    return [
        {
            "label": label,
            "state": "done" if is_done else "current" if label == first_open else "ahead",
            "href": _url(sheet, links[label]),
        }
        for label, is_done in done.items()
    ]


def _planned(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        _link(sheet, "Dose given already", "record_dose", "drop"),
        _link(sheet, "Give the session up", "abandon", "cross-circle"),
    ]


def _checked_in(sheet: Sheet) -> list[dict[str, Any]]:
    following = next((step for step in steps_of(sheet) if step["state"] == "current"), None)
    first = (
        [
            {
                "label": following["label"],
                "note": "Next",
                "href": following["href"],
                "icon": "arrow-right",
                "tone": "record",
            }
        ]  # fmt: skip
        if following
        else []
    )
    return [
        *first,
        _link(sheet, "Enter observations", "observe", "vitals"),
        _link(sheet, "Adverse event", "adverse_event", "warning"),
        _link(sheet, "Who is where", "presence", "people"),
        _link(sheet, "Hand over", "hand_over", "transfer"),
        _link(sheet, "Dose given already", "record_dose", "drop"),
        _link(sheet, "Give the session up", "abandon", "cross-circle"),
    ]


def _dosed(sheet: Sheet) -> list[dict[str, Any]]:
    check = sheet.next_check
    note = f"{check.label} due" if check and check.state in {"due", "overdue"} else ""
    supplement = sheet.document.doses.supplementary
    further = []
    if supplement is not None and supplement.allowed:
        page, words = "order", "Further dose"
        if sheet.order is not None:
            is_next = sheet.prepared is not None or not queries.needs_preparing(sheet.session)
            page = "give" if is_next else "prepare"
            words = "Give the further dose" if is_next else "Prepare further dose"
        further = [_link(sheet, words, page, "drop")]
    return [
        _link(sheet, "Enter observations", "observe", "vitals", note=note, tone="record"),
        *further,
        _link(sheet, "Rescue", "rescue", "shield"),
        _link(sheet, "Adverse event", "adverse_event", "warning"),
        _link(sheet, "Hand over", "hand_over", "transfer"),
        _link(sheet, "Who is where", "presence", "people"),
        _link(sheet, "Criteria for leaving", "criteria", "list"),
        _link(sheet, "Release…", "release", "door"),
        _link(sheet, "Dose given already", "record_dose", "dose"),
        _papers(sheet),
    ]


def _ended(sheet: Sheet, user: Any) -> list[dict[str, Any]]:
    session = sheet.session
    found = [
        _link(sheet, "Record and print", "record", "print"),
        _link(sheet, "Adverse event", "adverse_event", "warning", note="Also afterwards"),
    ]
    if session.status == Status.SIGNED:
        return found
    if session.status in ENDED and session.status != Status.RELEASED:
        found.insert(0, _link(sheet, "How the person left", "describe", "pencil"))
        found.append(_papers(sheet))
    if may(user, Permission.RELEASE, site=session.site_id):
        found.insert(0, _link(sheet, "Sign the record", "sign", "document-check", tone="record"))
    found.append(_link(sheet, "Late observations", "observe", "vitals"))
    found.append(_link(sheet, "Dose given already", "record_dose", "dose"))
    return found


def _link(
    sheet: Sheet, label: str, page: str, icon: str, *, note: str = "", tone: str = ""
) -> dict[str, Any]:
    return {"label": label, "href": _url(sheet, page), "icon": icon, "note": note, "tone": tone}


def _papers(sheet: Sheet) -> dict[str, Any]:
    """Where what is taken back, refused or signed on leaving is written."""
    href = reverse("documents:index", args=[sheet.session.case.key])
    return {"label": "Papers", "href": href, "icon": "pen", "note": "Refuse, leave", "tone": ""}


def _url(sheet: Sheet, page: str) -> str:
    return reverse(f"supervised:{page}", args=[sheet.session.key])
