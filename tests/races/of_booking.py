"""The diary, changed by two at once."""

from dataclasses import replace

from clinic.booking import actions
from clinic.booking.course import actions as course_actions
from clinic.booking.feed import actions as feed
from clinic.booking.feed.models import DiaryFeed
from clinic.booking.models import Visit, Whereabouts
from clinic.booking.remote import actions as remote
from clinic.context import set_context
from tests.builders.booking import a_dosing_visit, a_visit, people_for
from tests.builders.house import DAY, HOUR, NOON
from tests.builders.preparation import a_preparing_case, many_preparing_cases
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def in_status(status):
    return Visit.objects.filter(status=status).count


@race("clinic.booking.actions.book")
def book(house):
    one, other = many_preparing_cases(house, 2)
    return Start(
        (house.intake, lambda: a_visit(house, fresh(one))),
        (house.nurse, lambda: a_visit(house, fresh(other), by=house.nurse)),
        in_status("planned"),
    )


@race("clinic.booking.course.actions.book_course")
def book_course(house):
    one, other = many_preparing_cases(house, 2)

    def course(case, by):
        visits = [
            {
                "stage": "preparation", "code": "preparation", "number": 1, "room": house.room,
                "people": people_for(house, "preparation"),
                "starts_at": NOON + n * DAY, "ends_at": NOON + n * DAY + HOUR,
            }
            for n in range(2)
        ]  # fmt: skip
        return lambda: course_actions.book_course(fresh(case), by=by, at=NOON, visits=visits)

    return Start(
        (house.intake, course(one, house.intake)),
        (house.nurse, course(other, house.nurse)),
        in_status("planned"),
        leaves=2,
    )


@race("clinic.booking.course.actions.follow")
def follow(house):
    # The first moves it where both want it; the second is told that the place is taken.
    one, other = many_preparing_cases(house, 2)
    sessions, visits = [], []
    for n, case in enumerate((one, other)):
        talk = a_visit(house, case, starts_at=NOON + 2 * n * HOUR)
        session = a_dosing_visit(house, case, starts_at=NOON + (5 + n) * DAY)
        visits.append(talk)
        sessions.append(session)
    new = {
        "starts_at": NOON + DAY,
        "ends_at": NOON + DAY + HOUR,
        "room": house.room,
        "people": people_for(house, "preparation"),
    }

    def move(n, by):
        moved = [{"visit": fresh(visits[n])} | new]
        return lambda: course_actions.follow(fresh(sessions[n]), by=by, at=NOON, visits=moved)

    return Start(
        (house.intake, move(0, house.intake)),
        (house.nurse, move(1, house.nurse)),
        Visit.objects.filter(starts_at=NOON + DAY).count,
    )


@race("clinic.booking.actions.join_cycle")
def join_cycle(house):
    # Both stand: a cycle is opened once, and what waited for it is of it whoever comes first.
    case = a_preparing_case(house)
    a_visit(house, case, number=2)
    cycle = case.cycles.create(site=case.site, number=2, opened_at=NOON, opened_by=house.nurse)

    def join(by):
        return lambda: actions.join_cycle(fresh(cycle), by=by, at=NOON)

    return Start(
        (house.intake, join(house.intake)),
        (house.nurse, join(house.nurse)),
        Visit.objects.filter(cycle=cycle).count,
        both_done=True,
    )


@race("clinic.booking.actions.reschedule")
def reschedule(house):
    one, other = many_preparing_cases(house, 2)
    visits = [a_visit(house, one), a_visit(house, other, starts_at=NOON + 2 * HOUR)]
    new = {
        "starts_at": NOON + DAY,
        "ends_at": NOON + DAY + HOUR,
        "room": house.room,
        "people": people_for(house, "preparation"),
    }

    def move(visit, by):
        return lambda: actions.reschedule(fresh(visit), by=by, at=NOON - DAY, **new)

    return Start(
        (house.intake, move(visits[0], house.intake)),
        (house.nurse, move(visits[1], house.nurse)),
        Visit.objects.filter(starts_at=NOON + DAY).count,
    )


@race("clinic.booking.actions.cancel")
def cancel(house):
    visit = a_visit(house, a_preparing_case(house))

    def call_off(by):
        return lambda: actions.cancel(fresh(visit), by=by, at=NOON - DAY, reason="Ill")

    return Start(
        (house.intake, call_off(house.intake)),
        (house.nurse, call_off(house.nurse)),
        in_status("cancelled"),
    )


@race("clinic.booking.actions.release_from_diary")
def release_from_diary(house):
    case = a_preparing_case(house)
    a_visit(house, case)

    def free(by):
        return lambda: actions.release_from_diary(fresh(case), by=by, at=NOON, reason="Left")

    return Start(
        (house.intake, free(house.intake)),
        (house.nurse, free(house.nurse)),
        in_status("cancelled"),
        both_done=True,
    )


def _both(act, status, at=NOON + HOUR):
    def build(house):
        visit = a_visit(house, a_preparing_case(house))

        def do(by):
            return lambda: act(fresh(visit), by=by, at=at)

        return Start(
            (house.intake, do(house.intake)), (house.nurse, do(house.nurse)), in_status(status)
        )

    return build


race("clinic.booking.actions.no_show")(_both(actions.no_show, "no_show"))
race("clinic.booking.actions.arrive")(_both(actions.arrive, "arrived"))
race("clinic.booking.actions.finish")(_both(actions.finish, "done"))


@race("clinic.booking.feed.actions.make_feed")
def make_feed(house):
    # Both stand; the address of the first has ended, so that one opens the diary.
    both = (house.nurse, lambda: feed.make_feed(fresh(house.nurse), by=house.nurse, at=NOON))
    return Start(both, both, DiaryFeed.objects.filter(ended_at=None).count, both_done=True)


@race("clinic.booking.feed.actions.end_feed")
def end_feed(house):
    set_context(user_id=house.nurse.pk, sites=[house.site.pk])
    feed.make_feed(house.nurse, by=house.nurse, at=NOON)
    both = (house.nurse, lambda: feed.end_feed(fresh(house.nurse), by=house.nurse, at=NOON))
    return Start(both, both, DiaryFeed.objects.exclude(ended_at=None).count)


def _at_a_distance(act, left, **facts):
    def build(house):
        visit = a_visit(house, a_preparing_case(house), room=None)

        def do(by):
            return lambda: act(fresh(visit), by=by, at=NOON + HOUR, **facts)

        return Start(
            (house.intake, do(house.intake)), (house.facilitator, do(house.facilitator)), left
        )

    return build


race("clinic.booking.remote.actions.took_place")(
    _at_a_distance(remote.took_place, in_status("arrived"))
)


@race("clinic.booking.remote.actions.ask_where")
def ask_where(house):
    said = {"place": "US-NY", "ring_back": "+1 212 555 0142", "emergency_number": "911"}
    start = _at_a_distance(remote.ask_where, Whereabouts.objects.count, **said)(house)
    return replace(start, leaves=2, both_done=True)  # each was told something
