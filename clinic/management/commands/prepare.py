from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the database up to date: its tables, its walls and the shipped protocols."
    requires_system_checks = ()

    def handle(self, **options):
        call_command("migrate", verbosity=0)
        call_command("load_library", stdout=self.stdout)
