"""Staff, their roles at a site, their licences, and the places they work in."""

import zoneinfo
from datetime import date
from functools import cache
from typing import NamedTuple

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import now

from clinic.access import ROLES
from clinic.people.backends import RolesBackend
from clinic.records import AtSite, Keyed, actor, maybe_actor, together


@cache
def _every_zone():
    return frozenset(zoneinfo.available_timezones())  # reads the whole tz database


def known_zone(name):
    """Refuse a time zone the tz database does not know."""
    if name not in _every_zone():
        raise ValidationError(f"'{name}' is not a time zone. Write one such as Europe/Amsterdam.")


def zone_names():
    """The time zones a form offers: places, not abbreviations."""
    return sorted(
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))
    )


class Users(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class Care(NamedTuple):
    """The sites where somebody is on duty now, and the patients in their care."""

    duty_sites: list[int]
    patients: list[int]


class User(AbstractBaseUser, PermissionsMixin, Keyed):
    """A member of staff. Nobody registers themselves; what they may do lies in their roles."""

    email = models.EmailField(unique=True)
    name = models.CharField("printed name", max_length=200)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=now)
    groups = None
    user_permissions = None

    objects = Users()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("people:show", args=[self.key])

    def has_perm(self, permission, obj=None):
        """What the admin site asks, answered from roles alone: there are no groups, no superuser."""
        return self.is_active and RolesBackend().has_perm(self, permission, obj)

    def has_module_perms(self, app_label):
        """Whether the admin site shows anything of an app to this person."""
        return self.is_active and RolesBackend().has_module_perms(self, app_label)

    @property
    def is_staff(self):
        """Whether the admin site's door opens: it holds protocol templates and nothing of patients."""
        wanted = {"protocol_author", "protocol_approver"}
        return self.is_active and any(role.role in wanted for role in self.roles_now)

    @cached_property
    def roles_now(self):
        """The roles in force today, read once a request."""
        return list(
            self.roles.filter(valid_from__lte=Now())
            .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=Now()))
            .select_related("site")
        )

    @cached_property
    def care(self):
        """Whom this person cares for and where they are on duty, read once a request."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT duty_sites, patients FROM vigil_care_of(%s)", [self.pk])
            return Care(*cursor.fetchone())

    def forget_care(self):
        """Ask again whom this person cares for: an act has just changed it."""
        self.__dict__.pop("care", None)

    @property
    def initials(self):
        return "".join(word[0] for word in self.name.split()[:3]).upper()


class Organisation(models.Model):
    """The one organisation of a deployment, and whether its data are made up."""

    name = models.CharField(max_length=200)
    made_up = models.BooleanField(default=False, editable=False)
    crisis_text = models.TextField(
        help_text="What a patient reads when they may need help now. Say whom to call."
    )
    quiet_from = models.TimeField(help_text="No message reaches a patient after this, their time.")
    quiet_until = models.TimeField(help_text="…and none before this.")
    # Devices are shared: what nobody has used for so long is locked.
    idle_minutes = models.PositiveSmallIntegerField(default=15)
    changed_at = models.DateTimeField(null=True)
    changed_by = maybe_actor()

    class Meta:
        constraints = [
            CheckConstraint(name="there_is_one_organisation", condition=Q(pk=1)),
            together("organisation", "changed_at", "changed_by"),
            CheckConstraint(
                name="an_idle_device_is_locked_within_the_hour",
                condition=Q(idle_minutes__gte=1, idle_minutes__lte=60),
            ),
        ]

    def __str__(self):
        return self.name


class Site(Keyed):
    """A place that treats people, and a wall around its records."""

    name = models.CharField(max_length=120, unique=True)
    zone = models.CharField("time zone", max_length=60, validators=[known_zone])
    jurisdiction = models.CharField(
        max_length=20, help_text="Where the licence must hold, e.g. US-OR, US-CO, AU-VIC, NL."
    )
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # By a version's key the site's own stricter values in force: it is read with every case.
    house = models.JSONField(default=dict, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = maybe_actor()

    class Meta:
        ordering = ["name"]
        constraints = [together("site", "closed_at", "closed_by")]

    def __str__(self):
        return self.name

    @property
    def tz(self):
        return zoneinfo.ZoneInfo(self.zone)


@pghistory.track()
class RoleAtSite(Keyed):
    """What a person is at one site, from when until when. A role here is no role there."""

    user = models.ForeignKey(User, models.PROTECT, related_name="roles")
    site = models.ForeignKey(Site, models.PROTECT, related_name="roles")
    role = models.CharField(max_length=30, choices=[(code, r[0]) for code, r in ROLES.items()])
    valid_from = models.DateTimeField(default=now)
    valid_until = models.DateTimeField(null=True, blank=True)
    given_by = maybe_actor()

    class Meta:
        constraints = [
            CheckConstraint(
                name="role_ends_after_it_begins",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} at {self.site}"


class Act(models.TextChoices):
    """What a licence lets a person do; a protocol's roles ask for these."""

    DECIDE = "decide_eligibility", "Decide eligibility"
    PREPARE = "prepare", "Prepare"
    ORDER = "order_dose", "Order a dose"
    GIVE = "give_dose", "Give a dose"
    CHECK = "second_check", "Check a dose as the second person"
    MONITOR = "monitor", "Monitor"
    ACCOMPANY = "accompany", "Accompany a session"
    RELEASE = "release", "Release and sign"
    INTEGRATE = "integrate", "Integrate"


