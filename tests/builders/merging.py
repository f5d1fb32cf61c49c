"""Two records of one person, the one that is left of them, and the two again."""

from clinic.cases.merging import actions
from tests.builders.cases import a_known_patient, a_patient
from tests.builders.house import NOON, proof

TYPO = {
    "family_name": "Marlowe",
    "given_name": "Robyn",
    "email": "r.marlowe@example.net",
    "phone": "+1 212 555 0177",
    "allergies": "Penicillin",
}


def two_records(house, **details):
    """One person who was registered twice, the second time with a typing error."""
    return a_known_patient(house), a_patient(house, **(TYPO | details))


def merged(house, kept, other, *, by=None, at=NOON, stays=None, reason="Same passport.", **how):
    """Merge two records, signed by who decides eligibility."""
    by = by or house.medical_lead
    return actions.merge(
        kept,
        other,
        by=by,
        at=at,
        stays=str((stays or kept).key),
        reason=reason,
        proof=how.get("proof", proof(by, at)),
    )


def parted(house, merge, *, by=None, at=NOON, reason="Two passports.", theirs=(), **how):
    """The two records of a merge parted again, signed by who decides eligibility."""
    by = by or house.medical_lead
    return actions.part(
        type(merge).objects.get(pk=merge.pk),
        by=by,
        at=at,
        reason=reason,
        theirs=[str(row.key) for row in theirs],
        proof=how.get("proof", proof(by, at)),
    )
