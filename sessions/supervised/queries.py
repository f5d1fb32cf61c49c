"""The rows of supervised sessions: whose they are to see, and what stands among them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from clinic.access import Permission, in_reach
from clinic.audit.models import Signature
from clinic.cases.signatures.queries import with_beside
from clinic.checklists.models import Form
from clinic.checklists.queries import checklist_of, current_answers
from clinic.context import see_also
from clinic.protocols.calculators import (
    DoseGiven,
    Entry,
    Stay,
    earliest_release,
    schedule,
    stay_of,
)
from clinic.protocols.document import GateCode, ProtocolDocument, StayRow
from clinic.protocols.queries import document_at
from clinic.stock.queries import still_out
from sessions.supervised.models import (
    LIVE,
    AdverseEvent,
    Assessment,
    Dose,
    ObservationSet,
    Order,
    Presence,
    SessionEvent,
    Status,
    SupervisedSession,
)

BODY_WEIGHT = "29463-7"  # LOINC
TODAY, RELEASE = "today", "release"  # the purposes of the two forms of a session
WITH = "site", "case__patient", "case__protocol_version__protocol", "cycle", "visit__room"


def visible_sessions(user: Any) -> QuerySet[SupervisedSession]:
    """The supervised sessions of the cases this person may open."""
    return SupervisedSession.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(
        *WITH
    )


def sessions_in_care_of(user: Any, key: Any) -> QuerySet[SupervisedSession]:
    """This session where the person may see it, or is in it while it lies between dose and end.

    A role that ends in the middle hides every other row; the database is asked for this one alone.
    """
    seen = visible_sessions(user).filter(key=key)
    if seen.exists():
        return seen
    site = site_of_carer(user, key)
    if site is None:
        return seen.none()
    see_also(sites=[site], patients=user.care.patients)
    return SupervisedSession.objects.filter(key=key, status=Status.DOSED).select_related(*WITH)


def session_of(row: Any) -> QuerySet[SupervisedSession]:
    """The session of a row that was asked for by itself."""
    return SupervisedSession.objects.filter(pk=row.session_id).select_related(*WITH)


def site_of_carer(user: Any, key: Any) -> int | None:
    """The site of a session between dose and end in which this person has taken a capacity."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT vigil_site_of_carer(%s, %s)", [user.pk, key])
        return cursor.fetchone()[0]


# A session of the same person under the same substance at the same site, begun before this one.
_DOSED_HERE_BEFORE = Subquery(
    Dose.objects.filter(
        session__case__patient=OuterRef("case__patient"),
        session__site=OuterRef("site"),
        session__dosed_at__lt=OuterRef("dosed_at"),
        session__case__protocol_version__document__substance=OuterRef(
            "case__protocol_version__document__substance"
        ),
    )
    .order_by("-given_at")
    .values("given_at")[:1]
)


def live_sessions(user: Any) -> QuerySet[SupervisedSession]:
    """The sessions going on now where the person works."""
    return with_rows(visible_sessions(user).filter(status__in=LIVE))


def with_rows(sessions: QuerySet[SupervisedSession]) -> QuerySet[SupervisedSession]:
    """The same sessions with everything charted in them, in a constant number of queries."""
    who = ["checked_in_by", "help_called_by", "ready_by", "ended_by", "signed_by"]
    rows = sessions.annotate(dosed_here_before=_DOSED_HERE_BEFORE)
    return rows.select_related(*who).prefetch_related(
        Prefetch("presences", Presence.objects.select_related("user")),
        Prefetch(
            "observation_sets",
            ObservationSet.objects.select_related("by", "superseded_by").prefetch_related(
                "readings"
            ),
        ),
        Prefetch("doses", Dose.objects.select_related("by", "second_person", "order")),
        Prefetch(
            "orders",
            Order.objects.select_related(
                "ordered_by",
                "prepared__lot",
                "prepared__prepared_by",
                "prepared__checked_by",
                "dose",
            ),
        ),
        Prefetch("events", SessionEvent.objects.select_related("by", "undone_by")),
        Prefetch(
            "adverse_events",
            AdverseEvent.objects.select_related("reported_by").prefetch_related(
                Prefetch("assessments", Assessment.objects.select_related("by"))
            ),
        ),
        "deviations",
        "cycle__ways_home",
        "case__documents__text",
    )


