"""The pages of a site's own stricter values."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import requires
from clinic.acts import done, page
from clinic.people.forms import SignatureForm
from clinic.protocols.house import actions, queries, rules
from clinic.protocols.house.forms import EndForm, StateForm
from clinic.protocols.queries import published_versions

READS = requires(*queries.READS)


@READS
def index(request):
    context = {
        "values": queries.visible_values(request.user)[:200],
        "versions": published_versions(),
    }
    return page(request, "clinic/protocols/house/index.html", context)


@requires(*queries.STATES)
def state(request, key):
    version = get_object_or_404(published_versions(), key=key)
    form = StateForm(
        request.POST if request.method == "POST" else None,
        sites=queries.sites_to_state_at(request.user),
        numbers=queries.numbers_of(version),
    )
    if done(request, form, actions.state, version):
        messages.info(request, "It counts once the medical lead has approved it.")
        return redirect("house:index")
    context = {"version": version, "form": form}
    return page(request, "clinic/protocols/house/state.html", context, form)


@READS
def show(request, key):
    return _show(request, get_object_or_404(queries.visible_values(request.user), key=key))


@require_POST
@READS
def approve(request, key):
    value = get_object_or_404(queries.visible_values(request.user), key=key)
    form = SignatureForm(request.POST, user=request.user, auto_id="approve_%s")
    if done(request, form, actions.approve, value):
        messages.info(request, "It counts from now on.")
        return redirect(value)
    return _show(request, value, approving=form)


@require_POST
@READS
def end(request, key):
    value = get_object_or_404(queries.visible_values(request.user), key=key)
    form = EndForm(request.POST, user=request.user, auto_id="end_%s")
    if done(request, form, actions.end, value):
        messages.info(request, "The protocol's own number counts again.")
        return redirect(value)
    return _show(request, value, ending=form)


def _show(request, value, approving=None, ending=None):
    asked = {"by": request.user, "at": now(), "is_asking": True}
    context = {
        "value": value,
        "approving": approving or SignatureForm(user=request.user, auto_id="approve_%s"),
        "ending": ending or EndForm(user=request.user, auto_id="end_%s"),
        "to_approve": list(rules.obstacles_to_approve(value, **asked)),
        "to_end": list(rules.obstacles_to_end(value, **asked)),
        "refused": approving or ending,
    }
    return page(request, "clinic/protocols/house/show.html", context, approving or ending)
