from django.core.management.base import BaseCommand

from sessions.rehearsal.house import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Print who to sign in as at the made-up clinic."

    def handle(self, *args, **options):
        self.stdout.write("Sign in as (all of them made up):\n")
        for part, (name, _, _, _) in PEOPLE.items():
            self.stdout.write(f"  {part.replace('_', '-')}@vigil.example".ljust(38) + f"{name}")
        self.stdout.write(f'Everybody\'s password: "{PASSWORD}"\n')
