"""Which texts there are of what people are asked to sign, since when each binds, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.access import Permission, sites_where
from clinic.cases.languages import named
from clinic.cases.models import OPEN
from clinic.documents.models import SignedDocument, Text
from clinic.documents.papers import papers
from clinic.protocols.files import DocumentText, document_texts
from clinic.protocols.models import ProtocolVersion, Status
from clinic.protocols.queries import document_of, published_versions

WRITING = (Permission.MANAGE_SITE, Permission.PUBLISH_PROTOCOLS)


@dataclass(frozen=True)
class Line:
    """One version of a text, and whether it binds at a moment."""

    text: Text
    word: str
    tone: str


@dataclass(frozen=True)
class Tongue:
    """Every version of a text in one language, the newest first."""

    language: str
    name: str
    lines: tuple[Line, ...]
    signing_again: int = 0  # people who signed an older version than the newest

    @property
    def newest(self) -> Text:
        return self.lines[0].text


@dataclass(frozen=True)
class Kind:
    """One document people are asked to sign, who asks for it, and its texts by language."""

    code: str
    title: str
    asked_by: tuple[str, ...]
    tongues: tuple[Tongue, ...]

    @property
    def lines(self) -> list[tuple[Tongue, Line]]:
        """What binds and what will, in every language: what was replaced is left out."""
        return [
            (tongue, line)
            for tongue in self.tongues
            for line in tongue.lines
            if line.tone != "neutral"
        ]


def kinds(at: datetime) -> list[Kind]:
    """Every document there is or is asked for, those without any text first."""
    titles, asked_by = _asked()
    texts = defaultdict(list)
    for text in Text.objects.select_related("added_by"):
        texts[text.code].append(text)
        titles.setdefault(text.code, text.title)
    found = [
        Kind(code, title, tuple(asked_by.get(code, ())), _tongues(texts[code], {}, at))
        for code, title in titles.items()
    ]
    return sorted(found, key=lambda kind: (bool(kind.tongues), kind.title, kind.code))


def kind(code: str, user: Any, at: datetime) -> Kind | None:
    """One document with every version of its texts, or None where nobody asks for it."""
    titles, asked_by = _asked()
    texts = list(Text.objects.filter(code=code).select_related("added_by"))
    if code not in titles and not texts:
        return None
    title = titles.get(code) or texts[0].title
    again = _signing_again(user, code, texts)
    return Kind(code, title, tuple(asked_by.get(code, ())), _tongues(texts, again, at))


def newest(code: str, language: str) -> Text | None:
    """The newest version in a language, whether it binds yet or not."""
    return Text.objects.filter(code=code, language=language).order_by("-version").first()


def same_words_elsewhere(code: str, language: str, body: str) -> Text | None:
    """A text that says the very same in another language."""
    others = Text.objects.filter(code=code, body=body).exclude(language=language)
    return others.order_by("pk").first()


def codes_of(version: ProtocolVersion) -> set[str]:
    """What a version asks people to sign, with the papers every case has."""
    asked = {rule.code for rule in document_of(version).documents}
    return asked | {rule.code for rule in papers()}


def examples_left(codes: Collection[str] | None = None) -> list[DocumentText]:
    """The shipped examples the house has no text for; of some documents, or of all."""
    there = set(Text.objects.values_list("code", "language"))
    return [
        shipped
        for shipped in document_texts()
        if (shipped.code, shipped.language) not in there
        and (codes is None or shipped.code in codes)
    ]


def protocols_with_examples() -> list[tuple[ProtocolVersion, int]]:
    """The protocols in force for which examples are left, and how many."""
    left = {shipped.code for shipped in examples_left()}
    found = [(version, len(left & codes_of(version))) for version in published_versions()]
    return [(version, number) for version, number in found if number]


def _asked() -> tuple[dict[str, str], dict[str, list[str]]]:
    """The title of each document asked for, and the protocols in force that ask for it.

    A retired version asks on: cases stay on it.
    """
    titles: dict[str, str] = {}
    asked_by: dict[str, list[str]] = defaultdict(list)
    versions = ProtocolVersion.objects.filter(status__in=[Status.PUBLISHED, Status.RETIRED])
    for version in versions.select_related("protocol").order_by("status", "protocol__title", "pk"):
        for rule in document_of(version).documents:
            titles.setdefault(rule.code, rule.title)
            if version.status == Status.PUBLISHED:
                asked_by[rule.code].append(str(version.protocol))
    for rule in papers():
        titles.setdefault(rule.code, rule.title)
        asked_by[rule.code].append("Every case that ends early")
    return titles, asked_by


def _tongues(texts: list[Text], again: dict[str, int], at: datetime) -> tuple[Tongue, ...]:
    by_language = defaultdict(list)
    for text in sorted(texts, key=lambda text: -text.version):
        by_language[text.language].append(text)
    found = [
        Tongue(language, named(language), tuple(_lines(versions, at)), again.get(language, 0))
        for language, versions in by_language.items()
    ]
    return tuple(sorted(found, key=lambda tongue: tongue.name))


def _lines(versions: list[Text], at: datetime) -> list[Line]:
    """How each version stands: the newest of those whose moment has come binds."""
    found, bound, earliest = [], False, None
    for text in versions:
        if bound or (earliest is not None and text.binding_from >= earliest):
            found.append(Line(text, "Replaced", "neutral"))
            continue
        bound = text.binding_from <= at
        earliest = text.binding_from
        found.append(Line(text, "Binds", "good") if bound else Line(text, "Not yet", "attention"))
    return found


def _signing_again(user: Any, code: str, texts: list[Text]) -> dict[str, int]:
    """How many people in care at one's sites signed an older version than the newest, by language."""
    newest_of: dict[str, Text] = {}
    for text in texts:
        if text.language not in newest_of or newest_of[text.language].version < text.version:
            newest_of[text.language] = text
    sites = {site for permission in WRITING for site in sites_where(user, permission)}
    signed = SignedDocument.objects.filter(code=code, site_id__in=sites, case__status__in=OPEN)
    last = {
        case: (patient, language, signed_on, taken_back)
        for case, patient, language, signed_on, taken_back in signed.order_by("pk").values_list(
            "case_id", "case__patient_id", "case__patient__language", "text_id", "withdrawn_at"
        )
    }
    people = defaultdict(set)
    for patient, language, signed_on, taken_back in last.values():
        if taken_back is None and language in newest_of and newest_of[language].pk != signed_on:
            people[language].add(patient)
    return {language: len(who) for language, who in people.items()}
