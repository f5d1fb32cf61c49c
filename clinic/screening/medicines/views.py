from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.queries import visible_cases
from clinic.protocols.queries import document_at
from clinic.screening.medicines import actions, queries, rules
from clinic.screening.medicines.forms import MedicineForm

FIELDS = tuple(MedicineForm.base_fields)


@requires(Permission.SEE_CASE)
def of_case(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    document, planned = document_at(case.protocol_version, case.site), queries.planned_day(case)
    lines = [
        {
            "line": line,
            "against": line.against(document, planned, on=localdate()),
            "not_asked": line.not_asked(document),
            "lacks_agreement": line.lacks_agreement(document),
        }
        for line in queries.lines_of(case)
    ]
    context = {
        "case": case,
        "lines": lines,
        "planned": planned,
        "washouts": document.washouts,
        "obstacles": list(rules.obstacles_to_list(case, by=request.user, at=now())),
    }
    return page(request, "clinic/screening/medicines/of_case.html", context)


@requires(*rules.ENTERERS)
def add(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    form = _form(request, case, is_new=True, initial={"state": "taken"})
    if done(request, form, actions.add, case):
        messages.success(request, "Listed.")
        return redirect("medicines:of_case", key=key)
    obstacles = list(rules.obstacles_to_list(case, by=request.user, at=now()))
    context = {"case": case, "form": form, "obstacles": obstacles}
    return page(request, "clinic/screening/medicines/write.html", context, form)


@requires(*rules.ENTERERS)
def change(request, key):
    medicine = get_object_or_404(queries.visible_medicines(request.user), key=key)
    case = opened(request, medicine.case)
    said = {name: getattr(medicine, name) for name in FIELDS} | {"words": ""}
    form = _form(request, case, is_new=False, initial=said, agreed=medicine.agreed_by)
    if done(request, form, actions.change, medicine):
        messages.success(request, "Changed. What was said before stays readable.")
        return redirect("medicines:of_case", key=case.key)
    obstacles = list(rules.obstacles_to_change(medicine, by=request.user, at=now()))
    context = {"case": case, "medicine": medicine, "form": form}
    return page(
        request, "clinic/screening/medicines/write.html", context | {"obstacles": obstacles}, form
    )


def _form(request, case, *, is_new, initial, agreed=None):
    return MedicineForm(
        request.POST if request.method == "POST" else None,
        rules=document_at(case.protocol_version, case.site).washouts,
        who=queries.who_orders(case, also=agreed),
        is_new=is_new,
        initial=initial,
    )
