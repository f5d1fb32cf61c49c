"""What shows that something was done: a result, its day, by whom, and the paper or picture of it."""

from django.db import models
from django.db.models import CheckConstraint, Q
from encrypted_fields.fields import EncryptedFieldMixin

from clinic.records import AtSite, actor, maybe_actor, together


class EncryptedBytesField(EncryptedFieldMixin, models.BinaryField):
    """Bytes encrypted at rest with the keys of every other encrypted column."""

    def get_internal_type(self):
        return "BinaryField"

    def get_prep_value(self, value):
        return value

    def get_db_prep_value(self, value, connection, prepared=False):
        return connection.Database.Binary(self.f.encrypt(bytes(value)))

    def from_db_value(self, value, expression, connection):
        return self.f.decrypt(bytes(value))


class Evidence(AtSite):
    """A result of a day; one entered for the wrong person stays in the record, marked."""

    class Shows(models.TextChoices):
        AS_ASKED = "as_asked", "As the protocol asks"
        NOT_AS_ASKED = "not_as_asked", "Not as the protocol asks"
        NOT_SURE = "not_sure", "Not sure; somebody entitled has to judge it"

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpeg", "JPEG picture"
        PNG = "png", "PNG picture"

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="evidence")
    code = models.CharField(max_length=80)  # the question, or the test of the protocol
    asked = models.TextField()  # what was asked for, in the words of that day
    result = models.TextField()
    shows = models.CharField(max_length=20, choices=Shows.choices)
    done_on = models.DateField()
    done_by = models.CharField(max_length=200)
    # The name a file came under is not kept: it is often a person's name.
    file_kind = models.CharField(max_length=10, choices=Kind.choices, blank=True, default="")
    file_size = models.PositiveIntegerField(default=0)
    file_digest = models.CharField(max_length=64, blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = actor()
    received_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = maybe_actor()
    withdrawn_words = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-done_on", "-pk"]
        constraints = [
            together("evidence", "withdrawn_at", "withdrawn_by"),
            CheckConstraint(
                name="evidence_file_has_kind_size_and_digest",
                condition=Q(file_kind="", file_size=0, file_digest="")
                | (~Q(file_kind="") & Q(file_size__gt=0) & ~Q(file_digest="")),
            ),
        ]

    def __str__(self):
        return f"{self.result} ({self.done_on:%d %b %Y})"

    @property
    def is_standing(self):
        return self.withdrawn_at is None

    @property
    def is_as_asked(self):
        return self.is_standing and self.shows == self.Shows.AS_ASKED


class EvidenceFile(AtSite):
    """The paper or picture itself, apart from its row so that no list carries it."""

    SITE_FROM = "evidence"

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="file")
    content = EncryptedBytesField()

    def __str__(self):
        return f"File of {self.evidence}"
