"""Celery looks for tasks here; each lives in its slice."""

from sessions.supervised import tasks as supervised  # noqa: F401
