"""The records a person may have at other sites, for whoever decides at both."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases import queries as cases
from clinic.cases.merging.queries import side_by_side
from clinic.cases.two_sites import actions, queries, rules
from clinic.cases.two_sites.forms import (
    LinkForm,
    RetractForm,
    SoughtForm,
    TellApartForm,
    UnlinkForm,
)

DECIDES = requires(Permission.DECIDE)


@DECIDES
def elsewhere(request, key):
    patient = _the_patient(request, key)
    form = SoughtForm(request.POST if request.method == "POST" else None)
    context = {
        "patient": patient,
        "links": queries.links_of(patient, request.user),
        "told": queries.told_apart(patient, request.user),
        "alike": queries.maybe_the_same(patient, request.user),
        "form": form,
        "sought": form.is_valid(),
        "found": queries.meant(patient, request.user, form.cleaned_data["q"])
        if form.is_valid()
        else [],
    }
    return page(request, "clinic/cases/two_sites/elsewhere.html", context, form)


@DECIDES
def link(request, key, other):
    pair = _the_pair(request, key, other)
    form = LinkForm(request.POST if request.method == "POST" else None, user=request.user)
    if done(request, form, actions.link, *pair):
        messages.success(request, "Linked. A dose at either site counts in the other's intervals.")
        return redirect("cases:elsewhere", key=key)
    return _compare(request, pair, form, rules.obstacles_to_link, "Sign and link")


@DECIDES
def unlink(request, key, other):
    pair = _those_linked(request, key, other)
    form = UnlinkForm(request.POST if request.method == "POST" else None, user=request.user)
    if done(request, form, actions.unlink, *pair):
        messages.success(request, "The link is ended.")
        return redirect("cases:elsewhere", key=_stays(pair[0]).key)
    return _compare(request, pair, form, rules.obstacles_to_unlink, "Sign and end the link")


@DECIDES
def tell_apart(request, key, other):
    pair = _the_pair(request, key, other)
    form = TellApartForm(request.POST if request.method == "POST" else None, user=request.user)
    if done(request, form, actions.tell_apart, *pair):
        messages.success(request, "Told apart. Neither site's doses stand in the other's way.")
        return redirect("cases:elsewhere", key=key)
    return _compare(request, pair, form, rules.obstacles_to_tell_apart, "Sign and tell apart")


@DECIDES
def retract(request, key, other):
    pair = _those_linked(request, key, other)
    form = RetractForm(request.POST if request.method == "POST" else None, user=request.user)
    if done(request, form, actions.retract, *pair):
        messages.success(request, "Taken back. What their details say counts again.")
        return redirect("cases:elsewhere", key=_stays(pair[0]).key)
    return _compare(request, pair, form, rules.obstacles_to_retract, "Sign and take back")


def _the_patient(request, key):
    patients = cases.visible_patients(request.user).filter(merged_into=None)
    patient = get_object_or_404(patients, key=key)
    if not queries.may_look_elsewhere(request.user, patient):
        raise Http404
    opened(request, cases.cases_of(patient).first() or patient)
    return patient


def _the_pair(request, key, other):
    patient = _the_patient(request, key)
    second = get_object_or_404(queries.records_elsewhere(request.user, patient), key=other)
    opened(request, *[cases.cases_of(each).first() or each for each in (patient, second)])
    return patient, second


def _those_linked(request, key, other):
    """Two records as they were linked or told apart, whatever either was merged into since."""
    patient = get_object_or_404(cases.visible_patients(request.user), key=key)
    second = get_object_or_404(queries.records_linked(request.user, patient), key=other)
    pair = (patient, second)
    opened(request, *[cases.cases_of(_stays(each)).first() or each for each in pair])
    return pair


def _stays(patient):
    return patient.merged_into or patient


def _compare(request, pair, form, obstacles_to, label):
    context = {
        "pair": pair,
        "patient": _stays(pair[0]),
        "rows": side_by_side(*pair),
        "form": form,
        "label": label,
        "obstacles": list(obstacles_to(*pair, by=request.user, at=now(), is_asking=True)),
    }
    return page(request, "clinic/cases/two_sites/compare.html", context, form)
