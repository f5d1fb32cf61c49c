"""A thing that needs a named person, until somebody says what came of it."""

from django.db import models
from django.db.models import Q

from clinic.records import AtSite, Keyed, known_status, maybe_actor, together


class Status(models.TextChoices):
    WAITING = "waiting", "Waiting for somebody"
    TAKEN = "taken", "Taken"
    CLOSED = "closed", "Closed"


STEPS = {
    Status.WAITING: {Status.TAKEN, Status.CLOSED},
    Status.TAKEN: {Status.CLOSED, Status.WAITING},
    Status.CLOSED: set(),
}


class Urgency(models.TextChoices):
    RED = "red", "Now"
    AMBER = "amber", "Today"


class Matter(AtSite):
    """Something that must end in a name: who took it, when, and what came of it."""

    case = models.ForeignKey(
        "clinic.Case", models.PROTECT, null=True, blank=True, related_name="matters"
    )
    kind = models.CharField(max_length=60)
    about_key = models.UUIDField(null=True)
    occurrence = models.TextField(unique=True)
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    words = models.TextField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.WAITING)
    rung = models.PositiveSmallIntegerField(default=0)
    raised_at = models.DateTimeField()
    raised_by = maybe_actor()
    climbs_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken_by = maybe_actor()
    closed_at = models.DateTimeField(null=True)
    closed_by = maybe_actor()
    outcome = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["raised_at"]
        indexes = [
            models.Index(
                fields=["site", "raised_at"],
                name="matter_open",
                condition=~Q(status="closed"),
            )
        ]
        constraints = [
            known_status("matter", Status),
            together("matter", "taken_at", "taken_by"),
            together("matter", "closed_at", "closed_by"),
        ]

    def __str__(self):
        return self.words


class Notice(Keyed):
    """Who was told of a matter, when, on which rung."""

    SITE_FROM = "matter"

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="notices")
    site = models.ForeignKey("clinic.Site", models.PROTECT, related_name="+")
    user = models.ForeignKey("clinic.User", models.PROTECT, related_name="+")
    rung = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["told_at"]

    def __str__(self):
        return f"{self.user} told of {self.matter}"
