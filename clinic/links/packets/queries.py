"""Which forms a packet may hold, and how far the person is with each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from clinic.cases.queries import Turn, Wanted
from clinic.links.models import PatientLink
from clinic.links.queries import TO_REVIEW, WITH, WORDS, forms_to_offer
from clinic.links.tokens import token_of
from clinic.protocols.queries import document_of

# What the person answers of the screening is reviewed by staff before it is part of the screening.
SCREENING = "screening"
MEASURE = "measure"


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


def wants(cases: list[Any]) -> dict[int, list[Wanted]]:
    """What lies with the person themselves: the forms of a link they have not sent back."""
    rows: Iterable[PatientLink] = PatientLink.objects.filter(
        case__in=cases, packet_key__isnull=False, finished_at=None, revoked_at=None
    ).order_by("made_at", "pk")
    waiting: dict[int, dict[Any, list[PatientLink]]] = {}
    for row in rows:
        waiting.setdefault(row.case_id, {}).setdefault(row.packet_key, []).append(row)
    return {
        case: [_wanted(links) for links in packets.values()] for case, packets in waiting.items()
    }


def _wanted(links: list[PatientLink]) -> Wanted:
    forms = "one form" if len(links) == 1 else f"{len(links)} forms"
    until = links[0].expires_at
    return Wanted(
        f"{forms} at the person, open until {until:%d %b %Y}",
        "links:index",
        turn=Turn.PERSON,
        since=links[0].made_at,
    )
