"""What a booking brings with it; sent inside the act's transaction with visit, by, at."""

from django.dispatch import Signal

booked = Signal()  # sender=Visit
moved = Signal()
# A visit booked ahead belongs to its cycle from now on.
joined = Signal()
# The visit will not take place: cancelled, or the person did not come.
cancelled = Signal()
