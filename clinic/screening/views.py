from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.queries import visible_cases
from clinic.checklists import forms as checklists
from clinic.checklists import queries as checklists_of
from clinic.checklists.returning.queries import last_time
from clinic.checklists.views import differences_met, saved_quietly
from clinic.screening import actions, queries, rules
from clinic.screening.forms import DecideForm, NothingForm, ReopenForm, RulingForm

SCREENS = requires(Permission.SCREEN)
SEES = requires(Permission.SEE_CASE)


@SCREENS
def form(request, key):
    case, screening = _screening(request, key)
    if screening is None:
        return _start(request, case)
    posted = request.POST if request.method == "POST" else None
    answers = checklists.form_for(
        screening.checklist,
        screening.answers,
        posted,
        revision=screening.form.revision,
        last_time=last_time(screening.form),
    )
    if done(request, answers, actions.save, case, screening.form):
        messages.success(request, "Saved.")
        place = "screening:findings" if "review" in request.POST else "screening:form"
        return redirect(place, key=key)
    context = {
        "case": case,
        "screening": screening,
        "form": answers,
        "differences": differences_met(answers, screening.form),
        "obstacles": list(rules.obstacles_to_save(case, by=request.user, at=now())),
        "anew": rules.why_not_begin_anew(screening, by=request.user, at=now()),
    }
    return page(request, "clinic/screening/form.html", context, answers)


@require_POST
@SCREENS
def begin_anew(request, key):
    case, screening = _screening(request, key)
    if screening is None:
        return redirect("screening:form", key=key)
    form = NothingForm(request.POST)
    if done(request, form, actions.begin_anew, case):
        messages.info(
            request, "Everything is asked again. What was answered before stays readable."
        )
        return redirect("screening:form", key=key)
    return _findings(request, case, screening, form)


@require_POST
@SCREENS
def autosave(request, key):
    case, screening = _screening(request, key)
    if screening is None:
        raise Http404("The screening of this case was not begun.")
    answers = checklists.form_for(
        screening.checklist,
        screening.answers,
        request.POST,
        quietly=True,
        last_time=last_time(screening.form),
    )
    saved = done(request, answers, actions.save, case, screening.form)
    return saved_quietly(request, answers, screening.form, saved)


def _start(request, case):
    begin = NothingForm(request.POST if request.method == "POST" else None)
    if done(request, begin, actions.start, case):
        return redirect("screening:form", key=case.key)
    return _begin(request, case, begin)


def _begin(request, case, form):
    context = {
        "case": case,
        "form": form,
        "obstacles": list(rules.obstacles_to_start(case, by=request.user, at=now())),
    }
    return page(request, "clinic/screening/start.html", context, form)


@SEES
def findings(request, key):
    case, screening = _screening(request, key)
    if screening is None:
        return redirect("screening:form", key=key)
    return _findings(request, case, screening, ReopenForm())


@SEES
def rule_on(request, key, item):
    case, screening = _screening(request, key)
    found = screening.item(item) if screening else None
    if found is None:
        raise Http404("The answers ask for nothing here.")
    posted = request.POST if request.method == "POST" else None
    shown = queries.evidence_for(case, item)
    ruling = RulingForm(
        posted, user=request.user, initial={"seen": found.as_seen}, evidence=shown, found=found
    )
    if done(request, ruling, actions.rule_on, screening.form, item=item):
        messages.success(request, "Settled.")
        return redirect("screening:findings", key=key)
    context = {
        "case": case,
        "found": queries.with_evidence(case, [found])[0],
        "form": ruling,
        "meaning": queries.PAST_AN_EXCLUSION if found.is_signed_when_accepted else "",
        "obstacles": rules.why_not_settle(screening.form, item, by=request.user, at=now()),
    }
    return page(request, "clinic/screening/rule_on.html", context, ruling)


@SEES
def decide(request, key):
    case, screening = _screening(request, key)
    posted = request.POST if request.method == "POST" else None
    reasons = queries.reasons_to_decline(case)
    given = queries.reasons_given(screening) if screening else []
    seen = {"seen": screening.as_seen if screening else ""}
    decision = DecideForm(posted, user=request.user, reasons=reasons, given=given, initial=seen)
    if done(request, decision, actions.decide, case):
        messages.success(request, "Decided and signed.")
        return redirect("screening:findings", key=key)
    if screening is None:
        return _begin(request, case, decision)
    decision.stand_on(screening)
    context = {
        "case": case,
        "screening": screening,
        "form": decision,
        "why_not": rules.why_not_decide(case, by=request.user, at=now()),
    }
    return page(request, "clinic/screening/decide.html", context, decision)


@require_POST
@SEES
def reopen(request, key):
    case, screening = _screening(request, key)
    if screening is None:
        return redirect("screening:form", key=key)
    form = ReopenForm(request.POST)
    if done(request, form, actions.open_again, case):
        messages.info(request, "The screening is open again. It has to be decided anew.")
        return redirect("screening:form", key=key)
    return _findings(request, case, screening, form)


def _screening(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    return case, queries.screening_of(case, on=localdate())


def _findings(request, case, screening, form):
    context = {
        "case": case,
        "screening": screening,
        "groups": queries.by_meaning(screening),
        "form": form,
        "earlier": checklists_of.forms_of(case, purpose=queries.PURPOSE, status="abandoned"),
        "reopen_obstacles": list(rules.obstacles_to_open_again(case, by=request.user, at=now())),
    }
    return page(request, "clinic/screening/findings.html", context, form)
