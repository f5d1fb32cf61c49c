"""Who may do what, where: written once, read by views, rules, queries and the product itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.core.checks import Error, register
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import URLPattern, URLResolver, get_resolver


class Permission(StrEnum):
    """One thing a role allows. The sentence behind each is in WHAT_IT_ALLOWS."""

    REGISTER = "register"
    SCREEN = "screen"
    DECIDE = "decide"
    PREPARE = "prepare"
    BOOK = "book"
    SUPERVISE = "supervise"
    DOSE = "dose"
    ORDER = "order"
    RELEASE = "release"
    INTEGRATE = "integrate"
    FOLLOW_UP = "follow_up"
    SEE_CASE = "see_case"
    SEE_PROCESS_NOTES = "see_process_notes"
    ACKNOWLEDGE = "acknowledge"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_STOCK = "manage_stock"
    MANAGE_SITE = "manage_site"
    WRITE_PROTOCOLS = "write_protocols"
    PUBLISH_PROTOCOLS = "publish_protocols"
    READ_TRAIL = "read_trail"
    REPORT = "report"
    LEAD_SAFETY = "lead_safety"
    HEAR_CONCERNS = "hear_concerns"


WHAT_IT_ALLOWS = {
    Permission.REGISTER: "Register patients and referrals, correct contact details.",
    Permission.SCREEN: "Fill screening forms with a person.",
    Permission.DECIDE: "Decide eligibility and sign the decision.",
    Permission.PREPARE: "Hold preparation visits, record consents and plans.",
    Permission.BOOK: "Book, move and cancel visits.",
    Permission.SUPERVISE: "Check in, observe and record a supervised session.",
    Permission.DOSE: "Prepare and give a dose, or check one as the second person.",
    Permission.ORDER: "Order a dose and decide past obstacles where entitled.",
    Permission.RELEASE: "Release a person from a session and sign its record.",
    Permission.INTEGRATE: "Hold integration visits and write their notes.",
    Permission.FOLLOW_UP: "Plan and make aftercare contacts.",
    Permission.SEE_CASE: "Open a case file.",
    Permission.SEE_PROCESS_NOTES: "Read the private process notes of a case.",
    Permission.ACKNOWLEDGE: "Take what needs a person, and record its outcome.",
    Permission.MANAGE_PEOPLE: "Invite staff, give roles, record and verify licences.",
    Permission.MANAGE_STOCK: "Receive and count controlled substances.",
    Permission.MANAGE_SITE: "Change sites, rooms, rota and the organisation's settings.",
    Permission.WRITE_PROTOCOLS: "Write protocol templates in the admin site.",
    Permission.PUBLISH_PROTOCOLS: "Review and publish protocol templates.",
    Permission.READ_TRAIL: "Read the trail of who did what.",
    Permission.REPORT: "Send the reports that are due to authorities, sponsors and registers.",
    Permission.LEAD_SAFETY: "Look after incidents, see what was decided past.",
    Permission.HEAR_CONCERNS: "Hear concerns, but those about oneself or one's own patients.",
}

P = Permission
_CARE = {P.SEE_CASE, P.PREPARE, P.BOOK, P.SUPERVISE, P.INTEGRATE, P.FOLLOW_UP, P.ACKNOWLEDGE}

# (name, one sentence, what it allows) by code. A role is held at a site: RoleAtSite.
ROLES: dict[str, tuple[str, str, frozenset[Permission]]] = {
    "intake": (
        "Intake staff",
        "Registers people, enters screening forms, books visits and chases what is missing.",
        frozenset({P.REGISTER, P.SCREEN, P.BOOK, P.SEE_CASE}),
    ),
    "facilitator": (
        "Facilitator",
        "Prepares, accompanies and integrates; stays with the person in the session.",
        frozenset(_CARE | {P.SCREEN, P.DOSE, P.SEE_PROCESS_NOTES}),
    ),
    "service_facilitator": (
        "Service facilitator",
        "Where a licensed service has no prescriber: decides on the information form, agrees the"
        " amount, accompanies and lets the person leave.",
        frozenset(
            _CARE | {P.SCREEN, P.DECIDE, P.ORDER, P.DOSE, P.RELEASE, P.SEE_PROCESS_NOTES, P.REPORT}
        ),
    ),
    "nurse": (
        "Nurse monitor",
        "Watches and records the supervised session, gives and checks doses, releases.",
        frozenset(_CARE | {P.SCREEN, P.DOSE, P.RELEASE, P.MANAGE_STOCK, P.REPORT}),
    ),
    "prescriber": (
        "Prescriber",
        "Decides eligibility, orders the dose, decides past an obstacle where entitled, signs.",
        frozenset(
            _CARE | {P.SCREEN, P.DECIDE, P.ORDER, P.DOSE, P.RELEASE, P.MANAGE_STOCK, P.REPORT}
        ),
    ),
    "medical_lead": (
        "Medical lead",
        "Answers for the clinic's medical practice; the last rung of every ladder.",
        frozenset(
            _CARE
            | {P.SCREEN, P.DECIDE, P.ORDER, P.DOSE, P.RELEASE, P.MANAGE_STOCK, P.LEAD_SAFETY}
            | {P.REPORT}
        ),
    ),
    "manager": (
        "Clinic manager",
        "Keeps people, licences, rooms, rota and the week; sees no clinical notes.",
        frozenset({P.MANAGE_PEOPLE, P.MANAGE_SITE, P.MANAGE_STOCK, P.BOOK, P.REPORT}),
    ),
    "protocol_author": (
        "Protocol author",
        "Writes protocol templates in the admin site.",
        frozenset({P.WRITE_PROTOCOLS}),
    ),
    "protocol_approver": (
        "Protocol approver",
        "Reads a protocol somebody else wrote, ticks every uncertain number and publishes it.",
        frozenset({P.PUBLISH_PROTOCOLS}),
    ),
    "safety_lead": (
        "Safety lead",
        "Hears concerns, follows incidents and everything that was decided past.",
        frozenset({P.LEAD_SAFETY, P.HEAR_CONCERNS, P.ACKNOWLEDGE, P.SEE_CASE, P.REPORT}),
    ),
    "privacy_officer": (
        "Privacy officer",
        "Reads the trail and answers who saw what.",
        frozenset({P.READ_TRAIL}),
    ),
}


# Who holds one of these reaches a case through its care: the team, a visit, a session, a matter
# they were told of, the duty rota, or the glass broken with a reason. Every other role reaches
# what it may see of the whole site.
BY_CARE = frozenset({"facilitator", "service_facilitator", "nurse", "prescriber"})
# A case at these stages waits for whoever takes it up, so all who may open a case file see it.
NO_ROLE: tuple[str, str, frozenset[Permission]] = ("", "", frozenset())
BEFORE_CARE = ("referred", "screening")


def sites_where(user: Any, permission: Permission) -> list[int]:
    """The ids of the sites at which the person's roles allow this."""
    if not user.is_authenticated or not user.is_active:
        return []
    return sorted(
        {
            role.site_id
            for role in user.roles_now
            if role.role in ROLES and permission in ROLES[role.role][2]
        }
    )


