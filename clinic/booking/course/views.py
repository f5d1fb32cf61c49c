from datetime import timedelta
from threading import Thread
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from clinic.access import Permission, requires
from clinic.acts import done, opened, page
from clinic.booking.course import actions, forms, queries, rules, solver
from clinic.booking.course.following import followers_of
from clinic.booking.course.wanted import sessions_left
from clinic.booking.forms import besides_of
from clinic.booking.groups.queries import plans_in
from clinic.booking.interpreting.queries import interpreters, interpreting_of
from clinic.booking.queries import (
    LOST,
    bookable_cases,
    capacities_of,
    rooms_for,
    rooms_of,
    staff_for,
    visible_visits,
    visit_rule,
)

P = Permission


@requires(P.BOOK)
def course(request, key):
    """The wishes for a course, its draft, and the button that books it."""
    case = opened(request, get_object_or_404(bookable_cases(request.user), key=key))
    staff = staff_for(case, now())
    wishes = _wishes(request, case, staff)
    if request.method == "GET" and not wishes.is_bound:
        Thread(target=solver.load, daemon=True).start()
    draft = _draft(case, wishes) if request.method == "GET" else None
    form = _draft_form(request, case, staff, draft)
    if done(request, form, actions.book_course, case):
        messages.success(request, "The course is booked.")
        return redirect("booking:of_case", key=case.key)
    context = {
        "case": case,
        "wishes": wishes,
        "draft": draft,
        "form": form,
        "obstacles": list(rules.obstacles_to_book_course(case, by=request.user, at=now())),
    }
    return page(request, "clinic/booking/course.html", context, form if form.is_bound else wishes)


@requires(P.BOOK)
def follow(request, key):
    """The visits that no longer lie in their window around a session, and where they could."""
    session = get_object_or_404(visible_visits(request.user), key=key)
    case = opened(request, session.case)
    at = now()
    found, draft = followers_of(session, at=at) if request.method == "GET" else ([], None)
    form = _followers_form(request, case, found)
    if done(request, form, actions.follow, session):
        messages.success(request, "Moved.")
        return redirect("booking:of_case", key=case.key)
    context = {
        "session": session,
        "is_lost": session.status in LOST,
        "case": case,
        "found": found,
        "draft": draft,
        "form": form,
        "obstacles": list(rules.obstacles_to_follow(session, by=request.user, at=at)),
    }
    return page(request, "clinic/booking/follow.html", context, form)


def _followers_form(request, case, found):
    staff = staff_for(case, now())
    offered = {name: [(user.pk, user.name) for user in users] for name, users in staff.items()}
    facts = {"case": case, "staff": staff, "offered": offered, "rooms": {}}
    if request.method == "POST":
        rows = [_row(case, sent) for sent in _sent(request.POST)]
        visits = [_follower_form(request.POST, n, row, None, **facts) for n, row in enumerate(rows)]
        return forms.CourseForm(visits, is_bound=True)
    visits = [
        _follower_form(None, n, each.visit, each.proposed, **facts)
        for n, each in enumerate(found)
        if each.proposed
    ]
    return forms.CourseForm(visits, is_bound=False)


def _row(case, sent):
    try:
        return get_object_or_404(case.visits, key=UUID(sent))
    except ValueError:
        raise Http404("There is no such visit.") from None


def _follower_form(data, n, row, proposed, *, case, staff, offered, rooms):
    number = row.cycle.number if row.cycle else row.ahead
    sent = f"{row.stage}:{row.code}:{number}"
    form = forms.FollowerForm
    more = {"form": form, "row": row, "proposed": proposed}
    return _visit_form(data, n, sent, case, staff, offered, rooms, **more)


def _wishes(request, case, staff):
    today = now().astimezone(case.site.tz).date()
    sessions = sessions_left(case)
    initial = {
        "earliest": today + timedelta(days=1),
        "weeks": forms.default_weeks(sessions),
        "sessions": sessions,
    }
    return forms.WishesForm(
        request.GET if "earliest" in request.GET else None,
        today=today,
        staff=staff,
        titles=queries.titles_of(case),
        has_interpreter=bool(interpreters(case)),
        initial=initial,
    )


def _draft(case, wishes):
    if wishes.is_bound and wishes.is_valid():
        return queries.draft_of(case, wishes.wishes, at=now())
    return None


def _draft_form(request, case, staff, draft):
    offered = {name: [(user.pk, user.name) for user in users] for name, users in staff.items()}
    rooms = {}
    if request.method == "POST":
        visits = [
            _visit_form(request.POST, n, code, case, staff, offered, rooms)
            for n, code in enumerate(_sent(request.POST))
        ]
        return forms.CourseForm(visits, is_bound=True)
    visits = [
        _visit_form(None, n, each.wanted.code, case, staff, offered, rooms, proposed=each)
        for n, each in enumerate(draft.visits if draft else ())
    ]
    return forms.CourseForm(visits, is_bound=False)


def _sent(data):
    for number in range(forms.MOST_VISITS):
        code = data.get(f"visit-{number}-visit")
        if code is None:
            return
        yield code


def _visit_form(data, n, sent, case, staff, offered, rooms, *, proposed=None, form=None, row=None):
    stage, _, rest = sent.partition(":")
    code, _, number = rest.partition(":")
    rule = visit_rule(case, stage, code)
    if rule is None or not (number.isascii() and number.isdigit() and int(number) < 1000):
        raise Http404("This protocol has no such visit.")
    if stage not in rooms:
        rooms[stage] = list(rooms_for(case, rule))
    if "interpreting" not in rooms:
        rooms["interpreting"] = interpreting_of(case)
    initial = _initial(proposed, case) if proposed else {}
    if row:
        initial |= besides_of(row)
    return (form or forms.CourseVisitForm)(
        data,
        prefix=f"visit-{n}",
        rule=rule,
        number=int(number),
        note=proposed.note if proposed else "",
        offered=offered,
        site=case.site,
        rooms=rooms_of(case.site),
        suits=rooms[stage],
        staff=staff,
        capacities=capacities_of(case, rule),
        needs_room=set(rule.delivery) <= {"in_person"},
        interpreting=rooms["interpreting"],
        plans_in=plans_in(case, rule),
        seated=proposed.people if proposed else (),
        initial=initial | {"visit": str(row.key) if row else sent},
        **({"row": row} if row else {}),
    )


def _initial(proposed, case):
    starts = proposed.starts_at.astimezone(case.site.tz)
    return {
        "wanted": True,
        "day": starts.date(),
        "begins": starts.time(),
        "minutes": proposed.wanted.rule.minutes,
        "room": proposed.room.pk if proposed.room else None,
        "interpreter": str(proposed.interpreter.key) if proposed.interpreter else "",
    }
