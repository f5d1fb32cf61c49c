from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.cases.queries import visible_cases
from clinic.screening.evidence import actions, queries, rules
from clinic.screening.evidence.contents import ENDINGS, MEDIA_TYPES
from clinic.screening.evidence.forms import EvidenceForm, OpenForm, WithdrawForm

SEES = requires(Permission.SEE_CASE)


@SEES
def of_case(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    return _of_case(request, case)


def _of_case(request, case, form=None):
    asked = queries.asked_of(case, on=localdate())
    context = {
        "case": case,
        "asked": asked,
        "no_longer_asked": queries.no_longer_asked(case, asked),
        "form": form,
    }
    return page(request, "clinic/screening/evidence/of_case.html", context, form)


@requires(*rules.ENTERERS)
def enter(request, key, code):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    asked = queries.asked(case, code, on=localdate())
    if asked is None:
        raise Http404("Nothing asks for this to be shown.")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = EvidenceForm(*sent)
    if done(request, form, actions.enter, case, code=code):
        messages.success(request, "Entered.")
        return redirect("evidence:of_case", key=key)
    obstacles = list(rules.obstacles_to_enter(case, by=request.user, at=now(), code=code))
    context = {"case": case, "asked": asked, "form": form, "obstacles": obstacles}
    return page(request, "clinic/screening/evidence/enter.html", context, form)


@requires(*rules.ENTERERS)
def withdraw(request, key):
    evidence = get_object_or_404(queries.visible_evidence(request.user), key=key)
    opened(request, evidence.case)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if done(request, form, actions.withdraw, evidence):
        messages.success(request, "Taken back. It stays in the record, marked.")
        return redirect("evidence:of_case", key=evidence.case.key)
    obstacles = list(rules.obstacles_to_withdraw(evidence, by=request.user, at=now()))
    context = {"case": evidence.case, "evidence": evidence, "form": form, "obstacles": obstacles}
    return page(request, "clinic/screening/evidence/withdraw.html", context, form)


@require_POST
@SEES
def open_file(request, key):
    evidence = get_object_or_404(queries.visible_evidence(request.user), key=key)
    opened(request, evidence.case)
    form, read = OpenForm(request.POST), []

    def open_file(evidence, **asked):
        read.append(actions.open_file(evidence, **asked))

    if not done(request, form, open_file, evidence):
        return _of_case(request, evidence.case, form)
    mark = "" if evidence.is_standing else "-taken-back"
    name = f"{evidence.code}-{evidence.done_on}{mark}.{ENDINGS[evidence.file_kind]}"
    return HttpResponse(
        read[0],
        content_type=MEDIA_TYPES[evidence.file_kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
