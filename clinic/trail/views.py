from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.audit import places
from clinic.cases.search import LONGEST
from clinic.people.door.sought import MARK, keep, kept
from clinic.trail import actions, queries
from clinic.trail.columns import COLUMNS, NEWEST
from clinic.trail.forms import NAMES, PeriodForm, PrintForm, SearchForm

LINES, PATIENTS = "trail", "trail_patients"  # what was looked for at either place


@requires(Permission.READ_TRAIL)
def index(request):
    if request.method == "POST":
        form = SearchForm(request.POST)
        if form.is_valid():
            return redirect(_address_of(request, form))
        return _index(request, form)
    names = kept(request, LINES)
    # Of two tabs the later search is kept: the earlier one asks again, and shows nobody else's.
    is_forgotten = MARK in request.GET and request.GET[MARK] != names.get(MARK)
    said = request.GET.copy()
    for name in NAMES:
        said[name] = names.get(name, "") if said.get(MARK) == names.get(MARK, "") else ""
    return _index(request, SearchForm(said), is_forgotten=is_forgotten)


def _address_of(request, form):
    """Where the lines stand that were looked for; the names are kept beside, not in it."""
    names = {name: form.cleaned_data[name] for name in NAMES}
    said = {name: form.data[name] for name in form.data if name in form.fields and form.data[name]}
    said = {name: value for name, value in said.items() if name not in NAMES}
    if any(names.values()):
        said[MARK] = keep(request, LINES, names)
    return f"{reverse('trail:index')}?{urlencode(said)}" if said else reverse("trail:index")


def _index(request, form, *, is_forgotten=False):
    search = form.cleaned_data if form.is_valid() else {}
    number = _page_number(request)
    lines, more = queries.found(request.user, search, page=number)
    context = {
        "form": form,
        "is_forgotten": is_forgotten,
        "lines": [] if is_forgotten else lines,
        "columns": _columns(request, search.get("sort") or NEWEST),
        "number": number,
        "earlier": _with(request, page=number - 1) if number > 1 else "",
        "later": _with(request, page=number + 1) if more else "",
        "late": places.late_places(at=now()),
        "is_silent": places.is_silent(at=now()),
    }
    return page(request, "clinic/trail/index.html", context, form)


@requires(Permission.READ_TRAIL)
def patients(request):
    if request.method == "POST":
        text = request.POST.get("q", "").strip()
        if len(text) > LONGEST:
            return _patients(request, text, [])
        keep(request, PATIENTS, {"q": text})
        return redirect("trail:patients")
    text = kept(request, PATIENTS).get("q", "")
    return _patients(request, text, queries.patients_like(request.user, text))


def _patients(request, text, found):
    return page(request, "clinic/trail/patients.html", {"text": text, "found": found})


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
        "account": queries.account_of(person, shown),
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
