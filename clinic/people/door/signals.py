"""What upper slices hear of the door, inside the request's transaction."""

from django.dispatch import Signal

# Somebody went on charting although their sign-in was locked or over.
# sender=type of the record; subject, by, at, reason
carried_on = Signal()
