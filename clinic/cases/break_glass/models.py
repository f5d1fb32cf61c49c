"""The glass broken: somebody outside a patient's care opened their record, and said why."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from clinic.records import AtSite, actor, maybe_actor, together


class BrokenGlass(AtSite):
    """One person's way to one patient's record for a while, with a reason, to be reviewed."""

    SITE_FROM = "patient"

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not_justified", "Not justified"

    patient = models.ForeignKey("clinic.Patient", models.PROTECT, related_name="broken_glass")
    broken_at = models.DateTimeField()
    broken_by = actor()
    reason = models.TextField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = maybe_actor()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = maybe_actor()
    verdict = models.CharField(max_length=20, choices=Verdict.choices, blank=True, default="")
    review = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-broken_at"]
        constraints = [
            together("broken_glass", "ended_at", "ended_by"),
            together("broken_glass", "reviewed_at", "reviewed_by"),
            CheckConstraint(
                name="broken_glass_ends_after_it_begins", condition=Q(until__gt=F("broken_at"))
            ),
            CheckConstraint(
                name="broken_glass_is_reviewed_by_somebody_else",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("broken_by")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["broken_by"],
                name="broken_glass_in_force",
                condition=Q(ended_at__isnull=True),
            )
        ]

    def __str__(self):
        return f"{self.broken_by} opened the record of {self.patient}"
