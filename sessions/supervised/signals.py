"""What a supervised session tells the slices above it, inside the transaction of the act."""

from django.dispatch import Signal

# sender=SupervisedSession; session, by, at. The person has left: released or by another door.
ended = Signal()
