"""Texts that bind, what was signed on which of them, and what was taken back."""

from django.db import models
from django.db.models import CheckConstraint, Q

from clinic.records import AtSite, Keyed, actor, maybe_actor, together


class Text(Keyed):
    """One version of a document's text in one language, never changed once it stands."""

    code = models.SlugField()
    language = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    digest = models.TextField()
    is_example = models.BooleanField("an example, to be replaced by the clinic", default=False)
    binding_from = models.DateTimeField()
    added_at = models.DateTimeField()
    added_by = actor()

    class Meta:
        ordering = ["code", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "language", "version"], name="text_version_is_one_text"
            )
        ]

    def __str__(self):
        return f"{self.title} (v{self.version}, {self.language})"


class SignedDocument(AtSite):
    """A document a patient signed on screen before a witness, and whether it still holds."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="documents")
    text = models.ForeignKey(Text, models.PROTECT, related_name="signed")
    code = models.CharField(max_length=60)
    choice = models.CharField(max_length=30, blank=True, default="")  # touch: yes, no, limits
    limits = models.TextField(blank=True, default="")
    printed_name = models.CharField(max_length=250)
    shown_digest = models.TextField()
    signed_at = models.DateTimeField()
    witnessed_by = actor()
    received_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = maybe_actor()
    withdrawn_words = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            together("document", "withdrawn_at", "withdrawn_by"),
            CheckConstraint(
                name="document_is_withdrawn_after_it_is_signed",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("signed_at")),
            ),
        ]

    def __str__(self):
        return f"{self.text} signed by {self.printed_name}"


class Reaffirmation(AtSite):
    """The patient said on the day that a signed document still holds."""

    SITE_FROM = "document"

    document = models.ForeignKey(SignedDocument, models.PROTECT, related_name="reaffirmations")
    at = models.DateTimeField()
    by = actor()
    about_key = models.UUIDField(null=True)
    received_at = models.DateTimeField(null=True, editable=False)

    def __str__(self):
        return f"{self.document} re-affirmed"
