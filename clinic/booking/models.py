"""Visits in rooms with people. What two may not do at once is an exclusion constraint."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q
from django.urls import reverse
from encrypted_fields.fields import EncryptedCharField

from clinic.access import ROLES
from clinic.audit.canonical import decimal_text
from clinic.protocols.queries import document_at
from clinic.records import AtSite, actor, known_status, maybe_actor, together


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Stage(models.TextChoices):
    PREPARATION = "preparation", "Preparation"
    DOSING = "dosing", "Supervised session"
    INTEGRATION = "integration", "Integration"


class Status(models.TextChoices):
    PLANNED = "planned", "Planned"
    ARRIVED = "arrived", "Arrived"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    NO_SHOW = "no_show", "Did not come"


STEPS = {
    Status.PLANNED: {Status.ARRIVED, Status.DONE, Status.CANCELLED, Status.NO_SHOW},
    Status.ARRIVED: {Status.DONE, Status.CANCELLED},
    Status.DONE: set(),
    Status.CANCELLED: set(),
    Status.NO_SHOW: set(),
}
# An exclusion constraint knows rows, not pairs of them: it cannot let a visit lie over the one it
# was allowed over and keep every third away. So it holds where nothing was allowed; what lies
# beside a visit that was allowed is kept away by the rules, which ask under the locks of
# clinic.booking.diary, and of people, who are booked across sites, by a trigger as well.
HELD = Q(status__in=["planned", "arrived"]) & Q(overlap_allowed_at__isnull=True)
BETWEEN = TsTzRange("starts_at", "ends_at", RangeBoundary())


@pghistory.track()
class Visit(AtSite):
    """A time in which one patient is seen, in a room or at a distance."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="visits")
    patient = models.ForeignKey("clinic.Patient", models.PROTECT, related_name="visits")
    # A visit of a cycle to come waits for it under its number, and belongs to none until it opens.
    cycle = models.ForeignKey("clinic.Cycle", models.PROTECT, null=True, related_name="visits")
    ahead = models.PositiveSmallIntegerField("cycle to come", null=True)
    stage = models.CharField(max_length=20, choices=Stage.choices)
    code = models.CharField(max_length=60)  # the protocol's visit rule
    room = models.ForeignKey(
        "clinic.Room", models.PROTECT, null=True, blank=True, related_name="visits"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Who interprets, of the person's own contacts; or why nobody does, where somebody is needed.
    interpreter = models.ForeignKey(
        "clinic.Contact", models.PROTECT, null=True, blank=True, related_name="visits"
    )
    no_interpreter = models.TextField("why nobody interprets", blank=True, default="")
    # As much as is planned to be given in all, in the protocol's unit; none: nobody has planned it.
    most_planned = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PLANNED)
    booked_at = models.DateTimeField()
    booked_by = actor()
    arrived_at = models.DateTimeField(null=True)
    arrived_by = maybe_actor()
    done_at = models.DateTimeField(null=True)
    done_by = maybe_actor()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = maybe_actor()
    reason = models.TextField(blank=True, default="")
    overlap_allowed_at = models.DateTimeField(null=True)
    overlap_allowed_by = maybe_actor()
    overlap_allowed_as = models.CharField(max_length=30, blank=True, default="")
    overlap_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["site", "starts_at"], name="visit_by_site_and_time")]
        constraints = [
            known_status("visit", Status),
            together("visit", "arrived_at", "arrived_by"),
            together("visit", "done_at", "done_by"),
            together("visit", "cancelled_at", "cancelled_by"),
            together("visit", "overlap_allowed_at", "overlap_allowed_by"),
            CheckConstraint(
                name="visit_overlap_reason_stands_beside_who_allowed_it",
                condition=Q(overlap_reason="", overlap_allowed_as="")
                | Q(overlap_allowed_at__isnull=False),
            ),
            CheckConstraint(
                name="visit_has_an_interpreter_or_why_not",
                condition=Q(interpreter__isnull=True) | Q(no_interpreter=""),
            ),
            CheckConstraint(
                name="visit_plans_a_dose_of_something",
                condition=Q(most_planned__isnull=True) | Q(most_planned__gt=0),
            ),
            CheckConstraint(
                name="visit_belongs_to_a_cycle_or_waits_for_one",
                condition=Q(cycle__isnull=False, ahead__isnull=True)
                | Q(cycle__isnull=True, ahead__isnull=False),
            ),
            CheckConstraint(
                name="visit_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))
            ),
            ExclusionConstraint(
                name="room_holds_one_visit",
                expressions=[("room", RangeOperators.EQUAL), (BETWEEN, RangeOperators.OVERLAPS)],
                condition=HELD & Q(room__isnull=False),
            ),
            ExclusionConstraint(
                name="patient_has_one_visit",
                expressions=[("patient", RangeOperators.EQUAL), (BETWEEN, RangeOperators.OVERLAPS)],
                condition=HELD,
            ),
        ]

    def __str__(self):
        return f"{self.get_stage_display()}, {self.starts_at:%d %b %Y %H:%M}"

    def get_absolute_url(self):
        return reverse("booking:show", args=[self.key])

    @property
    def title(self):
        """What the protocol calls such a visit; its stage, where the protocol has none like it."""
        rules = document_at(self.case.protocol_version, self.case.site).visits
        own = (self.stage, self.code)
        return next((r.title for r in rules if (r.stage, r.code) == own), self.get_stage_display())

    @property
    def dose_planned(self):
        """The dose planned at most as people write it; nothing where none is planned."""
        return "" if self.most_planned is None else decimal_text(self.most_planned)

    @property
    def overlap_allowed_in(self):
        """The role in which the overlap was allowed; nothing where it was not kept yet."""
        return ROLES[self.overlap_allowed_as][0] if self.overlap_allowed_as in ROLES else ""


class VisitPerson(AtSite):
    """Who is at a visit, in which one capacity. Times are the visit's, kept by a trigger."""

    SITE_FROM = "visit"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="people")
    user = models.ForeignKey("clinic.User", models.PROTECT, related_name="visits")
    capacity = models.CharField(max_length=30)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Who is only on the premises serves several rooms; who is with the person is in one.
    is_with_client = models.BooleanField(default=True)
    # With the person, in a visit planned or arrived at, and no overlap allowed: for the constraint
    # alone. Whether somebody is taken is asked of is_with_client and of how the visit stands.
    is_held = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "user"], name="person_has_one_capacity"),
            ExclusionConstraint(
                name="person_is_at_one_visit",
                expressions=[("user", RangeOperators.EQUAL), (BETWEEN, RangeOperators.OVERLAPS)],
                condition=Q(is_held=True),
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.capacity})"


class Whereabouts(AtSite):
    """Where the person said they are as a visit at a distance begins; the newest stands."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="whereabouts")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="whereabouts")
    place = models.CharField(max_length=20)  # country and state, as licences write it
    ring_back = EncryptedCharField(max_length=60)
    emergency_number = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    asked_by = actor()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.place
