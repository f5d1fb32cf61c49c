"""The pages on which a file of people is read, looked through and imported."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.cases.forms import NothingForm
from clinic.cases.importing import actions, csv_files, queries, rules
from clinic.cases.importing.forms import ImportForm, ReadForm

# The file is read by whoever registers people; the rule asks for both permissions at one site.
IMPORTS = requires(Permission.REGISTER)


@IMPORTS
def read(request):
    posted = request.method == "POST"
    form = ReadForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        sites=queries.sites_to_import_at(request.user),
    )
    if done(request, form, actions.read):
        return redirect("cases:import", key=form.cleaned_data["key"])
    earlier = queries.visible_imports(request.user)[:10]
    context = {"form": form, "earlier": earlier}
    return page(request, "clinic/cases/importing/read.html", context, form)


@IMPORTS
def template(request):
    # The mark at the beginning lets a spreadsheet know that this is UTF-8.
    answer = HttpResponse("\ufeff" + csv_files.template(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="people.csv"'
    return answer


@IMPORTS
def show(request, key):
    over = queries.visible_imports(request.user).filter(key=key).first()
    if over is not None:
        context = {"done": over, "rows": queries.rows_of(over)}
        return page(request, "clinic/cases/importing/done.html", context)
    file = get_object_or_404(queries.visible_files(request.user), key=key)
    lines = queries.report(file, at=now())
    form = ImportForm(request.POST if request.method == "POST" else None, lines=lines)
    if done(request, form, actions.import_people, file):
        messages.success(request, "Imported.")
        return redirect("cases:import", key=key)
    asked = rules.obstacles_to_import(file, by=request.user, at=now(), lines=lines)
    context = {
        "file": file,
        "lines": [(line, form[name] if (name := f"row_{line.place}") in form.fields else None)
                  for line in lines],
        "counts": queries.counts(lines),
        "form": form,
        "obstacles": list(asked),
    }  # fmt: skip
    return page(request, "clinic/cases/importing/show.html", context, form)


@require_POST
@IMPORTS
def set_aside(request, key):
    file = get_object_or_404(queries.visible_files(request.user), key=key)
    if done(request, NothingForm(request.POST), actions.set_aside, file):
        messages.info(request, "The file is set aside. Nobody of it is registered.")
    return redirect("cases:import_people")
