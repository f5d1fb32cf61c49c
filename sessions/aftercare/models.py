"""Contacts after a session: when, through what, by whom, and what came of them."""

from django.db import models
from django.urls import reverse

from clinic.records import AtSite, known_status, maybe_actor, together


class Status(models.TextChoices):
    PLANNED = "planned", "Planned"
    SENT = "sent", "Sent"
    ANSWERED = "answered", "Answered"
    DONE = "done", "Done"
    NOT_REACHED = "not_reached", "Not reached"
    CANCELLED = "cancelled", "Cancelled"


STEPS = {
    Status.PLANNED: {
        Status.SENT,
        Status.ANSWERED,
        Status.DONE,
        Status.NOT_REACHED,
        Status.CANCELLED,
    },
    Status.SENT: {Status.ANSWERED, Status.DONE, Status.NOT_REACHED, Status.CANCELLED},
    Status.ANSWERED: {Status.DONE},
    Status.NOT_REACHED: {Status.ANSWERED, Status.DONE, Status.CANCELLED},
    Status.DONE: set(),
    Status.CANCELLED: set(),
}


class Touchpoint(AtSite):
    """One planned contact of one cycle, from the protocol's list."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="touchpoints")
    cycle = models.ForeignKey("clinic.Cycle", models.PROTECT, related_name="touchpoints")
    code = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PLANNED)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = maybe_actor()
    words = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["due_at"]
        indexes = [models.Index(fields=["site", "due_at"], name="touchpoint_by_site_and_time")]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "code"], name="touchpoint_once_a_cycle"),
            known_status("touchpoint", Status),
            together("touchpoint", "done_at", "done_by"),
        ]

    def __str__(self):
        return f"{self.code} {self.due_at:%d %b %Y}"

    def get_absolute_url(self):
        return reverse("aftercare:touchpoint", args=[self.key])
