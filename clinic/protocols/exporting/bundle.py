"""A version as one FHIR R4 bundle: its plan and every form it names, checked before it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from clinic.audit.canonical import digest
from clinic.checklists.document import Checklist
from clinic.checklists.files import instruments
from clinic.protocols.corrected import Correction
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.exporting.approvals import Approval
from clinic.protocols.exporting.plans import plan
from clinic.protocols.exporting.questionnaires import Resource, questionnaire, said

# The codes R4 knows where we write one; the models of R4B take any.
CODES: dict[tuple[str, str], frozenset[str]] = {
    ("PlanDefinition", "status"): frozenset({"draft", "active", "retired", "unknown"}),
    ("Questionnaire", "status"): frozenset({"draft", "active", "retired", "unknown"}),
    ("Bundle", "type"): frozenset({"collection"}),
    ("item", "type"): frozenset(
        {"group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string",
         "text", "url", "choice", "open-choice", "attachment", "reference", "quantity"}
    ),
    ("item", "enableBehavior"): frozenset({"all", "any"}),
    ("enableWhen", "operator"): frozenset({"exists", "=", "!=", ">", "<", ">=", "<="}),
    ("condition", "kind"): frozenset({"applicability", "start", "stop"}),
    ("participant", "type"): frozenset(
        {"patient", "practitioner", "related-person", "device"}
    ),
    ("documentation", "type"): frozenset(
        {"documentation", "justification", "citation", "predecessor", "successor", "derived-from",
         "depends-on", "composed-of"}
    ),
    ("relatedAction", "relationship"): frozenset(
        {"before-start", "before", "before-end", "concurrent-with-start", "concurrent",
         "concurrent-with-end", "after-start", "after", "after-end"}
    ),
}  # fmt: skip
VERIFIER = {
    "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
    "code": "verifier",
    "display": "Verifier",
}
VERIFIED = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.5",
    "display": "Verification Signature",
}


def bundle(
    document: ProtocolDocument,
    *,
    version: str,
    status: str = "draft",
    at: datetime | None = None,
    by: str = "",
    errata: Iterable[Correction] = (),
    approvals: Iterable[Approval] = (),
) -> str:
    """The whole version as JSON; what R4 would not take raises instead of leaving the house.

    It says what binds, with the errata in it; each of them is named beside it with its day. Whoever
    approved it stands in it with name, time and meaning.
    """
    approvals = list(approvals)
    heading = said(
        {
            "status": status,
            "experimental": document.made_up,
            "date": at.isoformat() if at else None,
            "publisher": by,
        }
    )
    forms = {each.code: f"urn:uuid:{_key(each)}" for each in _forms_of(document)}
    address = f"urn:uuid:{_key(document)}"
    resources = [
        plan(document, url=address, forms=forms, version=version,
             relatedArtifact=[_erratum(each) for each in errata],
             identifier=[{"system": "urn:vigil:digest", "value": document.digest()}],
             **_approved(approvals), **heading),
        *(questionnaire(each, url=forms[each.code], **heading) for each in _forms_of(document)),
    ]  # fmt: skip
    entries = [
        *({"fullUrl": each["url"], "resource": each} for each in resources),
        *(
            {"fullUrl": f"urn:uuid:{each.key}", "resource": _provenance(each, address)}
            for each in approvals
        ),
    ]
    whole = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    _check(whole)
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _approved(approvals: list[Approval]) -> Resource:
    """When the version itself was approved, and by whom, where R4 looks for it in a plan."""
    of_version = [each for each in approvals if each.erratum is None]
    if not of_version:
        return {}
    return {
        "approvalDate": of_version[-1].at.astimezone(UTC).date().isoformat(),
        "endorser": [{"name": each.name} for each in of_version],
    }


def _provenance(each: Approval, address: str) -> Resource:
    """One signature: whose, when, under what, and in which meaning."""
    at, who = each.at.isoformat(), {"display": each.name}
    return {
        "resourceType": "Provenance",
        "target": [{"reference": address}],
        "occurredDateTime": at,
        "recorded": at,
        "activity": {"text": each.says},
        "agent": [{"type": {"coding": [VERIFIER]}, "who": who}],
        "signature": [{"type": [VERIFIED], "when": at, "who": who}],
    }


def _erratum(each: Correction) -> Resource:
    # R4 has no word for an erratum; documentation is what changes nothing of how it is read.
    taken_back = f", withdraws erratum {each.withdraws}" if each.is_withdrawal else ""
    return {
        "type": "documentation",
        "label": f"Erratum {each.number}{taken_back}, in force since {each.since.isoformat()}",
        "display": f"{each.about}: {each.says} → {each.shall_say}",
        "citation": f"{each.reason} ({each.source})",
    }


def _key(part: ProtocolDocument | Checklist) -> Any:
    # The same words have the same address wherever they are exported.
    return uuid5(NAMESPACE_URL, f"vigil:{type(part).__name__}:{digest(part)}")


def _forms_of(document: ProtocolDocument) -> list[Checklist]:
    """The lists of the protocol and the instruments it names."""
    own = [document.screening, *document.checklists.values()]
    named = {measure.instrument for measure in document.measures}
    named |= {code for touchpoint in document.touchpoints for code in touchpoint.instruments}
    named |= {item.instrument for each in own for item in each.items if item.instrument}
    shipped = instruments()
    codes = {each.code for each in own}
    return [*own, *(shipped[code] for code in sorted(named - codes) if code in shipped)]


def _check(whole: Resource) -> None:
    """Refuse to hand out what a reader of R4 would refuse to take."""
    from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415 -- only a download needs it

    Bundle.model_validate(whole)
    unknown = list(unknown_codes(whole, "Bundle"))
    if unknown:
        raise ValueError(f"R4 has no such codes: {unknown}")


def unknown_codes(part: Any, inside: str) -> Iterator[str]:
    """Every code that R4 does not have at its place."""
    if isinstance(part, list):
        for each in part:
            yield from unknown_codes(each, inside)
    elif isinstance(part, dict):
        inside = part.get("resourceType", inside)
        for name, value in part.items():
            known = CODES.get((inside, name))
            if known is not None and isinstance(value, str) and value not in known:
                yield f"{inside}.{name}: {value}"
            yield from unknown_codes(value, name)
