from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.booking.queries import visible_visits, whereabouts_of
from clinic.cases.queries import visible_cases
from clinic.checklists import actions as checklists
from clinic.checklists.forms import form_for
from clinic.checklists.queries import checklist_of, current_answers, reading_of
from clinic.checklists.views import differences_met
from sessions.preparation import actions, asking, queries, rules
from sessions.preparation.agreed import agreed_with
from sessions.preparation.clearing import who_clears
from sessions.preparation.forms import DecidePastForm, NothingForm, ReasonForm, WayHomeForm
from sessions.preparation.plan import plan_of

P = Permission


def _posted(request):
    return request.POST if request.method == "POST" else None


def _case(request, key):
    return opened(request, get_object_or_404(visible_cases(request.user), key=key))


@requires(P.SEE_CASE)
def show(request, key):
    case = _case(request, key)
    facts = queries.facts_of_case(case, at=now())
    context = {
        "case": case,
        "cycle": facts.cycle,
        "plan": plan_of(facts),
        "agreed": agreed_with(case, request.user),
        "facts": facts,
        "begin_obstacles": list(rules.obstacles_to_begin(case, by=request.user, at=now())),
        "waits_to_begin": rules.waits_to_begin(case),
    }
    return page(request, "sessions/preparation/show.html", context)


@requires(P.PREPARE)
@require_POST
def begin(request, key):
    case = _case(request, key)
    form = NothingForm(request.POST)
    if done(request, form, actions.begin, case):
        messages.success(request, "Preparation begun.")
        return redirect("preparation:show", key=case.key)
    return page(request, "sessions/preparation/refused.html", {"case": case, "form": form}, form)


# -- A preparation visit ---------------------------------------------------------------------


@requires(P.PREPARE)
def visit(request, key):
    visit = get_object_or_404(visible_visits(request.user), key=key)
    opened(request, visit.case)
    if not queries.is_preparation(visit):
        raise Http404("This is no preparation visit.")
    filled, checklist = queries.content_form(visit), queries.content_of(visit)
    if filled is None and checklist is not None:
        return _begin_visit(request, visit)
    if filled is None or filled.completed_at:
        return _completed_visit(request, visit, filled)
    form = form_for(
        checklist_of(filled),
        current_answers(filled),
        _posted(request),
        revision=filled.revision,
    )
    act, subject = (
        (actions.hold_visit, visit) if form.is_completing else (checklists.answer, filled)
    )
    if done(request, form, act, subject):
        messages.success(request, "The visit is done." if form.is_completing else "Saved.")
        return redirect("preparation:visit", key=visit.key)
    context = {
        "visit": visit,
        "where": whereabouts_of(visit),
        "case": visit.case,
        "form": form,
        "filled": filled,
        "obstacles": list(rules.obstacles_to_hold_visit(visit, filled, by=request.user, at=now())),
        "differences": differences_met(form, filled),
    }
    return page(request, "sessions/preparation/visit.html", context, form)


def _begin_visit(request, visit):
    form = NothingForm(_posted(request))
    if done(request, form, actions.open_content, visit):
        return redirect("preparation:visit", key=visit.key)
    checklist = queries.content_of(visit)
    obstacles = rules.obstacles_to_open_content(visit, checklist, by=request.user, at=now())
    context = {
        "visit": visit,
        "where": whereabouts_of(visit),
        "case": visit.case,
        "checklist": checklist,
        "form": form,
        "obstacles": list(obstacles),
    }
    return page(request, "sessions/preparation/visit_begin.html", context, form)


def _completed_visit(request, visit, filled):
    form = NothingForm(_posted(request))
    if done(request, form, actions.complete_visit, visit):
        messages.success(request, "The visit is done.")
        return redirect("preparation:visit", key=visit.key)
    obstacles = rules.obstacles_to_complete_visit(visit, filled, by=request.user, at=now())
    context = {
        "visit": visit,
        "where": whereabouts_of(visit),
        "case": visit.case,
        "filled": filled,
        "reading": reading_of(filled) if filled else None,
        "form": form,
        "obstacles": list(obstacles),
    }
    return page(request, "sessions/preparation/visit_done.html", context, form)


