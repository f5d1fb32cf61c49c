from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.attention import actions, kinds, queries
from clinic.attention.forms import CloseForm, TakeForm
from clinic.attention.rules import obstacles_to_take


@requires(Permission.ACKNOWLEDGE)
def index(request):
    mine, everything = queries.my_matters(request.user), queries.open_matters(request.user)
    only_mine = request.GET.get("whose") == "mine"
    shown = queries.as_seen_by(request.user, mine if only_mine else everything, now())
    here = reverse("attention:index")
    tabs = [
        {"label": "Everybody's", "url": here, "current": not only_mine},
        {"label": "Mine", "url": f"{here}?whose=mine", "current": only_mine},
    ]
    context = {
        "shown": shown,
        "tabs": tabs,
        "only_mine": only_mine,
        "closed": queries.recently_closed(request.user),
    }
    return page(request, "clinic/attention/index.html", context)


@requires(Permission.ACKNOWLEDGE)
def show(request, key):
    matter = get_object_or_404(queries.visible_matters(request.user), key=key)
    if matter.case:
        opened(request, matter.case)
    return _show(request, matter, CloseForm())


@require_POST
@requires(Permission.ACKNOWLEDGE)
def take(request, key):
    matter = get_object_or_404(queries.visible_matters(request.user), key=key)
    form = TakeForm(request.POST)
    if done(request, form, actions.take, matter):
        return redirect("attention:show", key=key)
    return _show(request, matter, CloseForm(), form)


@require_POST
@requires(Permission.ACKNOWLEDGE)
def close(request, key):
    matter = get_object_or_404(queries.visible_matters(request.user), key=key)
    form = CloseForm(request.POST)
    if done(request, form, actions.close, matter):
        return redirect("attention:index")
    return _show(request, matter, form, form)


def _show(request, matter, close_form, form=None):
    context = {
        "matter": matter,
        "kind": kinds.kind_of(matter),
        "seen": queries.as_seen_by(request.user, [matter], now())[0],
        "entries": queries.story(matter),
        "take_obstacles": list(obstacles_to_take(matter, by=request.user, at=now())),
        "close_form": close_form,
        "refused": form,
    }
    return page(request, "clinic/attention/show.html", context, form)
