from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.checklists import actions, queries
from clinic.checklists.forms import NothingForm, ReasonForm, form_for
from clinic.checklists.models import Status
from clinic.checklists.returning.queries import last_time
from clinic.checklists.rules import FILLING, obstacles_to_open, obstacles_to_reopen
from clinic.workflow import CHANGED


@requires(*FILLING)
def fill(request, key):
    filled = get_object_or_404(queries.visible_forms(request.user), key=key)
    opened(request, filled.case)
    if filled.status in (Status.COMPLETED, Status.ABANDONED):
        return _read(request, filled, ReasonForm())
    checklist, answers = queries.checklist_of(filled), queries.current_answers(filled)
    posted = request.POST if request.method == "POST" else None
    form = form_for(
        checklist, answers, posted, revision=filled.revision, last_time=last_time(filled)
    )
    act = actions.finish if form.is_completing else actions.answer
    if done(request, form, act, filled):
        messages.success(request, f"{checklist.title}: saved.")
        return redirect("checklists:fill", key=filled.key)
    context = {
        "filled": filled,
        "case": filled.case,
        "checklist": checklist,
        "form": form,
        "differences": differences_met(form, filled),
    }
    return page(request, "clinic/checklists/fill.html", context, form)


@requires(Permission.SEE_CASE)
def read(request, key):
    filled = get_object_or_404(queries.visible_forms(request.user), key=key)
    opened(request, filled.case)
    return _read(request, filled, ReasonForm())


@requires(*FILLING)
def reopen(request, key):
    filled = get_object_or_404(queries.visible_forms(request.user), key=key)
    opened(request, filled.case)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.reopen, filled):
        return redirect("checklists:fill", key=filled.key)
    return _read(request, filled, form)


@requires(*FILLING)
def start(request, key, code):
    case = get_object_or_404(queries.visible_cases(request.user), key=key)
    opened(request, case)
    checklist = queries.form_for_case(case, code)
    if checklist is None:
        raise Http404("There is no form of this name.")
    form = NothingForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.open_form, case, checklist=checklist, purpose="measure"):
        begun = queries.open_form_of(case, code=code, purpose="measure")
        return redirect("checklists:fill", key=begun.key)
    context = {
        "case": case,
        "checklist": checklist,
        "form": form,
        "forms": queries.forms_of(case, code=code),
        "obstacles": list(
            obstacles_to_open(
                case, by=request.user, at=now(), checklist=checklist, by_patient=False
            )
        ),
    }
    return page(request, "clinic/checklists/start.html", context, form)


@require_POST
@requires(*FILLING)
def autosave(request, key):
    filled = get_object_or_404(queries.visible_forms(request.user), key=key)
    checklist, answers = queries.checklist_of(filled), queries.current_answers(filled)
    form = form_for(checklist, answers, request.POST, quietly=True, last_time=last_time(filled))
    return saved_quietly(request, form, filled, done(request, form, actions.answer, filled))


def saved_quietly(request, form, filled, saved):
    """The answer to a save nobody pressed: what was kept, and what is asked now."""
    saved = saved and not form.falls_away
    context = {
        "filled": filled,
        "saved": saved,
        "falls_away": form.falls_away,
        "left_out": form.left_out,
        "gone": form.gone(),
        "came_up": form.come_up(),
        "shown": " ".join(form.asked_now),
    }
    answer = render(request, "clinic/checklists/saved.html", context)
    if saved and not form.left_out:
        answer["HX-Trigger"] = "saved"
    return answer


def differences_met(form, filled):
    """What stands now beside what was typed, when somebody else was first; else nothing."""
    refusal = getattr(form, "refusal", None)
    if refusal is None or CHANGED.code not in refusal.codes:
        return []
    form.stand_on(filled.revision)
    return queries.differences(filled, form.cleaned_data["answers"])


def _read(request, filled, form):
    context = {
        "filled": filled,
        "case": filled.case,
        "reading": queries.reading_of(filled),
        "form": form,
        "obstacles": list(obstacles_to_reopen(filled, by=request.user, at=now())),
    }
    return page(request, "clinic/checklists/show.html", context, form)
