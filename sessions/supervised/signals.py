"""What a supervised session tells the slices above it, inside the transaction of the act."""

from django.dispatch import Signal

# sender=SupervisedSession; session, by, at. The person has left: released or by another door.
ended = Signal()

# sender=SupervisedSession; session, by, at. The session is over in whatever way, a death included.
over = Signal()

# sender=AdverseEvent; adverse_event, by, at. It was reported, or assessed anew.
untoward = Signal()
