"""Filled checklists: each keeps the very checklist it was answered on."""

from django.db import models

from clinic.checklists.exact import ExactField
from clinic.records import AtSite, actor, known_status, maybe_actor, together


class Status(models.TextChoices):
    OPEN = "open", "Being filled"
    COMPLETED = "completed", "Completed"
    ABANDONED = "abandoned", "Abandoned"


STEPS = {
    Status.OPEN: {Status.COMPLETED, Status.ABANDONED},
    Status.COMPLETED: {Status.OPEN},
    Status.ABANDONED: set(),
}


# A form of this purpose is the person's alone; what they say goes on by a review.
TO_REVIEW = "packet"


class Form(AtSite):
    """One checklist filled for one case: a screening, a visit's list, today's checks, a PHQ-9."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="forms")
    code = models.CharField(max_length=60)
    purpose = models.CharField(max_length=40)
    about_key = models.UUIDField(null=True, db_index=True)  # the visit or session it belongs to
    cycle = models.ForeignKey("clinic.Cycle", models.PROTECT, null=True, related_name="forms")
    definition = models.JSONField()
    definition_digest = models.TextField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OPEN)
    revision = models.PositiveIntegerField(default=0)  # grows with every saved set of answers
    started_at = models.DateTimeField()
    started_by = actor()
    answered_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    completed_by = maybe_actor()
    by_patient = models.BooleanField(default=False)
    total = ExactField(null=True)
    band = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["started_at"]
        constraints = [
            known_status("form", Status),
            together("form", "completed_at", "completed_by"),
        ]

    def __str__(self):
        return f"{self.code} for case {self.case_id}"


class Answer(AtSite):
    """One answer to one item at one time; the newest stands, the earlier stay readable."""

    SITE_FROM = "form"

    class State(models.TextChoices):
        KNOWN = "known", "Known"
        APPROXIMATE = "approximate", "Approximate"
        NOT_KNOWN = "not_known", "Not known"
        CLEARED = "cleared", "Cleared"

    form = models.ForeignKey(Form, models.PROTECT, related_name="answers")
    item = models.CharField(max_length=80)
    state = models.CharField(max_length=20, choices=State.choices)
    value = models.JSONField(null=True)
    note = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField()
    answered_by = actor()
    by_patient = models.BooleanField(default=False)
    received_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["form", "item", "-id"], name="answer_newest_of_item")]

    def __str__(self):
        return f"{self.item}: {self.state}"

    @property
    def is_taken_over(self):
        """Whether the person gave it by a link, and somebody of the clinic took it over."""
        return self.by_patient and not self.answered_by.is_system
