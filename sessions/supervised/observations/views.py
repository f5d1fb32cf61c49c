from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.acts import done, page
from sessions.supervised import actions
from sessions.supervised.door import CHARTING, in_care, the_session
from sessions.supervised.observations.forms import CorrectionForm, ObservationForm
from sessions.supervised.observations.wanted import correction_of, wanted_for
from sessions.supervised.sheet.frame import frame_of
from sessions.supervised.sheet.lines import columns


@in_care(*CHARTING)
def observe(request, key):
    session, at = the_session(request, key), now()
    frame = frame_of(session, at, request.user, title="Observations")
    wanted = wanted_for(frame["sheet"], request.GET.get("check") or request.POST.get("check"))
    form = ObservationForm(
        request.POST if request.method == "POST" else None,
        session=session,
        at=at,
        parameters=wanted.parameters,
        planned_for=wanted.planned_for,
    )
    if done(request, form, actions.observe, session):
        return redirect(session)
    context = frame | {"form": form, "wanted": wanted}
    return page(request, "sessions/supervised/observe.html", context, form)


@in_care(*CHARTING)
def correct(request, key, set_key):
    session, at = the_session(request, key), now()
    row = get_object_or_404(session.observation_sets, key=set_key)
    frame = frame_of(session, at, request.user, title="Correct a set")
    wanted = correction_of(frame["sheet"], row)
    form = CorrectionForm(
        request.POST if request.method == "POST" else None,
        session=session,
        at=at,
        parameters=wanted.parameters,
        planned_for=row.planned_for,
    )
    if done(request, form, actions.correct, row):
        return redirect(session)
    context = frame | {"form": form, "wanted": wanted, "corrected": wanted.corrected}
    context["columns"] = columns(session, frame["document"])
    return page(request, "sessions/supervised/observe.html", context, form)
