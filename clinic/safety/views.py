from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, page
from clinic.cases.queries import visible_cases
from clinic.people.queries import colleagues
from clinic.safety.concerns import actions as concerns
from clinic.safety.concerns.queries import hearers
from clinic.safety.concerns.rules import OUTSIDE
from clinic.safety.forms import CONCERN, ReportForm
from clinic.safety.incidents import actions as incidents
from clinic.safety.incidents.queries import sites_to_write_from


@requires(None)
def report(request):
    return _report(request, sites_to_write_from(request.user), None)


@requires(Permission.SEE_CASE)
def report_on(request, key):
    case = get_object_or_404(visible_cases(request.user), key=key)
    sites = sites_to_write_from(request.user).filter(pk=case.site_id)
    return _report(request, sites, case)


def _report(request, sites, case):
    # Nothing here names the patient: a page that did would write that it was opened for whom.
    people = colleagues(sites.values_list("pk", flat=True), at=now()).exclude(pk=request.user.pk)
    form = ReportForm(
        request.POST if request.method == "POST" else None, sites=sites, people=people
    )
    if done(request, form, _reported, case=case):
        messages.success(request, "It is written down, and who looks after it is told.")
        return redirect("casefile:show", key=case.key) if case else redirect("safety:report")
    patient = case.patient if case else None
    heard = [(site, list(hearers(site, patient=patient))) for site in sites]
    context = {"form": form, "case": case, "heard": heard, "outside": OUTSIDE}
    return page(request, "clinic/safety/report.html", context, form)


def _reported(*, by, at, case, kind, site, words, stated_at, about_user):
    """One page, two ways: what is a concern goes past every chart."""
    if kind == CONCERN:
        patient = case.patient if case else None
        concerns.raise_concern(
            site, by=by, at=at, words=words, patient=patient, about_user=about_user
        )
    else:
        incidents.report(site, by=by, at=at, kind=kind, words=words, stated_at=stated_at, case=case)
