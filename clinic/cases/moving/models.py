"""That a case was moved from one version of its protocol to another, and what that changed."""

from django.db import models

from clinic.cases.models import Case
from clinic.records import AtSite, actor


class CaseMove(AtSite):
    """One move of one case, with everything that was read before it was signed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="moves")
    from_version = models.ForeignKey("clinic.ProtocolVersion", models.PROTECT, related_name="+")
    to_version = models.ForeignKey("clinic.ProtocolVersion", models.PROTECT, related_name="+")
    reason = models.TextField()
    listed = models.JSONField()
    moved_at = models.DateTimeField()
    moved_by = actor()

    class Meta:
        ordering = ["-moved_at", "-pk"]

    def __str__(self):
        return f"{self.case}, from v{self.from_version.number} to v{self.to_version.number}"
