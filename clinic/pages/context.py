"""What every page knows: where one can go, whose device this is, what day it is."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from clinic.access import Permission, may_anywhere
from clinic.pages import guide
from clinic.people.door import sign_in, ties

# label, icon, URL name, who sees it (any of these; none = every signed-in person)
PLACES = [
    ("Today", "house", "casefile:dashboard", []),
    ("Board", "board", "casefile:board", [Permission.SUPERVISE]),
    ("People", "people", "cases:index", [Permission.SEE_CASE, Permission.REGISTER]),
    ("Diary", "calendar", "booking:week", [Permission.BOOK]),
    ("Needs a person", "bell", "attention:index", [Permission.ACKNOWLEDGE]),
    (
        "Opened outside care",
        "key",
        "break_glass:index",
        [Permission.READ_TRAIL, Permission.LEAD_SAFETY],
    ),
    ("Safety", "shield", "safety:index", [Permission.LEAD_SAFETY]),
    ("Concerns", "shield-lock", "safety:concerns", [Permission.HEAR_CONCERNS]),
    ("Reports due", "document", "reports:index", [Permission.REPORT]),
    ("Stock", "box", "stock:index", [Permission.MANAGE_STOCK]),
    ("Staff", "badge", "people:staff", [Permission.MANAGE_PEOPLE]),
    ("Trail", "history", "trail:index", [Permission.READ_TRAIL]),
    ("Settings", "gear", "settings", [Permission.MANAGE_SITE]),
    (
        "Questionnaires",
        "clipboard",
        "wording:index",
        [Permission.MANAGE_SITE, Permission.WRITE_PROTOCOLS],
    ),
    (
        "Texts",
        "document",
        "texts:index",
        [Permission.MANAGE_SITE, Permission.PUBLISH_PROTOCOLS],
    ),
    (
        "House values",
        "list",
        "house:index",
        [Permission.ORDER, Permission.WRITE_PROTOCOLS, Permission.LEAD_SAFETY],
    ),
    (
        "Protocols",
        "journal",
        "admin:index",
        [Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS],
    ),
    ("Report", "flag", "safety:report", []),
]
# Pages that stand under another place than their neighbours in the slice.
UNDER = {
    "casefile:show": "cases:index",
    "break_glass:break": "cases:index",
    "safety:report_on": "safety:report",
    "safety:concern": "safety:concerns",
    "people:sites": "settings",
    "people:add_site": "settings",
    "people:change_site": "settings",
    "people:rooms": "settings",
    "people:add_room": "settings",
    "people:close_room": "settings",
    "people:open_room": "settings",
    "people:mail": "settings",
    "door:end_sign_ins": "people:staff",
    "door:reset_second_factor": "people:staff",
    "door:leave": "people:staff",
}
# Pages of one case, whatever slice they are in: who reads them came by way of people.
OF_A_CASE = {
    "screening", "documents", "checklists", "links", "messages", "preparation", "integration",
    "aftercare", "signatures",
}  # fmt: skip
THEMES = {"light": "light", "dim": "dark"}


def navigation(request):
    """The context of every page rendered for a request; nothing here is computed before it is used."""
    return {
        "navigation": SimpleLazyObject(lambda: entries(request)),
        "search_url": SimpleLazyObject(lambda: search_url(request)),
        "site_name": SimpleLazyObject(lambda: site_name(request)),
        "help_url": SimpleLazyObject(lambda: guide.address_for(request)),
        "now": timezone.now(),
        "today": timezone.localdate(),
        "zone_name": timezone.get_current_timezone_name(),
        "gallery_is_open": not settings.PRODUCTION,
        "second_factor_required": settings.SECOND_FACTOR_REQUIRED,
        "charts_although": getattr(request, "charts_although", ""),
        "charting_stays_open": SimpleLazyObject(lambda: charting_stays_open(request)),
        "lock_after": lock_after(request),
        **theme_of(request),
    }


def theme_of(request, default="light"):
    """The theme this device chose; in the treatment room dim unless light was chosen."""
    chosen = THEMES.get(request.COOKIES.get("theme", ""))
    return {"theme": chosen or THEMES[default], "room_theme": chosen or THEMES["dim"]}


def entries(request):
    """The places this person's roles open, in the order of the day."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    here = getattr(request.resolver_match, "view_name", "") or ""
    here = "cases:index" if here.split(":")[0] in OF_A_CASE else UNDER.get(here, here)
    found = []
    for label, icon, name, permissions in PLACES:
        url = _reverse(name)
        if url and (not permissions or any(may_anywhere(user, p) for p in permissions)):
            current = here == name or (":" in name and here.split(":")[0] == name.split(":")[0])
            found.append(
                {"label": label, "icon": icon, "url": url, "name": name, "current": current}
            )
    return _one_current(found, here)


def _one_current(found, here):
    """The exact page wins over its neighbours in the same slice (dashboard and board)."""
    if any(entry["name"] == here for entry in found):
        return [{**entry, "current": entry["name"] == here} for entry in found]
    first = next((entry for entry in found if entry["current"]), None)
    return [{**entry, "current": entry is first} for entry in found]


def search_url(request):
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    allowed = any(may_anywhere(user, p) for p in (Permission.SEE_CASE, Permission.REGISTER))
    return _reverse("cases:search") if allowed else ""


def lock_after(request):
    """After how many minutes this device is locked, where somebody is signed in on it."""
    user = getattr(request, "user", None)
    if not settings.IDLE_LOCK or user is None or not user.is_authenticated:
        return 0
    return request.session.get(sign_in.IDLE, 15)


def charting_stays_open(request):
    """Whether this page charts a session that no lock keeps shut for this person."""
    match = request.resolver_match
    return bool(match) and ties.charted_in(request.user, match) is not None


def site_name(request):
    """The one site's name, or how many sites the person works at."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    names = sorted({role.site.name for role in user.roles_now})
    return names[0] if len(names) == 1 else f"{len(names)} sites" if names else ""


def _reverse(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
