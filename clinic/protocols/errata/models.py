"""What was misprinted in a version that is in force: proposed by an author, approved by another."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from clinic.protocols.models import ProtocolVersion
from clinic.records import Keyed, actor, known_status, maybe_actor, together


class Status(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "In force"
    REFUSED = "refused", "Refused"


STEPS = {
    Status.PROPOSED: {Status.APPROVED, Status.REFUSED},
    Status.APPROVED: set(),
    Status.REFUSED: set(),
}


class Kind(models.TextChoices):
    WORDS = "words", "Words"
    BASIS = "basis", "On whose authority"
    NUMBER = "number", "A number, made stricter"
    WITHDRAWAL = "withdrawal", "An earlier erratum counts no longer"


class Erratum(Keyed):
    """One place of one version that shall say something else from the moment of its approval."""

    version = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="corrections")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PROPOSED)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    place = models.TextField()
    about = models.TextField()
    says = models.TextField()
    shall_say = models.TextField()
    reason = models.TextField()
    source = models.TextField()
    withdraws = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    proposed_by = actor()
    approved_at = models.DateTimeField(null=True)
    approved_by = maybe_actor()
    refused_at = models.DateTimeField(null=True)
    refused_by = maybe_actor()
    refusal = models.TextField(default="")

    class Meta:
        ordering = ["version", "-number"]
        verbose_name_plural = "errata"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "number"], name="erratum_number_is_one_erratum"
            ),
            models.UniqueConstraint(
                fields=["version", "place"],
                condition=Q(status="proposed"),
                name="erratum_is_proposed_once_a_place",
            ),
            known_status("erratum", Status),
            together("erratum", "approved_at", "approved_by"),
            together("erratum", "refused_at", "refused_by"),
            models.CheckConstraint(
                name="erratum_is_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="erratum_is_approved_or_refused_as_it_says",
                condition=Q(status="proposed", approved_at__isnull=True, refused_at__isnull=True)
                | Q(status="approved", approved_at__isnull=False, refused_at__isnull=True)
                | Q(status="refused", approved_at__isnull=True, refused_at__isnull=False),
            ),
            models.CheckConstraint(
                name="erratum_withdraws_where_it_says_so",
                condition=Q(kind="withdrawal", withdraws__isnull=False)
                | (~Q(kind="withdrawal") & Q(withdraws__isnull=True)),
            ),
        ]

    def __str__(self):
        return f"Erratum {self.number} of {self.version}"

    def get_absolute_url(self):
        return reverse("admin:clinic_protocolversion_erratum", args=[self.key])
