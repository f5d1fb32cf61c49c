from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.access import PUBLIC, requires
from clinic.acts import done, page
from clinic.booking.feed import actions, limits, queries
from clinic.booking.feed.calendar import as_calendar
from clinic.booking.forms import NothingForm
from clinic.people.door.queries import account

# -- For the person themself -----------------------------------------------------------------


@requires(None)
def feed(request):
    return _feed(request)


@require_POST
@requires(None)
def make_feed(request):
    form, made = NothingForm(request.POST), []

    def make(user, **facts):
        made.append(actions.make_feed(user, **facts))

    if done(request, form, make, account(request.user)):
        address = settings.BASE_URL + reverse("booking:read_feed", args=made)
        return page(request, "clinic/booking/feed/made.html", {"address": address})
    return _feed(request, form)


@require_POST
@requires(None)
def end_feed(request):
    form = NothingForm(request.POST)
    if done(request, form, actions.end_feed, account(request.user)):
        messages.success(request, "The address has ended.")
        return redirect("booking:feed")
    return _feed(request, form)


def _feed(request, refused=None):
    context = {"feed": queries.open_feed(request.user), "refused": refused}
    return page(request, "clinic/booking/feed/index.html", context, refused)


# -- For their calendar program: no session, and a look changes nothing ----------------------


@never_cache
@require_safe
@requires(PUBLIC)
def read_feed(request, token):
    at = now()
    entries = queries.entries_by(token, at=at)
    if entries is None:
        # Only what opens nothing: behind one address stand all the calendars of a clinic.
        if limits.has_tried_too_often(request, at=at):
            return _too_often()
        limits.note_wrong(request, at=at)
        return _unlogged(HttpResponse("There is no diary here.", "text/plain", status=410))
    if limits.is_read_too_often(token, at=at):
        return _too_often()
    return HttpResponse(as_calendar(entries), "text/calendar; charset=utf-8")


def _too_often():
    response = HttpResponse("Too often. Try again in an hour.", "text/plain", status=429)
    response["Retry-After"] = int(limits.WINDOW.total_seconds())
    return _unlogged(response)


def _unlogged(response):
    """Keep Django from logging the address of an answer of 400 and more: it holds the secret."""
    response._has_been_logged = True
    return response
