"""The admin site holds protocol templates only; nothing of a session is edited there."""
