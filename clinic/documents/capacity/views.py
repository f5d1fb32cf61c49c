from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.queries import visible_cases
from clinic.documents.capacity import actions, queries, rules
from clinic.documents.capacity.forms import AssessForm


@requires(Permission.PREPARE, Permission.DECIDE)
def assess(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    posted = request.POST if request.method == "POST" else None
    form = AssessForm(posted, decisions=queries.decisions_of(case))
    if done(request, form, actions.assess, case):
        messages.success(request, "The assessment is written down.")
        return redirect("documents:assess", key=case.key)
    context = {
        "case": case,
        "found": queries.in_words(case),
        "form": form,
        "obstacles": list(rules.obstacles_to_assess(case, by=request.user, at=now())),
    }
    return page(request, "clinic/documents/assess.html", context, form)
