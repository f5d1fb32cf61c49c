"""The pages on which errata are proposed, read, signed and refused: part of the protocols' admin."""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.people.forms import SignatureForm
from clinic.protocols.errata import actions, forms, queries, rules
from clinic.protocols.errata.models import Status
from clinic.protocols.forms import ReasonForm
from clinic.protocols.queries import versions

AUTHOR, APPROVER = Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS


def _context(request, title, **facts):
    return {**admin.site.each_context(request), "title": title, **facts}


def _posted(request):
    return request.POST if request.method == "POST" else None


def address_for(version):
    """Where the errata of a version are, and how many wait; nothing for what was never published."""
    if version.status not in queries.IN_USE:
        return None
    waiting = queries.errata_on(version).filter(status=Status.PROPOSED).count()
    return {
        "url": reverse("admin:clinic_protocolversion_errata", args=[version.key]),
        "words": f"Errata: {waiting} to be approved" if waiting else "Errata",
    }


@requires(AUTHOR, APPROVER)
def index(request, key):
    version = get_object_or_404(versions(), key=key)
    context = _context(
        request,
        f"Errata of {version}",
        version=version,
        errata=queries.errata_on(version),
        headings=queries.headings(version) if version.status in queries.IN_USE else [],
    )
    return page(request, "clinic/protocols/errata/index.html", context)


@requires(AUTHOR, APPROVER)
def under(request, key, heading):
    version = get_object_or_404(versions().filter(status__in=queries.IN_USE), key=key)
    found = queries.heading(version, heading)
    if found is None:
        raise Http404
    context = _context(request, f"{found.title}: {version}", version=version, heading=found)
    return page(request, "clinic/protocols/errata/under.html", context)


@requires(AUTHOR)
def propose(request, key, place):
    version = get_object_or_404(versions().filter(status__in=queries.IN_USE), key=key)
    spot = queries.spot_of(version, place)
    if spot is None:
        raise Http404
    form = forms.ProposeForm(_posted(request), spot=spot)
    if done(request, form, actions.propose, version, place=place):
        messages.info(request, "It binds once a second person has approved it.")
        return redirect("admin:clinic_protocolversion_errata", version.key)
    asked = rules.obstacles_to_propose(version, by=request.user, at=now(), place=place)
    context = _context(
        request,
        f"Erratum of {version}",
        version=version,
        spot=spot,
        form=form,
        obstacles=[] if form.is_bound else list(asked),
    )
    return page(request, "clinic/protocols/errata/propose.html", context, form)


@requires(AUTHOR, APPROVER)
def show(request, key):
    return _show(request, get_object_or_404(queries.errata(), key=key))


@require_POST
@requires(APPROVER)
def approve(request, key):
    erratum = get_object_or_404(queries.errata(), key=key)
    form = SignatureForm(request.POST, user=request.user, auto_id="approve_%s")
    if done(request, form, actions.approve, erratum):
        messages.success(request, f"{erratum} is in force.")
        return redirect(erratum)
    return _show(request, erratum, approving=form)


@require_POST
@requires(AUTHOR, APPROVER)
def refuse(request, key):
    erratum = get_object_or_404(queries.errata(), key=key)
    form = ReasonForm(request.POST, auto_id="refuse_%s")
    if done(request, form, actions.refuse, erratum):
        messages.info(request, "It was refused; the version says what it said.")
        return redirect(erratum)
    return _show(request, erratum, refusing=form)


@require_POST
@requires(AUTHOR)
def withdraw(request, key):
    erratum = get_object_or_404(queries.errata(), key=key)
    form = forms.WhyForm(request.POST, auto_id="withdraw_%s")
    if done(request, form, actions.withdraw, erratum):
        messages.info(request, "It counts until a second person has approved that it shall not.")
        return redirect("admin:clinic_protocolversion_errata", erratum.version.key)
    return _show(request, erratum, withdrawing=form)


def _show(request, erratum, approving=None, refusing=None, withdrawing=None):
    by, at = request.user, now()
    form = approving or refusing or withdrawing
    context = _context(
        request,
        str(erratum),
        erratum=erratum,
        sections=queries.changes_by(erratum),
        withdrawn_by=queries.withdrawn_by(erratum),
        approving=approving or SignatureForm(user=by, auto_id="approve_%s"),
        refusing=refusing or ReasonForm(auto_id="refuse_%s"),
        withdrawing=withdrawing or forms.WhyForm(auto_id="withdraw_%s"),
        to_approve=list(rules.obstacles_to_approve(erratum, by=by, at=at, is_asking=True)),
        to_refuse=list(rules.obstacles_to_refuse(erratum, by=by, at=at)),
        to_withdraw=list(rules.obstacles_to_withdraw(erratum, by=by, at=at)),
        waits=erratum.status == Status.PROPOSED,
        can_withdraw=queries.counts(erratum.version, erratum.number),
        refused=form,
    )
    return page(request, "clinic/protocols/errata/show.html", context, form)
