"""The run sheet: one person's supervised session, as it happens and as it was."""

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.urls import reverse

from clinic.records import AtSite, actor, known_status, maybe_actor, together


class Status(models.TextChoices):
    PLANNED = "planned", "Planned"
    CHECKED_IN = "checked_in", "Checked in"
    DOSED = "dosed", "Dosed"
    RELEASED = "released", "Released"
    TRANSFERRED = "transferred", "Transferred"
    LEFT_AGAINST_ADVICE = "left_against_advice", "Left against advice"
    LEFT_UNSEEN = "left_unseen", "Left unseen"
    ABANDONED = "abandoned", "Abandoned"
    DIED = "died", "Died"
    SIGNED = "signed", "Signed"


S = Status
DOORS = {S.TRANSFERRED, S.LEFT_AGAINST_ADVICE, S.LEFT_UNSEEN, S.DIED}
STEPS = {
    S.PLANNED: {S.CHECKED_IN, S.DOSED, S.ABANDONED} | DOORS,
    S.CHECKED_IN: {S.DOSED, S.ABANDONED} | DOORS,
    S.DOSED: {S.RELEASED} | DOORS,
    S.RELEASED: {S.SIGNED},
    S.TRANSFERRED: {S.SIGNED},
    S.LEFT_AGAINST_ADVICE: {S.SIGNED},
    S.LEFT_UNSEEN: {S.SIGNED},
    S.DIED: {S.SIGNED},
    S.ABANDONED: {S.SIGNED},
    S.SIGNED: set(),
}
LIVE = (S.CHECKED_IN, S.DOSED)


class SupervisedSession(AtSite):
    """One person's session. A group is several of these in one room."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="supervised_sessions")
    cycle = models.ForeignKey("clinic.Cycle", models.PROTECT, related_name="supervised_sessions")
    visit = models.OneToOneField("clinic.Visit", models.PROTECT, related_name="supervised_session")
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.PLANNED)
    planned_at = models.DateTimeField()
    planned_by = actor()
    checked_in_at = models.DateTimeField(null=True)
    checked_in_by = maybe_actor()
    dosed_at = models.DateTimeField(null=True)
    dosed_by = maybe_actor()
    ready_at = models.DateTimeField(
        null=True
    )  # clinically ready to leave; not the same as released
    ready_by = maybe_actor()
    ended_at = models.DateTimeField(null=True)
    ended_by = maybe_actor()
    # How it ended stays said when the record is signed and the status says only that.
    ended_as = models.CharField(max_length=24, choices=Status.choices, blank=True, default="")
    end_words = models.TextField(blank=True, default="")
    help_called_at = models.DateTimeField(null=True)
    help_called_by = maybe_actor()
    signed_at = models.DateTimeField(null=True)
    signed_by = maybe_actor()
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-planned_at"]
        constraints = [
            known_status("supervised", Status),
            *[
                together("supervised", f"{act}_at", f"{act}_by")
                for act in ["checked_in", "dosed", "ready", "ended", "help_called", "signed"]
            ],
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=["checked_in", "dosed"]),
                name="case_has_one_live_session",
            ),
        ]
        indexes = [
            models.Index(
                fields=["site"],
                name="supervised_live",
                condition=Q(status__in=["checked_in", "dosed"]),
            )
        ]

    def __str__(self):
        return f"Supervised session of {self.case}"

    def get_absolute_url(self):
        return reverse("supervised:show", args=[self.key])

    def lock(self):
        """Hold the case, then read this session afresh with everything charted in it."""
        self.case.lock()
        fresh = type(self)._default_manager.get(pk=self.pk)
        for column in self._meta.concrete_fields:
            setattr(self, column.attname, getattr(fresh, column.attname))
        self._prefetched_objects_cache = {}


class Presence(AtSite):
    """Somebody came to, left, or became reachable for this session: one line of three logs."""

    class Where(models.TextChoices):
        WITH_CLIENT = "with_client", "With the client"
        ON_PREMISES = "on_premises", "On the premises"
        REACHABLE = "reachable", "Reachable"
        AWAY = "away", "Away"

    SITE_FROM = "session"

    session = models.ForeignKey(SupervisedSession, models.PROTECT, related_name="presences")
    user = models.ForeignKey("clinic.User", models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=30)  # the one capacity taken for this session
    where = models.CharField(max_length=20, choices=Where.choices)
    stated_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, editable=False)
    by = actor()

    class Meta:
        ordering = ["stated_at", "pk"]

    def __str__(self):
        return f"{self.user} {self.get_where_display().lower()}"


class ObservationSet(AtSite):
    """One set of observations, or the coded reason why it is missing or partial. Three clocks."""

    SITE_FROM = "session"

    session = models.ForeignKey(SupervisedSession, models.PROTECT, related_name="observation_sets")
    client_key = models.UUIDField(unique=True)  # made by the device: the same entry is one row
    content_digest = models.TextField()
    planned_for = models.DateTimeField(null=True)  # the schedule's time; none for an extra set
    stated_at = models.DateTimeField()  # when the clinician says it was
    received_at = models.DateTimeField(null=True, editable=False)  # when the database had it
    by = actor()
    miss_reason = models.CharField(max_length=40, blank=True, default="")
    note = models.TextField(blank=True, default="")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    correction_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["stated_at", "pk"]
        indexes = [models.Index(fields=["session", "stated_at"], name="set_by_session_and_time")]

    def __str__(self):
        return f"Observations {self.stated_at:%H:%M}"


class Reading(AtSite):
    """One value of one parameter, as typed and as understood."""

    SITE_FROM = "set"

    set = models.ForeignKey(ObservationSet, models.PROTECT, related_name="readings")
    parameter = models.CharField(max_length=40)
    typed = models.CharField(max_length=60)
    unit = models.CharField(max_length=20, blank=True, default="")
    value = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    words = models.CharField(max_length=120, blank=True, default="")
    band = models.CharField(max_length=20)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["set", "parameter"], name="parameter_once_a_set")
        ]

    def __str__(self):
        return f"{self.parameter} {self.typed}"


class Order(AtSite):
    """A prescriber's order of one dose, for this session and this day only."""

    SITE_FROM = "session"

    session = models.ForeignKey(SupervisedSession, models.PROTECT, related_name="orders")
    is_supplementary = models.BooleanField(default=False)
    amount = models.DecimalField(max_digits=9, decimal_places=3)
    unit = models.CharField(max_length=10)
    substance_form = models.CharField(max_length=80)
    route = models.CharField(max_length=40)
    weight_kg = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    arithmetic = models.TextField()
    # Who agreed to a further dose, in the version's words, and when: [{"who": …, "at": …}].
    agreed = models.JSONField(default=list)
    ordered_at = models.DateTimeField()
    ordered_by = actor()
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(name="order_is_of_something", condition=Q(amount__gt=0)),
        ]

    def __str__(self):
        return f"{self.amount} {self.unit}"


