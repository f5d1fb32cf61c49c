from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.booking.queries import whereabouts_of
from clinic.booking.remote.rules import obstacles_at_a_distance
from clinic.cases.queries import visible_cases
from sessions.integration import actions, queries
from sessions.integration.forms import (
    AdditionForm,
    CommitmentForm,
    FinishForm,
    NoteForm,
    ProcessNoteForm,
    SettleForm,
)
from sessions.integration.rules import obstacles_to_finish_visit

FORMS = {
    "note": (NoteForm, actions.write_note),
    "addition": (AdditionForm, actions.write_note),
    "process": (ProcessNoteForm, actions.write_process_note),
    "commitment": (CommitmentForm, actions.commit),
    "finish": (FinishForm, actions.finish_visit),
}


@requires(Permission.SEE_CASE)
def visit(request, key):
    integration_visit = get_object_or_404(queries.visible_visits(request.user), key=key)
    opened(request, integration_visit.case)
    return _visit(request, integration_visit)


@require_POST
@requires(Permission.INTEGRATE)
def write(request, key, what):
    integration_visit = get_object_or_404(queries.visible_visits(request.user), key=key)
    form_class, act = FORMS[what]
    form = form_class(request.POST)
    if done(request, form, act, integration_visit):
        return redirect("integration:visit", key=key)
    return _visit(request, integration_visit, **{what: form})


@requires(Permission.INTEGRATE)
def settle(request, key):
    commitment = get_object_or_404(queries.visible_commitments(request.user), key=key)
    opened(request, commitment.case)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.settle, commitment):
        return redirect("integration:visit", key=commitment.visit.key)
    context = {"commitment": commitment, "case": commitment.case, "form": form}
    return page(request, "sessions/integration/settle.html", context, form)


@requires(Permission.SEE_CASE)
def measures(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    context = {
        "case": case,
        "measures": queries.measures(case),
        "links_url": reverse("links:index", args=[case.key]),
    }
    return page(request, "sessions/integration/measures.html", context)


def _visit(request, integration_visit, **typed):
    # A prefix for each, because several forms of one page have a field called body.
    forms = {
        what: typed.get(what) or made(auto_id=f"{what}_%s") for what, (made, _) in FORMS.items()
    }
    posted = next(iter(typed.values()), None)
    notes = list(integration_visit.notes.all())
    context = {
        "visit": integration_visit,
        "where": whereabouts_of(integration_visit),
        "in_the_way": list(obstacles_at_a_distance(integration_visit, at=now())),
        "case": integration_visit.case,
        "first_note": notes[0] if notes else None,
        "additions": notes[1:],
        "commitments": integration_visit.commitments.all(),
        "process_notes": queries.process_notes(request.user, integration_visit),
        "may_read_process_notes": queries.may_read_process_notes(request.user, integration_visit),
        "earlier": queries.open_commitments(integration_visit.case).exclude(
            visit=integration_visit
        ),
        "finish_obstacles": list(
            obstacles_to_finish_visit(integration_visit, by=request.user, at=now())
        ),
        "forms": forms,
    }
    return page(request, "sessions/integration/visit.html", context, posted)
