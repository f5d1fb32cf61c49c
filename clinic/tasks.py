"""Celery looks for tasks here; each lives in its slice."""

from clinic.attention import tasks as attention  # noqa: F401
from clinic.audit import tasks as audit  # noqa: F401
from clinic.messages import tasks as messages  # noqa: F401
from clinic.people import tasks as people  # noqa: F401
from clinic.protocols.house import tasks as house  # noqa: F401
