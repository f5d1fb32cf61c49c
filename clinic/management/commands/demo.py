import sys

from django.core.management import get_commands
from django.core.management.base import BaseCommand

from clinic.embedded.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run a made-up clinic on this machine: database, web, worker, scheduler, mail."
    mode = "demo"
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, help="the first port to try, 8000 unless told")

    def handle(self, *, port=None, **options):
        sys.exit(Supervisor(mode=self.mode, commands=set(get_commands()), port=port).run())
