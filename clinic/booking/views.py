from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.booking import actions, queries, rules
from clinic.booking.course import advice
from clinic.booking.course.following import number_of, outside
from clinic.booking.forecasts import forecasts_of
from clinic.booking.forms import CancelForm, MissedForm, NothingForm, VisitForm, besides_of
from clinic.booking.groups.queries import plans_in
from clinic.booking.interpreting.queries import interpreting_of
from clinic.booking.models import Stage, Status
from clinic.booking.remote.rules import (
    is_at_a_distance,
    obstacles_at_a_distance,
    obstacles_to_begin,
)
from clinic.booking.week import week_of

P = Permission
HOSTS = queries.HOSTS


def _posted(request):
    return request.POST if request.method == "POST" else None


# -- The diary -------------------------------------------------------------------------------


@requires(P.BOOK)
def week(request):
    site = _site(request)
    day = _day(request.GET.get("date", ""), site)
    by = "person" if request.GET.get("by") == "person" else "room"
    view = "day" if request.GET.get("view") == "day" else "week"
    shown = week_of(request.user, site, day, by=by, at=now())
    context = {
        "week": shown,
        "by": by,
        "view": view,
        "before": day - timedelta(days=1) if view == "day" else shown.before,
        "after": day + timedelta(days=1) if view == "day" else shown.after,
        "head": "Person" if by == "person" else "Room",
        "day": day,
        "columns": shown.columns(day),
        "agenda": shown.agenda(day),
        "sites": queries.diary_sites(request.user),
        "tabs": _tabs(site, day, by, view),
    }
    return page(request, "clinic/booking/week.html", context)


def _site(request):
    sites = queries.diary_sites(request.user)
    wanted = [site for site in sites if str(site.key) == request.GET.get("site")]
    return (wanted or sites)[0]


def _day(text, site):
    try:
        return date.fromisoformat(text)
    except ValueError:
        return now().astimezone(site.tz).date()


def _tabs(site, day, by, view):
    """A week or a day of it, by room or by person."""
    return [
        {
            "label": f"{span.capitalize()} by {line}",
            "url": f"?site={site.key}&date={day:%Y-%m-%d}&by={line}&view={span}",
            "current": (span, line) == (view, by),
        }
        for span in ("week", "day")
        for line in ("room", "person")
    ]


# -- One visit -------------------------------------------------------------------------------


@requires(P.BOOK)
def book(request, key):
    case = opened(request, get_object_or_404(queries.bookable_cases(request.user), key=key))
    rule = _rule(case, request.GET.get("visit", ""))
    if rule is None:
        context = {"case": case, "offers": queries.offers(case)}
        return page(request, "clinic/booking/offers.html", context)
    form = _visit_form(request, case, rule)
    facts = {"stage": rule.stage.value, "code": rule.code}
    if done(request, form, actions.book, case, **facts):
        messages.success(request, f"{rule.title}: booked.")
        for words in _warnings(form, case, rule):
            messages.warning(request, words)
        return redirect("booking:of_case", key=case.key)
    context = {
        "case": case,
        "rule": rule,
        "form": form,
        "obstacles": list(rules.obstacles_to_book(case, by=request.user, at=now(), **facts)),
        "free": queries.free_times(form.asked(case)) if form.is_bound else [],
        "told": advice.told_ahead(case, rule, at=now()),
        "warnings": _warnings(form, case, rule),
    }
    return page(request, "clinic/booking/book.html", context, form)


def _warnings(form, case, rule, number=None):
    """What the time that was typed has against it, though it is no refusal."""
    typed = getattr(form, "cleaned_data", {})
    if not typed.get("starts_at"):
        return []
    times = {name: typed[name] for name in ("starts_at", "ends_at")}
    return advice.warnings(case, rule, at=now(), number=number, **times)


def _rule(case, wanted):
    stage, _, code = wanted.partition(":")
    rule = queries.visit_rule(case, stage, code)
    if wanted and rule is None:
        raise Http404("This protocol has no such visit.")
    return rule


def _visit_form(request, case, rule, **more):
    initial = {"minutes": rule.minutes, "day": request.GET.get("date")}
    return VisitForm(
        _posted(request),
        site=case.site,
        rooms=queries.rooms_of(case.site),
        suits=queries.rooms_for(case, rule),
        staff=queries.staff_for(case, now()),
        capacities=queries.capacities_of(case, rule),
        needs_room=set(rule.delivery) <= {"in_person"},
        interpreting=interpreting_of(case),
        plans_in=plans_in(case, rule),
        initial={**initial, **more.pop("initial", {})},
        **more,
    )


