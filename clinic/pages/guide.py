"""The help of each page: our own Markdown files under docs/help, found by the page's URL name."""

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from clinic.pages.marked import as_html

FOLDER = Path(settings.BASE_DIR) / "docs" / "help"
SAME = {"mfa": "account", "usersessions": "account"}
# In the order of the work; a topic not named here comes after these.
ORDER = [
    "index",
    "casefile-dashboard",
    "casefile-board",
    "casefile",
    "cases",
    "screening",
    "evidence",
    "medicines",
    "documents",
    "signatures",
    "preparation",
    "booking",
    "supervised",
    "supervised-release",
    "integration",
    "aftercare",
    "attention",
    "reports",
    "people",
    "stock",
    "settings",
    "wording",
    "texts",
    "house",
    "admin",
    "account",
    "door",
]
NAME = re.compile(r"[a-z][a-z0-9_-]*\Z")


def address_for(request):
    """The help of the page being looked at: its own, its slice's, or the contents."""
    match = getattr(request, "resolver_match", None)
    slice_name = (getattr(match, "namespace", "") or "").split(":")[0]
    view = getattr(match, "url_name", "") or ""
    family = view.split("_")[0]
    wanted = (
        [f"{slice_name}-{view}", slice_name] if slice_name else [view, SAME.get(family, family)]
    )
    topic = next((name for name in wanted if name in topics()), "index")
    try:
        return reverse("help", args=[topic])
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=1)
def topics():
    """Every topic by name, with its title: the first heading of its file."""
    paths = {path.stem: path for path in sorted(FOLDER.glob("*.md"))}
    ordered = [name for name in ORDER if name in paths] + [n for n in paths if n not in ORDER]
    return {name: _title(paths[name]) for name in ordered}


def _title(path):
    return path.read_text().partition("\n")[0].lstrip("# ").strip()


def page(topic):
    """A topic as (title, HTML), or None where there is no such file. Markup in it is shown, not obeyed."""
    if not NAME.match(topic) or topic not in topics():
        return None
    title, _, body = (FOLDER / f"{topic}.md").read_text().partition("\n")
    return title.lstrip("# ").strip(), as_html(body, tables=True)
