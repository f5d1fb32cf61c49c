"""What every record has: a key for the outside, a site for the wall, a who for every when."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q


class Keyed(models.Model):
    """A row with an address. The bigint never leaves the database; the key is in URLs and digests."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class AtSite(Keyed):
    """A row behind a site's wall.

    The site is taken from the parent named in SITE_FROM; a trigger holds the two together, and
    row-level security reads the column.
    """

    SITE_FROM = "case"

    site = models.ForeignKey("clinic.Site", models.PROTECT, editable=False, related_name="+")

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.site_id is None and self.SITE_FROM:
            self.site_id = getattr(self, self.SITE_FROM).site_id
        super().save(*args, **kwargs)


def actor(**options):
    """The person who did it: kept for ever, never cascaded."""
    options.setdefault("related_name", "+")
    return models.ForeignKey("clinic.User", models.PROTECT, **options)


def maybe_actor(**options):
    """The person of an act that may not have happened yet."""
    return actor(null=True, blank=True, **options)


def together(model, at, by):
    """The constraint that an act's time and its person are both there or both absent."""
    return CheckConstraint(
        name=f"{model}_{at}_has_its_{by}",
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
    )


class UnderApproval(models.Model):
    """A decision that may rest on an approval of the sponsor and the ethics board."""

    approval_reference = models.CharField(max_length=120, blank=True, default="")
    approval_on = models.DateField(null=True)

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                name="%(class)s_approval_has_reference_and_day",
                condition=Q(approval_reference="", approval_on__isnull=True)
                | Q(approval_on__isnull=False) & ~Q(approval_reference=""),
            )
        ]


def known_status(model, statuses):
    """The constraint that a status is one of the words the workflow knows."""
    return CheckConstraint(
        name=f"{model}_status_is_known", condition=Q(status__in=[str(s) for s in statuses])
    )
