"""What upper slices listen to, inside the transaction of the act."""

from django.dispatch import Signal

# Answers were given, or a form was completed. Sent with form, flags, by, at. The flags are those
# that these answers raised; on completion, every flag of the form. Red flags fire on entry: a
# listener must not wait for the form to be finished, and must take the same flag twice in its stride.
answered = Signal()
