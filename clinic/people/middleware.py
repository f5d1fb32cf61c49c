"""The first start asks who this clinic is, before it shows anything else."""

from django.conf import settings
from django.shortcuts import redirect

from clinic.people.queries import organisation

OPEN = ("/welcome/", "/static/", "/health", "/ready", "/theme/", "/help/")


class FirstStart:
    """Until there is an organisation, every page of a clinic just started leads to the wizard.

    On a server of its own (production) the command create_first_administrator does the same.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.is_founded = False  # once it is, it stays so: this process asks no more

    def __call__(self, request):
        if settings.MODE == "run" and not self.is_founded:
            self.is_founded = organisation() is not None
            if not self.is_founded and not request.path_info.startswith(OPEN):
                return redirect("welcome")
        return self.get_response(request)
