"""The page of a locked device; what was sent meanwhile is kept in it, and nowhere else."""

from __future__ import annotations

import re
from typing import Any

from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now

from clinic.people.door import forms, queries, sign_in

KEPT = "kept."
SECRET = {"password", "code", "csrfmiddlewaretoken", "credential", "pin", "token"}


def lock_page(request: Any, *, status: int, form: Any = None) -> Any:
    """Ask who is there. It names nobody but whose sign-in it is."""
    is_post = request.method == "POST"
    kept = _kept_again(request) if form is not None else _sent(request) if is_post else []
    context = {
        "form": form or forms.UnlockForm(user=request.user, needs_code=needs_code(request)),
        "kept": kept,
        "next": back_of(request) if form is not None else request.get_full_path(),
        "has_passkey": queries.has_passkey(request.user),
    }
    return render(request, "clinic/people/lock.html", context, status=status)


def needs_code(request: Any) -> bool:
    """After the longest a sign-in may last, both factors are given anew."""
    return sign_in.is_over(request.session, at=now())


def back_of(request: Any) -> str:
    """The page to go back to, which is one of ours."""
    back = request.POST.get("next", "") or request.GET.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, None, request.is_secure()) else "/"


def what_was_kept(request: Any) -> list[tuple[str, str]]:
    """The fields that were sent to the locked page, under their own names again."""
    return [(name.removeprefix(KEPT), value) for name, value in _kept_again(request)]


def _sent(request: Any) -> list[tuple[str, str]]:
    return [
        (KEPT + name, value)
        for name, values in request.POST.lists()
        if not set(re.split(r"[^a-z0-9]+", name.lower())) & SECRET
        for value in values
    ]


def _kept_again(request: Any) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name.startswith(KEPT)
        for value in values
    ]
