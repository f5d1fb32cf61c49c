"""The outbox: what must be sent, when, once. Celery carries it; this table is the truth."""

import zoneinfo

from django.db import models
from django.db.models import CheckConstraint, Q

from clinic.records import AtSite, known_status


class Status(models.TextChoices):
    DUE = "due", "Due"
    CLAIMED = "claimed", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Could not be sent"
    CANCELLED = "cancelled", "Cancelled"
    UNSURE = "unsure", "Possibly sent"


STEPS = {
    Status.DUE: {Status.CLAIMED, Status.CANCELLED},
    Status.CLAIMED: {Status.SENT, Status.FAILED, Status.DUE, Status.CANCELLED, Status.UNSURE},
    Status.FAILED: {Status.DUE, Status.CANCELLED},
    Status.SENT: set(),
    Status.CANCELLED: set(),
    Status.UNSURE: set(),
}


class Message(AtSite):
    """One message to one person through one channel, named by what it is about and which time."""

    case = models.ForeignKey(
        "clinic.Case", models.PROTECT, null=True, blank=True, related_name="messages"
    )
    patient = models.ForeignKey("clinic.Patient", models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey("clinic.User", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    about_key = models.UUIDField(null=True)
    occurrence = models.TextField(unique=True)  # kind, subject, which time and channel in one word
    channel = models.CharField(max_length=20, default="email")
    is_safety = models.BooleanField(default=False)
    context = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DUE)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    message_id = models.TextField()
    last_error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["due_at"]
        indexes = [
            models.Index(
                fields=["due_at"], name="message_due", condition=Q(status__in=["due", "claimed"])
            )
        ]
        constraints = [
            known_status("message", Status),
            CheckConstraint(
                name="message_goes_to_one_person",
                condition=Q(patient__isnull=True, user__isnull=False)
                | Q(patient__isnull=False, user__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.kind} due {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def zone(self):
        """The zone the reader lives in; staff read in the site's."""
        return zoneinfo.ZoneInfo(self.patient.zone) if self.patient else self.site.tz

    @property
    def address(self):
        """Where it goes, as it stands now."""
        return (self.patient or self.user).email
