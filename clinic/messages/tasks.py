"""The sweeps of this slice."""
