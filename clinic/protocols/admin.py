"""Protocol templates in the admin site: found and read here, changed only by the acts."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.pages.templatetags.vigil import moment
from clinic.protocols import actions, forms, queries, reading, rules
from clinic.protocols.comparing import views as comparing
from clinic.protocols.comparing.queries import between, held_against
from clinic.protocols.drafting import views as drafting
from clinic.protocols.errata import views as errata
from clinic.protocols.exporting import views as exporting
from clinic.protocols.models import Protocol, ProtocolVersion, Status

AUTHOR, APPROVER = Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS


def _posted(request):
    return request.POST if request.method == "POST" else None


def _version(key):
    return get_object_or_404(queries.versions(), key=key)


def _context(request, title, **facts):
    return {**admin.site.each_context(request), "title": title, **facts}


@requires(AUTHOR, APPROVER)
def show_protocol(request, key):
    protocol = get_object_or_404(queries.protocols(), key=key)
    context = _context(request, protocol.title, protocol=protocol)
    return render(request, "clinic/protocols/protocol.html", context)


@requires(AUTHOR, APPROVER)
def show_version(request, key):
    version = _version(key)
    document = queries.complete_document_of(version)
    context = _context(
        request,
        str(version),
        version=version,
        document=document or version.document,
        sections=reading.sections(document) if document else [],
        acts=queries.acts_on(version, request.user),
        to_confirm=len(queries.uncertain_numbers(version)),
        against=held_against(version),
        errata=queries.errata_of(version),
        errata_page=errata.address_for(version),
    )
    return render(request, "clinic/protocols/version.html", context)


@requires(AUTHOR)
def upload(request):
    files = request.FILES if request.method == "POST" else None
    form = forms.UploadForm(_posted(request), files)
    if done(request, form, actions.load):
        loaded = queries.newest_by(request.user)
        messages.success(request, f"{loaded} was loaded as a draft.")
        return redirect(loaded)
    context = _context(request, "Load a protocol file", form=form)
    return page(request, "clinic/protocols/upload.html", context, form)


@requires(AUTHOR)
def submit(request, key):
    return _act(
        request,
        key,
        actions.submit,
        rules.obstacles_to_submit,
        form=forms.Confirm(_posted(request)),
        title="Send to review",
        lead="From here its document is frozen until it is published or sent back.",
        mend_at=reverse("admin:clinic_protocolversion_write", args=[key]),
    )


@requires(AUTHOR, APPROVER)
def send_back(request, key):
    return _act(
        request,
        key,
        actions.send_back,
        rules.obstacles_to_send_back,
        form=forms.ReasonForm(_posted(request)),
        title="Send back",
        lead="It becomes a draft again; its author reads why.",
    )


@requires(APPROVER)
def retire(request, key):
    return _act(
        request,
        key,
        actions.retire,
        rules.obstacles_to_retire,
        form=forms.ReasonForm(_posted(request)),
        title="Retire",
        lead="No new case is opened on it. Open cases stay on it to their end.",
    )


@requires(APPROVER)
def publish(request, key):
    version = _version(key)
    numbers = queries.uncertain_numbers(version)
    form = forms.PublishForm(_posted(request), numbers=numbers, user=request.user)
    if done(request, form, actions.publish, version):
        messages.success(request, f"{version} is published.")
        return redirect(version)
    obstacles = list(rules.obstacles_to_publish(version, by=request.user, at=now()))
    context = _context(
        request,
        f"Publish {version}",
        version=version,
        form=form,
        groups=_ticks(form, queries.document_of(version)) if numbers else [],
        obstacles=[] if form.is_bound else obstacles,
        former=queries.published_version(version.protocol.code),
        against=(against := held_against(version)),
        sections=between(against, version) if against else (),
    )
    return page(request, "clinic/protocols/publish.html", context, form)


def _ticks(form, document):
    """Each group of what is to be confirmed, every line with its box of the form."""
    boxes = {box.data["value"]: box for box in form["confirmed"]}
    return [
        (group.title, [(boxes[asked.place], asked) for asked in group.asked])
        for group in reading.to_confirm(document)
    ]


def _act(request, key, act, obstacles_to, *, form, title, lead, mend_at=""):
    version = _version(key)
    if done(request, form, act, version):
        messages.success(request, f"{version}: {version.get_status_display().lower()}.")
        return redirect(version)
    obstacles = [] if form.is_bound else list(obstacles_to(version, by=request.user, at=now()))
    context = _context(
        request, f"{title}: {version}", version=version, form=form, lead=lead, label=title,
        obstacles=obstacles, mend_at=mend_at,
    )  # fmt: skip
    return page(request, "clinic/protocols/act.html", context, form)


# -- What the admin site lists ---------------------------------------------------------------


class ByKey(ChangeList):
    """Links carry the key; the number in the database stays there."""

    def url_for_result(self, result):
        meta = self.opts
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[result.key])


class ReadOnly(admin.ModelAdmin):
    """Listed and searched by the admin site; every page of one row is our own."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def get_changelist(self, request, **kwargs):
        return ByKey

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        changelist = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        listed = [url for url in super().get_urls() if url.name == changelist]
        return [*listed, *self.pages()]

    def page(self, route, view, name):
        meta = self.opts
        full_name = f"{meta.app_label}_{meta.model_name}_{name}"
        return path(route, self.admin_site.admin_view(view), name=full_name)


