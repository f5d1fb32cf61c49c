"""Error pages: each says what to do next, and shows what was typed so that nothing is lost.

They are rendered without context processors and without the database, so that they also stand when
those do not.
"""

import re
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, QueryDict
from django.http.request import RawPostDataException
from django.template.loader import render_to_string

from clinic.pages.context import theme_of

# Words in a field's name that say its value must never be shown back.
SECRET = {
    "password", "password1", "password2", "oldpassword", "passphrase", "passwd", "token", "code",
    "codes", "otp", "pin", "secret", "csrfmiddlewaretoken", "credential", "key", "login", "recovery",
}  # fmt: skip
NOT_TYPED = {"next", "action"}
READ_AT_MOST = 1_000_000


def typed(request):
    """What a person typed into the form that failed, as (label, text): no secret, nothing hidden."""
    if getattr(request, "method", "") != "POST":
        return []
    found = []
    for name, values in _posted(request).lists():
        words = set(re.split(r"[^a-z0-9]+", name.lower()))
        if words & SECRET or name in NOT_TYPED:
            continue
        text = "\n".join(value for value in values if value.strip())
        if text:
            found.append((_label(name), text))
    return found


def _posted(request):
    """The form's fields; of a body too large to be parsed, the fields at its beginning."""
    try:
        posted = request.POST
    except Exception:  # noqa: BLE001 -- whatever stopped the parsing must not stop the error page
        return QueryDict()
    if posted or request.content_type != "application/x-www-form-urlencoded":
        return posted
    try:
        return QueryDict(request.read(READ_AT_MOST))
    except (RawPostDataException, OSError, ValueError):
        return QueryDict()


def _label(name):
    words = re.sub(r"[^A-Za-z0-9]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def _page(request, status, template=None, **facts):
    context = {"typed": typed(request), **theme_of(request), **facts}
    answer = HttpResponse(render_to_string(template or f"{status}.html", context), status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def bad_request(request, exception=None):
    if isinstance(exception, RequestDataTooBig):
        return _page(request, 413)
    return _page(request, 400)


def forbidden(request, exception=None):
    return _page(request, 403, reason=str(exception or ""))


def not_found(request, exception=None):
    return _page(request, 404)


def signed_out(request, sign_in):
    """Answer 403 to a form whose sign-in is over; `sign_in` is the way back to its page."""
    return _page(request, 403, template="403_signed_out.html", sign_in=sign_in)


def conflict(request, what, *, now_reads=(), back=""):
    """Answer 409: somebody else was first. `now_reads` are (label, value) as the record stands."""
    return _page(request, 409, what=what, now_reads=list(now_reads), back=back)


def too_many_requests(request, exception=None):
    answer = _page(request, 429)
    answer["Retry-After"] = "60"
    return answer


def server_error(request):
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable(request)
    return _page(request, 500)


def unavailable(request, exception=None):
    """Answer 503: the database or another part of the house does not answer at this moment."""
    answer = _page(request, 503)
    answer["Retry-After"] = "30"
    return answer


def csrf_failure(request, reason=""):
    return _page(request, 403, template="403_csrf.html")
