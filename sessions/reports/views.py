from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.trail import views as trail
from sessions.reports import actions, queries, rules
from sessions.reports.forms import SendForm, SetAsideForm

READS = requires(Permission.REPORT, Permission.SEE_CASE)
SETTLED_SHOWN, OPEN_SHOWN = 20, 200


@READS
@require_safe
def index(request):
    at = now()
    context = {
        "due": queries.read(queries.open_reports(request.user)[:OPEN_SHOWN], at),
        "settled": queries.read(queries.settled_reports(request.user)[:SETTLED_SHOWN], at),
    }
    return page(request, "sessions/reports/index.html", context)


@READS
@require_safe
def show(request, key):
    return _show(request, _report(request, key))


@require_POST
@requires(Permission.REPORT)
def send(request, key):
    report = _report(request, key)
    form = SendForm(request.POST, user=request.user, auto_id="send_%s")
    if done(request, form, actions.send, report):
        messages.success(request, "Kept: the report was sent.")
        return redirect(report)
    return _show(request, report, sending=form)


@require_POST
@requires(Permission.REPORT)
def set_aside(request, key):
    report = _report(request, key)
    form = SetAsideForm(request.POST, user=request.user, auto_id="aside_%s")
    if done(request, form, actions.set_aside, report):
        messages.success(request, "Kept: the report is not owed.")
        return redirect(report)
    return _show(request, report, leaving=form)


@requires(Permission.SEE_CASE)
def print_out(request, key):
    report = _report(request, key)
    what = f"report: {queries.meaning_of(report).title}"
    return trail.print_record(request, report, what, report.get_absolute_url())


def _report(request, key):
    report = get_object_or_404(queries.visible_reports(request.user), key=key)
    if report.case:
        opened(request, report.case)
    return report


def _show(request, report, sending=None, leaving=None):
    at = now()
    asked = {"by": request.user, "at": at, "is_asking": True}
    initial = {"sent_on": queries.today_at(report.site, at)}
    context = {
        "report": report,
        "due": queries.read([report], at)[0],
        "lines": queries.contents(report),
        "sending": sending or SendForm(user=request.user, auto_id="send_%s", initial=initial),
        "leaving": leaving or SetAsideForm(user=request.user, auto_id="aside_%s"),
        "to_send": list(rules.obstacles_to_send(report, **asked)),
        "to_set_aside": list(rules.obstacles_to_set_aside(report, **asked)),
        "refused": sending or leaving,
        "at": at,
    }
    return page(request, "sessions/reports/show.html", context, sending or leaving)