def may(user: Any, permission: Permission, *, site: Any) -> bool:
    """Whether the person's roles at this very site allow it. A role here is no role there."""
    site_id = getattr(site, "pk", site)
    return site_id in sites_where(user, permission)


def may_anywhere(user: Any, permission: Permission) -> bool:
    """Whether the person may do this at any site: what a page asks before it fetches a row."""
    return bool(sites_where(user, permission))


def role_of(user: Any, *permissions: Permission, site: Any) -> str:
    """The role at this very site by which somebody may do any of these, the first as listed."""
    site_id = getattr(site, "pk", site)
    held = {role.role for role in user.roles_now if role.site_id == site_id}
    return next((code for code in ROLES if code in held and ROLES[code][2] & set(permissions)), "")


def sees_by_care(user: Any) -> bool:
    """Whether there is a site at which the person opens only the case files of those they care for."""
    roles = [role for role in user.roles_now if P.SEE_CASE in ROLES.get(role.role, NO_ROLE)[2]]
    whole = {role.site_id for role in roles if role.role not in BY_CARE}
    return any(role.site_id not in whole for role in roles)


def in_reach(user: Any, *permissions: Permission, patient: str = "case__patient") -> Q:
    """The condition that a row is about somebody this person reaches by any of these permissions.

    `patient` is the row's way to the patient. The database asks the same by itself: vigil_reaches.
    """
    allowing = [
        role
        for role in user.roles_now
        if role.role in ROLES and ROLES[role.role][2] & set(permissions)
    ]
    sites = {role.site_id for role in allowing} if user.is_active else set()
    whole = {role.site_id for role in allowing if role.role not in BY_CARE}
    if sites > whole:
        whole |= sites & set(user.care.duty_sites)
    reached = Q(site_id__in=sorted(sites & whole))
    if not sites > whole:
        return reached
    team = apps.get_model("clinic", "CareTeamMember").objects.filter(until__isnull=True)
    early = apps.get_model("clinic", "Case").objects.filter(status__in=BEFORE_CARE)
    person = Coalesce(OuterRef("merged_into"), OuterRef("pk"))
    people = apps.get_model("clinic", "Patient").objects.filter(
        Q(pk__in=user.care.patients)
        | Exists(early.filter(patient=person))
        | ~Exists(team.filter(case__patient=person)),
        site_id__in=sorted(sites - whole),
    )
    return reached | Q(site_id__in=sorted(sites - whole), **{f"{patient}__in": people.values("pk")})


