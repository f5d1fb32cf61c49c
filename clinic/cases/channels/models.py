"""What somebody agreed to: by which channel they may be reached, since when, until they say no."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from clinic.cases.models import Channel, Contact, Patient
from clinic.records import AtSite, actor, maybe_actor, together


class ChannelConsent(AtSite):
    """A person, or somebody near them, may be reached by one channel; it is taken back, not undone."""

    SITE_FROM = "patient"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="channel_consents")
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, related_name="channel_consents"
    )  # nobody: the patient agreed for themselves
    channel = models.CharField(max_length=10, choices=Channel.choices)
    given_at = models.DateTimeField()
    given_by = actor()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = maybe_actor()

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            together("channelconsent", "withdrawn_at", "withdrawn_by"),
            CheckConstraint(
                name="channelconsent_is_of_a_channel", condition=Q(channel__in=Channel.values)
            ),
            CheckConstraint(
                name="channelconsent_is_withdrawn_after_it_is_given",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
            ),
            models.UniqueConstraint(
                fields=["patient", "contact", "channel"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="channelconsent_is_in_force_once",
            ),
        ]

    def __str__(self):
        return f"{self.contact or self.patient}: {self.get_channel_display().lower()}"
