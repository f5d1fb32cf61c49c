"""What documents tell the worklist of the cases below them; read when the app is ready."""

from django.utils.timezone import now

from clinic.cases.queries import WANTS
from clinic.documents.queries import wanted_by


def wants(cases):
    """What is not signed at this moment."""
    return wanted_by(cases, now())


WANTS.append(wants)
