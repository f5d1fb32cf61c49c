"""Patient, case, cycle, care team: the spine everything else hangs on."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.urls import reverse
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from clinic import workflow
from clinic.cases.languages import named
from clinic.cases.names import searchable, sortable
from clinic.people.models import known_zone
from clinic.records import AtSite, Keyed, actor, known_status, maybe_actor, together


class Channel(models.TextChoices):
    """A way by which somebody is reached. Of these the clinic's own messages go by e-mail alone."""

    PHONE = "phone", "Telephone"
    TEXT = "text", "Text message"
    EMAIL = "email", "E-mail"
    POST = "post", "Post"


NO_CONTACT = "none"  # in place of a channel: they wish to be written to by nobody
WISHES = ["", *Channel.values, NO_CONTACT]


def wish_in_words(channel):
    """By what somebody wishes to be reached, as a page says it."""
    if channel == NO_CONTACT:
        return "wishes no contact"
    return Channel(channel).label.lower() if channel else ""


@pghistory.track()
class Patient(AtSite):
    """A person in the clinic's care, as one site knows them."""

    SITE_FROM = None
    site = models.ForeignKey("clinic.Site", models.PROTECT, related_name="patients")
    number = models.CharField("identifier", max_length=30)
    given_name = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120)
    known_as = models.CharField(max_length=120, blank=True)
    sort_name = models.CharField(max_length=260, editable=False)
    search_name = models.TextField(editable=False, default="")
    date_of_birth = models.DateField()
    # Nothing is kept as nothing: an encrypted field writes an empty text as NULL.
    email = EncryptedCharField(max_length=320, blank=True, null=True)
    phone = EncryptedCharField(max_length=60, blank=True, null=True)
    address = EncryptedTextField(blank=True, null=True)
    email_digest = models.TextField(blank=True, default="", db_index=True, editable=False)
    phone_digest = models.TextField(blank=True, default="", db_index=True, editable=False)
    language = models.CharField(max_length=12, default="en")
    interpreter_language = models.CharField(max_length=12, blank=True, default="")
    zone = models.CharField("time zone", max_length=60, validators=[known_zone])
    channel = models.CharField(max_length=10, blank=True, default="")  # the one they wish for
    allergies = models.TextField(blank=True, default="")
    identity_seen_at = models.DateTimeField(null=True, blank=True)
    identity_seen_by = maybe_actor()
    identity_document = models.CharField(max_length=80, blank=True, default="")
    died_at = models.DateTimeField(null=True, blank=True)
    died_by = maybe_actor()
    registered_at = models.DateTimeField()
    registered_by = actor()
    # The record that stays, of a person who had two: never one that was merged itself.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_here"
    )

    class Meta:
        ordering = ["sort_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="identifier_is_one_patient"),
            together("patient", "identity_seen_at", "identity_seen_by"),
            together("patient", "died_at", "died_by"),
            CheckConstraint(name="patient_channel_is_known", condition=Q(channel__in=WISHES)),
            CheckConstraint(
                name="patient_is_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "sort_name"], name="patient_by_name"),
            models.Index(fields=["site", "date_of_birth"], name="patient_by_birth"),
            # Every site is asked for a person's earlier doses, by one function of the database.
            models.Index(fields=["date_of_birth"], name="patient_by_birth_anywhere"),
            GinIndex(OpClass(F("search_name"), "gin_trgm_ops"), name="patient_by_any_name"),
        ]

    def __str__(self):
        return f"{self.family_name}, {self.given_name}" if self.given_name else self.family_name

    def save(self, *args, **kwargs):
        self.sort_name = sortable(f"{self.family_name} {self.given_name}")[:260]
        self.search_name = searchable(self.family_name, self.given_name, self.known_as)
        super().save(*args, **kwargs)

    @property
    def born_on(self):
        return self.date_of_birth

    @property
    def identifier(self):
        return self.number

    def agrees_to(self, channel):
        """Whether they agreed to be reached this way, did not take it back, and wish any contact."""
        if self.channel == NO_CONTACT:
            return False
        agreed = self.channel_consents.filter(contact=None, channel=channel, withdrawn_at=None)
        return agreed.exists()

    @property
    def may_email(self):
        """Whether they may be written to by e-mail."""
        return self.agrees_to(Channel.EMAIL)

    @property
    def alerts(self):
        """What nobody who sees this person may miss."""
        found = []
        if self.died_at:
            found.append({"word": "Died", "text": f"{self.died_at:%d %b %Y}", "tone": "void"})
        if self.allergies:
            found.append({"word": "Allergies", "text": self.allergies, "tone": "danger"})
        return found

    def get_absolute_url(self):
        return reverse("cases:patient", args=[self.key])


class Decides(models.TextChoices):
    """The kinds of decisions that a guardian's document may cover."""

    CARE = "care", "Care and what is given"
    RESEARCH = "research", "Taking part in research"
    RECORDS = "records", "Who may have what is written"


@pghistory.track()
class Contact(AtSite):
    """Somebody near the patient: whom to call, who takes them home."""

    SITE_FROM = "patient"

    class Role(models.TextChoices):
        EMERGENCY = "emergency", "Emergency contact"
        ESCORT = "escort", "Escort"
        SUPPORTER = "supporter", "Supporter"
        GUARDIAN = "guardian", "Guardian"
        INTERPRETER = "interpreter", "Interpreter"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="contacts")
    role = models.CharField(max_length=20, choices=Role.choices)
    name = models.CharField(max_length=200)
    relation = models.CharField(max_length=80, blank=True)
    phone = EncryptedCharField(max_length=60)
    email = EncryptedCharField(max_length=320, blank=True, null=True)
    channel = models.CharField(max_length=10, blank=True, default="")  # the one they wish for
    language = models.CharField(max_length=12, blank=True, default="")
    zone = models.CharField(max_length=60, blank=True, default="")  # none: the patient's
    # What makes somebody a guardian: the paper that was seen, what it lets them decide, until when.
    document = models.CharField(max_length=120, blank=True, default="")
    scope = models.TextField(blank=True, default="")
    covers = ArrayField(models.CharField(max_length=20, choices=Decides.choices), default=list)
    ends_on = models.DateField(null=True, blank=True)
    document_seen_at = models.DateTimeField(null=True, blank=True)
    document_seen_by = maybe_actor()
    added_at = models.DateTimeField()
    added_by = actor()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = maybe_actor()

    class Meta:
        ordering = ["role", "pk"]
        constraints = [
            together("contact", "ended_at", "ended_by"),
            together("contact", "document_seen_at", "document_seen_by"),
            CheckConstraint(name="contact_channel_is_known", condition=Q(channel__in=WISHES)),
            CheckConstraint(
                name="a_guardian_alone_has_a_guardians_document",
                condition=Q(role="guardian") | Q(document_seen_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.get_role_display().lower()})"

    @property
    def language_named(self):
        """The language they speak or interpret, by its name."""
        return named(self.language)

    @property
    def wish(self):
        """By what they wish to be reached, in words."""
        return wish_in_words(self.channel)

    @property
    def covers_in_words(self):
        """On what a guardian's document lets them decide, in words."""
        return ", ".join(Decides(each).label.lower() for each in self.covers)

    def is_over_on(self, day):
        """Whether this is a guardian whose guardianship has ended by itself."""
        return self.ends_on is not None and self.ends_on < day

    def why_no_guardian_on(self, day):
        """Why somebody is nobody's guardian on a day, in words; nothing where they are."""
        if self.role != self.Role.GUARDIAN or self.document_seen_at is None:
            return "no guardian's document has been seen"
        if self.ended_at is not None:
            return "they are no longer a contact of the person"
        return f"the guardianship ended on {self.ends_on:%d %B %Y}" if self.is_over_on(day) else ""


class Status(models.TextChoices):
    """Where the next dose stands."""

    REFERRED = "referred", "Referred"
    SCREENING = "screening", "Screening"
    ELIGIBLE = "eligible", "Eligible"
    PREPARING = "preparing", "Preparing"
    READY = "ready", "Ready"
    IN_SESSION = "in_session", "In session"
    INTEGRATING = "integrating", "Integrating"
    AFTERCARE = "aftercare", "Aftercare"
    CLOSED = "closed", "Closed"
    DEFERRED = "deferred", "Deferred"
    DECLINED = "declined", "Declined"
    SUSPENDED = "suspended", "Suspended for safety"
    WITHDRAWN = "withdrawn", "Withdrawn"
    LOST = "lost_to_follow_up", "Lost to follow-up"
    DIED = "died", "Died"


S = Status
LEAVES = {S.SUSPENDED, S.WITHDRAWN, S.LOST, S.DIED}
RETURNS = {
    S.REFERRED,
    S.SCREENING,
    S.ELIGIBLE,
    S.PREPARING,
    S.READY,
    S.IN_SESSION,
    S.INTEGRATING,
    S.AFTERCARE,
}
STEPS = {
    S.REFERRED: {S.SCREENING} | LEAVES,
    S.SCREENING: {S.ELIGIBLE, S.DEFERRED, S.DECLINED} | LEAVES,
    # Screening may be opened again at any time before the dose: an edit after signing does it.
    S.ELIGIBLE: {S.PREPARING, S.SCREENING} | LEAVES,
    S.PREPARING: {S.READY, S.SCREENING, S.IN_SESSION, S.INTEGRATING} | LEAVES,
    S.READY: {S.IN_SESSION, S.PREPARING, S.SCREENING, S.INTEGRATING} | LEAVES,
    S.IN_SESSION: {S.INTEGRATING, S.PREPARING} | LEAVES,
    S.INTEGRATING: {S.PREPARING, S.AFTERCARE, S.IN_SESSION} | LEAVES,
    S.AFTERCARE: {S.PREPARING, S.CLOSED} | LEAVES,
    S.DEFERRED: {S.SCREENING, S.CLOSED} | LEAVES,
    S.DECLINED: {S.CLOSED, S.SCREENING, S.DIED},
    S.SUSPENDED: RETURNS | {S.WITHDRAWN, S.LOST, S.DIED, S.CLOSED},
    S.WITHDRAWN: {S.CLOSED, S.DIED},
    S.LOST: RETURNS | {S.CLOSED, S.WITHDRAWN, S.DIED},
    S.CLOSED: {S.DIED},
    S.DIED: set(),
}


ENDED = {S.CLOSED, S.DECLINED, S.WITHDRAWN, S.DIED}
OPEN = [status for status in S if status not in ENDED]


@pghistory.track()
class Case(AtSite):
    """One course of treatment of one patient on one protocol version."""

    SITE_FROM = "patient"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="cases")
    protocol_version = models.ForeignKey(
        "clinic.ProtocolVersion", models.PROTECT, related_name="cases"
    )
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.REFERRED)
    left_stage = models.CharField(max_length=20, blank=True, default="")
    referred_at = models.DateTimeField()
    referred_by = actor()
    referral_source = models.CharField(max_length=200)
    referral_reason = models.TextField(blank=True)
    status_reason = models.TextField(blank=True, default="")
    stage_since = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = maybe_actor()

    class Meta:
        ordering = ["-referred_at"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "number"], name="case_number_is_one_case"),
            known_status("case", Status),
            together("case", "closed_at", "closed_by"),
        ]
        indexes = [
            models.Index(fields=["site", "status", "stage_since"], name="case_by_stage_and_wait"),
            models.Index(
                fields=["site", "stage_since", "id"],
                name="case_open_by_wait",
                condition=Q(status__in=[str(status) for status in OPEN]),
            ),
        ]

    def __str__(self):
        return f"{self.patient}, case {self.number}"

    def save(self, *args, **kwargs):
        self.stage_since = self.stage_since or self.referred_at
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("casefile:show", args=[self.key])

    def lock(self):
        """Hold the case: PostgreSQL then serialises this person's whole workflow."""
        workflow.lock(self)


