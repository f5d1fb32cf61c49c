#!/usr/bin/env python
"""Vigil's command line."""

import os
import sys

# These commands change the schema or read past every wall, so each takes the one role it needs.
OWNER_COMMANDS = {
    "prepare",
    "migrate",
    "makemigrations",
    "sqlmigrate",
    "showmigrations",
    "load_library",
    "create_first_administrator",
}
READER_COMMANDS = {"verify_audit"}
NEEDS_NO_DATABASE = {"collectstatic", "demo", "run", "lintmigrations", "workflow_diagram"}


def main():
    """Choose the database role for the command, start what is embedded, and run it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in OWNER_COMMANDS:
        os.environ.setdefault("VIGIL_DB_ROLE", "owner")
    elif command in READER_COMMANDS:
        os.environ.setdefault("VIGIL_DB_ROLE", "reader")
    if command and command not in NEEDS_NO_DATABASE:
        from clinic.embedded import ensure_database

        ensure_database()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
