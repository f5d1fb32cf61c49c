"""What upper slices hear of the staff, inside the act's transaction."""

from django.dispatch import Signal

# Nobody opens this account from now on: it was stopped, or the person left. sender=User; user, by, at
shut = Signal()
