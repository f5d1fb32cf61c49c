"""What screening answers mean for this person, and the signed decision."""

from django.db import models
from django.db.models import CheckConstraint, Q

from clinic.protocols import screening_rules
from clinic.records import AtSite, UnderApproval, actor

# Among the reasons of a version, to say that it is none of them: then the words say it alone.
NONE_OF_THESE = (screening_rules.NONE_OF_THESE, "None of these; the words say it")


class FindingDecision(UnderApproval, AtSite):
    """What a named person made of one finding; the newest of an item stands.

    To accept what excludes is to decide past it: that is signed, and counted for the safety lead.
    """

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
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            *UnderApproval.Meta.constraints,
            CheckConstraint(
                name="a_ruling_is_signed_only_where_it_accepts",
                condition=Q(signature__isnull=True) | Q(ruling="accepted"),
            ),
        ]

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
    # Of the version's reasons, each as it was called that day: {"code": …, "label": …}.
    denial_reasons = models.JSONField(default=list)
    deferred_until = models.DateField(null=True)
    decided_at = models.DateTimeField()
    decided_by = actor()
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                name="screening_decision_has_denial_reasons_only_when_declined",
                condition=Q(denial_reasons=[]) | Q(outcome="declined"),
            )
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} ({self.decided_at:%d %b %Y})"
