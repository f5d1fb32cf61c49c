"""Protocol templates and their versions. A published version is one frozen document."""

from django.db import models
from django.urls import reverse

from clinic.records import Keyed, actor, known_status, maybe_actor, together


class Protocol(Keyed):
    """A way of treating with one substance, kept through its versions."""

    code = models.SlugField(unique=True)
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("admin:clinic_protocol_change", args=[self.key])


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"
    DISCARDED = "discarded", "Discarded"


STEPS = {
    Status.DRAFT: {Status.IN_REVIEW, Status.DISCARDED},
    Status.IN_REVIEW: {Status.PUBLISHED, Status.DRAFT},
    Status.PUBLISHED: {Status.RETIRED},
    Status.RETIRED: set(),
    Status.DISCARDED: set(),
}


class ProtocolVersion(Keyed):
    """One version: a draft somebody writes, or the document a second person published."""

    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    document = models.JSONField()
    digest = models.TextField()
    # The approved errata in the order of their approval, written by the database itself, so that
    # whoever reads a version has them without asking again.
    errata = models.JSONField(default=list, editable=False)
    is_made_up = models.BooleanField("made up, for practice only", default=False)
    drafted_at = models.DateTimeField()
    drafted_by = actor()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = maybe_actor()
    sent_back_at = models.DateTimeField(null=True)  # the last time, read by its author
    sent_back_by = maybe_actor()
    sent_back_reason = models.TextField(blank=True, default="")
    confirmed = models.JSONField(
        default=list
    )  # places of the uncertain numbers the approver ticked
    published_at = models.DateTimeField(null=True)
    published_by = maybe_actor()
    retired_at = models.DateTimeField(null=True)
    retired_by = maybe_actor()
    retired_reason = models.TextField(blank=True, default="")
    discarded_at = models.DateTimeField(null=True)
    discarded_by = maybe_actor()

    class Meta:
        ordering = ["protocol", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "number"], name="version_number_is_one_version"
            ),
            models.UniqueConstraint(
                fields=["protocol"],
                condition=models.Q(status="published"),
                name="one_published_version_a_protocol",
            ),
            known_status("version", Status),
            together("version", "submitted_at", "submitted_by"),
            together("version", "sent_back_at", "sent_back_by"),
            together("version", "published_at", "published_by"),
            together("version", "retired_at", "retired_by"),
            together("version", "discarded_at", "discarded_by"),
            models.CheckConstraint(
                name="only_what_was_published_has_errata",
                condition=models.Q(errata=[]) | models.Q(status__in=["published", "retired"]),
            ),
            models.CheckConstraint(
                name="version_is_published_by_a_second_person",
                condition=models.Q(published_by__isnull=True)
                | ~models.Q(published_by=models.F("drafted_by")),
            ),
        ]

    def __str__(self):
        return f"{self.protocol} v{self.number}"

    def get_absolute_url(self):
        return reverse("admin:clinic_protocolversion_change", args=[self.key])


class PartChange(Keyed):
    """Somebody changed a part of a draft: who wrote in it does not publish it."""

    version = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="changes")
    place = models.TextField()
    changed_at = models.DateTimeField()
    changed_by = actor()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.version}: {self.place}"
