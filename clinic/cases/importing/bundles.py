"""People as other records systems hand them over: FHIR R4 bundles of Patient resources."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from clinic.cases.importing.rows import IDENTIFIER, MOST_ROWS, Row, Unreadable, Wrong

# What of a Patient becomes an answer here; everything else is named as not taken over.
TAKEN = {"identifier", "name", "telecom", "birthDate", "address", "communication"}
OF_NO_MEANING = {"resourceType", "id", "meta", "text", "language", "implicitRules", "active"}
NAMES = ("official", "usual", "", "temp")  # which of several names a document would show
ZONE = "http://hl7.org/fhir/StructureDefinition/timezone"


def rows_of(text: str) -> list[Row]:
    """Everybody of a bundle, or the one person of a file that holds one Patient.

    Raises Unreadable where it is none.
    """
    try:
        whole = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        where = f"line {wrong.lineno}" if isinstance(wrong, json.JSONDecodeError) else "the file"
        raise Unreadable(f"This is not whole JSON: it breaks off at {where}.") from None
    kind = whole.get("resourceType") if isinstance(whole, dict) else None
    if kind == "Patient":
        return [_row(1, whole)]
    if kind != "Bundle":
        raise Unreadable("This JSON is no FHIR Bundle: its resourceType does not say so.")
    entries = whole.get("entry")
    if not isinstance(entries, list) or not entries:
        raise Unreadable("There is nobody in this bundle.")
    if len(entries) > MOST_ROWS:
        raise Unreadable(f"There are {len(entries)} entries. Bring at most {MOST_ROWS} at a time.")
    return [_row(place, _resource(each)) for place, each in enumerate(entries, start=1)]


def _no_number(word):
    raise ValueError(word)


def _resource(entry):
    return entry.get("resource") if isinstance(entry, dict) else None


def _row(place, resource):
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind != "Patient":
        words = f"This is a resource of the kind {kind!s:.60}" if kind else "There is no resource"
        return Row(place, {}, [Wrong("The entry", f"{words}; only Patient is read.")])
    from fhir.resources.R4B.patient import Patient  # noqa: PLC0415 -- slow to load, rarely wanted

    try:
        patient = Patient.model_validate(resource)
    except (ValidationError, RecursionError) as wrong:
        return Row(place, {}, _faults(wrong))
    return _of(place, patient, resource)


def _faults(wrong):
    if isinstance(wrong, RecursionError):
        return [Wrong("The entry", "It is nested too deeply.")]
    return [
        Wrong(".".join(map(str, each["loc"])) or "The entry", f"{each['msg'][:300]}.")
        for each in wrong.errors(include_url=False, include_input=False)[:20]
    ]


def _of(place, patient, resource):
    row = Row(place, {}, not_taken=sorted(set(resource) - TAKEN - OF_NO_MEANING - {"extension"}))
    row.not_taken += [
        f"extension {each.url}" for each in patient.extension or [] if each.url != ZONE
    ]
    zones = [_text(each.valueCode) for each in patient.extension or [] if each.url == ZONE]
    row.typed = {
        IDENTIFIER: _identifier(patient),
        **_name(patient, row),
        "date_of_birth": _text(resource.get("birthDate")),
        "phone": _reached_by(patient, ("phone", "sms"), row),
        "email": _reached_by(patient, ("email",), row),
        "address": _address(patient, row),
        "language": _language(patient, row),
        "zone": zones[0] if zones else "",
    }
    if patient.deceasedBoolean or patient.deceasedDateTime:
        row.wrong.append(Wrong("deceased", "The person has died; nobody who died is registered."))
    if patient.active is False:
        row.wrong.append(Wrong("active", "The file says that this record is no longer in use."))
    row.not_taken = [each for each in row.not_taken if not each.startswith("deceased")]
    return row


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _in_force(rows):
    return [
        each for each in rows or [] if each.use != "old" and not (each.period and each.period.end)
    ]


def _identifier(patient):
    for each in patient.identifier or []:
        if each.value and each.use != "old":
            return f"{each.system}|{each.value}" if each.system else each.value
    return _text(patient.id)


def _name(patient, row):
    names = _in_force(patient.name)
    legal = next((n for use in NAMES for n in names if (n.use or "") == use), None)
    if legal is None:
        return {}
    called = [n for n in names if n.use == "nickname" or (n.use == "usual" and n is not legal)]
    row.not_taken += [f"the name used as {n.use}" for n in patient.name
                      if n is not legal and n not in called[:1]]  # fmt: skip
    row.not_taken += ["title"] if legal.prefix or legal.suffix else []
    given = " ".join(filter(None, legal.given or []))
    family = _text(legal.family)
    if not family:  # somebody with one name has it as the family name
        family, given = (given, "") if given else (_text(legal.text), "")
    nick = called[0] if called else None
    known_as = (" ".join(filter(None, nick.given or [])) or _text(nick.text)) if nick else ""
    return {"family_name": family, "given_name": given, "known_as": known_as}


def _reached_by(patient, systems, row):
    found = [each for each in _in_force(patient.telecom) if each.system in systems and each.value]
    found.sort(key=lambda each: each.rank or 1_000)
    row.not_taken += [f"another {systems[0]}: {each.value}" for each in found[1:]]
    if systems == ("email",):
        others = {each.system for each in patient.telecom or []} - {"phone", "sms", "email", None}
        row.not_taken += sorted(f"telecom {system}" for system in others)
    return _text(found[0].value) if found else ""


def _address(patient, row):
    found = _in_force(patient.address)
    row.not_taken += [f"the address used as {each.use}" for each in found[1:]]
    if not found:
        return ""
    each = found[0]
    lines = [*(each.line or []), " ".join(filter(None, [each.postalCode, each.city])),
             each.district, each.state, each.country]  # fmt: skip
    return _text(each.text) or "\n".join(line for line in lines if line)


def _language(patient, row):
    spoken = sorted(patient.communication or [], key=lambda each: not each.preferred)
    codes = [
        _text(coding.code)
        for each in spoken
        for coding in (each.language.coding or [])[:1]
        if coding.code
    ]
    row.not_taken += [f"also speaks {code}" for code in codes[1:]]
    return codes[0] if codes else ""
