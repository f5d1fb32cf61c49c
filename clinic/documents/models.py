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
    witnessed_by = actor()  # the staff member present
    witness_name = models.CharField(
        max_length=250, blank=True, default=""
    )  # who signed beside them
    witness_relation = models.CharField(max_length=120, blank=True, default="")
    guardian = models.ForeignKey(
        "clinic.Contact", models.PROTECT, null=True, blank=True, related_name="signed"
    )  # nobody: the person signed for themselves
    under_effects = models.BooleanField(default=False)  # between a dose and the release
    received_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = maybe_actor()
    withdrawn_words = models.TextField(blank=True, default="")
    withdrawn_under_effects = models.BooleanField(default=False)

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            together("document", "withdrawn_at", "withdrawn_by"),
            CheckConstraint(
                name="document_witness_has_a_name_and_says_who_they_are",
                condition=Q(witness_name="", witness_relation="")
                | (~Q(witness_name="") & ~Q(witness_relation="")),
            ),
            CheckConstraint(
                name="document_is_taken_back_under_effects_only_when_taken_back",
                condition=Q(withdrawn_under_effects=False) | Q(withdrawn_at__isnull=False),
            ),
            CheckConstraint(
                name="document_is_withdrawn_after_it_is_signed",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("signed_at")),
            ),
        ]

    def __str__(self):
        return f"{self.text} signed by {self.printed_name}"


class DeclinedDocument(AtSite):
    """A person was asked to sign a text and declined: who asked, and what they said."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="declined_documents")
    text = models.ForeignKey(Text, models.PROTECT, null=True, related_name="declined")  # as shown
    code = models.CharField(max_length=60)
    words = models.TextField()
    asked_by = actor()
    declined_at = models.DateTimeField()
    declined_by = actor()  # who wrote it down
    under_effects = models.BooleanField(default=False)
    received_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-declined_at", "-pk"]
        constraints = [
            CheckConstraint(name="declined_in_the_persons_words", condition=~Q(words="")),
        ]

    def __str__(self):
        return f"{self.code} declined"


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
