"""The words of instruments that may not ship: accepted on their terms, loaded by the clinic."""

from django.db import models

from clinic.records import Keyed, actor


class AcceptedTerms(Keyed):
    """Somebody entitled has accepted, for the clinic, the terms of an instrument's words."""

    code = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    licence = models.TextField()
    terms = models.TextField()
    accepted_at = models.DateTimeField()
    accepted_by = actor()

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return f"Terms of {self.title}"


class InstrumentText(Keyed):
    """An instrument with the words the clinic loaded; the newest is asked, the earlier stay."""

    terms = models.ForeignKey(AcceptedTerms, models.PROTECT, related_name="texts")
    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    digest = models.TextField()
    loaded_at = models.DateTimeField()
    loaded_by = actor()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="instrument_text_version_is_one_text"
            )
        ]

    def __str__(self):
        return f"{self.terms.title}, words {self.version}"
