"""Two versions of a protocol side by side, in words."""

from django.contrib import admin
from django.shortcuts import get_object_or_404

from clinic.access import Permission, requires
from clinic.acts import page
from clinic.protocols import differences as words
from clinic.protocols import queries
from clinic.protocols.comparing.forms import AgainstForm
from clinic.protocols.comparing.queries import between, can_be_compared, held_against, others


@requires(Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS)
def differences(request, key):
    version = get_object_or_404(queries.versions(), key=key)
    form = AgainstForm(request.GET if "against" in request.GET else None, others=others(version))
    named = form.cleaned_data["against"] if form.is_valid() else None
    against = named or held_against(version)
    sections = between(against, version) if against else ()
    context = {
        **admin.site.each_context(request),
        "title": f"What is different in {version}",
        "version": version,
        "against": against,
        "form": form if form.is_bound else AgainstForm(
            initial={"against": against and against.key}, others=others(version)
        ),
        "sections": sections,
        "is_incomplete": bool(against) and not can_be_compared(against, version),
        "count": words.count_of(sections),
        "errata": [
            (each.number, queries.errata_of(each)) for each in (against, version) if each
        ],
    }  # fmt: skip
    return page(request, "clinic/protocols/differences.html", context, form)
