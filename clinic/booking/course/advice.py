"""What the protocol and the rota say of the time of a visit: told, and never in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from clinic.booking.course.calendar import Calendar, Grid
from clinic.booking.course.following import number_of
from clinic.booking.course.wanted import gap_before
from clinic.booking.models import Stage, Visit
from clinic.booking.queries import TOOK_PLACE, cycle_of, visit_rule
from clinic.cases.models import Case
from clinic.people.models import Site
from clinic.protocols.calculators import visit_window
from clinic.protocols.document import VisitRule
from clinic.protocols.queries import document_of

MOST_GAPS = 5


@dataclass(frozen=True)
class Belongs:
    """Between which moments a visit begins, as far as what they are counted from is booked."""

    site: Site
    earliest: datetime | None = None
    latest: datetime | None = None

    def has(self, at: datetime) -> bool:
        """Whether a visit that begins then lies where it belongs."""
        is_late = self.latest is not None and at > self.latest
        return not is_late and (self.earliest is None or at >= self.earliest)

    def __str__(self) -> str:
        if self.earliest and self.latest:
            between = f"{_clock(self.earliest, self.site)} and {_clock(self.latest, self.site)}"
            return f"This visit belongs between {between}."
        if self.earliest:
            return f"This visit belongs on {_clock(self.earliest, self.site)} or later."
        if self.latest:
            return f"This visit belongs on {_clock(self.latest, self.site)} or earlier."
        return ""


def told_ahead(
    case: Case, rule: VisitRule, *, at: datetime, number: int | None = None
) -> list[str]:
    """What whoever chooses a time knows first: when the visit belongs, which nights have nobody."""
    number = number or cycle_of(case, rule.stage.value).number
    sessions = _sessions(case)
    belongs = str(_belongs(case, rule, number, sessions))
    counted = _counted_from(rule, number)
    if counted is not None and counted not in sessions:
        belongs += " Its window is counted from a session that is not booked yet."
    nights = _nights(case, at) if rule.stage.value == Stage.DOSING else ""
    return [words.strip() for words in (belongs, nights) if words.strip()]


def warnings(
    case: Case,
    rule: VisitRule,
    *,
    at: datetime,
    starts_at: datetime,
    ends_at: datetime,
    number: int | None = None,
) -> list[str]:
    """What a time has against it that is no refusal: outside the window, a night without cover."""
    number = number or cycle_of(case, rule.stage.value).number
    belongs = _belongs(case, rule, number, _sessions(case))
    found = [] if belongs.has(starts_at) else [f"It lies outside its window. {belongs}"]
    if rule.stage.value == Stage.DOSING:
        found += _cover(case, at, starts_at, ends_at)
    return found


def warnings_of(visit: Visit, *, at: datetime) -> list[str]:
    """The same of a visit that is booked."""
    rule = visit_rule(visit.case, visit.stage, visit.code)
    times = {"starts_at": visit.starts_at, "ends_at": visit.ends_at}
    return warnings(visit.case, rule, at=at, number=number_of(visit), **times) if rule else []


# -- The window ------------------------------------------------------------------------------


def _sessions(case: Case) -> dict[int, Visit]:
    """The sessions booked or held, by the number of their cycle."""
    held = case.visits.filter(stage=Stage.DOSING, status__in=TOOK_PLACE)
    return {number_of(visit): visit for visit in held.select_related("cycle")}


def _counted_from(rule: VisitRule, number: int) -> int | None:
    """The cycle from whose session the protocol counts the window of a visit."""
    if rule.window is None:
        return None
    if rule.window.relative_to == "previous_session_end":
        return number - 1 or None
    return None if rule.stage.value == Stage.DOSING else number


def _belongs(case: Case, rule: VisitRule, number: int, sessions: dict[int, Visit]) -> Belongs:
    bounds = [*_order(case, rule, number, sessions), *_window(case, rule, number, sessions)]
    earliest = [low for low, _ in bounds if low is not None]
    latest = [high for _, high in bounds if high is not None]
    return Belongs(case.site, max(earliest, default=None), min(latest, default=None))


Bounds = Iterator[tuple[datetime | None, datetime | None]]


def _order(case: Case, rule: VisitRule, number: int, sessions: dict[int, Visit]) -> Bounds:
    """Talks come before their session and what follows it after, sessions as far apart as written."""
    own, before = sessions.get(number), sessions.get(number - 1)
    stage = rule.stage.value
    if stage == Stage.PREPARATION and own:
        yield None, own.starts_at - timedelta(minutes=rule.minutes)
    if stage == Stage.INTEGRATION and own:
        yield own.ends_at, None
    if stage == Stage.PREPARATION and before:
        yield before.ends_at, None
    if stage == Stage.DOSING and before:
        least, most = gap_before(document_of(case.protocol_version), number)
        day, zone = before.starts_at.astimezone(case.site.tz).date(), case.site.tz
        yield (
            datetime.combine(day + timedelta(days=least), time(), tzinfo=zone),
            None
            if most is None
            else datetime.combine(day + timedelta(days=most), time(23, 59), tzinfo=zone),
        )


def _window(case: Case, rule: VisitRule, number: int, sessions: dict[int, Visit]) -> Bounds:
    session = sessions.get(_counted_from(rule, number) or 0)
    if rule.window is None or session is None:
        return
    is_from_dose = rule.window.relative_to == "dose"
    anchor = session.starts_at if is_from_dose else session.ends_at
    yield visit_window(rule.window, anchor, case.site.tz)


# -- The night after -------------------------------------------------------------------------


def _calendar(case: Case, at: datetime, day: datetime) -> Calendar:
    return Calendar(case, Grid(day.astimezone(case.site.tz).date(), 1, case.site.tz), at)


def _cover(case: Case, at: datetime, starts_at: datetime, ends_at: datetime) -> Iterator[str]:
    rule = document_of(case.protocol_version).on_call
    if rule is None:
        return
    calendar = _calendar(case, at, starts_at)
    reached, until = calendar.covered_until(starts_at), ends_at + timedelta(hours=rule.hours)
    if reached >= until:
        return
    if reached >= calendar.rota_ends_at:
        yield f"Who is on call until {_clock(until, case.site)} is not written yet."
    else:
        asked = f"the protocol wants somebody until {_clock(until, case.site)}"
        yield f"Nobody is on call from {_clock(reached, case.site)}; {asked}."


def _nights(case: Case, at: datetime) -> str:
    """How far the rota reaches for the nights after a session, and where it has gaps."""
    rule = document_of(case.protocol_version).on_call
    if rule is None:
        return ""
    calendar = _calendar(case, at, at)
    wanted = f"Somebody is on call until {rule.hours} hours after the session."
    if calendar.rota_ends_at <= at:
        return f"{wanted} The rota names nobody yet."
    gaps = [
        f"{_clock(starts, case.site)} to {_clock(ends, case.site)}"
        for starts, ends in calendar.gaps_from(at)
    ]
    said = f" Nobody is on call from {'; from '.join(gaps[:MOST_GAPS])}." if gaps else ""
    more = " Later nights are open too." if len(gaps) > MOST_GAPS else ""
    written = f"The rota is written until {_clock(calendar.rota_ends_at, case.site)}."
    return f"{wanted} {written}{said}{more}"


def _clock(at: datetime, site: Site) -> str:
    return f"{at.astimezone(site.tz):%d %B %Y, %H:%M}"
