"""Where a page meets an act: a form's answers go in, a refusal comes back as the form's own error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.shortcuts import render
from django.utils.timezone import now

from clinic.audit.middleware import refuse_in_trail
from clinic.workflow import CHANGED, Refused

TWICE = "Two answers were sent to this one question. Give one."


def done(request: Any, form: Any, act: Callable, /, *subject: Any, **facts: Any) -> bool:
    """Do the act with the form's answers; on a refusal keep them and say every reason.

    Whatever the act wrote before it was refused is undone; the refusal stands in the trail.
    """
    if request.method != "POST":
        return False
    is_well_formed = form.is_valid()
    for name in answered_twice(form):
        form.add_error(name, TWICE)
        is_well_formed = False
    if not is_well_formed:
        if refusal := getattr(form, "refusal", None):  # somebody failed to prove who they are
            refuse_in_trail(request, refusal, subject[0] if subject else None, act.__name__)
        return False
    try:
        with transaction.atomic():
            act(*subject, by=request.user, at=now(), **form.cleaned_data, **facts)
    except Refused as refusal:
        refuse_in_trail(request, refusal, subject[0] if subject else None, act.__name__)
        form.add_error(None, refusal)
        form.refusal = refusal
        return False
    return True


def answered_twice(form: Any) -> list[str]:
    """The questions with one answer to which two unlike ones came: neither is the person's."""
    sent = getattr(form.data, "getlist", None)
    return [
        name
        for name, field in getattr(form, "fields", {}).items()
        if sent is not None
        and not getattr(field.widget, "allow_multiple_selected", False)
        and any(len(set(sent(box))) > 1 for box in _boxes(form.add_prefix(name), field))
    ]


def _boxes(name: str, field: Any) -> list[str]:
    """What a question is sent as: a day and a time are two boxes, each with a name of its own."""
    return [name + box for box in getattr(field.widget, "widgets_names", [""])]


def opened(request: Any, case: Any, *others: Any) -> Any:
    """Say that this page shows a case; its opening is written before the page leaves."""
    request.opened = (case, *others)
    return case


def page(request: Any, template: str, context: dict, form: Any = None) -> Any:
    """Render a page; a form with errors answers 422, one that met somebody else's change 409."""
    status = 200
    if form is not None and form.is_bound and form.errors:
        refusal = getattr(form, "refusal", None)
        status = 409 if refusal and CHANGED.code in refusal.codes else 422
    return render(request, template, context, status=status)
