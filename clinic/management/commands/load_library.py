from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from clinic.context import acting_as
from clinic.people.queries import system_user
from clinic.protocols import actions
from clinic.protocols.files import FileMistakes, library, read
from clinic.protocols.queries import is_loaded


class Command(BaseCommand):
    help = "Load the shipped protocols as drafts; what is loaded already is left alone."

    def handle(self, **options):
        wrong = []
        for code, path in library().items():
            text = path.read_text("utf-8")
            try:
                document = read(text)
            except FileMistakes as mistakes:
                wrong += [f"{code}.yaml: {mistake}" for mistake in mistakes.mistakes]
                continue
            if not is_loaded(document.digest()):
                with acting_as(system_user(), sites=[]):
                    version = actions.load(text, by=system_user(), at=now())
                self.stdout.write(f"Loaded as a draft: {version}.")
        if wrong:
            raise CommandError("\n".join(wrong))
