"""Reports to somebody outside: what is due since when, and what became of each."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.urls import reverse

from clinic.records import AtSite, known_status, maybe_actor, together


class Status(models.TextChoices):
    DUE = "due", "Due"
    SENT = "sent", "Sent"
    NOT_OWED = "not_owed", "Not owed"


STEPS = {Status.DUE: {Status.SENT, Status.NOT_OWED}, Status.SENT: set(), Status.NOT_OWED: set()}


class How(models.TextChoices):
    PORTAL = "portal", "Through its portal"
    FAX = "fax", "By fax"
    EMAIL = "email", "By e-mail"
    TELEPHONE = "telephone", "By telephone"
    POST = "post", "By post"
    IN_PERSON = "in_person", "In person"


class Report(AtSite):
    """One report a protocol asks for, about a session, an adverse event or a period of a site."""

    SITE_FROM = None

    case = models.ForeignKey("clinic.Case", models.PROTECT, null=True, related_name="reports")
    session = models.ForeignKey(
        "clinic_sessions.SupervisedSession", models.PROTECT, null=True, related_name="reports"
    )
    adverse_event = models.ForeignKey(
        "clinic_sessions.AdverseEvent", models.PROTECT, null=True, related_name="reports"
    )
    protocol_version = models.ForeignKey("clinic.ProtocolVersion", models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    occurrence = models.TextField(unique=True)
    begins_on = models.DateField()  # the day its clock begins
    due_on = models.DateField(null=True)  # none where it is voluntary
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DUE)
    sent_on = models.DateField(null=True)  # as whoever sent it says
    how = models.CharField(max_length=20, choices=How.choices, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")
    words = models.TextField(blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    settled_by = maybe_actor()
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "begins_on", "pk"]
        constraints = [
            known_status("report", Status),
            together("report", "settled_at", "settled_by"),
            CheckConstraint(
                name="report_is_sent_on_a_day",
                condition=~Q(status="sent") | Q(sent_on__isnull=False) & ~Q(how=""),
            ),
            CheckConstraint(
                name="report_is_not_owed_for_a_reason",
                condition=~Q(status="not_owed") | ~Q(words=""),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "due_on"], name="report_due", condition=Q(status="due"))
        ]

    def __str__(self):
        return f"{self.code} of {self.begins_on:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("reports:show", args=[self.key])
