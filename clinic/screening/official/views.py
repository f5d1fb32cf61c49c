from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.queries import visible_cases
from clinic.screening import queries
from clinic.screening.official import actions, rules
from clinic.screening.official.forms import ConfirmForm


@requires(Permission.SEE_CASE)
def confirm(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    screening = queries.screening_of(case, on=localdate())
    if screening is None:
        return redirect("screening:form", key=key)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        initial={"seen": screening.as_seen},
    )
    if done(request, form, actions.confirm, case):
        messages.success(request, "Confirmed and signed.")
        return redirect("screening:decide", key=key)
    form.stand_on(screening)
    context = {
        "case": case,
        "screening": screening,
        "form": form,
        "obstacles": list(rules.obstacles_to_confirm(case, by=request.user, at=now())),
    }
    return page(request, "clinic/screening/official/confirm.html", context, form)