# The professions a form offers; a protocol names those that may fill each of its roles.
PROFESSIONS = [
    "clinical_facilitator",
    "clinical_social_worker",
    "licensed_facilitator",
    "licensed_handler",
    "marriage_family_therapist",
    "nurse_anesthetist",
    "nurse_practitioner",
    "paramedic",
    "pharmacist",
    "physician",
    "physician_assistant",
    "professional_counselor",
    "psychologist",
    "registered_nurse",
    "service_center_representative",
]


@pghistory.track()
class Licence(Keyed):
    """A person's licence: profession, place, number, validity, acts, and who saw the proof."""

    user = models.ForeignKey(User, models.PROTECT, related_name="licences")
    profession = models.CharField(max_length=80)
    jurisdiction = models.CharField(max_length=20)
    number = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_until = models.DateField()
    acts = ArrayField(models.CharField(max_length=20, choices=Act.choices), default=list)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = maybe_actor()
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = maybe_actor()

    class Meta:
        ordering = ["valid_until"]
        constraints = [
            together("licence", "verified_at", "verified_by"),
            together("licence", "suspended_at", "suspended_by"),
            CheckConstraint(
                name="licence_ends_after_it_begins",
                condition=Q(valid_until__gte=F("valid_from")),
            ),
            CheckConstraint(
                name="licence_is_verified_by_somebody_else",
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("user")),
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "profession", "number"],
                name="licence_number_is_one_licence",
            ),
        ]

    def __str__(self):
        return f"{self.profession_in_words} {self.jurisdiction} {self.number}"

    @property
    def profession_in_words(self):
        return self.profession.replace("_", " ").capitalize()

    @property
    def acts_in_words(self):
        return [Act(act).label for act in self.acts]

    def standing(self, day: date) -> str:
        """In one word, what this licence is worth on a day."""
        if self.suspended_at:
            return "suspended"
        if self.valid_until < day:
            return "expired"
        if not self.verified_at:
            return "unverified"
        return "verified" if self.valid_from <= day else "upcoming"

    def covers(self, act: str, jurisdiction: str, day: date) -> bool:
        """Whether this licence, seen and in force on that day, allows the act in that place."""
        return (
            self.verified_at is not None
            and self.suspended_at is None
            and act in self.acts
            and self.jurisdiction == jurisdiction
            and self.valid_from <= day <= self.valid_until
        )


class Room(AtSite):
    """A room in which people are seen."""

    SITE_FROM = None
    site = models.ForeignKey(Site, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=80)
    for_dosing = models.BooleanField("equipped for supervised sessions", default=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = maybe_actor()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="room_has_its_own_name"),
            together("room", "closed_at", "closed_by"),
        ]

    def __str__(self):
        return self.name


class Duty(models.TextChoices):
    """The rungs of the ladder, lowest first."""

    CHARGE = "charge", "Charge clinician"
    ON_CALL = "on_call", "On call"
    MEDICAL_LEAD = "medical_lead", "Medical lead"


class DutyShift(AtSite):
    """Who answers when something needs a person, from when until when."""

    SITE_FROM = None
    site = models.ForeignKey(Site, models.PROTECT, related_name="shifts")
    user = models.ForeignKey(User, models.PROTECT, related_name="shifts")
    duty = models.CharField(max_length=20, choices=Duty.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            CheckConstraint(
                name="shift_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.get_duty_display()}"


class Absence(Keyed):
    """A time in which somebody cannot be booked."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            CheckConstraint(
                name="absence_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self):
        return f"{self.user} away"


class Invitation(Keyed):
    """The only way in: a link to one e-mail address, good for a while, used once.

    Without a role it brings somebody back who lost their second factor: their roles are as they were.
    """

    email = models.EmailField()
    name = models.CharField(max_length=200)
    site = models.ForeignKey(Site, models.PROTECT, related_name="invitations")
    role = models.CharField(
        max_length=30, choices=[(code, r[0]) for code, r in ROLES.items()], blank=True
    )
    token_digest = models.TextField(unique=True)
    invited_at = models.DateTimeField()
    invited_by = actor()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = maybe_actor()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = maybe_actor()

    class Meta:
        constraints = [
            together("invitation", "accepted_at", "accepted_by"),
            together("invitation", "revoked_at", "revoked_by"),
        ]

    def __str__(self):
        return f"Invitation of {self.name}"


class ForgottenPassword(Keyed):
    """Somebody asked for a new password for an address, be there such an account or not.

    The page writes this one row either way; the worker looks whether there is anybody to write to.
    """

    email = models.EmailField()
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"A new password asked for, {self.asked_at:%Y-%m-%d %H:%M}"