@admin.register(Protocol)
class ProtocolAdmin(ReadOnly):
    list_display = ["title", "code", "in_force", "under_review"]
    search_fields = ["title", "code"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("versions")

    @admin.display(description="In force")
    def in_force(self, protocol):
        return self._numbers(protocol, Status.PUBLISHED) or "none"

    @admin.display(description="Draft or in review")
    def under_review(self, protocol):
        return self._numbers(protocol, Status.DRAFT, Status.IN_REVIEW) or "none"

    def _numbers(self, protocol, *statuses):
        found = [each for each in protocol.versions.all() if each.status in statuses]
        return ", ".join(f"v{each.number}" for each in found)

    def pages(self):
        return [
            self.page("upload/", upload, "upload"),
            self.page("new/", drafting.begin, "begin"),
            self.page("library/", drafting.from_library, "library"),
            self.page("<uuid:key>/", show_protocol, "change"),
        ]


@admin.register(ProtocolVersion)
class ProtocolVersionAdmin(ReadOnly):
    list_display = ["__str__", "status", "drafted", "published"]
    list_filter = ["status"]
    search_fields = ["protocol__title", "protocol__code"]
    list_select_related = ["protocol", "drafted_by", "published_by"]

    def get_queryset(self, request):
        # The document of every version would be read for nothing.
        return super().get_queryset(request).defer("document", "confirmed")

    @admin.display(description="Drafted", ordering="drafted_at")
    def drafted(self, version):
        return f"{moment(version.drafted_at)}, {version.drafted_by}"

    @admin.display(description="Published", ordering="published_at")
    def published(self, version):
        at = version.published_at
        return f"{moment(at)}, {version.published_by}" if at else "not yet"

    def pages(self):
        return [
            self.page("<uuid:key>/", show_version, "change"),
            self.page("<uuid:key>/submit/", submit, "submit"),
            self.page("<uuid:key>/send-back/", send_back, "send_back"),
            self.page("<uuid:key>/publish/", publish, "publish"),
            self.page("<uuid:key>/retire/", retire, "retire"),
            self.page("<uuid:key>/differences/", comparing.differences, "differences"),
            self.page("<uuid:key>/export/", exporting.export, "export"),
            self.page("<uuid:key>/errata/", errata.index, "errata"),
            self.page("<uuid:key>/errata/<slug:heading>/", errata.under, "errata_under"),
            self.page("<uuid:key>/errata/at/<str:place>/", errata.propose, "erratum_propose"),
            self.page("erratum/<uuid:key>/", errata.show, "erratum"),
            self.page("erratum/<uuid:key>/approve/", errata.approve, "erratum_approve"),
            self.page("erratum/<uuid:key>/refuse/", errata.refuse, "erratum_refuse"),
            self.page("erratum/<uuid:key>/withdraw/", errata.withdraw, "erratum_withdraw"),
            self.page("<uuid:key>/copy/", drafting.copy, "copy"),
            self.page("<uuid:key>/discard/", drafting.discard, "discard"),
            self.page("<uuid:key>/draft/", drafting.write, "write"),
            self.page("<uuid:key>/draft/<slug:section>/", drafting.section, "section"),
            self.page("<uuid:key>/draft/at/<str:place>/", drafting.part, "part"),
        ]
