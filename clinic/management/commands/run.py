from clinic.management.commands import demo


class Command(demo.Command):
    help = "Run Vigil on this machine without made-up data."
    mode = "run"
