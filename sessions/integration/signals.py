"""What integration tells the slices above it, inside the transaction of the act."""

from django.dispatch import Signal

finished = Signal()  # sender=Visit; visit, by, at. An integration visit took place.