@requires(*HOSTS)
def show(request, key):
    visit = get_object_or_404(queries.visible_visits(request.user), key=key)
    rule = queries.visit_rule(visit.case, visit.stage, visit.code)
    context = {
        "visit": visit,
        "case": visit.case,
        "rule": rule,
        "people": queries.people_of(visit),
        "is_open": visit.status in queries.HELD,
        "is_planned": visit.status == Status.PLANNED,
        "has_followers": visit.stage == Stage.DOSING and _has_followers(visit),
        "was_missed": visit.status == Status.NO_SHOW,
        "may_see_case": queries.may_see(request.user, visit),
        "ahead": forecasts_of(visit, at=now()),
        "warnings": advice.warnings_of(visit, at=now()) if visit.status == Status.PLANNED else [],
        "plans_in": plans_in(visit.case, rule) if rule else "",
        "where": queries.whereabouts_of(visit),
        "is_remote": is_at_a_distance(visit),
        "in_the_way": list(obstacles_at_a_distance(visit, at=now())),
    }
    if context["may_see_case"]:
        opened(request, visit.case)
    return page(request, "clinic/booking/show.html", context)


def _has_followers(session):
    """Whether what depends on a session is asked for: ever while it is planned, once it is lost."""
    if session.status == Status.PLANNED:
        return True
    return session.status in queries.LOST and bool(outside(session))


@requires(P.BOOK)
def of_case(request, key):
    case = opened(request, get_object_or_404(queries.bookable_cases(request.user), key=key))
    context = {"case": case, "visits": queries.visits_of(case)}
    return page(request, "clinic/booking/of_case.html", context)


@requires(P.BOOK)
def reschedule(request, key):
    visit = _the_visit(request, key)
    rule = queries.visit_rule(visit.case, visit.stage, visit.code)
    starts = visit.starts_at.astimezone(visit.site.tz)
    initial = {
        "day": starts.date(),
        "begins": starts.time(),
        "minutes": int((visit.ends_at - visit.starts_at).total_seconds() // 60),
        "room": visit.room_id,
        "overlap_reason": visit.overlap_reason,
    } | besides_of(visit)
    seated = [(person.user, person.capacity) for person in visit.people.all()]
    form = _visit_form(request, visit.case, rule, initial=initial, seated=seated)
    if done(request, form, actions.reschedule, visit):
        messages.success(request, "Moved.")
        for words in _warnings(form, visit.case, rule, number_of(visit)):
            messages.warning(request, words)
        depends = visit.stage == Stage.DOSING and outside(visit)
        return redirect("booking:follow", key=visit.key) if depends else redirect(visit)
    context = {
        "visit": visit,
        "case": visit.case,
        "rule": rule,
        "form": form,
        "obstacles": list(rules.obstacles_to_reschedule(visit, by=request.user, at=now())),
        "free": queries.free_times(form.asked(visit.case, visit)) if form.is_bound else [],
        "told": advice.told_ahead(visit.case, rule, at=now(), number=number_of(visit)),
        "warnings": _warnings(form, visit.case, rule, number_of(visit)),
    }
    return page(request, "clinic/booking/reschedule.html", context, form)


@requires(P.BOOK)
def cancel(request, key):
    words = ("Call off", "Room and people are free again at once.", "Call off the visit")
    return act_on_visit(
        request, key, actions.cancel, rules.obstacles_to_cancel, CancelForm, "Called off.", words
    )


@requires(P.BOOK)
def no_show(request, key):
    words = ("Did not come", "Room and people are free again.", "The person did not come")
    return act_on_visit(
        request, key, actions.no_show, rules.obstacles_to_no_show, MissedForm, "Noted.", words
    )


@requires(*HOSTS)
def arrive(request, key):
    words = ("Arrived", "The person is here.", "The person is here")
    return act_on_visit(
        request, key, actions.arrive, obstacles_to_begin, NothingForm, "Here.", words
    )


def _the_visit(request, key):
    """The visit of an address; it names whoever comes, if it is for somebody."""
    visit = get_object_or_404(queries.visible_visits(request.user), key=key)
    if visit.case:
        opened(request, visit.case)
    return visit


def act_on_visit(request, key, act, obstacles_to, form_class, said, words):
    visit = _the_visit(request, key)
    form = form_class(_posted(request))
    if done(request, form, act, visit):
        messages.success(request, said)
        was_lost = visit.stage == Stage.DOSING and visit.status in queries.LOST
        depends = was_lost and outside(visit)
        return redirect("booking:follow", key=visit.key) if depends else redirect(visit)
    title, lead, submit = words
    context = {
        "visit": visit,
        "case": visit.case,
        "title": title,
        "lead": lead,
        "submit": submit,
        "form": form,
        "obstacles": list(obstacles_to(visit, by=request.user, at=now())),
    }
    return page(request, "clinic/booking/act.html", context, form)