# -- The way home ----------------------------------------------------------------------------


@requires(P.PREPARE)
def way_home(request, key):
    case = _case(request, key)
    facts = queries.facts_of_case(case, at=now())
    form = WayHomeForm(
        _posted(request),
        site=case.site,
        accepted=queries.ways_home_of(facts),
        initial=queries.way_home_initial(facts),
    )
    if done(request, form, actions.plan_way_home, facts.cycle):
        messages.success(request, "The way home is planned.")
        return redirect("preparation:show", key=case.key)
    obstacles = rules.obstacles_to_plan_way_home(facts.cycle, by=request.user, at=now())
    context = {
        "case": case,
        "form": form,
        "plan": facts.way_home,
        "obstacles": list(obstacles),
    }
    return page(request, "sessions/preparation/way_home.html", context, form)


# -- Ready -----------------------------------------------------------------------------------


@requires(P.SEE_CASE)
def ready(request, key):
    case = _case(request, key)
    return _ready(request, case, NothingForm())


@requires(P.PREPARE)
@require_POST
def declare_ready(request, key):
    case = _case(request, key)
    form = NothingForm(request.POST)
    if done(request, form, actions.declare_ready, case):
        messages.success(request, "Declared ready. Everything is asked again on the day.")
        return redirect("preparation:ready", key=case.key)
    return _ready(request, case, form)


@requires(P.PREPARE)
@require_POST
def not_ready(request, key):
    case = _case(request, key)
    form = ReasonForm(request.POST)
    if done(request, form, actions.not_ready, case):
        messages.success(request, "No longer declared ready.")
        return redirect("preparation:ready", key=case.key)
    return _ready(request, case, form)


def _ready(request, case, form):
    facts = queries.facts_of_case(case, at=now())
    steps = rules.gates_in(facts, by=request.user)
    obstacles = list(rules.obstacles_to_declare_ready(case, by=request.user, at=now(), facts=facts))
    context = {
        "case": case,
        "facts": facts,
        "groups": asking.in_groups(steps),
        "agreed": agreed_with(case, request.user),
        "shut": sum(bool(step.obstacles) for step in steps),
        "entitled": rules.entitled_codes(steps, by=request.user, case=case),
        "who": who_clears(
            [o for step in steps for o in step.obstacles], case=case, by=request.user, at=now()
        ),
        "form": form,
        "is_ready": rules.is_declared_ready(case),
        "obstacles": obstacles,
        "others": asking.not_at_a_gate(obstacles),
    }
    return page(request, "sessions/preparation/ready.html", context, form)


@requires(P.ORDER, P.LEAD_SAFETY)
def decide_past(request, key, code):
    case = _case(request, key)
    facts = queries.facts_of_case(case, at=now())
    step = next((each for each in asking.steps(facts) if each.gate.code == code), None)
    if step is None:
        raise Http404("This protocol has no such gate.")
    approved = asking.needs_approval(step.obstacles)
    form = DecidePastForm(_posted(request), user=request.user, approved=approved)
    if done(request, form, actions.decide_past, facts.cycle, code=code):
        messages.success(request, "Decided past. It shows for ever, and counts for this day only.")
        return redirect("preparation:ready", key=case.key)
    obstacles = rules.obstacles_to_decide_past(
        facts.cycle,
        by=request.user,
        at=now(),
        code=code,
        found=step.obstacles,
        is_asking=True,
    )
    context = {
        "case": case,
        "facts": facts,
        "step": step,
        "form": form,
        "obstacles": list(obstacles),
    }
    return page(request, "sessions/preparation/decide_past.html", context, form)
