"""What upper slices listen to, inside the transaction of the act."""

from django.dispatch import Signal

# A case has left its path: suspended, withdrawn, lost to follow-up, closed, or the person died.
# Sent with case, status, by, at.
left = Signal()
