from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from clinic.access import Permission, may_anywhere, requires
from clinic.acts import done, opened, page
from clinic.people.queries import colleagues
from clinic.safety import counted
from clinic.safety.incidents import actions, queries, rules
from clinic.safety.incidents.forms import AssignForm, CloseForm, NoteForm

LEADS = requires(Permission.LEAD_SAFETY)


@requires(None)
def index(request):
    mine_only = request.GET.get("whose") == "mine"
    context = {
        "open": queries.open_lines(request.user, on=localdate(), mine_only=mine_only),
        "closed": queries.closed_lines(request.user, on=localdate()),
        "mine_only": mine_only,
        "leads": may_anywhere(request.user, Permission.LEAD_SAFETY),
        "hears": may_anywhere(request.user, Permission.HEAR_CONCERNS),
        "decided": counted.decided_past(request.user, on=localdate()),
    }
    return page(request, "clinic/safety/index.html", context)


@requires(None)
def show(request, key):
    incident = _incident(request, key)
    if incident.case:
        opened(request, incident.case)
    return _show(request, incident)


@require_POST
@LEADS
def assign(request, key):
    incident = _incident(request, key)
    form = AssignForm(request.POST, people=colleagues([incident.site_id], at=now()))
    if done(request, form, actions.assign, incident):
        return redirect("safety:show", key=key)
    return _show(request, incident, assigning=form)


@require_POST
@requires(None)
def note(request, key):
    incident = _incident(request, key)
    form = NoteForm(request.POST)
    if done(request, form, actions.note, incident):
        return redirect("safety:show", key=key)
    return _show(request, incident, noting=form)


@require_POST
@LEADS
def close(request, key):
    incident = _incident(request, key)
    form = CloseForm(request.POST)
    if done(request, form, actions.close, incident):
        messages.success(request, "The incident is closed.")
        return redirect("safety:index")
    return _show(request, incident, closing=form)


def _incident(request, key):
    return get_object_or_404(queries.visible_incidents(request.user), key=key)


def _show(request, incident, *, assigning=None, noting=None, closing=None):
    asked = {"by": request.user, "at": now()}
    people = colleagues([incident.site_id], at=now())
    facts = {"owner": incident.owner_id, "due_on": incident.due_on}
    context = {
        "incident": incident,
        "notes": incident.notes.select_related("noted_by"),
        "assigning": assigning or AssignForm(people=people, initial=facts),
        "noting": noting or NoteForm(),
        "closing": closing or CloseForm(),
        "to_assign": list(rules.obstacles_to_assign(incident, owner=request.user, **asked)),
        "to_close": list(rules.obstacles_to_close(incident, **asked)),
    }
    return page(request, "clinic/safety/show.html", context, assigning or noting or closing)
