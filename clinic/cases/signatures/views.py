from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.queries import visible_cases
from clinic.cases.signatures import actions, kinds, queries, rules
from clinic.cases.signatures.forms import AcceptForm, CountersignForm, ProposeForm, RefuseForm

SEES = requires(Permission.SEE_CASE)


@SEES
@require_safe
def of_case(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    context = {"case": case, "records": queries.records_of(case)}
    return page(request, "clinic/cases/signatures/of_case.html", context)


@SEES
@require_safe
def show(request, key):
    signature = _signature(request, key)
    context = _frame(request, signature) | {
        "parts": queries.as_signed(signature),
        "fits": queries.digest_fits(signature),
    }
    return page(request, "clinic/cases/signatures/show.html", context)


@SEES
def countersign(request, key):
    signature = _signature(request, key)
    form = CountersignForm(request.POST if request.method == "POST" else None, user=request.user)
    if done(request, form, actions.countersign, signature):
        messages.success(request, "Your name stands under the record.")
        return redirect("signatures:show", key=key)
    asked = {"by": request.user, "at": now()}
    context = _frame(request, signature) | {
        "form": form,
        "meaning": actions.REVIEWED,
        "parts": queries.as_signed(signature),
        "obstacles": list(rules.obstacles_to_countersign(signature, **asked)),
    }
    return page(request, "clinic/cases/signatures/countersign.html", context, form)


@SEES
def propose(request, key):
    signature = _signature(request, key)
    form = ProposeForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.propose, signature):
        messages.success(request, "Proposed. Another person accepts or refuses it.")
        return redirect("signatures:show", key=key)
    asked = {"by": request.user, "at": now()}
    context = _frame(request, signature) | {
        "form": form,
        "obstacles": list(rules.obstacles_to_propose(signature, **asked)),
    }
    return page(request, "clinic/cases/signatures/propose.html", context, form)


@SEES
@require_safe
def amendment(request, key):
    return _amendment(request, _to_answer(request, key))


@require_POST
@SEES
def accept(request, key):
    found = _to_answer(request, key)
    form = AcceptForm(request.POST, user=request.user)
    if done(request, form, actions.accept, found):
        messages.success(request, "Accepted. It stands beside the record.")
        return redirect("signatures:show", key=found.record.key)
    return _amendment(request, found, accept=form)


@require_POST
@SEES
def refuse(request, key):
    found = _to_answer(request, key)
    form = RefuseForm(request.POST)
    if done(request, form, actions.refuse, found):
        messages.success(request, "Refused. What was asked and your answer stay readable.")
        return redirect("signatures:show", key=found.record.key)
    return _amendment(request, found, refuse=form)


def _signature(request, key):
    signature = get_object_or_404(queries.visible_signatures(request.user), key=key)
    if signature.case:
        opened(request, signature.case)
    if signature.site:
        timezone.activate(signature.site.tz)
    return signature


def _to_answer(request, key):
    found = get_object_or_404(queries.visible_amendments(request.user), key=key)
    opened(request, found.case)
    timezone.activate(found.site.tz)
    return found


def _frame(request, signature):
    kind = kinds.kind_of(signature)
    return {
        "signature": signature,
        "case": signature.case,
        "kind_words": queries.words_of_kind(signature),
        "record_url": kind.address(signature) if kind else "",
        "can_be_added_to": kind is not None,
    }


def _amendment(request, found, *, accept=None, refuse=None):
    asked = {"by": request.user, "at": now()}
    context = _frame(request, found.record) | {
        "amendment": found,
        "accept": accept or AcceptForm(user=request.user),
        "refuse": refuse or RefuseForm(),
        "obstacles": list(rules.obstacles_to_accept(found, **asked)),
    }
    form = accept or refuse
    return page(request, "clinic/cases/signatures/amendment.html", context, form)
