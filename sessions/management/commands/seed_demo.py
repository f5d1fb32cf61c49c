from django.core.management.base import BaseCommand
from django.utils.timezone import now

from clinic.audit.tasks import checkpoint
from sessions.rehearsal.demonstration import seed


class Command(BaseCommand):
    help = "Make the made-up clinic of the demonstration, or bring it up to now."

    def handle(self, *args, **options):
        seed(at=now(), say=self.stdout.write)
        checkpoint()  # so that its trail can be verified from the first minute
