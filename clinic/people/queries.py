"""Who works here, as what, with which licences; who is on duty, and who is away."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    Func,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
)

from clinic.access import ROLES, Permission, sites_where
from clinic.people.models import (
    Absence,
    Duty,
    DutyShift,
    Invitation,
    Licence,
    Organisation,
    RoleAtSite,
    Room,
    Site,
    User,
)


class LocalDay(Func):
    """The day an instant falls on in a zone: LocalDay(zone, instant)."""

    template = "(timezone(%(expressions)s))::date"
    output_field = DateField()


def system_user() -> User:
    """The user that tasks and loaders act as; nobody can sign in as it."""
    return User.objects.get(is_system=True)


def organisation() -> Organisation | None:
    """The one organisation, or None before the first start is finished."""
    return Organisation.objects.first()


# -- Staff -----------------------------------------------------------------------------------


def in_force(at: datetime, path: str = "") -> Q:
    """The condition that a role is in force at a moment."""
    return Q(**{f"{path}valid_from__lte": at}) & (
        Q(**{f"{path}valid_until__isnull": True}) | Q(**{f"{path}valid_until__gt": at})
    )


def holds(user: User, role: str, *, site: Site, at: datetime) -> bool:
    """Whether somebody has this role at this site now."""
    return user.roles.filter(in_force(at), site=site, role=role).exists()


def visible_staff(user: Any) -> QuerySet[User]:
    """Everybody who has or had a role at a site whose people this person manages, and themselves."""
    sites = sites_where(user, Permission.MANAGE_PEOPLE)
    theirs = RoleAtSite.objects.filter(user=OuterRef("pk"), site_id__in=sites)
    return User.objects.filter(Exists(theirs) | Q(pk=user.pk), is_system=False)


def staff_list(user: Any, *, at: datetime) -> QuerySet[User]:
    """Staff by name, each with the roles in force at this person's sites and their licences."""
    sites = sites_where(user, Permission.MANAGE_PEOPLE)
    roles = RoleAtSite.objects.filter(in_force(at), site_id__in=sites).select_related("site")
    return (
        visible_staff(user)
        .prefetch_related(
            Prefetch("roles", queryset=roles, to_attr="roles_here"),
            Prefetch("licences", to_attr="licences_held"),
        )
        .order_by("-is_active", "name", "pk")
    )


def colleagues(
    sites: Iterable[int], *, at: datetime, may: Permission | None = None
) -> QuerySet[User]:
    """The active people with a role in force at any of these sites: whom a form may offer.

    `may` leaves out those whose roles there do not allow it.
    """
    theirs = RoleAtSite.objects.filter(in_force(at), user=OuterRef("pk"), site_id__in=list(sites))
    if may is not None:
        theirs = theirs.filter(
            role__in=[code for code, (*_, all_of) in ROLES.items() if may in all_of]
        )
    return User.objects.filter(Exists(theirs), is_active=True, is_system=False).order_by("name")


def roles_held_at(site: Any, *, at: datetime) -> set[str]:
    """The roles somebody active holds at a site at a moment."""
    held = RoleAtSite.objects.filter(in_force(at), site=site, user__is_active=True)
    return set(held.values_list("role", flat=True))


def managed_sites(user: Any, permission: Permission = Permission.MANAGE_PEOPLE) -> QuerySet[Site]:
    """The open sites at which the person's roles allow this."""
    return Site.objects.filter(pk__in=sites_where(user, permission), closed_at__isnull=True)


def visible_roles(user: Any) -> QuerySet[RoleAtSite]:
    """The roles at sites whose people this person manages."""
    sites = sites_where(user, Permission.MANAGE_PEOPLE)
    return RoleAtSite.objects.filter(site_id__in=sites).select_related("user", "site", "given_by")


def others_who_manage(site: Any, role: RoleAtSite, *, at: datetime) -> bool:
    """Whether somebody else at the site could still manage its people."""
    return (
        RoleAtSite.objects.filter(in_force(at), site=site, role="manager", user__is_active=True)
        .exclude(pk=role.pk)
        .exists()
    )


# -- Invitations -----------------------------------------------------------------------------


