"""What preparation tells the cases below it: what is wanted, and who adds to what was signed."""

from django.utils.timezone import now

from clinic.access import Permission
from clinic.cases.moving.queries import FOR_THE_CASE
from clinic.cases.queries import WANTS
from clinic.cases.signatures import kinds as signatures
from clinic.documents.queries import ASK_WHAT_APPLIES
from clinic.people.models import Act
from sessions.preparation.conditions import what_applies
from sessions.preparation.moving import changes_for
from sessions.preparation.queries import wanted_by


def wants(cases):
    """What is not prepared at this moment."""
    return wanted_by(cases, now())


WANTS.append(wants)
ASK_WHAT_APPLIES.append(what_applies)
FOR_THE_CASE.append(changes_for)

signatures.register(
    signatures.Kind(
        "clinic.Cycle",
        "Decided past an obstacle",
        Permission.ORDER,
        Act.ORDER,
        page="preparation:show",
    )
)