# -- What a view says of itself --------------------------------------------------------------

PUBLIC = object()


def requires(*permissions: Any) -> Callable:
    """Say who may open a view: any of these permissions, None for any signed-in person, PUBLIC.

    Raises PermissionDenied for a signed-in person without one of them; an unsigned person is sent
    to the sign-in page by the login middleware.
    """

    def wear(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            wanted = [p for p in permissions if isinstance(p, Permission)]
            if wanted and not any(may_anywhere(request.user, p) for p in wanted):
                raise PermissionDenied("Your roles do not include this.")
            return view(request, *args, **kwargs)

        guarded.requires = permissions  # type: ignore[attr-defined]
        return login_not_required(guarded) if PUBLIC in permissions else guarded

    return wear


# Views of libraries wear no decorator of ours; each names what guards it instead.
GUARDED_ELSEWHERE = {
    "allauth": "django-allauth guards its own pages: sign-in, second factor, sessions",
    "django.contrib.admin": "the admin asks has_perm, answered from roles by RolesBackend",
    "django.contrib.staticfiles": "files that hold no patient data",
    "django.views.static": "files that hold no patient data",
    "django.contrib.contenttypes": "the admin's own shortcut, behind the admin's door",
    "django.views.generic.base": "redirects only",
}


def every_view(patterns: list | None = None, prefix: str = "", namespace: str = "") -> Iterator:
    """Every route the resolver knows, as (path, name, view)."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, [namespace, entry.namespace]))
            yield from every_view(entry.url_patterns, path, inner)
        elif isinstance(entry, URLPattern):
            yield path, ":".join(filter(None, [namespace, entry.name])), entry.callback


@register()
def no_view_without_permission(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Fail the system check on a view that names no permission (clinic.E001)."""
    errors = []
    for path, name, view in every_view():
        module = getattr(view, "__module__", "") or ""
        if hasattr(view, "requires") or any(module.startswith(m) for m in GUARDED_ELSEWHERE):
            continue
        errors.append(
            Error(
                f"/{path} ({name or view}) names no permission.",
                hint="Wear @requires(Permission…), @requires(None) or @requires(PUBLIC).",
                id="clinic.E001",
            )
        )
    return errors