def token_of(invitation: Invitation) -> str:
    """The secret of an invitation's link, made again from its key whenever the mail is written."""
    words = f"invitation:{invitation.key}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()


def digest_of_token(token: str) -> str:
    """What is kept of an invitation's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_by(token: str) -> Invitation | None:
    """The invitation a link belongs to, whatever has become of it, or None."""
    return (
        Invitation.objects.filter(token_digest=digest_of_token(token))
        .select_related("site", "invited_by")
        .first()
    )


def account_of(invitation: Invitation) -> User:
    """The account an invitation is for."""
    return User.objects.get(email=invitation.email)


def visible_invitations(user: Any) -> QuerySet[Invitation]:
    """The invitations to sites whose people this person manages."""
    sites = sites_where(user, Permission.MANAGE_PEOPLE)
    return Invitation.objects.filter(site_id__in=sites).select_related("site", "invited_by")


def open_invitations(user: Any) -> QuerySet[Invitation]:
    """Those invited who have not come in yet, newest first."""
    return (
        visible_invitations(user)
        .filter(accepted_at__isnull=True, revoked_at__isnull=True)
        .order_by("-invited_at")
    )


# -- Licences --------------------------------------------------------------------------------


def visible_licences(user: Any) -> QuerySet[Licence]:
    """The licences of the staff this person manages."""
    return Licence.objects.filter(user__in=visible_staff(user)).select_related(
        "user", "verified_by", "suspended_by"
    )


def _visits_it_misses(at: datetime) -> Q:
    """Planned visits of the holder, where this licence counts, on days after its end."""
    return Q(
        user__visits__visit__status="planned",
        user__visits__starts_at__gt=at,
        user__visits__site__jurisdiction=F("jurisdiction"),
        user__visits__visit__stage="dosing",
    ) & Q(
        valid_until__lt=LocalDay(F("user__visits__site__zone"), F("user__visits__starts_at")),
    )


def licences_that_end_too_soon(sites: Iterable[int], *, at: datetime) -> QuerySet[Licence]:
    """Licences that end before a supervised session their holder is booked for.

    Each with `missed` (how many sessions) and `first_missed_at`. One that is followed by another
    of the same profession and place is left out.
    """
    followed = Licence.objects.filter(
        user=OuterRef("user"),
        profession=OuterRef("profession"),
        jurisdiction=OuterRef("jurisdiction"),
        valid_until__gt=OuterRef("valid_until"),
        verified_at__isnull=False,
        suspended_at__isnull=True,
    )
    return (
        Licence.objects.filter(
            _visits_it_misses(at) & Q(user__visits__site_id__in=list(sites)),
            suspended_at__isnull=True,
        )
        .exclude(Exists(followed))
        .annotate(
            missed=Count("user__visits__visit", distinct=True),
            first_missed_at=Min("user__visits__starts_at"),
        )
        .select_related("user")
        .order_by("first_missed_at")
    )


@dataclass(frozen=True)
class LicenceRow:
    """A licence with what it is worth on a day."""

    licence: Licence
    tone: str
    word: str


STANDING = {
    "verified": ("good", "Verified"),
    "unverified": ("attention", "Not verified"),
    "upcoming": ("neutral", "Not valid yet"),
    "expired": ("danger", "Expired"),
    "suspended": ("danger", "Suspended"),
}


def standings(licences: Iterable[Licence], *, on: date) -> list[LicenceRow]:
    """Licences, each with what it is worth on a day."""
    return [LicenceRow(licence, *STANDING[licence.standing(on)]) for licence in licences]


# -- Places, rota, absences ------------------------------------------------------------------


def visible_sites(user: Any) -> QuerySet[Site]:
    """The sites this person may change."""
    return Site.objects.filter(pk__in=sites_where(user, Permission.MANAGE_SITE)).annotate(
        open_rooms=Count("rooms", filter=Q(rooms__closed_at__isnull=True))
    )


def visible_rooms(user: Any) -> QuerySet[Room]:
    """The rooms of the sites this person may change."""
    sites = sites_where(user, Permission.MANAGE_SITE)
    return (
        Room.objects.filter(site_id__in=sites)
        .select_related("site")
        .order_by("site__name", F("closed_at").asc(nulls_first=True), "name")
    )


def visible_shifts(user: Any) -> QuerySet[DutyShift]:
    """The duty rota of the sites this person may change."""
    sites = sites_where(user, Permission.MANAGE_SITE)
    return DutyShift.objects.filter(site_id__in=sites).select_related("site", "user")


def visible_absences(user: Any) -> QuerySet[Absence]:
    """The absences of the staff this person manages."""
    return Absence.objects.filter(user__in=visible_staff(user)).select_related("user")


def on_duty(site: Any, duty: str, *, at: datetime) -> User | None:
    """Who holds a duty at a site at a moment: whoever took it up last."""
    shift = (
        DutyShift.objects.filter(
            site=site, duty=duty, starts_at__lte=at, ends_at__gt=at, user__is_active=True
        )
        .select_related("user")
        .order_by("-starts_at")
        .first()
    )
    return shift.user if shift else None


@dataclass(frozen=True)
class RotaShift:
    """A shift as one cell of the week shows it: its times on the site's own clock."""

    shift: DutyShift
    words: str


