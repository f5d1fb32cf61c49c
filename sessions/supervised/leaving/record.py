"""The record of a session as it is shown, signed and digested: plain values and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clinic.checklists.models import Form
from clinic.checklists.queries import current_answers
from sessions.supervised import queries
from sessions.supervised.models import SupervisedSession


def release_content(session: SupervisedSession, at: datetime) -> dict[str, Any]:
    """What whoever releases was shown: doses, stay, criteria, readings, adverse events, way home."""
    document = queries.document(session)
    plan = queries.way_home(session)
    form = queries.form_of(session, queries.RELEASE)
    stay = queries.stay(session)
    return {
        "session": session.key,
        "version": document.digest(),
        "at": at,
        "earliest_release": queries.may_leave_from(session),
        "stay_because": stay.because if stay else "",
        "doses": doses(session),
        "criteria": _form(form),
        "readings": {
            code: _latest(session, code)
            for code in (document.release.vitals if document.release else ())
        },
        "adverse_events": adverse_events(session),
        "way_home": None
        if plan is None
        else {"kind": plan.kind, "escort": plan.escort_name, "planned_at": plan.planned_at},
    }


def record_of(session: SupervisedSession) -> dict[str, Any]:
    """Everything charted in a session, each with its clocks and its author."""
    return {
        "session": session.key,
        "case": session.case.key,
        "version": queries.document(session).digest(),
        "status": session.status,
        "checked_in_at": session.checked_in_at,
        "dosed_at": session.dosed_at,
        "ready_at": session.ready_at,
        "ended_at": session.ended_at,
        "ended_as": session.ended_as,
        "end_words": session.end_words,
        "help_called_at": session.help_called_at,
        "forms": [
            _form(form) for form in Form.objects.filter(about_key=session.key).order_by("pk")
        ],
        "presence": presence(session),
        "orders": orders(session),
        "doses": doses(session),
        "observations": observations(session),
        "events": events(session),
        "adverse_events": adverse_events(session),
        "deviations": [
            {
                "code": each.code,
                "message": each.message,
                "at": each.at,
                "by": each.by_id and each.by.key,
            }
            for each in session.deviations.select_related("by")
        ],
    }


def presence(session: SupervisedSession) -> list[dict[str, Any]]:
    """Who was where, line by line."""
    return [
        {
            "who": each.user.key,
            "capacity": each.capacity,
            "where": each.where,
            "stated_at": each.stated_at,
            "received_at": each.received_at,
        }
        for each in session.presences.select_related("user")
    ]


def orders(session: SupervisedSession) -> list[dict[str, Any]]:
    """What was ordered and what was prepared on it."""
    rows = session.orders.select_related("ordered_by", "prepared__lot", "prepared__checked_by",
                                         "prepared__prepared_by")  # fmt: skip
    return [
        {
            "order": each.key,
            "amount": each.amount,
            "unit": each.unit,
            "is_supplementary": each.is_supplementary,
            "arithmetic": each.arithmetic,
            "agreed": each.agreed,
            "ordered_at": each.ordered_at,
            "ordered_by": each.ordered_by.key,
            "prepared": _prepared(queries.prepared_for(each)),
        }
        for each in rows
    ]


def doses(session: SupervisedSession) -> list[dict[str, Any]]:
    """What went into the person."""
    return [
        {
            "dose": each.key,
            "order": each.order.key if each.order else None,
            "amount": each.amount,
            "amount_known": each.amount_known,
            "unit": each.unit,
            "lot": each.lot_number,
            "product": each.product,
            "given_at": each.given_at,
            "received_at": each.received_at,
            "by": each.by.key,
            "second_person": each.second_person.key if each.second_person else None,
            "wasted": each.wasted,
            "on_paper": each.on_paper,
            "note": each.note,
        }
        for each in session.doses.select_related("by", "second_person", "order")
    ]


def observations(session: SupervisedSession) -> list[dict[str, Any]]:
    """Every set, corrected ones too, with its three clocks."""
    rows = session.observation_sets.select_related("by", "supersedes").prefetch_related("readings")
    return [
        {
            "set": each.key,
            "planned_for": each.planned_for,
            "stated_at": each.stated_at,
            "received_at": each.received_at,
            "by": each.by.key,
            "miss_reason": each.miss_reason,
            "note": each.note,
            "supersedes": each.supersedes.key if each.supersedes else None,
            "correction_reason": each.correction_reason,
            "readings": {
                reading.parameter: {
                    "typed": reading.typed,
                    "unit": reading.unit,
                    "value": reading.value,
                    "band": reading.band,
                }
                for reading in each.readings.all()
            },
        }
        for each in rows
    ]


def events(session: SupervisedSession) -> list[dict[str, Any]]:
    """Every tap and every undo."""
    return [
        {
            "event": each.key,
            "code": each.code,
            "label": each.label,
            "note": each.note,
            "stated_at": each.stated_at,
            "received_at": each.received_at,
            "by": each.by.key,
            "undoes": each.undoes.key if each.undoes else None,
        }
        for each in session.events.select_related("by", "undoes")
    ]


def adverse_events(session: SupervisedSession) -> list[dict[str, Any]]:
    """Every adverse event with every assessment of it."""
    rows = session.adverse_events.select_related("reported_by").prefetch_related("assessments__by")
    return [
        {
            "adverse_event": each.key,
            "term": each.term,
            "started_at": each.started_at,
            "words": each.words,
            "reported_at": each.reported_at,
            "reported_by": each.reported_by.key,
            "assessments": [
                {
                    "at": view.at,
                    "by": view.by.key,
                    "grade": view.grade,
                    "is_serious": view.is_serious,
                    "seriousness": view.seriousness,
                    "relatedness": view.relatedness,
                    "is_expected": view.is_expected,
                    "prevents_release": view.prevents_release,
                    "outcome": view.outcome,
                    "ended_at": view.ended_at,
                    "action_taken": view.action_taken,
                }
                for view in each.assessments.all()
            ],
        }
        for each in rows
    ]


def _prepared(prepared: Any) -> dict[str, Any] | None:
    if prepared is None:
        return None
    return {
        "lot": prepared.lot.number,
        "quantity": prepared.quantity,
        "arithmetic": prepared.arithmetic,
        "prepared_at": prepared.prepared_at,
        "prepared_by": prepared.prepared_by.key,
        "checked_at": prepared.checked_at,
        "checked_by": prepared.checked_by.key,
    }


def _form(form: Any) -> dict[str, Any] | None:
    if form is None:
        return None
    answers = current_answers(form)
    return {
        "form": form.key,
        "code": form.code,
        "purpose": form.purpose,
        "checklist": form.definition_digest,
        "completed_at": form.completed_at,
        "answers": {
            code: {"state": each.state, "value": each.value} for code, each in answers.items()
        },
    }


def _latest(session: SupervisedSession, code: str) -> dict[str, Any] | None:
    found = queries.latest_reading(session, code)
    if found is None:
        return None
    reading, stated_at = found
    return {"typed": reading.typed, "value": reading.value, "stated_at": stated_at}
