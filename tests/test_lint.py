"""What the linters hold, the suite holds: nobody has to remember a second command."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
TOOLS = {
    "style": ["-m", "ruff", "check"],
    "format": ["-m", "ruff", "format", "--check"],
    "templates": ["-m", "djlint", "--lint", "--quiet", "templates"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_code_keeps_to(tool):
    ended = subprocess.run(
        [sys.executable, *TOOLS[tool]], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_imports_run_one_way():
    ended = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout
