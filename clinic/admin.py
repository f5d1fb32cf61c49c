"""Django looks for admin pages here; each lives in its slice."""

from clinic.protocols import admin  # noqa: F401
