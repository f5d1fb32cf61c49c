"""What stands beside a signed record: a second name under it, and what is added to it."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from clinic.records import AtSite, actor, known_status, maybe_actor, together


class Status(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"


STEPS: dict[str, set[str]] = {
    Status.PROPOSED: {Status.ACCEPTED, Status.REFUSED},
    Status.ACCEPTED: set(),
    Status.REFUSED: set(),
}


class CounterSignature(AtSite):
    """A second person's name under what a first one signed."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="+")
    first = models.ForeignKey("clinic.Signature", models.PROTECT, related_name="counter_signatures")
    signature = models.OneToOneField(
        "clinic.Signature", models.PROTECT, related_name="counter_signature"
    )
    countersigned_at = models.DateTimeField()
    countersigned_by = actor()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "countersigned_by"], name="nobody_countersigns_twice"
            )
        ]

    def __str__(self):
        return f"Counter-signature by {self.countersigned_by}"


class Amendment(AtSite):
    """Words proposed to stand beside a signed record, whose own bytes never change."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="amendments")
    record = models.ForeignKey("clinic.Signature", models.PROTECT, related_name="amendments")
    words = models.TextField()
    reason = models.TextField()
    is_asked_by_patient = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = actor()
    received_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True)
    decided_by = maybe_actor()
    answer = models.TextField(blank=True, default="")  # why it was refused
    acceptance = models.OneToOneField(
        "clinic.Signature", models.PROTECT, null=True, related_name="accepted_amendment"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            known_status("amendment", Status),
            together("amendment", "decided_at", "decided_by"),
            CheckConstraint(
                name="amendment_is_decided_by_somebody_else",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
            CheckConstraint(
                name="amendment_is_accepted_by_a_signature_or_refused_with_a_reason",
                condition=Q(status="proposed", acceptance__isnull=True, decided_at__isnull=True)
                | Q(status="accepted", acceptance__isnull=False, decided_at__isnull=False)
                | Q(status="refused", acceptance__isnull=True, decided_at__isnull=False)
                & ~Q(answer=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["site", "proposed_at"],
                name="amendment_waits",
                condition=Q(status="proposed"),
            )
        ]

    @property
    def is_waiting(self):
        return self.status == Status.PROPOSED

    def __str__(self):
        return f"Amendment of {self.proposed_at:%d %b %Y}"
