from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.audit import places
from clinic.trail import actions, queries
from clinic.trail.columns import COLUMNS, NEWEST
from clinic.trail.forms import PeriodForm, PrintForm, SearchForm


@requires(Permission.READ_TRAIL)
@require_safe
def index(request):
    form = SearchForm(request.GET)
    search = form.cleaned_data if form.is_valid() else {}
    number = _page_number(request)
    lines, more = queries.found(request.user, search, page=number)
    context = {
        "form": form,
        "lines": lines,
        "columns": _columns(request, search.get("sort") or NEWEST),
        "number": number,
        "earlier": _with(request, page=number - 1) if number > 1 else "",
        "later": _with(request, page=number + 1) if more else "",
        "late": places.late_places(at=now()),
        "is_silent": places.is_silent(at=now()),
    }
    return page(request, "clinic/trail/index.html", context, form)


@requires(Permission.READ_TRAIL)
@require_safe
def patients(request):
    text = request.GET.get("q", "")
    context = {"text": text, "found": queries.patients_like(request.user, text)}
    return page(request, "clinic/trail/patients.html", context)


@requires(Permission.READ_TRAIL)
@require_safe
def patient(request, key):
    person = get_object_or_404(queries.answerable_patients(request.user), key=key)
    form = PeriodForm(request.GET)
    period = form.cleaned_data if form.is_valid() else {"since": None, "until": None}
    left = queries.disclosures_to(person, **period)
    shown = Paginator(left, 500).get_page(request.GET.get("page"))
    if case := person.cases.order_by("-number").first():
        opened(request, case)
    context = {
        "patient": person,
        "form": form,
        "account": queries.account_of(shown),
        "shown": shown,
        "prints": queries.number_of_prints(person),
        "at": now(),
    }
    return page(request, "clinic/trail/patient.html", context, form)


@requires(Permission.READ_TRAIL)
def print_account(request, key):
    person = get_object_or_404(queries.answerable_patients(request.user), key=key)
    back = reverse("trail:patient", args=[key])
    return print_record(request, person, "account of what left the record", back)


def print_record(request, subject, what, back):
    """Ask for whom and why, write it down, and go back to the page, which then prints itself."""
    form = PrintForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.print_out, subject, what=what):
        return redirect(f"{back}#print")
    return page(
        request, "clinic/trail/print.html", {"form": form, "what": what, "back": back}, form
    )


def _page_number(request):
    said = request.GET.get("page", "")
    return min(max(int(said), 1), queries.PAGES) if said.isdecimal() and len(said) < 6 else 1


def _with(request, **changes):
    said = request.GET.copy()
    for name, value in changes.items():
        said[name] = value
    return f"?{said.urlencode()}"


def _columns(request, sort):
    """Each column with the address that sorts by it, the other way round where it does already."""
    found = []
    for name, column in COLUMNS.items():
        is_up, is_down = sort == name, sort == f"-{name}"
        other = f"-{name}" if is_up or (name == "when" and not is_down) else name
        found.append(
            {
                "label": column.label,
                "url": _with(request, sort=other, page=1),
                "direction": "ascending" if is_up else "descending" if is_down else "",
                "icon": "triangle" if is_up else "down-triangle",
            }
        )
    return found
