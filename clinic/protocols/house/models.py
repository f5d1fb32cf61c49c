"""A site's own stricter value for one number of a protocol version."""

from django.db import models
from django.urls import reverse

from clinic.records import AtSite, actor, maybe_actor, together


class HouseValue(AtSite):
    """One number of a version as a site states it; it counts from its approval to its end."""

    SITE_FROM = None

    site = models.ForeignKey("clinic.Site", models.PROTECT, related_name="house_values")
    version = models.ForeignKey(
        "clinic.ProtocolVersion", models.PROTECT, related_name="house_values"
    )
    place = models.TextField()
    value = models.DecimalField(max_digits=12, decimal_places=4)
    words = models.TextField()
    protocol_says = models.TextField()
    reason = models.TextField()
    ends_on = models.DateField(null=True)
    stated_at = models.DateTimeField()
    stated_by = actor()
    approved_at = models.DateTimeField(null=True)
    approved_by = maybe_actor()
    ended_at = models.DateTimeField(null=True)
    ended_by = maybe_actor()

    class Meta:
        ordering = ["-stated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "version", "place"],
                condition=models.Q(ended_at__isnull=True),
                name="house_value_is_stated_once",
            ),
            together("housevalue", "approved_at", "approved_by"),
            together("housevalue", "ended_at", "ended_by"),
        ]

    def __str__(self):
        return f"{self.words}: house {self.value.normalize():f}, protocol {self.protocol_says}"

    def get_absolute_url(self):
        return reverse("house:show", args=[self.key])
