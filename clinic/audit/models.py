"""The trail and the signatures: written once, chained, read by those who answer for it."""

import json
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clinic.records import Keyed, actor, maybe_actor

A_MINUTE = timedelta(minutes=1)


class ChainHead(models.Model):
    """The last link of one stream. Only the database's own function writes it."""

    stream = models.TextField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.TextField(default="")
    told = models.BigIntegerField(db_default=0)  # how far a checkpoint has written it down

    def __str__(self):
        return f"{self.stream} at {self.sequence}"


class TrailEntry(models.Model):
    """One act, opening, export, print, message, sign-in or refusal."""

    key = models.UUIDField(unique=True)
    stream = models.TextField()
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = maybe_actor(db_constraint=False)
    site = models.ForeignKey("clinic.Site", models.PROTECT, null=True, related_name="+")
    case_key = models.UUIDField(null=True, db_index=True)
    act = models.TextField()
    subject_kind = models.TextField(default="")
    subject_key = models.UUIDField(null=True, db_index=True)
    origin = models.TextField(default="")
    payload = models.TextField(null=True)  # canonical JSON; NULL is a tombstone that still verifies
    payload_digest = models.TextField()
    seals = models.TextField(null=True)  # what else the same act wrote: [[shape, row, digest], …]
    previous_hash = models.TextField()
    hash = models.TextField()

    class Meta:
        verbose_name_plural = "trail entries"
        constraints = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="trail_has_one_order")
        ]
        indexes = [
            models.Index(fields=["site", "-received_at"], name="trail_by_site_and_time"),
            models.Index(fields=["-received_at", "-id"], name="trail_by_time"),
            models.Index(fields=["by", "-received_at"], name="trail_by_person_and_time"),
            models.Index(fields=["act", "-received_at"], name="trail_by_act_and_time"),
            models.Index(
                fields=["case_key", "by", "-at"],
                name="trail_openings",
                condition=models.Q(act="case opened"),
            ),
        ]

    def __str__(self):
        return f"{self.act} ({self.stream} {self.sequence})"

    @property
    def is_told_late(self):
        """Whether what it tells of was, by its own words, more than a minute before or after."""
        return abs(self.received_at - self.at) > A_MINUTE

    @property
    def said(self):
        """What the act said of itself; nothing once it was destroyed by the list."""
        return json.loads(self.payload) if self.payload else {}


class Signature(Keyed):
    """A person's name under something they were shown, with its time and meaning (21 CFR 11.50)."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, null=True, related_name="signatures")
    site = models.ForeignKey("clinic.Site", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    received_at = models.DateTimeField(editable=False, null=True)
    by = actor()
    printed_name = models.TextField()
    licence = models.TextField(blank=True, default="")
    meaning = models.TextField()
    subject_kind = models.TextField()
    subject_key = models.UUIDField(db_index=True)
    content = models.TextField()  # canonical JSON of what was shown
    digest = models.TextField()

    def __str__(self):
        return f"{self.printed_name}: {self.meaning}"


class SealShape(models.Model):
    """The columns of a table whose values an act seals, as they were named at the time."""

    table = models.TextField()
    columns = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "columns"], name="one_shape_for_its_columns")
        ]

    def __str__(self):
        return f"{self.table}: {', '.join(self.columns)}"


class Checkpoint(models.Model):
    """The heads of the trail at one moment, signed, on their way to places outside."""

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    line = models.TextField()  # canonical JSON, with its signature: what is written down outside

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"Checkpoint {self.number}"


class Dispatch(models.Model):
    """One attempt to write checkpoints down in a place outside; an empty error says it arrived."""

    place = models.TextField()
    at = models.DateTimeField()
    up_to = models.BigIntegerField()  # the number of the last checkpoint it carried
    error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "dispatches"
        indexes = [models.Index(fields=["place", "-up_to"], name="dispatch_by_place")]

    def __str__(self):
        return f"{self.place}: {self.error or self.up_to}"
