"""A form that an authority prescribes, confirmed beside the screening by an act of its own."""

from django.db import models

from clinic.records import AtSite, actor


class OfficialFormConfirmation(AtSite):
    """That a licensed person went through an authority's own form with somebody, signed by them."""

    case = models.ForeignKey("clinic.Case", models.PROTECT, related_name="official_forms")
    form = models.ForeignKey("clinic.Form", models.PROTECT, related_name="official_forms")
    form_revision = models.PositiveIntegerField()  # the answers it was confirmed beside
    title = models.TextField()
    edition = models.CharField(max_length=80)
    language = models.CharField(max_length=80)
    confirmed_at = models.DateTimeField()
    confirmed_by = actor()
    signature = models.ForeignKey("clinic.Signature", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.title
