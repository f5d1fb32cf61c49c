"""The texts people sign: which there are, since when they bind, and a new version."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from clinic.access import Permission, may_anywhere, requires
from clinic.acts import done, page
from clinic.cases.languages import LANGUAGES, named
from clinic.documents import actions
from clinic.documents.shown import as_html
from clinic.documents.texts import queries
from clinic.documents.texts.forms import TakeInForm, TextForm
from clinic.documents.texts.rules import obstacles_to_add_text
from clinic.protocols.queries import published_versions

WRITES = requires(*queries.WRITING)


@WRITES
def index(request):
    return _index(request)


@require_POST
@WRITES
def take_in(request, key):
    version = get_object_or_404(published_versions(), key=key)
    form = TakeInForm(request.POST)
    if done(request, form, actions.add_examples, version):
        messages.info(request, "Taken in, each marked as an example: confirm its words before use.")
        return redirect("texts:index")
    return _index(request, form)


@WRITES
def show(request, code):
    kind = _kind(request, code)
    written = {tongue.language for tongue in kind.tongues}
    context = {
        "kind": kind,
        "others": sorted(
            (each for each in LANGUAGES if each[0] not in written), key=lambda each: each[1]
        ),
        "sees_cases": may_anywhere(request.user, Permission.SEE_CASE),
    }
    return page(request, "clinic/documents/texts/show.html", context)


@WRITES
def read(request, code, language, version):
    kind = _kind(request, code)
    lines = [
        (tongue, line)
        for tongue in kind.tongues
        for line in tongue.lines
        if (tongue.language, line.text.version) == (language, version)
    ]
    if not lines:
        raise Http404("There is no such version.")
    (tongue, line) = lines[0]
    context = {"kind": kind, "tongue": tongue, "line": line, "body": as_html(line.text.body)}
    return page(request, "clinic/documents/texts/read.html", context)


@WRITES
def write(request, code, language):
    kind = _kind(request, code)
    written = {tongue.language: tongue.newest for tongue in kind.tongues}
    if language not in {*written, *dict(LANGUAGES)}:
        raise Http404("There is no such language.")
    before = written.get(language)
    begun = before or written.get("en") or next(iter(written.values()), None)
    initial = {"seen": before.version if before else 0, "title": kind.title}
    if begun:
        initial |= {"title": begun.title, "body": begun.body}
    form = TextForm(request.POST if request.method == "POST" else None, initial=initial)
    if done(request, form, actions.add_text, code=code, language=language):
        messages.success(request, f"{kind.title}, {named(language)}: a new version is kept.")
        return redirect("texts:show", code=code)
    asked = {"by": request.user, "at": now(), "code": code, "language": language}
    context = {
        "kind": kind,
        "name": named(language),
        "begun": begun,
        "begun_in": begun and named(begun.language),
        "is_first": before is None,
        "form": form,
        "obstacles": list(obstacles_to_add_text(**asked)),
    }
    return page(request, "clinic/documents/texts/write.html", context, form)


def _index(request, form=None):
    kinds = queries.kinds(now())
    context = {
        "asked": [kind for kind in kinds if kind.asked_by],
        "others": [kind for kind in kinds if not kind.asked_by],
        "protocols": queries.protocols_with_examples(),
        "form": form,
    }
    return page(request, "clinic/documents/texts/index.html", context, form)


def _kind(request, code):
    found = queries.kind(code, request.user, now())
    if found is None:
        raise Http404("Nobody asks for such a document.")
    return found
