"""A file of people: while it is looked at, and what came of it."""

from django.db import models
from django.urls import reverse
from encrypted_fields.fields import EncryptedTextField

from clinic.records import AtSite, actor


class Kind(models.TextChoices):
    CSV = "csv", "CSV"
    FHIR = "fhir", "FHIR R4"


class PatientFile(AtSite):
    """A file that somebody looks at before anybody of it is registered; afterwards it is gone."""

    SITE_FROM = None

    kind = models.CharField(max_length=4, choices=Kind.choices)
    file_name = models.CharField(max_length=255)
    text = EncryptedTextField()
    read_at = models.DateTimeField()
    read_by = actor()

    class Meta:
        ordering = ["-read_at"]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("cases:import", args=[self.key])


class PatientImport(AtSite):
    """That everybody of a file was registered, in one act. Its key is the file's."""

    SITE_FROM = None

    kind = models.CharField(max_length=4, choices=Kind.choices)
    file_name = models.CharField(max_length=255)
    added = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    imported_by = actor()

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("cases:import", args=[self.key])


class ImportedRow(AtSite):
    """Which patient a row of a file became, or was already. Of the row only digests are kept."""

    SITE_FROM = "patient"

    of = models.ForeignKey(PatientImport, models.PROTECT, related_name="rows")
    patient = models.ForeignKey("clinic.Patient", models.PROTECT, related_name="imported_rows")
    place = models.PositiveIntegerField()
    identifier_digest = models.TextField(blank=True, default="")
    row_digest = models.TextField()
    is_new = models.BooleanField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["of", "place"], name="imported_row_is_one_row")
        ]
        indexes = [
            models.Index(fields=["site", "identifier_digest"], name="imported_by_identifier"),
            models.Index(fields=["site", "row_digest"], name="imported_by_row"),
        ]

    def __str__(self):
        return f"row {self.place}: {self.patient}"