@dataclass(frozen=True)
class RotaDay:
    """One day of one duty: whoever is on it, or nobody."""

    day: date
    shifts: tuple[RotaShift, ...]


@dataclass(frozen=True)
class RotaRow:
    """One duty through a week."""

    duty: str
    label: str
    days: tuple[RotaDay, ...]


def rota_of(site: Site, monday: date) -> list[RotaRow]:
    """One site's duties through the week that begins on this Monday, in the site's zone."""
    week = [monday + timedelta(days=n) for n in range(8)]
    midnights = [datetime.combine(day, time.min, site.tz) for day in week]
    shifts = DutyShift.objects.filter(starts_at__lt=midnights[-1], ends_at__gt=midnights[0])
    found = list(shifts.filter(site=site).select_related("site", "user"))
    return [
        RotaRow(
            duty,
            label,
            tuple(
                RotaDay(
                    week[n],
                    tuple(
                        RotaShift(shift, _times_on(shift, midnights[n], midnights[n + 1], site))
                        for shift in found
                        if shift.duty == duty
                        and shift.starts_at < midnights[n + 1]
                        and shift.ends_at > midnights[n]
                    ),
                )
                for n in range(7)
            ),
        )
        for duty, label in Duty.choices
    ]


def _times_on(shift: DutyShift, midnight: datetime, next_midnight: datetime, site: Site) -> str:
    starts = shift.starts_at.astimezone(site.tz)
    ends = shift.ends_at.astimezone(site.tz)
    begins_here, ends_here = starts >= midnight, ends <= next_midnight
    if begins_here and ends_here:
        return f"{starts:%H:%M} to {ends:%H:%M}"
    if begins_here:
        return f"from {starts:%H:%M}"
    return f"until {ends:%H:%M}" if ends_here else "all day"


def first_person() -> User:
    """Who set the organisation up."""
    return User.objects.filter(is_system=False).earliest("pk")


# -- One person ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """One member of staff as their page shows them."""

    user: User
    roles: list[RoleAtSite]
    former_roles: list[RoleAtSite]
    licences: list[LicenceRow]
    shifts: list[DutyShift]
    absences: list[Absence]
    is_managed: bool  # by whoever looks


def person_page(user: User, by: Any, *, at: datetime, on: date) -> Person:
    """What somebody's page shows to themselves or to who manages them."""
    managed = set(sites_where(by, Permission.MANAGE_PEOPLE))
    roles = user.roles.select_related("site", "given_by").order_by("-valid_from", "-pk")
    shifts = user.shifts.filter(ends_at__gt=at).select_related("site")
    if by.pk != user.pk:
        roles, shifts = (rows.filter(site_id__in=managed) for rows in (roles, shifts))
    current = [r for r in roles if not r.valid_until or r.valid_until > at]
    return Person(
        user=user,
        roles=current,
        former_roles=[r for r in roles if r not in current],
        licences=standings(user.licences.select_related("verified_by", "suspended_by"), on=on),
        shifts=list(shifts[:20]),
        absences=list(user.absences.filter(ends_at__gt=at)[:20]),
        is_managed=any(r.site_id in managed for r in roles),
    )
