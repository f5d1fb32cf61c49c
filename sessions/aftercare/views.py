from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases import actions as cases
from clinic.cases.queries import visible_cases
from clinic.cases.rules import obstacles_to_close
from sessions.aftercare import actions, queries
from sessions.aftercare.forms import (
    BeginForm,
    CallOffForm,
    CloseForm,
    MadeForm,
    NextCycleForm,
    NotReachedForm,
)
from sessions.aftercare.rules import obstacles_to_begin_aftercare, obstacles_to_open_next_cycle

ON_CASE = {
    "begin": (BeginForm, actions.begin_aftercare),
    "next": (NextCycleForm, actions.open_next_cycle),
    "close": (CloseForm, cases.close),
}
ON_CONTACT = {
    "made": (MadeForm, actions.contact_made),
    "not_reached": (NotReachedForm, actions.not_reached),
    "call_off": (CallOffForm, actions.call_off),
}


@requires(Permission.SEE_CASE)
def index(request, key):
    case = get_object_or_404(visible_cases(request.user), key=key)
    return _index(request, opened(request, case))


@require_POST
@requires(Permission.INTEGRATE, Permission.PREPARE, Permission.DECIDE)
def go_on(request, key, what):
    case = get_object_or_404(visible_cases(request.user), key=key)
    made, act = ON_CASE[what]
    form = made(request.POST)
    if done(request, form, act, case):
        return redirect("aftercare:index", key=key)
    return _index(request, case, **{what: form})


@requires(Permission.SEE_CASE)
def touchpoint(request, key):
    row = get_object_or_404(queries.visible_touchpoints(request.user), key=key)
    opened(request, row.case)
    return _touchpoint(request, row)


@require_POST
@requires(Permission.FOLLOW_UP)
def contact(request, key, what):
    row = get_object_or_404(queries.visible_touchpoints(request.user), key=key)
    made, act = ON_CONTACT[what]
    form = made(request.POST)
    if done(request, form, act, row):
        return redirect("aftercare:index", key=row.case.key)
    return _touchpoint(request, row, **{what: form})


def _index(request, case, **typed):
    at = now()
    context = {
        "case": case,
        "cycles": queries.contacts_of(case, at),
        "forms": _forms(ON_CASE, typed),
        "steps": queries.steps_of(case),
        "obstacles": {
            "begin": list(obstacles_to_begin_aftercare(case, by=request.user, at=at)),
            "next": list(obstacles_to_open_next_cycle(case, by=request.user, at=at)),
            "close": list(obstacles_to_close(case, by=request.user, at=at)),
        },
    }
    return page(request, "sessions/aftercare/index.html", context, next(iter(typed.values()), None))


def _touchpoint(request, row, **typed):
    context = {
        "case": row.case,
        "contact": queries.contact_of(row, now()),
        "forms": _forms(ON_CONTACT, typed),
    }
    return page(
        request, "sessions/aftercare/touchpoint.html", context, next(iter(typed.values()), None)
    )


def _forms(kinds, typed):
    return {
        what: typed.get(what) or made(auto_id=f"{what}_%s") for what, (made, _) in kinds.items()
    }
