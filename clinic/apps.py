from django.apps import AppConfig

from clinic.pages import wording

# A field takes its words when its form is defined: before the first form of any app.
wording.speak_plainly()


class ClinicConfig(AppConfig):
    name = "clinic"
    label = "clinic"
    verbose_name = "Clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.db.models.signals import post_migrate  # noqa: PLC0415 -- apps must be loaded

        from clinic import walls  # noqa: PLC0415 -- reads the models
        from clinic.attention import kinds, receivers  # noqa: F401, PLC0415 -- register themselves
        from clinic.booking import receivers as booking  # noqa: F401, PLC0415 -- the same
        from clinic.cases import ties  # noqa: F401, PLC0415 -- registers itself
        from clinic.cases.break_glass import kinds as of_glass  # noqa: F401, PLC0415 -- the same
        from clinic.documents import kinds as of_documents  # noqa: F401, PLC0415 -- the same
        from clinic.links import kinds as of_links  # noqa: F401, PLC0415 -- the same
        from clinic.links import receivers as links  # noqa: F401, PLC0415 -- the same
        from clinic.people import kinds as of_people  # noqa: F401, PLC0415 -- registers itself
        from clinic.people import receivers as people  # noqa: F401, PLC0415 -- the same
        from clinic.people.door import kinds as of_the_door  # noqa: F401, PLC0415 -- the same
        from clinic.people.door import receivers as door  # noqa: F401, PLC0415 -- the same
        from clinic.protocols import kinds as of_protocols  # noqa: F401, PLC0415 -- the same
        from clinic.safety import kinds as of_safety  # noqa: F401, PLC0415 -- the same
        from clinic.screening import kinds as of_screening  # noqa: F401, PLC0415 -- the same
        from clinic.screening import past  # noqa: F401, PLC0415 -- the same

        post_migrate.connect(walls.build_after_migrate, dispatch_uid="clinic.walls")
