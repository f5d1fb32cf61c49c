"""What a person takes or took, line by line; a line that changes is written anew, never over."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q
from encrypted_fields.fields import EncryptedCharField

from clinic.audit.canonical import decimal_text
from clinic.checklists.days import in_words
from clinic.checklists.exact import ExactField
from clinic.checklists.medicines import LAST_TAKEN
from clinic.records import AtSite, actor, maybe_actor


class ListedMedicine(AtSite):
    """One medicine as it was told on a day. A newer row of the same line stands in its place."""

    class State(models.TextChoices):
        TAKEN = "taken", "Taken now"
        AS_NEEDED = "as_needed", "Taken only as needed"
        LEAVING = "leaving", "Being left off step by step"
        LEFT = "left", "No longer taken"
        MISTAKEN = "mistaken", "Entered by mistake"

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="listed_medicines")
    line = models.UUIDField(default=uuid4, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="replaced_by"
    )
    name = models.CharField(max_length=200)
    dose = ExactField(null=True)
    unit = models.CharField(max_length=20, blank=True, default="")
    frequency = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=20, choices=State.choices)
    last = models.CharField(max_length=20, choices=list(LAST_TAKEN.items()), blank=True, default="")
    last_on = models.CharField(max_length=10, blank=True, default="")  # a day, a month or a year
    half_life_hours = ExactField(null=True)
    # Washouts of the version, by code: those it was asked about, and those it falls under.
    asked_about = ArrayField(models.CharField(max_length=80), default=list)
    falls_under = ArrayField(models.CharField(max_length=80), default=list)
    # Who orders it and agreed that it is left off: somebody of the house, or outside it.
    agreed_by = maybe_actor()
    agreed_outside = models.CharField(max_length=200, blank=True, default="")
    agreed_contact = EncryptedCharField(max_length=200, blank=True, null=True)
    agreed_on = models.DateField(null=True)
    words = models.TextField(blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = actor()
    received_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                name="medicine_no_longer_taken_says_when_last",
                condition=~Q(state="left") | ~Q(last=""),
            ),
            CheckConstraint(
                name="medicine_taken_as_needed_says_when_last",
                condition=~Q(state="as_needed") | ~Q(last=""),
            ),
            CheckConstraint(
                name="medicine_agreement_has_one_person_and_a_day",
                condition=Q(agreed_by=None, agreed_outside="", agreed_on=None)
                | Q(agreed_by__isnull=False, agreed_outside="", agreed_on__isnull=False)
                | (Q(agreed_by=None, agreed_on__isnull=False) & ~Q(agreed_outside="")),
            ),
            CheckConstraint(
                name="medicine_is_left_off_step_by_step_by_agreement",
                condition=~Q(state="leaving") | Q(agreed_on__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def amount(self):
        """The dose as a person would write it on paper."""
        said = f"{decimal_text(self.dose)} {self.unit}" if self.dose is not None else ""
        return ", ".join(part for part in (said, self.frequency) if part)

    @property
    def last_taken(self):
        """When it was last taken, in words."""
        if not self.last or self.last == "not_known":
            return "not known" if self.last else ""
        said = in_words(self.last_on)
        return f"about {said}" if self.last == "approximately" else said

    @property
    def agreed_with(self):
        """The name of who agreed that it is left off; nothing where nobody is named."""
        return str(self.agreed_by) if self.agreed_by else self.agreed_outside

    @property
    def is_mistaken(self):
        return self.state == self.State.MISTAKEN

    @property
    def is_still_taken(self):
        """Whether it is taken on and on, so that no day was the last."""
        return self.state in (self.State.TAKEN, self.State.LEAVING)

    @property
    def is_taken_as_needed(self):
        return self.state == self.State.AS_NEEDED

    @property
    def is_in_use(self):
        return self.is_still_taken or self.is_taken_as_needed
