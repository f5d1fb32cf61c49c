"""Incidents: what went otherwise than meant, who looks after it, and what was learnt."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from clinic.records import AtSite, actor, maybe_actor, together


class Incident(AtSite):
    """One thing that went, or nearly went, otherwise than meant."""

    class Kind(models.TextChoices):
        DEVIATION = "deviation", "Deviation"
        NEAR_MISS = "near_miss", "Near miss"
        COMPLAINT = "complaint", "Complaint"

    case = models.ForeignKey("clinic.Case", models.PROTECT, null=True, related_name="incidents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    # What it is about and which act: the same is opened once.
    occurrence = models.TextField(blank=True, default="")
    about_key = models.UUIDField(null=True)
    words = models.TextField()
    stated_at = models.DateTimeField()  # when it happened, as whoever opened it says
    opened_at = models.DateTimeField()
    opened_by = actor()
    owner = maybe_actor()
    due_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = maybe_actor()
    outcome = models.TextField(blank=True, default="")
    learnt = models.TextField(blank=True, default="")

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            together("incident", "closed_at", "closed_by"),
            CheckConstraint(
                name="incident_kind_is_known",
                condition=Q(kind__in=["deviation", "near_miss", "complaint"]),
            ),
            CheckConstraint(
                name="incident_closes_with_an_outcome",
                condition=Q(closed_at__isnull=True) | ~Q(outcome=""),
            ),
            UniqueConstraint(
                name="incident_is_opened_once",
                fields=["occurrence"],
                condition=~Q(occurrence=""),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.opened_at:%Y-%m-%d}"


class IncidentNote(AtSite):
    """What somebody found out or did about an incident. It stays as it was written."""

    SITE_FROM = "incident"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="notes")
    noted_at = models.DateTimeField()
    noted_by = actor()
    words = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Note of {self.noted_at:%Y-%m-%d}"
