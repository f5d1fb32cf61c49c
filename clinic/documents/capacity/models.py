"""Whether a person could decide one thing for themselves, as somebody found at one moment."""

from django.db import models
from django.db.models import CheckConstraint, Q

from clinic.records import AtSite, actor


class Outcome(models.TextChoices):
    """What came of an assessment. Nobody lacks capacity because nobody asked."""

    HAS = "has", "Has capacity"
    LACKS = "lacks", "Lacks capacity"
    NOT_ASSESSED = "not_assessed", "Not assessed"


class CapacityAssessment(AtSite):
    """Capacity for one named decision: by whom, when, what came of it and what it rests on."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="capacity_assessments")
    decision = models.CharField(max_length=60)  # the code of the document that is decided about
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    rests_on = models.TextField()
    assessed_at = models.DateTimeField()
    assessed_by = actor()
    received_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["assessed_at", "pk"]
        constraints = [
            CheckConstraint(
                name="capacity_outcome_is_known", condition=Q(outcome__in=Outcome.values)
            ),
            CheckConstraint(name="capacity_rests_on_something", condition=~Q(rests_on="")),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()}: {self.decision}"
