"""Plans made with the person before a session, and what was decided past an obstacle."""

from django.db import models
from encrypted_fields.fields import EncryptedCharField

from clinic.records import AtSite, UnderApproval, actor


class WayHome(AtSite):
    """How the person gets home after this cycle's session; the newest plan stands."""

    class Kind(models.TextChoices):
        ADULT_PRESENT = "adult_present", "Fetched by an adult"
        ADULT_REACHABLE = "adult_reachable", "Adult reachable by phone"
        STAYS = "stays_the_night", "Stays the night"

    SITE_FROM = "cycle"

    cycle = models.ForeignKey("clinic.Cycle", models.PROTECT, related_name="ways_home")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    escort_name = models.CharField(max_length=200, blank=True)  # nobody, where the person stays
    escort_phone = EncryptedCharField(max_length=60, null=True, blank=True)  # "" is kept as null
    pickup_at = models.DateTimeField(null=True)
    will_not_drive = models.BooleanField()
    planned_at = models.DateTimeField()
    planned_by = actor()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.escort_name}"


class DecisionPast(UnderApproval, AtSite):
    """Somebody entitled decided past one obstacle, for one session, that day, with a reason."""

    SITE_FROM = "cycle"

    cycle = models.ForeignKey("clinic.Cycle", models.PROTECT, related_name="decisions_past")
    code = models.CharField(max_length=60)
    message = models.TextField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = actor()
    on_day = models.DateField()
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, related_name="+")

    class Meta(UnderApproval.Meta):
        ordering = ["pk"]

    def __str__(self):
        return f"Decided past {self.code}"
