"""What became of an answer the person sent: taken over into the screening, or left beside it."""

from django.db import models

from clinic.records import AtSite, actor


class ReviewedAnswer(AtSite):
    """One answer a person gave through a link, as a named member of staff has reviewed it."""

    SITE_FROM = "form"

    form = models.ForeignKey("clinic.Form", models.PROTECT, related_name="reviewed")
    item = models.CharField(max_length=80)
    is_taken = models.BooleanField()
    reviewed_at = models.DateTimeField()
    reviewed_by = actor()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "item"], name="an_answer_that_was_sent_is_reviewed_once"
            )
        ]

    def __str__(self):
        return f"{self.item}: {'taken over' if self.is_taken else 'left'}"
