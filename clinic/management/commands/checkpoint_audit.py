from django.core.management.base import BaseCommand, CommandError

from clinic.audit import checkpoints
from clinic.audit.tasks import checkpoint


class Command(BaseCommand):
    help = (
        "Write the heads of the trail down in every place outside now, as the schedule does every"
        " few minutes; or print the public key with which they are checked elsewhere."
    )

    def add_arguments(self, parser):
        parser.add_argument("--public-key", action="store_true")

    def handle(self, *, public_key, **options):
        if public_key:
            self.stdout.write(checkpoints.public_key().public_bytes_raw().hex())
            return
        if late := checkpoint():
            raise CommandError(f"{late} places have not had a checkpoint in time; see /ready.")
        self.stdout.write("Every place has what it should have.")
