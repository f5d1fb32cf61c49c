"""What preparation tells the worklist of the cases below it; read when the app is ready."""

from django.utils.timezone import now

from clinic.cases.queries import WANTS
from sessions.preparation.queries import wanted_by


def wants(cases):
    """What is not prepared at this moment."""
    return wanted_by(cases, now())


WANTS.append(wants)
