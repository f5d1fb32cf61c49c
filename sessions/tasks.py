"""Celery looks for tasks here; each lives in its slice."""

from sessions.aftercare import tasks as aftercare  # noqa: F401
from sessions.reports import tasks as reports  # noqa: F401
from sessions.supervised import tasks as supervised  # noqa: F401
