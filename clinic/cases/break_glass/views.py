from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires, sees_by_care
from clinic.acts import done, page
from clinic.cases.break_glass import actions, queries, rules
from clinic.cases.break_glass.forms import BreakForm, ReviewForm
from clinic.cases.forms import NothingForm

READS = requires(Permission.SEE_CASE, *queries.REVIEWERS)


@READS
def index(request):
    waiting = list(queries.to_review(request.user))
    context = {
        "mine": queries.glass_in_force(request.user, now()),
        "to_review": waiting,
        "review_within": queries.TO_REVIEW,
        "latest": [each for each in queries.latest(request.user) if each not in waiting],
        "may_break": sees_by_care(request.user),
    }
    return page(request, "clinic/cases/break_glass/index.html", context)


@requires(Permission.SEE_CASE)
def break_glass(request):
    form = BreakForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        sites=queries.sites_outside_care(request.user),
        initial={"number": request.GET.get("q", "")[:30]},
    )
    broken = []

    def broken_by(*, site, **facts):
        broken.append(actions.break_glass(site, **facts))

    if done(request, form, broken_by):
        messages.warning(
            request, "The record is open to you for an hour. Those concerned are told."
        )
        return redirect("cases:patient", key=broken[0].patient.key)
    return page(request, "clinic/cases/break_glass/break.html", {"form": form}, form)


@READS
def show(request, key):
    glass = get_object_or_404(queries.visible_glass(request.user), key=key)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.review_glass, glass):
        messages.success(request, "The review is kept.")
        return redirect("break_glass:index")
    asked = {"by": request.user, "at": now()}
    context = {
        "glass": glass,
        "form": form,
        "done": queries.what_was_done(glass),
        "obstacles": list(rules.obstacles_to_review(glass, review="…", **asked)),
        "may_end": not list(rules.obstacles_to_give_back(glass, **asked)),
    }
    return page(request, "clinic/cases/break_glass/show.html", context, form)


@require_POST
@READS
def give_back(request, key):
    glass = get_object_or_404(queries.visible_glass(request.user), key=key)
    form = NothingForm(request.POST)
    if done(request, form, actions.give_back, glass):
        messages.success(request, "The record is closed to you again.")
        return redirect("break_glass:index")
    return page(request, "clinic/cases/break_glass/refused.html", {"form": form}, form)
