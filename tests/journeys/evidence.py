"""What the journeys of the nine protocols were seen to do, written down by the deep run itself."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "evidence" / "journeys.md"
ROW = re.compile(r"^\| .+ `([a-z-]+)` \|.*$", re.MULTILINE)
HEAD = """# From the first call to ready, by clicks

`VIGIL_LOOK_EVERYWHERE=1 python -m pytest tests/journeys/test_nine_protocols.py` writes a row for
each protocol whose whole way was gone in real Chromium: registered, referred, screened, decided,
prepared, booked and declared ready, each by somebody before a browser of their own who begins at
the dashboard and only clicks. Intake staff register, refer, screen, book, and are refused the rest.
On every page no word of another protocol stood: no other noun for the person and, behind a service
centre's, none of a clinic. The last page says that nothing is in the way.

| protocol | day | pages | seconds | people |
|---|---|---:|---:|---:|
"""


def keep(way, day, *, pages, seconds, people):
    """Write down one protocol's way; the rows of the others stay."""
    rows = {found[1]: found[0] for found in ROW.finditer(_written())}
    name = f"{way.document.title} `{way.code}`"
    rows[way.code] = f"| {name} | {day:%d %B %Y} | {pages} | {seconds:.0f} | {people} |"
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(HEAD + "\n".join(row for _, row in sorted(rows.items())) + "\n")


def _written():
    return PAGE.read_text() if PAGE.exists() else ""
