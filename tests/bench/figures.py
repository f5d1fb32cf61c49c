"""What a long run came to, kept by page and part: each run writes its own part, the others stay."""

import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
EVIDENCE = CHECKOUT / "docs" / "evidence"


def commit():
    """What the figures were taken of, in short."""
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    return subprocess.check_output(asked, cwd=CHECKOUT, text=True).strip()  # noqa: S607


def keep(page, title, part, text):
    """Write down one part of a page of the evidence."""
    written = page.read_text() if page.exists() else ""
    parts = dict(each.split("\n", 1) for each in written.split("\n## ")[1:])
    parts[part] = f"\n{text.strip()}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    said = [f"\n## {name}\n\n{words.strip()}\n" for name, words in parts.items()]
    page.write_text(f"# {title}\n" + "".join(said))
