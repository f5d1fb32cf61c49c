"""Builders: each reaches its state by the real actions, so no test starts from a case nobody could have."""