def signatures_of(session: SupervisedSession) -> QuerySet[Signature]:
    """Every name under this session, its doses and its release, with what stands beside each."""
    keys = [session.key, *(order.key for order in session.orders.all())]
    return with_beside(Signature.objects.filter(subject_key__in=keys).order_by("at", "pk"))


def document(session: SupervisedSession) -> ProtocolDocument:
    """The protocol version this session runs on, as it bound when the first dose was given.

    An erratum approved after that changes nothing of a session: it goes on, is released and stays
    readable by the numbers and words it was dosed on.
    """
    at = session.dosed_at or session.ended_at
    return document_at(session.case.protocol_version, session.site, at)


def doses_given(session: SupervisedSession) -> list[DoseGiven]:
    """What went into the person, as the calculators count it."""
    return [
        DoseGiven(
            dose.given_at, dose.amount if dose.amount_known else None, number > 0, dose.product
        )
        for number, dose in enumerate(ordered_doses(session))
    ]


def last_here(session: SupervisedSession) -> int | None:
    """Days from the person's last dose of this substance here to this session's first, if any."""
    first = min((dose.given_at for dose in session.doses.all()), default=None)
    if first is None or not any(row.shorter for row in _stays(document(session))):
        return None
    if not hasattr(session, "dosed_here_before"):
        session.dosed_here_before = (
            SupervisedSession.objects.filter(pk=session.pk)
            .values_list(_DOSED_HERE_BEFORE, flat=True)
            .first()
        )
    last, zone = session.dosed_here_before, session.site.tz
    return (first.astimezone(zone).date() - last.astimezone(zone).date()).days if last else None


def stay(session: SupervisedSession) -> Stay | None:
    """The least stay by what was given, and why; nothing given, no stay."""
    return stay_of(document(session), doses_given(session), last_here=last_here(session))


def may_leave_from(session: SupervisedSession) -> datetime | None:
    """The first moment at which the person may leave; nothing given, no such moment."""
    return earliest_release(document(session), doses_given(session), last_here=last_here(session))


def _stays(version: ProtocolDocument) -> tuple[StayRow, ...]:
    return version.minimum_stay.rows if version.minimum_stay else ()


def session_number(session: SupervisedSession) -> int:
    """Which session of the course this is: those in which nothing was given do not count."""
    others = SupervisedSession.objects.filter(case=session.case_id).exclude(pk=session.pk)
    return others.filter(doses__isnull=False).distinct().count() + 1


def ordered_doses(session: SupervisedSession) -> list[Dose]:
    """The doses in the order in which they were given."""
    return sorted(session.doses.all(), key=lambda dose: (dose.given_at, dose.pk))


def counted_total(session: SupervisedSession) -> Decimal:
    """The total that limits are held against: an unknown amount counts as the larger."""
    return sum((dose.amount for dose in session.doses.all()), Decimal(0))


def standing_sets(session: SupervisedSession) -> list[ObservationSet]:
    """The sets nobody has corrected, by the time they were taken."""
    sets = session.observation_sets.all()
    corrected = {each.supersedes_id for each in sets}
    standing = [each for each in sets if each.pk not in corrected]
    return sorted(standing, key=lambda each: (each.stated_at, each.pk))


def successor_of(observation_set: ObservationSet) -> ObservationSet | None:
    """The correction of a set, where there is one."""
    return getattr(observation_set, "superseded_by", None)


def entries(session: SupervisedSession) -> list[Entry]:
    """What was charted, as the calculators read it; each set tied to the check it was made for."""
    doses = doses_given(session)
    planned = {}
    sets = standing_sets(session)
    if doses and sets:
        until = max([each.planned_for for each in sets if each.planned_for], default=None)
        checks = schedule(document(session), doses, until) if until else ()
        planned = {check.at: check.key for check in checks}
    return [
        Entry(
            stated_at=each.stated_at,
            parameters=frozenset(
                reading.parameter for reading in each.readings.all() if is_usable(reading)
            ),
            check=planned.get(each.planned_for) if each.planned_for else None,
            miss_reason=each.miss_reason or None,
        )
        for each in sets
    ]


