"""What other slices hear of a message, inside the transaction that writes it."""

from django.dispatch import Signal

# sender=Message; message, by, at
sent = Signal()
stuck = Signal()  # tried often enough that staff should know; it is still being tried
failed = Signal()  # no further try will be made
