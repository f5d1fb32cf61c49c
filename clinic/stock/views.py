from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.stock import actions, forms, queries, rules

P = Permission
PAGE = 100


def _posted(request):
    return request.POST if request.method == "POST" else None


@requires(P.MANAGE_STOCK)
def index(request):
    context = {
        "shelves": queries.shelves(request.user, at=now()),
        "may_receive": queries.sites_with_stock(request.user).exists(),
    }
    return page(request, "clinic/stock/index.html", context)


@requires(P.MANAGE_STOCK, P.DOSE)
def lot(request, key):
    lot = get_object_or_404(queries.visible_lots(request.user), key=key)
    before = request.GET.get("before", "")
    ledger = queries.ledger_of(lot, before=int(before) if before.isdecimal() else None, size=PAGE)
    context = {
        "lot": lot,
        "ledger": ledger,
        "state": queries.state_of(lot, at=now()),
        "may_keep": queries.may_keep(request.user, lot),
        "drawn": queries.drawn_from(lot, request.user),
    }
    return page(request, "clinic/stock/lot.html", context)


@requires(P.MANAGE_STOCK)
def receive(request):
    sites = queries.sites_with_stock(request.user)
    chosen = forms.SiteForm(_posted(request), sites=sites)
    form = forms.ReceiveForm(_posted(request))
    site = chosen.cleaned_data["site"] if chosen.is_bound and chosen.is_valid() else sites.first()
    if site is None:
        raise Http404("You keep stock nowhere.")
    is_somewhere = not chosen.is_bound or chosen.is_valid()
    if is_somewhere and done(request, form, actions.receive, site):
        messages.success(request, "Received.")
        return redirect("stock:index")
    context = {"form": form, "chosen": chosen, "one_site": sites.count() == 1, "site": site}
    return page(request, "clinic/stock/receive.html", context, form if is_somewhere else chosen)


@requires(P.MANAGE_STOCK)
def receive_more(request, key):
    words = ("Add to this lot", "What came in of it later.", "Add", "Received.")
    return _act(request, key, actions.receive_more, forms.MoreForm, words)


@requires(P.MANAGE_STOCK, P.DOSE)
def waste(request, key):
    words = (
        "Record waste",
        "What is destroyed of this lot, before a second person.",
        "Record as wasted",
        "Wasted, and witnessed.",
    )
    return _act(request, key, actions.waste, forms.WasteForm, words)


@requires(P.MANAGE_STOCK)
def count(request, key):
    words = (
        "Count this lot",
        "Two people count. Agreement is written down as well as a difference.",
        "Record the count",
        "Counted, and witnessed.",
    )
    return _act(request, key, actions.count, forms.CountForm, words)


@requires(P.MANAGE_STOCK)
def recall(request, key):
    words = (
        "Recall this lot",
        "Nothing more is prepared from it, from now on.",
        "Recall the lot",
        "Recalled.",
    )
    return _act(request, key, actions.recall, forms.RecallForm, words, rules.obstacles_to_recall)


@requires(P.MANAGE_STOCK)
def describe(request, key):
    lot = get_object_or_404(queries.visible_lots(request.user), key=key)
    lead = "A dose is drawn from it only where its protocol gives this form and this salt."
    if lot.form:
        lead += f" When it was received, this was written down: {lot.form}."
    words = ("Say what this lot is", lead, "Write it down", "Written down.")
    return _act(request, key, actions.describe, forms.DescribeForm, words)


def _act(request, key, act, form_class, words, obstacles_to=None):
    lot = get_object_or_404(queries.visible_lots(request.user), key=key)
    said = {"presentation": lot.presentation, "salt": lot.salt}
    form = form_class(_posted(request), initial=said)
    title, lead, submit, said = words
    if done(request, form, act, lot):
        messages.success(request, said)
        return redirect("stock:lot", key=lot.key)
    obstacles = obstacles_to(lot, by=request.user, at=now()) if obstacles_to else ()
    context = {
        "lot": lot,
        "form": form,
        "title": title,
        "lead": lead,
        "submit": submit,
        "obstacles": list(obstacles),
    }
    return page(request, "clinic/stock/act.html", context, form)