class PreparedDose(AtSite):
    """A dose drawn from a lot and checked by a second person who is not the first."""

    SITE_FROM = "order"

    order = models.OneToOneField(Order, models.PROTECT, related_name="prepared")
    lot = models.ForeignKey("clinic.Lot", models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=9, decimal_places=3)
    arithmetic = models.TextField()
    prepared_at = models.DateTimeField()
    prepared_by = actor()
    checked_at = models.DateTimeField()
    checked_by = actor()
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            CheckConstraint(
                name="dose_is_checked_by_somebody_else",
                condition=~Q(prepared_by=F("checked_by")),
            )
        ]

    def __str__(self):
        return f"{self.quantity} from {self.lot}"


class Dose(AtSite):
    """A dose that went into a person. It is recorded whatever stood open at the time."""

    SITE_FROM = "session"

    session = models.ForeignKey(SupervisedSession, models.PROTECT, related_name="doses")
    order = models.OneToOneField(Order, models.PROTECT, null=True, related_name="dose")
    client_key = models.UUIDField(unique=True)
    content_digest = models.TextField()
    amount = models.DecimalField(max_digits=9, decimal_places=3)  # given; unknown counts as ordered
    amount_known = models.BooleanField(default=True)
    unit = models.CharField(max_length=10)
    lot_number = models.CharField(max_length=60, blank=True, default="")
    product = models.CharField(max_length=40, blank=True, default="")  # empty: nobody wrote it down
    given_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, editable=False)
    by = actor()
    second_person = maybe_actor()
    on_paper = models.BooleanField(default=False)
    wasted = models.DecimalField(max_digits=9, decimal_places=3, default=0)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            CheckConstraint(
                name="second_person_is_not_the_first",
                condition=Q(second_person__isnull=True) | ~Q(second_person=F("by")),
            ),
            CheckConstraint(name="dose_is_of_something", condition=Q(amount__gt=0)),
        ]

    def __str__(self):
        return f"{self.amount} {self.unit}"


class Deviation(AtSite):
    """What stood open when something was recorded as having happened all the same."""

    SITE_FROM = "session"

    session = models.ForeignKey(SupervisedSession, models.PROTECT, related_name="deviations")
    act = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    message = models.TextField()
    at = models.DateTimeField()
    by = actor()
    received_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.message


class SessionEvent(AtSite):
    """One tap: what was seen, said or done, at a time. An undo is a later line."""

    SITE_FROM = "session"

    session = models.ForeignKey(SupervisedSession, models.PROTECT, related_name="events")
    client_key = models.UUIDField(unique=True)
    content_digest = models.TextField()
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    note = models.TextField(blank=True, default="")
    stated_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, editable=False)
    by = actor()
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        ordering = ["stated_at", "pk"]

    def __str__(self):
        return self.label


class AdverseEvent(AtSite):
    """Something untoward, with both how severe and how serious it is; late facts are welcome."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="adverse_events")
    session = models.ForeignKey(
        SupervisedSession, models.PROTECT, null=True, related_name="adverse_events"
    )
    client_key = models.UUIDField(unique=True, null=True)  # made by the device, where one was used
    content_digest = models.TextField(blank=True, default="")
    term = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    words = models.TextField(blank=True, default="")
    reported_at = models.DateTimeField()
    reported_by = actor()
    received_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["started_at", "pk"]

    def __str__(self):
        return self.term


class Assessment(AtSite):
    """A clinician's view of an adverse event at a time; the newest stands."""

    SITE_FROM = "adverse_event"

    adverse_event = models.ForeignKey(AdverseEvent, models.PROTECT, related_name="assessments")
    grade = models.PositiveSmallIntegerField()  # CTCAE 1 to 5
    is_serious = models.BooleanField()
    seriousness = models.CharField(max_length=120, blank=True, default="")
    relatedness = models.CharField(max_length=20)
    is_expected = models.BooleanField()
    prevents_release = models.BooleanField()
    outcome = models.CharField(max_length=20)
    ended_at = models.DateTimeField(null=True)
    action_taken = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    by = actor()

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                name="grade_is_one_to_five", condition=Q(grade__gte=1) & Q(grade__lte=5)
            )
        ]

    def __str__(self):
        return f"grade {self.grade}"
