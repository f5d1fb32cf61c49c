"""What screening answers mean for this person, and the signed decision."""

from django.db import models

from clinic.records import AtSite, actor


class FindingDecision(AtSite):
    """What a named person made of one finding; the newest of an item stands."""

    class Ruling(models.TextChoices):
        ACCEPTED = "accepted", "Accepted after review"
        CLEARED = "cleared", "Cleared by evidence"
        EXCLUDED = "excluded", "Excludes"

    SITE_FROM = "form"

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="finding_decisions")
    form = models.ForeignKey("clinic.Form", models.PROTECT, related_name="finding_decisions")
    item = models.CharField(max_length=80)
    because = models.CharField(max_length=20)
    ruling = models.CharField(max_length=20, choices=Ruling.choices)
    reason = models.TextField()
    evidence_on = models.DateField(null=True)
    evidence = models.ForeignKey(
        "clinic.Evidence", models.PROTECT, null=True, related_name="rulings"
    )
    decided_at = models.DateTimeField()
    decided_by = actor()
    answer_pk = models.BigIntegerField(
        null=True
    )  # the answer it speaks of; a newer one re-opens it
    received_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.item}: {self.ruling}"

    @property
    def rests_on_nothing(self):
        """Whether the result it rests on has been taken back since."""
        return self.evidence is not None and not self.evidence.is_standing


class ScreeningDecision(AtSite):
    """A licensed person's signed decision on one screening as it stood then."""

    class Outcome(models.TextChoices):
        ELIGIBLE = "eligible", "Eligible"
        DEFERRED = "deferred", "Deferred"
        DECLINED = "declined", "Declined"

    SITE_FROM = "case"

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="screening_decisions")
    form = models.ForeignKey("clinic.Form", models.PROTECT, related_name="screening_decisions")
    form_revision = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reason = models.TextField(blank=True, default="")
    deferred_until = models.DateField(null=True)
    decided_at = models.DateTimeField()
    decided_by = actor()
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.get_outcome_display()} ({self.decided_at:%d %b %Y})"
