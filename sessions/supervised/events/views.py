from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from sessions.supervised import actions
from sessions.supervised.arrival.forms import NothingForm
from sessions.supervised.door import CHARTING, in_care, session_of, the_session
from sessions.supervised.events.forms import AdverseEventForm, AssessmentForm, NoteForm, TapForm
from sessions.supervised.events.queries import visible_adverse_events
from sessions.supervised.queries import document
from sessions.supervised.sheet.frame import frame_of, taps_of
from sessions.supervised.sheet.lines import event_line


@require_POST
@in_care(*CHARTING)
def event(request, key):
    session = the_session(request, key, whole=False)
    form = TapForm(request.POST)
    if done(request, form, actions.event, session):
        return _row_or_sheet(
            request, session, session.events.get(client_key=form.cleaned_data["client_key"])
        )
    frame = frame_of(the_session(request, key), now(), request.user, form=form)
    return page(request, "sessions/supervised/refused.html", frame, form)


@require_POST
@in_care(*CHARTING)
def undo(request, key, event_key):
    session = the_session(request, key, whole=False)
    row = get_object_or_404(session.events.select_related("by"), key=event_key)
    form = NothingForm(request.POST)
    if done(request, form, actions.undo, row):
        return _row_or_sheet(request, session, session.events.get(key=event_key))
    frame = frame_of(the_session(request, key), now(), request.user, form=form)
    return page(request, "sessions/supervised/refused.html", frame, form)


@in_care(*CHARTING)
def note(request, key):
    session, at = the_session(request, key), now()
    form = NoteForm(request.POST if request.method == "POST" else None, session=session, at=at)
    if done(request, form, actions.event, session):
        return redirect(session)
    context = frame_of(session, at, request.user, form=form, title="Note")
    return page(request, "sessions/supervised/entry.html", context, form)


@in_care(*CHARTING)
def rescue(request, key):
    session = the_session(request, key)
    frame = frame_of(session, now(), request.user, title="Rescue")
    context = frame | {"steps": taps_of(frame["document"].rescue)}
    return page(request, "sessions/supervised/rescue.html", context)


@in_care(Permission.SUPERVISE, Permission.FOLLOW_UP)
def adverse_event(request, key):
    session, at = the_session(request, key), now()
    data = request.POST if request.method == "POST" else None
    words = document(session)
    form = AdverseEventForm(data, session=session, at=at, document=words)
    if done(request, form, actions.report_adverse_event, session):
        reported = session.adverse_events.get(client_key=form.cleaned_data["client_key"])
        return redirect("supervised:assess", key=reported.key)
    title = words.nouns.adverse_event.capitalize()
    # What went wrong may show after everybody has signed.
    context = frame_of(session, at, request.user, form=form, title=title, frozen=[])
    return page(request, "sessions/supervised/entry.html", context, form)


@requires(Permission.SUPERVISE, Permission.FOLLOW_UP)
def assess(request, key):
    row = get_object_or_404(visible_adverse_events(request.user), key=key)
    opened(request, row.case)
    session = session_of(request, row)
    form = AssessmentForm(
        request.POST if request.method == "POST" else None, document=document(session)
    )
    if done(request, form, actions.assess, row):
        return redirect(session)
    context = frame_of(
        session, now(), request.user, form=form, title=f"Assess: {row.term}", adverse_event=row
    )
    return page(request, "sessions/supervised/assess.html", context, form)


def _row_or_sheet(request, session, row):
    """The one line htmx asked for; without it the whole sheet."""
    if not request.htmx:
        return redirect(session)
    context = {"line": event_line(row), "session": session}
    return render(request, "sessions/supervised/line.html", context)
