import getpass
import os

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from clinic.people import actions
from clinic.people.models import known_zone


class Command(BaseCommand):
    help = (
        "Set up the organisation, its first site and its first manager on a server."
        " The password is read from VIGIL_ADMIN_PASSWORD, or asked for."
    )

    def add_arguments(self, parser):
        parser.add_argument("--organisation", required=True)
        parser.add_argument("--site", required=True, help="the first site's name")
        parser.add_argument("--zone", required=True, help="such as Europe/Amsterdam")
        parser.add_argument("--jurisdiction", required=True, help="such as US-OR or NL")
        parser.add_argument("--name", required=True, help="the manager's printed name")
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--crisis-text", required=True, help="what a patient reads when they may need help now"
        )

    def handle(self, **options):
        said = {
            name: options[name]
            for name in (
                "organisation", "site", "zone", "jurisdiction", "name", "email", "crisis_text"
            )
        }  # fmt: skip
        password = os.environ.get("VIGIL_ADMIN_PASSWORD") or getpass.getpass("Password: ")
        try:
            known_zone(said["zone"])
            validate_password(password)
            person = actions.found(at=now(), password=password, **said)
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from wrong
        self.stdout.write(f"{person} ({person.email}) manages {said['site']}. Sign in and invite.")
