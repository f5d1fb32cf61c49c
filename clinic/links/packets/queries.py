"""Which forms a packet may hold, and how far the person is with each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse

from clinic.cases.queries import Turn, Wanted
from clinic.checklists.models import TO_REVIEW
from clinic.links.models import PatientLink
from clinic.links.queries import WITH, WORDS, forms_to_offer
from clinic.links.tokens import token_of
from clinic.protocols.queries import document_of

# What the person answers of the screening is reviewed by staff before it is part of the screening.
SCREENING = "screening"
MEASURE = "measure"

# That review lies in a slice above. When the app is ready it adds what says, of the forms with
# these numbers, in which nothing the person answered waits for it any more.
ASK_WHAT_IS_REVIEWED: list[Callable[[list[int]], set[int]]] = []


def purpose_of(code: str) -> str:
    """What a form of a packet is for: the screening is taken over, a questionnaire is theirs."""
    return TO_REVIEW if code == SCREENING else MEASURE


def forms_for(case: Any) -> list[tuple[str, str]]:
    """What may be sent together: the screening of the case's version, and every questionnaire."""
    screening = document_of(case.protocol_version).screening
    return [(SCREENING, screening.title), *forms_to_offer()]


@dataclass(frozen=True)
class Part:
    """One form of a packet as the person reads it."""

    title: str
    word: str
    tone: str
    address: str  # nothing where there is nothing left to do


def packet_of(link: PatientLink, at: datetime) -> list[Part]:
    """The forms that came by one address, in the order they were put together."""
    links = PatientLink.objects.filter(packet_key=link.packet_key).select_related(*WITH)
    return [_part(each, each.state_at(at)) for each in links.order_by("pk")]


def _part(link: PatientLink, state: str) -> Part:
    word, tone = WORDS[state]
    is_open = state in {"open", "begun"}
    address = reverse("links:open", args=[token_of(link)]) if is_open else ""
    return Part(link.form.definition["title"], word, tone, address)


def wants_at(cases: list[Any], at: datetime) -> dict[int, list[Wanted]]:
    """What lies with the person: the forms of a link not sent back; once it is over, with intake.

    A form that was put before the person again since is not counted twice. Nor is one that was
    left half filled, once staff have reviewed what it holds: the rest is theirs to ask.
    """
    rows = list(
        PatientLink.objects.filter(case__in=cases)
        .annotate(code=F("form__code"), purpose=F("form__purpose"))
        .order_by("made_at", "pk")
    )
    newest = {(row.case_id, row.code): row.pk for row in rows}
    over = [
        row.form_id for row in rows if row.purpose == TO_REVIEW and row.state_at(at) == "expired"
    ]
    reviewed = {form for ask in ASK_WHAT_IS_REVIEWED if over for form in ask(over)}
    waiting: dict[int, dict[Any, list[PatientLink]]] = {}
    for row in rows:
        state = row.state_at(at)
        is_last = newest[row.case_id, row.code] == row.pk
        is_left = state == "expired" and is_last and row.form_id not in reviewed
        if row.packet_key and (state in {"open", "begun"} or is_left):
            waiting.setdefault(row.case_id, {}).setdefault(row.packet_key, []).append(row)
    return {
        case: [_wanted(links, at) for links in packets.values()]
        for case, packets in waiting.items()
    }


def _wanted(links: list[PatientLink], at: datetime) -> Wanted:
    forms = "one form" if len(links) == 1 else f"{len(links)} forms"
    first = links[0]
    if first.expires_at <= at:
        return Wanted(
            f"{forms} not sent back, the link is over",
            "links:index",
            turn=Turn.INTAKE,
            since=first.expires_at,
        )
    return Wanted(
        f"{forms} at the person, open until {first.expires_at:%d %b %Y}",
        "links:index",
        turn=Turn.PERSON,
        since=first.made_at,
    )
