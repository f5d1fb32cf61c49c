"""Two records side by side, a record that was merged as it stays readable, and their parting."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases import queries as cases
from clinic.cases.merging import actions, queries, rules
from clinic.cases.merging.forms import MergeForm, PartForm


@requires(Permission.SEE_CASE)
def merge(request, key, other):
    people = cases.visible_patients(request.user)
    first, second = get_object_or_404(people, key=key), get_object_or_404(people, key=other)
    form = MergeForm(
        request.POST if request.method == "POST" else None,
        patients=(first, second),
        user=request.user,
    )
    if done(request, form, actions.merge, first, second):
        messages.success(request, "Merged. Everything of both records is here.")
        return redirect("cases:patient", key=form.cleaned_data["stays"])
    sides = [queries.side(first), queries.side(second)]
    opened(request, *[(side.cases or [side.patient])[0] for side in sides])
    context = {
        "pair": [first, second],
        "sides": sides,
        "rows": queries.side_by_side(first, second),
        "twice": queries.open_on_one_protocol(sides),
        "form": form,
        "obstacles": list(
            rules.obstacles_to_merge(first, second, by=request.user, at=now(), is_asking=True)
        ),
    }
    return page(request, "clinic/cases/merging/compare.html", context, form)


@requires(Permission.SEE_CASE)
def merged(request, key):
    found = queries.merge_of(request.user, key)
    if found is None:
        raise Http404
    if queries.parting_of(found) is not None:
        return redirect(found.merged)
    opened(request, cases.cases_of(found.merged.merged_into).first() or found.merged)
    context = {
        "merge": found,
        "patient": found.merged,
        "stays": found.merged.merged_into,
        "details": [
            (label, queries.value_of(found.merged, name), name in found.differs)
            for name, label in queries.DETAILS.items()
        ],
        "signature": queries.signature_under(found),
        "numbers": found.moved["clinic.Case"],
    }
    return page(request, "clinic/cases/merging/merged.html", context)


@requires(Permission.SEE_CASE)
def part(request, key):
    found = queries.merge_of(request.user, key)
    if found is None:
        raise Http404
    opened(request, *[cases.cases_of(each).first() or each for each in (found.kept, found.merged)])
    form = PartForm(
        request.POST if request.method == "POST" else None,
        since=queries.written_since(found),
        user=request.user,
    )
    if done(request, form, actions.part, found):
        messages.success(request, "Parted. Each record has its own again.")
        return redirect("cases:patient", key=found.merged.key)
    context = {
        "merge": found,
        "rows": queries.side_by_side(found.kept, found.merged),
        "numbers": found.moved["clinic.Case"],
        "form": form,
        "obstacles": list(
            rules.obstacles_to_part(found, by=request.user, at=now(), is_asking=True)
        ),
    }
    return page(request, "clinic/cases/merging/part.html", context, form)
