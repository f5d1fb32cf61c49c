"""What was signed in a case, as it stands on paper: each name under the record it is of."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.audit.models import Signature
from clinic.cases.models import Case
from clinic.cases.signatures.queries import records_of, words_of_kind
from clinic.documents.models import SignedDocument


@dataclass(frozen=True)
class Signed:
    """One signature, and what it stands under in the clinic's words."""

    under: str
    signature: Signature


def signed_in(case: Case) -> list[Signed]:
    """Every signature of a case, the newest first, in a constant number of queries."""
    documents = SignedDocument.objects.filter(case=case)
    titles = dict(documents.values_list("key", "text__title"))
    return [
        Signed(": ".join(filter(None, [words_of_kind(each), titles.get(each.subject_key)])), each)
        for each in records_of(case)
    ]
