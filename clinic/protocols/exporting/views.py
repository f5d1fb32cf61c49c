"""A version is taken away as a file."""

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.protocols import queries
from clinic.protocols.exporting.actions import take_copy
from clinic.protocols.exporting.files import copy_of
from clinic.protocols.exporting.forms import CopyForm


@requires(Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS)
def export(request, key):
    version = get_object_or_404(queries.versions(), key=key)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if done(request, form, take_copy, version):
        copy = copy_of(version, form.cleaned_data["kind"])
        headers = {"Content-Disposition": f'attachment; filename="{copy.name}"'}
        return HttpResponse(copy.text, content_type=copy.media_type, headers=headers)
    context = {
        **admin.site.each_context(request),
        "title": f"Take a copy of {version}",
        "version": version,
        "form": form,
        "label": "Download",
    }
    return page(request, "clinic/protocols/export.html", context, form)
