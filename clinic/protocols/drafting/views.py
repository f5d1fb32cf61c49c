"""Pages on which a protocol is written: begun, section by section, row by row."""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.protocols import actions as protocols
from clinic.protocols import queries as versions
from clinic.protocols.drafting import actions, queries, rules
from clinic.protocols.drafting.begin import BeginForm, LibraryForm
from clinic.protocols.drafting.parts import get
from clinic.protocols.drafting.places import groups_of_row, read_place
from clinic.protocols.drafting.sections import SECTIONS
from clinic.protocols.drafting.sections import section as section_called
from clinic.protocols.drafting.sheet import Sheet, adds
from clinic.protocols.drafting.shelf import shipped
from clinic.protocols.drafting.told import mistakes_of, row_in_words
from clinic.protocols.forms import Confirm
from clinic.protocols.rules import obstacles_in_text
from clinic.workflow import CHANGED

AUTHOR = Permission.WRITE_PROTOCOLS


def _posted(request):
    return request.POST if request.method == "POST" else None


def _version(key):
    return get_object_or_404(versions.versions(), key=key)


def _context(request, title, **facts):
    return {**admin.site.each_context(request), "title": title, **facts}


@requires(AUTHOR)
def begin(request):
    form = BeginForm(_posted(request))
    if done(request, form, actions.begin):
        return redirect(f"{versions.newest_by(request.user).get_absolute_url()}draft/")
    context = _context(request, "New protocol", form=form)
    return page(request, "clinic/protocols/drafting/begin.html", context, form)


@requires(AUTHOR)
def from_library(request):
    form = LibraryForm(_posted(request))
    if done(request, form, protocols.load):
        loaded = versions.newest_by(request.user)
        messages.success(request, f"{loaded} was loaded as a draft.")
        return redirect(loaded)
    context = _context(request, "From the library", form=form, files=shipped())
    return page(request, "clinic/protocols/drafting/library.html", context, form)


@requires(AUTHOR)
def copy(request, key):
    version = _version(key)
    form = Confirm(_posted(request))
    if done(request, form, actions.copy, version):
        return redirect(f"{versions.newest_by(request.user).get_absolute_url()}draft/")
    return _confirm(
        request,
        form,
        version,
        rules.obstacles_to_copy(version, None, by=request.user, at=now()),
        label="New version from this one",
        lead="It begins as a draft that says the same. This version stays as it is, and in force.",
    )


@requires(AUTHOR)
def discard(request, key):
    version = _version(key)
    form = Confirm(_posted(request))
    if done(request, form, actions.discard, version):
        messages.success(request, f"{version} is discarded.")
        return redirect(version.protocol)
    return _confirm(
        request,
        form,
        version,
        rules.obstacles_to_discard(version, by=request.user, at=now()),
        label="Discard this draft",
        lead="It stays readable here, and is never sent to review.",
    )


def _confirm(request, form, version, obstacles, *, label, lead):
    obstacles = [] if form.is_bound else list(obstacles)
    title = f"{label}: {version}"
    context = _context(
        request, title, version=version, form=form, label=label, lead=lead, obstacles=obstacles
    )
    return page(request, "clinic/protocols/act.html", context, form)


@requires(AUTHOR)
def write(request, key):
    version = _version(key)
    query = request.GET.get("q", "")
    sections = queries.overview(version)
    context = _context(
        request,
        str(version),
        version=version,
        sections=sections,
        mistakes=sum(len(each.mistakes) for each in sections),
        to_confirm=sum(each.to_confirm for each in sections),
        acts=versions.acts_on(version, request.user),
        texts=list(obstacles_in_text(version)),
        query=query,
        found=queries.found(version, query),
        obstacles=list(rules.obstacles_to_change(version, by=request.user, at=now())),
    )
    return page(request, "clinic/protocols/drafting/overview.html", context)


@requires(AUTHOR)
def section(request, key, section):
    version = _version(key)
    shown = section_called(section)
    if shown is None:
        raise Http404
    return _sheet(
        request,
        version,
        shown.groups,
        title=shown.title,
        lead=shown.lead,
        crumbs=queries.chain_of(version, ())[:1],
        here=shown,
        beside=queries.beside(version, shown),
    )


@requires(AUTHOR)
def part(request, key, place):
    version = _version(key)
    found = read_place(place)
    if found is None:
        raise Http404
    at, model, is_named = found
    is_there = get(version.document, at) is not None
    if not is_there and not (request.method == "POST" and queries.has_been(version, at)):
        raise Http404
    return _sheet(
        request,
        version,
        groups_of_row(at, model, is_named=is_named),
        title=row_in_words(version.document, at),
        crumbs=queries.chain_of(version, at),
        beside=queries.beside_row(version, at),
    )


def _sheet(request, version, groups, **facts):
    """A page of parts: read, added to, saved, or refused with everything that was typed."""
    posted = _posted(request)
    about = {"groups": groups, "mistakes": mistakes_of(version)}
    form = Sheet(posted, document=version.document, **about)
    added = adds(form.data)
    if posted is not None and not added and done(request, form, actions.change, version):
        messages.success(request, queries.saved(version, form.cleaned_data["written"]))
        return redirect(request.path)
    conflicts = []
    if form.refusal and CHANGED.code in form.refusal.codes:
        conflicts = queries.conflicts(version, form.cleaned_data["written"])
        refusal = form.refusal
        form = Sheet(posted, document=version.document, again=True, **about)
        form.is_valid()
        form.add_error(None, refusal)
        form.refusal = refusal
    obstacles = list(rules.obstacles_to_change(version, by=request.user, at=now()))
    context = _context(
        request,
        version=version,
        form=form,
        added=added,
        conflicts=conflicts,
        obstacles=obstacles,
        sections=SECTIONS,
        **facts,
    )
    answered = None if added else form
    return page(request, "clinic/protocols/drafting/sheet.html", context, answered)
