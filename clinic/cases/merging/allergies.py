"""What two records say of allergies, once they are one and once they are two again."""

from __future__ import annotations

import re

from clinic.cases.merging.models import PatientMerge
from clinic.cases.models import Patient

NOTHING = {"", "none", "none known", "no known allergies"}


def allergies_of_both(kept: Patient, merged: Patient) -> str:
    """The allergies of the record that stays, with those that stood on the other alone."""
    theirs = merged.allergies.strip()
    # Each one whole: who wrote of walnuts did not write of nuts.
    if _each_of(theirs) <= _each_of(kept.allergies):
        return kept.allergies
    added = f"On record {merged.number}: {theirs}"
    return f"{kept.allergies}\n{added}" if kept.allergies.strip() else added


def allergies_apart(merge: PatientMerge, before: str) -> tuple[str, str]:
    """The allergies of the record that stays and of the merged one, once they are parted.

    What came with the merge goes off again where it still stands as it came. What was written on
    the one record since stands on both: nobody knows yet whose it is.
    """
    kept, merged = merge.kept, merge.merged
    came = f"On record {merged.number}: {merged.allergies.strip()}"
    whole = rf"(\A|\n){re.escape(came)}(?=\n|\Z)"
    stays = re.sub(whole, "", kept.allergies, count=1).lstrip("\n")
    known = _each_of(before) | _each_of(merged.allergies) | _each_of(came)
    since = [each.strip() for each in re.split(r"[,;.\n]", stays) if _each_of(each) - known]
    if not since:
        return stays, merged.allergies
    added = f"Written while record {kept.number} was one with this: {', '.join(since)}"
    return stays, f"{merged.allergies}\n{added}" if merged.allergies.strip() else added


def _each_of(allergies: str) -> set[str]:
    """What somebody is allergic to, one by one, as they are separated in writing."""
    named = {" ".join(each.casefold().split()) for each in re.split(r"[,;.\n]", allergies)}
    return named - NOTHING
