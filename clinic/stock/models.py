"""The ledger of controlled substances: append-only movements whose balance must reconcile."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from clinic.records import AtSite, actor, maybe_actor, together


class Lot(AtSite):
    """One lot of one product: what it is, how strong, until when."""

    SITE_FROM = None
    site = models.ForeignKey("clinic.Site", models.PROTECT, related_name="lots")
    substance = models.CharField(max_length=60)
    # What it comes as and of which salt, in the words of protocols, so that the two can be matched.
    presentation = models.CharField("comes as", max_length=20, blank=True, default="")
    salt = models.CharField(max_length=20, blank=True, default="")
    # Lots received before the two were chosen keep what was written down instead.
    form = models.CharField("form as written down", max_length=80, blank=True, default="")
    product = models.CharField(max_length=120)
    number = models.CharField("lot number", max_length=60)
    unit = models.CharField(max_length=10)
    per_ml = models.DecimalField(
        "strength per mL", max_digits=9, decimal_places=3, null=True, blank=True
    )
    expires_on = models.DateField()
    balance = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    recalled_at = models.DateTimeField(null=True, blank=True)
    recalled_by = maybe_actor()

    class Meta:
        ordering = ["expires_on"]
        constraints = [
            models.UniqueConstraint(fields=["site", "product", "number"], name="lot_is_one_lot"),
            CheckConstraint(name="lot_never_holds_less_than_nothing", condition=Q(balance__gte=0)),
            together("lot", "recalled_at", "recalled_by"),
        ]

    def __str__(self):
        return f"{self.product}, lot {self.number}"

    @property
    def comes_as(self):
        """What it comes as and of which salt; nothing where nobody has said so."""
        return ", ".join(filter(None, [self.presentation, self.salt]))

    @property
    def is_described(self):
        """Whether both are known, so that a protocol can be matched with it."""
        return bool(self.presentation and self.salt)


class Movement(AtSite):
    """What came in, went out, was wasted or counted, by whom, before whose eyes."""

    SITE_FROM = "lot"

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "Received"
        PREPARED = "prepared", "Prepared for a session"
        RETURNED = "returned", "Returned unused"
        WASTED = "wasted", "Wasted"
        COUNT = "count", "Corrected by count"

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    balance_after = models.DecimalField(max_digits=12, decimal_places=3)
    at = models.DateTimeField()
    by = actor()
    witness = maybe_actor()
    about_key = models.UUIDField(null=True, db_index=True)
    reason = models.TextField(blank=True, default="")
    received_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                name="movement_witness_is_somebody_else",
                condition=Q(witness__isnull=True) | ~Q(witness=F("by")),
            ),
            CheckConstraint(
                name="waste_and_counts_have_a_witness",
                condition=~Q(kind__in=["wasted", "count"]) | Q(witness__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.quantity}"
