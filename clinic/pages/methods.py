"""A page is read or a form is sent: every other way of asking ends here."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseNotAllowed

TAKEN = ("GET", "HEAD", "POST")


class ReadOrSend:
    """Answer 405 to any other method, before anybody is known and anything is read.

    A view asks whether it was sent a form; whatever else came it would take for a reading.
    """

    def __init__(self, get_response: Any):
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        if request.method not in TAKEN:
            return HttpResponseNotAllowed(TAKEN)
        return self.get_response(request)
