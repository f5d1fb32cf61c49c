"""The page on which a case is moved to another version, and what was read when it was."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.moving import actions, queries, rules
from clinic.cases.moving.forms import MoveForm
from clinic.cases.queries import visible_cases
from clinic.protocols.comparing.queries import between
from clinic.protocols.queries import errata_of


@requires(Permission.SEE_CASE)
def move(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    target = queries.target_of(case)
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        versions=queries.versions_of(case),
        initial={"to": target and target.key},
        user=request.user,
    )
    if done(request, form, actions.move_to_version, case):
        messages.info(request, f"The case is on version {form.cleaned_data['to'].number} now.")
        return redirect(case)
    at = now()
    context = {
        "case": case,
        "target": target,
        "form": form,
        "moves": queries.moves_of(case),
        "changes": queries.changes_for(case, target, at=at) if target else [],
        "errata": [
            (each.number, errata_of(each)) for each in (case.protocol_version, target) if each
        ],
        "sections": between(case.protocol_version, target) if target else (),
        "obstacles": list(
            rules.obstacles_to_move(case, by=request.user, at=at, to=target, is_asking=True)
        ),
    }
    return page(request, "clinic/cases/moving/move.html", context, form)
