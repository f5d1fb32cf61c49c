"""What upper slices listen to, inside the transaction of the act."""

from django.dispatch import Signal

# A case has left its path: suspended, withdrawn, lost to follow-up, closed, or the person died.
# Sent with case, status, by, at.
left = Signal()

# A hold was placed. Sent with hold, by, at.
held = Signal()

# What is known of a person was corrected, their time zone perhaps. Sent with patient, changed (the
# names of the details), by, at.
corrected = Signal()

# The next cycle of a case was opened. Sent with cycle, by, at.
cycle_opened = Signal()
