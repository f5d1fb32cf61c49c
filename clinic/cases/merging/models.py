"""That two records were found to be of one person or, later, of two; what became of each."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from clinic.cases.models import Patient
from clinic.records import AtSite, actor


class PatientMerge(AtSite):
    """One record merged into another: what hung on it then, and in what the two differed."""

    SITE_FROM = "kept"

    kept = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Patient, models.PROTECT, related_name="merges")
    reason = models.TextField()
    differs = models.JSONField()  # names of details; the values stay on the merged record
    moved = models.JSONField()  # of each kind of row, the keys; of a case its number before and now
    merged_at = models.DateTimeField()
    merged_by = actor()

    class Meta:
        ordering = ["merged_at", "pk"]
        constraints = [
            CheckConstraint(name="a_merge_is_of_two_records", condition=~Q(kept=F("merged")))
        ]

    def __str__(self):
        return f"{self.merged.number} into {self.kept.number}"


class PatientParting(AtSite):
    """One merge found to be wrong: the records part again, each with what is its own."""

    SITE_FROM = "merge"

    merge = models.OneToOneField(PatientMerge, models.PROTECT, related_name="parting")
    reason = models.TextField()
    moved = models.JSONField()  # what went back or over, written as a merge writes it
    parted_at = models.DateTimeField()
    parted_by = actor()

    class Meta:
        ordering = ["parted_at", "pk"]

    def __str__(self):
        return f"{self.merge.merged.number} from {self.merge.kept.number}"
