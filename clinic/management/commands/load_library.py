from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from clinic.access import acting_as
from clinic.people.queries import system_user
from clinic.protocols import actions
from clinic.protocols.files import library
from clinic.protocols.rules import SAME_DOCUMENT
from clinic.workflow import Refused


class Command(BaseCommand):
    help = "Load the shipped protocols as drafts; what is loaded already is left alone."

    def handle(self, **options):
        loaded, wrong = [], []
        for code, path in library().items():
            try:
                with acting_as(system_user(), sites=[]):
                    loaded.append(actions.load(path.read_text("utf-8"), by=system_user(), at=now()))
            except Refused as refusal:
                if refusal.codes != [SAME_DOCUMENT.code]:
                    wrong += [f"{code}: {reason}" for reason in refusal.messages]
        for version in loaded:
            self.stdout.write(f"Loaded as a draft: {version}.")
        if wrong:
            raise CommandError("\n".join(wrong))
