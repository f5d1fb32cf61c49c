"""Which links there are, and which one a secret opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from clinic.checklists import queries as checklists
from clinic.checklists import scoring
from clinic.checklists.models import TO_REVIEW
from clinic.checklists.wording.queries import in_use
from clinic.context import set_context
from clinic.links.models import PatientLink
from clinic.links.tokens import digest_of

WITH = ("site", "form", "case__patient", "case__site", "made_by", "revoked_by")


def visible_links(user: Any) -> QuerySet[PatientLink]:
    """The links of the cases this person may open."""
    return PatientLink.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(*WITH)


def links_of(case: Any) -> QuerySet[PatientLink]:
    """The links made for one case, the newest first."""
    found = PatientLink.objects.filter(case=case).select_related(*WITH)
    return found.order_by("-made_at", "-pk")


def find_by_token(token: str) -> PatientLink | None:
    """The link this secret opens, with the database showing its site for this request only.

    A secret nobody made opens nothing, and the database goes on showing nothing.
    """
    digest = digest_of(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT vigil_site_of_link(%s)", [digest])
        (site,) = cursor.fetchone()
    if site is None:
        return None
    set_context(user_id=None, sites=[site])
    return PatientLink.objects.select_related(*WITH).get(token_digest=digest)


def forms_to_offer() -> list[tuple[str, str]]:
    """The questionnaires that may be put before a patient: those whose words may be shown."""
    return [
        (code, checklist.title)
        for code, checklist in sorted(in_use().items())
        if checklist.text_included
    ]


def has_raised_a_flag(link: PatientLink) -> bool:
    """Whether the answers so far hold one that reaches a person at once."""
    form = link.form
    return bool(scoring.flags(checklists.checklist_of(form), checklists.current_answers(form)))


@dataclass(frozen=True)
class Line:
    """One link as staff read it."""

    link: PatientLink
    title: str
    state: str
    word: str
    tone: str
    is_open: bool
    is_reviewed_apart: bool  # the person's alone, and taken over by staff answer by answer
    is_answered: bool


WORDS = {
    "open": ("Not opened yet", "neutral"),
    "begun": ("Being filled", "info"),
    "finished": ("Finished", "good"),
    "expired": ("Expired", "attention"),
    "revoked": ("Taken back", "void"),
}


def lines(case: Any, at: datetime) -> list[Line]:
    """The links of a case, and how each stands."""
    found = []
    for link in links_of(case):
        state = link.state_at(at)
        word, tone = WORDS[state]
        is_open = state in {"open", "begun"}
        title = link.form.definition["title"]
        apart = link.form.purpose == TO_REVIEW
        answered = link.form.answered_at is not None
        found.append(Line(link, title, state, word, tone, is_open, apart, answered))
    return found
