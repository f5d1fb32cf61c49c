"""What documents tell the cases below them: what is wanted, and who adds to what was signed."""

from django.utils.timezone import now

from clinic.access import Permission
from clinic.cases.queries import WANTS
from clinic.cases.signatures import kinds as signatures
from clinic.documents.queries import wanted_by
from clinic.people.models import Act


def wants(cases):
    """What is not signed at this moment."""
    return wanted_by(cases, now())


WANTS.append(wants)

signatures.register(
    signatures.Kind(
        "clinic.SignedDocument",
        "Signed document",
        Permission.PREPARE,
        Act.PREPARE,
        page="documents:show",
        page_takes_case=False,
    )
)
