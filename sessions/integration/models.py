"""What came of a session: notes, insights, and what the person means to do with them."""

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from clinic.records import AtSite, actor, known_status, maybe_actor, together


class Note(AtSite):
    """The shared note of an integration visit; an addition is a later, linked note."""

    SITE_FROM = "visit"

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="notes")
    visit = models.ForeignKey("clinic.Visit", models.PROTECT, related_name="notes")
    body = models.TextField()
    written_at = models.DateTimeField()
    written_by = actor()
    adds_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="additions")
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Note of {self.written_at:%d %b %Y}"


class ProcessNote(AtSite):
    """The therapist's own note: apart from the record, encrypted, in no export."""

    SITE_FROM = "visit"

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="process_notes")
    visit = models.ForeignKey("clinic.Visit", models.PROTECT, related_name="process_notes")
    body = EncryptedTextField()
    written_at = models.DateTimeField()
    written_by = actor()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Process note of {self.written_at:%d %b %Y}"


class Status(models.TextChoices):
    OPEN = "open", "Open"
    KEPT = "kept", "Kept"
    LET_GO = "let_go", "Let go"


STEPS = {
    Status.OPEN: {Status.KEPT, Status.LET_GO},
    Status.KEPT: set(),
    Status.LET_GO: set(),
}


class Commitment(AtSite):
    """An insight turned into something to do, and what came of it."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="commitments")
    visit = models.ForeignKey("clinic.Visit", models.PROTECT, related_name="commitments")
    insight = models.TextField(blank=True, default="")
    words = models.TextField()
    follow_up_on = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    made_at = models.DateTimeField()
    made_by = actor()
    settled_at = models.DateTimeField(null=True)
    settled_by = maybe_actor()
    outcome = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            known_status("commitment", Status),
            together("commitment", "settled_at", "settled_by"),
        ]

    def __str__(self):
        return self.words
