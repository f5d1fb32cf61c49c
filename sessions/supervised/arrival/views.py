from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.acts import done, page
from clinic.checklists.forms import form_for
from clinic.checklists.queries import checklist_of, current_answers
from clinic.documents import actions as documents
from clinic.documents.queries import required
from sessions.supervised import actions
from sessions.supervised.arrival.forms import AbandonForm, HandOverForm, NothingForm, PresenceForm
from sessions.supervised.arrival.rules import obstacles_to_abandon, obstacles_to_check_today
from sessions.supervised.door import CHARTING, in_care, the_session
from sessions.supervised.queries import TODAY, document, form_of, weight_of
from sessions.supervised.rules import placed
from sessions.supervised.sheet.frame import frame_of, the_document


@require_POST
@in_care(*CHARTING)
def check_in(request, key):
    session = the_session(request, key)
    form = NothingForm(request.POST)
    if done(request, form, actions.check_in, session):
        return redirect(session)
    return page(
        request,
        "sessions/supervised/refused.html",
        frame_of(session, now(), request.user, form=form),
        form,
    )


@in_care(*CHARTING)
def presence(request, key):
    session, at = the_session(request, key), now()
    data = request.POST if request.method == "POST" else None
    form = PresenceForm(data, session=session, at=at, document=document(session))
    if done(request, form, actions.come, session):
        return redirect(session)
    context = frame_of(session, at, request.user, form=form, title="Who is where")
    return page(request, "sessions/supervised/presence.html", context, form)


@in_care(*CHARTING)
def hand_over(request, key):
    session, at = the_session(request, key), now()
    data = request.POST if request.method == "POST" else None
    form = HandOverForm(data, session=session, document=document(session), user=request.user)
    if done(request, form, actions.hand_over, session):
        return redirect(session)
    context = frame_of(session, at, request.user, form=form, title="Hand over")
    return page(request, "sessions/supervised/hand_over.html", context, form)


@in_care(*CHARTING)
def checks(request, key):
    """Today's checks; the list is opened when somebody begins it, never by looking."""
    session, at = the_session(request, key), now()
    form_row = form_of(session, TODAY)
    if form_row is None or form_row.completed_at is not None:
        form = NothingForm(request.POST if request.method == "POST" else None)
        if done(request, form, actions.begin_todays_checks, session):
            return redirect("supervised:checks", key=key)
    else:
        form = _answers(request, form_row)
        finished = "finish" in request.POST
        facts = {"form": form_row, "is_finished": finished}
        if done(request, form, actions.answer_todays_checks, session, **facts):
            return redirect(session) if finished else redirect("supervised:checks", key=key)
    context = frame_of(
        session, at, request.user, form=form, title="Today's checks",
        begun=form_row if form_row and form_row.completed_at is None else None,
        completed=form_row if form_row and form_row.completed_at else None,
        obstacles=placed(obstacles_to_check_today(session, by=request.user, at=at), session),
        introduction=checklist_of(form_row).introduction if form_row else "",
        standing=[row for row in required(session.case, at) if row.waits_for_today],
        weight=weight_of(session),
    )  # fmt: skip
    return page(request, "sessions/supervised/checks.html", context, form)


@require_POST
@in_care(*CHARTING)
def reaffirm(request, key, document_key):
    session = the_session(request, key)
    form = NothingForm(request.POST)
    row = the_document(session, document_key)
    if done(request, form, documents.reaffirm, row, about_key=session.key):
        return redirect("supervised:checks", key=key)
    return page(
        request,
        "sessions/supervised/refused.html",
        frame_of(session, now(), request.user, form=form),
        form,
    )


@require_POST
@in_care(*CHARTING)
def withdraw(request, key, document_key):
    session = the_session(request, key)
    form = NothingForm(request.POST)
    row = the_document(session, document_key)
    words = {"words": "Said in the session."}
    if done(request, form, documents.withdraw, row, **words):
        return redirect(session)
    return page(
        request,
        "sessions/supervised/refused.html",
        frame_of(session, now(), request.user, form=form),
        form,
    )


@in_care(*CHARTING)
def abandon(request, key):
    session, at = the_session(request, key), now()
    form = AbandonForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.abandon, session):
        return redirect(session)
    asked = obstacles_to_abandon(session, by=request.user, at=at, reason="-")
    context = frame_of(
        session, at, request.user, form=form, title="Give the session up before the dose",
        obstacles=placed(asked, session), submit="Give it up",
    )  # fmt: skip
    return page(request, "sessions/supervised/plain_form.html", context, form)


def _answers(request, form_row):
    data = request.POST if request.method == "POST" else None
    return form_for(
        checklist_of(form_row), current_answers(form_row), data, revision=form_row.revision
    )
