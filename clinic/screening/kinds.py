"""What screening tells the worklist of the cases below it; read when the app is ready."""

from clinic.cases.queries import WANTS
from clinic.screening.queries import wanted_by

WANTS.append(wanted_by)
