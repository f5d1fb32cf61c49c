"""Concerns: what somebody tells the safety lead and nobody else. No part of any chart."""

from django.db import models
from django.db.models import CheckConstraint, Q
from encrypted_fields.fields import EncryptedTextField

from clinic.records import AtSite, actor, maybe_actor, together


class Concern(AtSite):
    """What a patient or a colleague tells somebody other than those it is about."""

    SITE_FROM = "patient"

    patient = models.ForeignKey("clinic.Patient", models.PROTECT, null=True, related_name="+")
    about_user = maybe_actor()
    words = EncryptedTextField()
    from_patient = models.BooleanField(default=False)
    through_key = models.UUIDField(null=True)  # the link a patient told it through
    raised_at = models.DateTimeField()
    raised_by = actor()
    heard_at = models.DateTimeField(null=True)
    heard_by = maybe_actor()  # who looks after it from then on
    closed_at = models.DateTimeField(null=True)
    closed_by = maybe_actor()
    outcome = EncryptedTextField(null=True)  # noqa: DJ001 -- an encrypted field has no empty text

    class Meta:
        ordering = ["pk"]
        constraints = [
            together("concern", "heard_at", "heard_by"),
            together("concern", "closed_at", "closed_by"),
            CheckConstraint(
                name="concern_closes_with_an_outcome",
                condition=Q(closed_at__isnull=True) | Q(outcome__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Concern of {self.raised_at:%Y-%m-%d}"


class ConcernNote(AtSite):
    """What the safety lead did about a concern. It stays as it was written."""

    SITE_FROM = "concern"

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="notes")
    noted_at = models.DateTimeField()
    noted_by = actor()
    words = EncryptedTextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Note of {self.noted_at:%Y-%m-%d}"
