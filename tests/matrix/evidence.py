"""What a run of the matrix asked: printed after every run, written down after the deep one."""

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "evidence" / "matrix.md"
GUARDS = PAGE.with_name("guards.md")
COMMAND = "VIGIL_LOOK_EVERYWHERE=1 python -m pytest -n 2 --dist loadgroup tests/matrix"
SEED = 20261118  # of the cells that a short run samples
TODAY = datetime.now(UTC)  # read before the tests set a clock of their own


def facts_of(cells):
    """What one route's test notes down for the summary."""
    return {
        "whose": dict(Counter(cell.whose for cell in cells)),
        "method": dict(Counter(cell.method for cell in cells)),
        "actor": dict(Counter(cell.actor for cell in cells)),
        "answer": {str(k): n for k, n in Counter(cell.answer.status for cell in cells).items()},
    }


def summarise(reporter):
    """Say how many cells were asked, over how many routes, and how many were wrong."""
    asked = [
        (report, facts)
        for outcome in ("passed", "failed")
        for report in reporter.stats.get(outcome, [])
        for name, facts in report.user_properties
        if name == "cells" and report.when == "call"
    ]
    if not asked:
        return
    counts = {kind: sum((Counter(f[kind]) for _, f in asked), Counter()) for kind in asked[0][1]}
    cells = counts["method"].total()
    wrong = sum(report.failed for report, _ in asked)
    minutes = sum(report.duration for report, _ in asked) / 60
    is_deep = bool(os.environ.get("VIGIL_LOOK_EVERYWHERE"))
    sample = "every method in every cell" if is_deep else f"other methods sampled, seed {SEED}"
    reporter.write_line(
        f"matrix: {cells} cells over {len(asked)} routes ({sample}),"
        f" {minutes:.1f} minutes of one core, {wrong} routes wrong"
    )
    if is_deep and len(asked) > 200:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(_page(counts, len(asked), wrong, minutes))


def _page(counts, routes, wrong, minutes):
    said = {
        "whose": "Whose row",
        "method": "Method",
        "actor": "Who asked",
        "answer": "Answer",
    }
    tables = "\n".join(
        f"| {said[kind]} | cells |\n|---|---:|\n"
        + "\n".join(f"| {word} | {n:,} |" for word, n in sorted(counts[kind].items()))
        + "\n"
        for kind in said
    )
    return (
        "# Who may open what\n\n"
        f"Taken on {TODAY:%d %B %Y} by\n"
        f"`{COMMAND}`:\n"
        "every route the resolver knows, asked by everybody with every method for their own row,\n"
        "another team's, another site's and one that nobody has. No cell was left out and none was sampled. Each cell asserts the declared\n"
        "status, no word or key of anybody out of reach in any byte, nothing written but the trail,\n"
        "and the same bytes for what is forbidden as for what is not there.\n\n"
        f"{counts['method'].total():,} cells over {routes} routes; {wrong} routes wrong;"
        f" {minutes:.0f} minutes of one core.\n\n{tables}"
    )


def write_guards(found, reasons):
    """Write down every use of a filter, and the cell that turned red without it."""
    up = sum(walls == "up" for _, walls, _ in found)
    opened = sum(walls == "open" for _, walls, _ in found)
    rows = "\n".join(f"| `{use}` | {walls or 'none'} | {cell} |" for use, walls, cell in found)
    why = "\n".join(
        f"- `{path}`, `{function}`, `{guard}`: {reason}"
        for (path, function, guard), reason in sorted(reasons.items())
    )
    why = why or "None."
    GUARDS.parent.mkdir(parents=True, exist_ok=True)
    GUARDS.write_text(
        "# Every filter taken away in turn\n\n"
        f"Taken on {TODAY:%d %B %Y} by `python -m pytest -m deep tests/matrix`. Each use\n"
        "of a `visible_…`, an `in_reach` and a `sites_where` is taken out of the syntax of the code\n"
        "alone; the cells of the routes that reach it are asked again, and one must turn red that is\n"
        "green with it. Where the database hides what the filter let through, its walls are open.\n"
        "A cell in words is one that is filled in: `tests/matrix/filled.py`. A rule that asks again\n"
        "what its page has asked is taken away together with the page's filter, which stands there.\n\n"
        f"{len(found)} uses: {up} noticed with the walls up, {opened} with the walls open,"
        f" {len(found) - up - opened} by no cell.\n\n"
        "Every decorator, `@requires` and `@in_care`, is taken away in every run of the tests:\n"
        "`tests/matrix/test_guards.py::test_every_permission_taken_from_a_view_is_noticed`.\n\n"
        f"| use | walls | red without it |\n|---|---|---|\n{rows}\n\n"
        f"## Noticed by no cell\n\n{why}\n"
    )
