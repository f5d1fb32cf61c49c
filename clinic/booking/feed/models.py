"""The address under which a calendar program reads one person's own diary."""

from django.db import models
from django.db.models import Q

from clinic.records import Keyed, actor, maybe_actor, together


class DiaryFeed(Keyed):
    """A person's diary for their own calendar. Only a digest of its secret is kept."""

    user = models.ForeignKey("clinic.User", models.PROTECT, related_name="diary_feeds")
    token_digest = models.TextField(unique=True)
    made_at = models.DateTimeField()
    made_by = actor()
    ended_at = models.DateTimeField(null=True)
    ended_by = maybe_actor()

    class Meta:
        ordering = ["made_at"]
        constraints = [
            together("feed", "ended_at", "ended_by"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at__isnull=True),
                name="a_person_has_one_open_feed",
            ),
        ]

    def __str__(self):
        return f"Calendar feed of {self.user}"
