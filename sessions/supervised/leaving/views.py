from django.http import Http404
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission
from clinic.acts import done, page
from clinic.checklists.forms import form_for
from clinic.checklists.queries import checklist_of, current_answers
from sessions.supervised import actions
from sessions.supervised.arrival.forms import NothingForm
from sessions.supervised.door import CHARTING, in_care, the_session
from sessions.supervised.leaving.forms import DescribeForm, ReleaseForm, SignForm
from sessions.supervised.leaving.rules import (
    obstacles_to_check_criteria,
    obstacles_to_describe,
    obstacles_to_release,
    obstacles_to_sign_session,
)
from sessions.supervised.queries import RELEASE, form_of
from sessions.supervised.rules import placed
from sessions.supervised.sheet.frame import frame_of, paper_context

DOORS = {
    "transferred": actions.transfer,
    "left-against-advice": actions.leave_against_advice,
    "left-unseen": actions.leave_unseen,
}


@require_POST
@in_care(*CHARTING)
def ready(request, key):
    return _tap(request, key, actions.ready_to_leave)


@require_POST
@in_care(*CHARTING, Permission.SEE_CASE)
def help_(request, key):
    """One tap: saved before anything else is asked."""
    return _tap(request, key, actions.call_for_help)


@require_POST
@in_care(*CHARTING, Permission.SEE_CASE)
def door(request, key, which):
    """One tap: saved before anything else is asked; the words follow."""
    if which not in DOORS:
        raise Http404("There is no such door.")
    return _tap(request, key, DOORS[which], then="supervised:describe")


@in_care(*CHARTING)
def describe(request, key):
    session, at = the_session(request, key), now()
    data = request.POST if request.method == "POST" else None
    form = DescribeForm(data, initial={"words": session.end_words})
    if done(request, form, actions.describe, session):
        return redirect(session)
    context = frame_of(
        session, at, request.user, form=form, title="How the person left", submit="Save",
        obstacles=placed(
            obstacles_to_describe(session, by=request.user, at=at, words="-"), session
        ),
    )  # fmt: skip
    return page(request, "sessions/supervised/plain_form.html", context, form)


@in_care(*CHARTING)
def criteria(request, key):
    """The criteria for leaving; a list is opened when somebody begins it, never by looking."""
    session, at = the_session(request, key), now()
    row = form_of(session, RELEASE)
    if row is None or row.completed_at is not None:
        form = NothingForm(request.POST if request.method == "POST" else None)
        if done(request, form, actions.begin_criteria, session):
            return redirect("supervised:criteria", key=key)
    else:
        data = request.POST if request.method == "POST" else None
        form = form_for(checklist_of(row), current_answers(row), data, revision=row.revision)
        finished = "finish" in request.POST
        facts = {"form": row, "is_finished": finished}
        if done(request, form, actions.answer_criteria, session, **facts):
            return redirect("supervised:release" if finished else "supervised:criteria", key=key)
    context = frame_of(
        session, at, request.user, form=form, title="Criteria for leaving",
        begun=row if row and row.completed_at is None else None,
        completed=row if row and row.completed_at else None,
        obstacles=placed(obstacles_to_check_criteria(session, by=request.user, at=at), session),
        introduction=checklist_of(row).introduction if row else "",
    )  # fmt: skip
    return page(request, "sessions/supervised/checks.html", context, form)


@in_care(Permission.RELEASE, Permission.SUPERVISE)
def release(request, key):
    session, at = the_session(request, key), now()
    data = request.POST if request.method == "POST" else None
    form = ReleaseForm(data, user=request.user)
    if done(request, form, actions.release, session):
        return redirect(session)
    context = frame_of(
        session, at, request.user, form=form, title="Release",
        obstacles=placed(obstacles_to_release(session, by=request.user, at=at), session),
    )  # fmt: skip
    return page(request, "sessions/supervised/release.html", context, form)


@in_care(Permission.RELEASE, Permission.SUPERVISE)
def sign(request, key):
    session, at = the_session(request, key), now()
    data = request.POST if request.method == "POST" else None
    form = SignForm(data, user=request.user)
    if done(request, form, actions.sign, session):
        return redirect(session)
    context = paper_context(
        session, at, request.user, form=form, title="Sign the record",
        obstacles=placed(obstacles_to_sign_session(session, by=request.user, at=at), session),
    )  # fmt: skip
    return page(request, "sessions/supervised/sign.html", context, form)


def _tap(request, key, act, then=""):
    session = the_session(request, key)
    form = NothingForm(request.POST)
    if done(request, form, act, session):
        return redirect(then, key=key) if then else redirect(session)
    frame = frame_of(session, now(), request.user, form=form)
    return page(request, "sessions/supervised/refused.html", frame, form)