def is_usable(reading: Any) -> bool:
    """Whether a reading says something of the person, and not only of the device."""
    return reading.band != "impossible"


def latest_reading(
    session: SupervisedSession, parameter: str, before: datetime | None = None
) -> tuple[Any, datetime] | None:
    """The newest standing reading of a parameter, and when it was taken."""
    for each in reversed(standing_sets(session)):
        if before is not None and each.stated_at >= before:
            continue
        for reading in each.readings.all():
            if reading.parameter == parameter and is_usable(reading):
                return reading, each.stated_at
    return None


def baseline(session: SupervisedSession) -> dict[str, Decimal]:
    """The person's own last values before the first dose, by parameter."""
    doses = ordered_doses(session)
    first = doses[0].given_at if doses else None
    found: dict[str, Decimal] = {}
    for each in standing_sets(session):
        if first is not None and each.stated_at > first:
            break
        found |= {
            reading.parameter: reading.value
            for reading in each.readings.all()
            if reading.value is not None and is_usable(reading)
        }
    return found


def present_now(session: SupervisedSession) -> list[Presence]:
    """Where everybody of this session is, by their newest line of the log."""
    newest: dict[int, Presence] = {}
    for presence in sorted(session.presences.all(), key=lambda each: (each.stated_at, each.pk)):
        newest[presence.user_id] = presence
    return list(newest.values())


def capacity_of(session: SupervisedSession, user: Any) -> str | None:
    """The one capacity a person has taken for this session."""
    return next(
        (each.capacity for each in session.presences.all() if each.user_id == user.pk), None
    )


def standing_order(session: SupervisedSession) -> Order | None:
    """The newest order, while no dose has been given on it."""
    orders = sorted(session.orders.all(), key=lambda order: order.pk)
    if not orders or dose_on(orders[-1]) is not None:
        return None
    return orders[-1]


def dose_on(order: Order) -> Dose | None:
    """The dose given on an order, where there is one."""
    return getattr(order, "dose", None)


def needs_preparing(session: SupervisedSession) -> bool:
    """Whether the version names the lot or the second person; without them nothing is drawn."""
    version = document(session)
    return any(version.gate(code) is not None for code in (GateCode.LOT, GateCode.SECOND_PERSON))


def prepared_for(order: Order | None) -> Any:
    """The dose drawn and checked for an order, where there is one."""
    return getattr(order, "prepared", None) if order is not None else None


def weight_of(session: SupervisedSession) -> Decimal | None:
    """The weight that per-kilogram amounts are worked out with: measured here, or of today's checks."""
    measured = latest_reading(session, "weight")
    if measured is not None:
        return measured[0].value
    form = form_of(session, TODAY)
    if form is None:
        return None
    answers = current_answers(form)
    for item in checklist_of(form).items:
        if item.loinc == BODY_WEIGHT and item.code in answers:
            value = answers[item.code].value
            return Decimal(str(value)) if value is not None else None
    return None


def form_of(session: SupervisedSession, purpose: str) -> Form | None:
    """The newest form of this session: today's checks, or the release criteria."""
    return (
        Form.objects.filter(about_key=session.key, purpose=purpose)
        .exclude(status="abandoned")
        .order_by("-pk")
        .first()
    )


def way_home(session: SupervisedSession) -> Any:
    """The newest plan of this cycle's way home."""
    return max(session.cycle.ways_home.all(), key=lambda plan: plan.pk, default=None)


def is_still_out(order: Order) -> bool:
    """Whether something drawn for an order has come neither into a person nor back to the ledger."""
    return still_out(order.prepared.lot, order.key) > 0


def newest_assessment(adverse_event: AdverseEvent) -> Assessment | None:
    """The assessment that stands: the newest."""
    return max(adverse_event.assessments.all(), key=lambda each: each.pk, default=None)
