from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.cases.forms import NothingForm
from clinic.safety.concerns import actions, queries, rules
from clinic.safety.concerns.forms import CloseForm
from clinic.safety.incidents.forms import NoteForm

HEARS = requires(Permission.HEAR_CONCERNS)


@HEARS
def index(request):
    context = {
        "open": queries.open_concerns(request.user),
        "closed": queries.closed_concerns(request.user),
    }
    return page(request, "clinic/safety/concerns.html", context)


@HEARS
def show(request, key):
    return _show(request, _concern(request, key))


@require_POST
@HEARS
def hear(request, key):
    concern, form = _concern(request, key), NothingForm(request.POST)
    if done(request, form, actions.hear, concern):
        return redirect("safety:concern", key=key)
    return _show(request, concern, hearing=form)


@require_POST
@HEARS
def note(request, key):
    concern, form = _concern(request, key), NoteForm(request.POST)
    if done(request, form, actions.note, concern):
        return redirect("safety:concern", key=key)
    return _show(request, concern, noting=form)


@require_POST
@HEARS
def close(request, key):
    concern, form = _concern(request, key), CloseForm(request.POST)
    if done(request, form, actions.close, concern):
        messages.success(request, "It is closed.")
        return redirect("safety:concerns")
    return _show(request, concern, closing=form)


def _concern(request, key):
    return get_object_or_404(queries.visible_concerns(request.user), key=key)


def _show(request, concern, *, hearing=None, noting=None, closing=None):
    asked = {"by": request.user, "at": now()}
    context = {
        "concern": concern,
        "notes": concern.notes.select_related("noted_by"),
        "hearing": hearing,
        "noting": noting or NoteForm(),
        "closing": closing or CloseForm(),
        "to_hear": list(rules.obstacles_to_hear(concern, **asked)),
        "to_close": list(rules.obstacles_to_close(concern, **asked)),
    }
    return page(request, "clinic/safety/concern.html", context, hearing or noting or closing)
