"""What the command says, and what it does not call whole: whatever it could not look at."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.database import CHECKOUT, as_owner

WHOLE, NOT_WHOLE, NOT_LOOKED_AT = 0, 1, 2


@pytest.fixture
def verify(signed):
    """Run the command in a process of its own, as an operator would."""

    def run(*, role="reader", paths=(signed.file,), **changes):
        name = {"reader": "DATABASE_READER_URL", "app": "DATABASE_URL"}[role]
        before, _, options = os.environ[name].partition("?")
        url = f"{before.rsplit('/', 1)[0]}/{signed.database}" + (f"?{options}" if options else "")
        given = [word for path in paths for word in ("--checkpoints", str(path))]
        return subprocess.run(
            [sys.executable, "manage.py", "verify_audit", *given],
            cwd=CHECKOUT,
            env=os.environ | {"VIGIL_DB_ROLE": role, name: url} | changes,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def altered(signed):
    """The database changed by its owner for one test, and changed back by a second statement."""
    undo = []

    def alter(statement, back):
        undo.append(back)
        with as_owner(signed.database) as owner:
            owner.execute(statement)

    yield alter
    with as_owner(signed.database) as owner:
        for statement in undo:
            owner.execute(statement)


def test_the_command_counts_what_it_found_whole(verify):
    said = verify()

    assert (said.returncode, said.stderr) == (WHOLE, "")
    assert "sealed rows, compared with 2 checkpoints up to " in said.stdout
    assert " 0 streams have gone on since then." in said.stdout


def test_the_command_names_what_is_wrong_and_since_when(verify, altered, signed):
    off = "ALTER TABLE clinic_sessions_dose {} TRIGGER vigil_append_only"
    altered(off.format("DISABLE"), off.format("ENABLE"))

    said = verify()

    assert said.returncode == NOT_WHOLE
    assert (
        "clinic_sessions_dose: its guard vigil_append_only is switched off."
        f" (not before {signed.told[-1].at:%Y-%m-%d %H:%M:%S} UTC)\n"
    ) in said.stderr
    assert "whole:" not in said.stdout


def test_without_checkpoints_nothing_is_called_whole(verify, tmp_path):
    (tmp_path / "none").mkdir()

    said = verify(paths=[tmp_path / "none"])

    assert (said.returncode, said.stdout) == (NOT_LOOKED_AT, "")
    assert "there are no checkpoints to compare with" in said.stderr


def test_a_file_that_is_not_there_is_not_called_whole(verify, tmp_path):
    said = verify(paths=[tmp_path / "elsewhere.jsonl"])

    assert (said.returncode, said.stdout) == (NOT_LOOKED_AT, "")
    assert "No such file" in said.stderr


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ('"number":2', '"number":3', "line 2 is not as it was written"),
        ('"entries":', '"entries":1', "line 1 is not as it was written"),
        ("{", "(", "line 1 cannot be read"),
    ],
)
def test_altered_checkpoints_are_not_called_whole(verify, signed, tmp_path, was, becomes, words):
    copy = tmp_path / "copy.jsonl"
    copy.write_text(signed.file.read_text().replace(was, becomes))

    said = verify(paths=[copy])

    assert (said.returncode, said.stdout) == (NOT_LOOKED_AT, "")
    assert words in said.stderr


def test_without_the_key_nothing_is_called_whole(verify):
    said = verify(CHECKPOINT_PUBLIC_KEY="00" * 32)

    assert (said.returncode, said.stdout) == (NOT_LOOKED_AT, "")
    assert "line 1 is not as it was written" in said.stderr


def test_in_production_a_key_nobody_set_is_named(verify):
    said = verify(VIGIL_MODE="production", SECRET_KEY=settings.SECRET_KEY, CHECKPOINT_KEY="")

    assert (said.returncode, said.stdout) == (NOT_LOOKED_AT, "")
    assert "CHECKPOINT_KEY is not set" in said.stderr


def test_a_role_before_the_walls_is_told_that_it_sees_a_part(verify):
    said = verify(role="app")

    assert (said.returncode, said.stdout) == (NOT_LOOKED_AT, "")
    assert "this role sees only a part of clinic_" in said.stderr


@pytest.mark.parametrize(
    ("statement", "back", "words"),
    [
        (
            "ALTER TABLE clinic_sessions_dose RENAME TO gone",
            "ALTER TABLE gone RENAME TO clinic_sessions_dose",
            "the table clinic_sessions_dose is not there",
        ),
        (
            "ALTER TABLE clinic_chainhead RENAME TO gone",
            "ALTER TABLE gone RENAME TO clinic_chainhead",
            "clinic_chainhead",
        ),
        (
            "REVOKE SELECT ON clinic_signature FROM vigil_reader",
            "GRANT SELECT ON clinic_signature TO vigil_reader",
            "clinic_signature",
        ),
        (
            "REVOKE SELECT ON clinic_trailentry FROM vigil_reader",
            "GRANT SELECT ON clinic_trailentry TO vigil_reader",
            "permission denied",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_not_called_whole(verify, altered, statement, back, words):
    altered(statement, back)

    said = verify()

    assert (said.returncode, said.stdout) == (NOT_LOOKED_AT, "")
    assert words in said.stderr
