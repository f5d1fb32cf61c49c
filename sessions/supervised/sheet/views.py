from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now

from clinic.access import Permission
from clinic.acts import page
from clinic.trail import views as trail
from sessions.preparation.agreed import agreed_with
from sessions.supervised.door import CHARTING, in_care, the_session
from sessions.supervised.sheet import etag
from sessions.supervised.sheet.frame import paper_context, sheet_context

READING = (*CHARTING, Permission.SEE_CASE)


@in_care(*READING)
def show(request, key):
    session, at = the_session(request, key), now()
    context = sheet_context(session, at, request.user)
    context["agreed"] = agreed_with(session.case, request.user)
    context["etag"] = etag.of(request.user, session, context["sheet"].changes_at)
    return page(request, "sessions/supervised/show.html", context)


@in_care(*READING)
def live(request, key):
    """The moving part of the sheet, asked every few seconds; unchanged, it costs two questions."""
    session, at = the_session(request, key, whole=False), now()
    if not request.htmx:
        return redirect(session)
    if etag.still_stands(request.headers.get("If-None-Match", ""), request.user, session, at):
        return HttpResponseNotModified()
    if request.GET.get("seen") != session.status:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = sheet_context(the_session(request, key), at, request.user)
    answer = page(request, "sessions/supervised/poll.html", context)
    answer["ETag"] = etag.of(request.user, session, context["sheet"].changes_at)
    return answer


@in_care(*READING)
def record(request, key):
    session = the_session(request, key)
    context = paper_context(session, now(), request.user)
    return page(request, "sessions/supervised/record.html", context)


@in_care(*READING)
def print_out(request, key):
    session = the_session(request, key, whole=False)
    back = reverse("supervised:record", args=[key])
    return trail.print_record(request, session, "record of a supervised session", back)
