from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    # django.contrib.sessions owns the label "sessions"; this one is for ever, tables carry it.
    label = "clinic_sessions"
    verbose_name = "Sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from sessions.aftercare import kinds  # noqa: F401, PLC0415 -- registers what it owns
        from sessions.preparation import kinds as preparation  # noqa: F401, PLC0415 -- the same
        from sessions.preparation import past  # noqa: F401, PLC0415 -- the same
        from sessions.reports import kinds as reports  # noqa: F401, PLC0415 -- the same
        from sessions.supervised import kinds as supervised  # noqa: F401, PLC0415 -- the same
        from sessions.supervised import receivers  # noqa: F401, PLC0415 -- listens to booking
        from sessions.supervised.ties import charted_by  # noqa: F401, PLC0415 -- registers itself
