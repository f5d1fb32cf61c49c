"""One-purpose links for patients: no account, nothing to install, no password to forget."""

from django.db import models

from clinic.records import AtSite, actor, maybe_actor, together


class PatientLink(AtSite):
    """A link that opens one form of one case for a while. Only a digest of its secret is kept."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="links")
    form = models.ForeignKey("clinic.Form", models.PROTECT, related_name="links")
    # Links that went out as one address carry one key; each still opens one form.
    packet_key = models.UUIDField(null=True, db_index=True)
    token_digest = models.TextField(unique=True)
    made_at = models.DateTimeField()
    made_by = actor()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = maybe_actor()

    class Meta:
        constraints = [together("link", "revoked_at", "revoked_by")]

    def __str__(self):
        return f"Link for {self.form}"

    def state_at(self, at):
        """How it stands: open, begun, finished, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        if self.finished_at:
            return "finished"
        if self.expires_at <= at:
            return "expired"
        return "begun" if self.opened_at else "open"
