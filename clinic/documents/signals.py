"""What follows when a person takes a document back; sent inside the act's transaction."""

from django.dispatch import Signal

# sender=SignedDocument; document, by, at
withdrawn = Signal()
