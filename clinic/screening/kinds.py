"""What screening tells the cases below it: what is wanted, and who adds to a decision."""

from django.utils.timezone import now

from clinic.access import Permission
from clinic.cases.queries import WANTS
from clinic.cases.signatures import kinds as signatures
from clinic.links.packets.queries import ASK_WHAT_IS_REVIEWED
from clinic.people.models import Act
from clinic.screening.queries import wanted_by
from clinic.screening.sent.queries import reviewed_whole, wants_at


def wants(cases):
    """What is missing at this moment."""
    return wanted_by(cases, now())


def to_review(cases):
    """What people answered and nobody has reviewed at this moment."""
    return wants_at(cases, now())


WANTS.append(wants)
WANTS.append(to_review)
ASK_WHAT_IS_REVIEWED.append(reviewed_whole)

signatures.register(
    signatures.Kind(
        "clinic.ScreeningDecision",
        "Screening decision",
        Permission.DECIDE,
        Act.DECIDE,
        page="screening:findings",
    )
)
signatures.register(
    signatures.Kind(
        "clinic.OfficialFormConfirmation",
        "Confirmation of an authority's form",
        Permission.DECIDE,
        Act.DECIDE,
        page="screening:confirm",
    )
)
