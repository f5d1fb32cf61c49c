"""That a person whom two sites know is one, or that two whom they take for one are two."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from clinic.cases.models import Patient
from clinic.records import AtSite, actor, maybe_actor, together


class RecordLink(AtSite):
    """Two records at two sites that are of one person. Read only by who may open both."""

    SITE_FROM = "first"

    first = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    reason = models.TextField()
    shown = models.JSONField()  # both records as they were signed for
    linked_at = models.DateTimeField()
    linked_by = actor()
    ended_at = models.DateTimeField(null=True)
    ended_by = maybe_actor()
    ended_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["linked_at", "pk"]
        constraints = [
            CheckConstraint(name="a_link_is_written_one_way", condition=Q(first__lt=F("second"))),
            together("record_link", "ended_at", "ended_by"),
            models.UniqueConstraint(
                fields=["first", "second"],
                condition=Q(ended_at__isnull=True),
                name="two_records_are_linked_once",
            ),
        ]

    def __str__(self):
        return (
            f"{self.first.number} at {self.first.site}, {self.second.number} at {self.second.site}"
        )


class ToldApart(AtSite):
    """Two records at two sites that are of two people, however alike. Read as a link is."""

    SITE_FROM = "first"

    first = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    reason = models.TextField()
    shown = models.JSONField()  # both records as they were signed for
    told_at = models.DateTimeField()
    told_by = actor()
    ended_at = models.DateTimeField(null=True)
    ended_by = maybe_actor()
    ended_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["told_at", "pk"]
        constraints = [
            CheckConstraint(name="two_are_told_apart_one_way", condition=Q(first__lt=F("second"))),
            together("told_apart", "ended_at", "ended_by"),
            models.UniqueConstraint(
                fields=["first", "second"],
                condition=Q(ended_at__isnull=True),
                name="two_records_are_told_apart_once",
            ),
        ]

    def __str__(self):
        return (
            f"{self.first.number} at {self.first.site}, {self.second.number} at {self.second.site}"
        )
