"""What happens to the trail that other slices may want to act on."""

from django.dispatch import Signal

checkpoint_late = Signal()  # place, since, at: a checkpoint has not arrived outside in time
checkpoints_arrive = Signal()  # at: every place has what it should have