class CareTeamMember(AtSite):
    """Who cares for this case, in which capacity, since when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="team")
    user = models.ForeignKey("clinic.User", models.PROTECT, related_name="teams")
    capacity = models.CharField(max_length=30)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    added_by = actor()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user", "capacity"],
                condition=Q(until__isnull=True),
                name="team_member_once_a_capacity",
            )
        ]

    def __str__(self):
        return f"{self.user} ({self.capacity})"


class Cycle(AtSite):
    """One dose and what belongs to it: its preparation, its session, its integration."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="cycles")
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    opened_by = actor()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="cycle_number_is_one_cycle")
        ]

    def __str__(self):
        return f"cycle {self.number}"


class Hold(Keyed):
    """A stop put on a version or one rule of it, a lot, a room, a person, a site or one patient."""

    class On(models.TextChoices):
        VERSION = "version", "Protocol version"
        RULE = "rule", "One rule of a protocol version"
        LOT = "lot", "Lot"
        ROOM = "room", "Room"
        PERSON = "person", "Member of staff"
        SITE = "site", "Site"
        PATIENT = "patient", "Patient"

    site = models.ForeignKey("clinic.Site", models.PROTECT, related_name="holds")
    on = models.CharField(max_length=20, choices=On.choices)
    target_key = models.UUIDField(db_index=True)  # of a rule: its version's
    rule = models.TextField(blank=True, default="")  # the rule's place in that document
    words = models.TextField()
    reason = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = actor()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = maybe_actor()

    class Meta:
        constraints = [
            together("hold", "lifted_at", "lifted_by"),
            CheckConstraint(
                name="hold_is_lifted_after_it_is_placed",
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("placed_at")),
            ),
        ]

    def __str__(self):
        return f"Hold on {self.words}"
