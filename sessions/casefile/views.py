from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import get_current_timezone, get_current_timezone_name, localdate, now
from django.views.decorators.http import require_safe

from clinic.access import Permission, requires
from clinic.acts import opened
from clinic.cases.queries import visible_cases
from clinic.screening.medicines.queries import lines_of
from clinic.trail import views as trail
from sessions.casefile import queries
from sessions.casefile.board import queries as board_queries
from sessions.casefile.past import decided_past
from sessions.casefile.signed import signed_in
from sessions.casefile.today import queries as today_queries

P = Permission


@requires(None)
@require_safe
def dashboard(request):
    at, today = now(), localdate()
    context = {
        "cards": board_queries.cards(request.user, at=at),
        "visits": today_queries.todays_visits(request.user, at=at, zone=get_current_timezone()),
        "needs": today_queries.tiles(today_queries.NEEDS, request.user, at=at, today=today),
        "coming": today_queries.tiles(today_queries.COMING, request.user, at=at, today=today),
        "shows": today_queries.parts_for(request.user),
    }
    return render(request, "sessions/casefile/dashboard.html", context)


@requires(None)
@require_safe
def listed(request, code):
    tile = today_queries.tile(code, request.user, at=now(), today=localdate())
    if tile is None:
        raise Http404("There is no such list for you.")
    return render(request, "sessions/casefile/list.html", {"tile": tile})


@requires(P.SUPERVISE)
@require_safe
def board(request):
    at = now()
    state = board_queries.state_of(request.user, zone=get_current_timezone_name())
    held = request.headers.get("If-None-Match", "")
    if held and board_queries.still_holds(held, state, at=at):
        return HttpResponse(status=304, headers={"ETag": held})
    cards = board_queries.cards(request.user, at=at)
    until = board_queries.good_until(cards, at=at)
    # A poll asks for the cards alone; a person opens the page around them.
    template = "cards.html" if request.htmx else "board.html"
    etag = board_queries.etag_of(state, until)
    context = {"cards": cards, "at": at, "etag": etag}
    answer = render(request, f"sessions/casefile/{template}", context)
    answer["ETag"] = etag
    # Kept by the page itself, in memory: a browser's own copy would wear yesterday's theme.
    answer["Cache-Control"] = "no-store"
    return answer


@requires(P.SEE_CASE)
@require_safe
def show(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    lines = queries.TIMELINE_WHOLE if "whole" in request.GET else queries.TIMELINE
    file = queries.file_of(case, request.user, at=now(), lines=lines)
    context = {"file": file, "case": case, "medicines": lines_of(case), "past": decided_past(case)}
    # On paper nobody can open a form, nor what was signed.
    context["is_on_paper"] = "answers" in request.GET
    if context["is_on_paper"]:
        context["answers"] = queries.answers_of(case)
        context["signed"] = signed_in(case)
    return render(request, "sessions/casefile/show.html", context)


@requires(P.SEE_CASE)
def print_out(request, key):
    case = opened(request, get_object_or_404(visible_cases(request.user), key=key))
    back = f"{case.get_absolute_url()}?answers"
    return trail.print_record(request, case, "case file", back)
