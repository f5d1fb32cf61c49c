"""Whatever happens before the dose: the ready page and the refusal of the dose never disagree."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st

from clinic.stock import actions as stock
from sessions.preparation.asking import QUESTIONS, When
from sessions.rehearsal import walk
from sessions.supervised import actions as supervised
from sessions.supervised.models import Status, SupervisedSession
from tests.builders import service_centre, trials
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house, proof
from tests.builders.protocols import a_shipped_version
from tests.builders.supervised import a_planned_session
from tests.sessions.preparation.histories import HAPPENINGS, Life, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
OBSTACLE = re.compile(r'<p class="obstacle-message" data-code="[a-z_]+">(.*?)</p>', re.DOTALL)
SEED = 20261118
EACH = 34  # of six lives: two hundred and a few
LOOKED_AHEAD = 2  # of the moments at which a gate is said to close

histories = st.lists(
    st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 999)), min_size=1, max_size=5
)


# -- Three protocols, the day before and at the table -----------------------------------------


def ketamine(is_here):
    house = a_house()
    session = a_planned_session(house)
    team = [(house.facilitator, "facilitator"), (house.nurse, "nurse"),
            (house.prescriber, "prescriber")]  # fmt: skip
    life = Life(
        house, session, at=NOON - DAY, giver=house.nurse, team=team, readings=walk.BEFORE,
        screener=house.intake,
    )  # fmt: skip
    if is_here:
        walk.checked_in(house, session, at=NOON)
        walk.checks_done(house, session, at=NOON + 5 * MINUTE)
        walk.observed(house, session, at=NOON + 10 * MINUTE, before=True)
        order = walk.ordered(house, session, at=NOON + 15 * MINUTE)
        walk.drawn(house, order, at=NOON + 20 * MINUTE, second=house.second_nurse)
        at_the_table(life, order)
    return life


def oregon(is_here):
    house = service_centre.a_service_centre()
    case = service_centre.a_prepared_client(house)
    walk.declared_ready(house, case, at=NOON - DAY)
    session = SupervisedSession.objects.get(case=case)
    team = [(house.facilitator, "facilitator"), (house.representative, "representative")]
    life = Life(
        house, session, at=NOON - DAY, giver=house.facilitator, team=team, readings={},
        screener=house.facilitator,
    )  # fmt: skip
    if is_here:
        walk.checked_in(house, session, at=NOON)
        by, at = house.facilitator, NOON + 15 * MINUTE
        walk.clock(house, at)
        at_the_table(
            life,
            supervised.order(session, by=by, at=at, amount=Decimal(20), proof=proof(by, at)),
        )
    return life


def mdma(is_here):
    house = a_house()
    house.version = a_shipped_version(house, "mdma-assisted", at=house.at)
    house.lot = stock.receive(
        house.site, by=house.nurse, at=house.at, substance="mdma",
        presentation="capsule", salt="hydrochloride", product="MDMA 40 mg capsule",
        number="MD-0001", unit="mg", per_ml=None, expires_on=date(2027, 12, 31),
        quantity=Decimal(4000),
    )  # fmt: skip
    house.people = house.people | {"lead": house.medical_lead, "second": house.facilitator}
    house.pair = [(house.lead, "facilitator"), (house.second, "second_therapist")]
    case = trials.a_participant(house, NOON - 30 * DAY, age=41, weight="70", qtc_limit="male")
    for days in (20, 15, 8):
        trials.a_talk(house, case, NOON - days * DAY)
    walk.consented(house, case, at=NOON - 8 * DAY)
    measures = ("pcl-5", "phq-9", "gad-7")
    session = trials.a_session(
        house, case, NOON, *measures, minutes=480, way_home="stays_the_night"
    )
    walk.declared_ready(house, case, at=NOON - 2 * HOUR)
    team = [*house.pair, (house.prescriber, "prescriber")]
    life = Life(
        house, session, at=NOON - 2 * HOUR, giver=house.prescriber, team=team,
        readings=trials.WARM, screener=house.intake,
    )  # fmt: skip
    if is_here:
        trials.checked(house, session, NOON)
        walk.clock(house, NOON + 25 * MINUTE)
        by, at = house.prescriber, NOON + 25 * MINUTE
        order = supervised.order(session, by=by, at=at, amount=Decimal(80), proof=proof(by, at))
        walk.drawn(house, order, at=at, nurse=house.prescriber, second=house.lead)
        at_the_table(life, order)
    return life


def at_the_table(life, order):
    """The dose is ready to be given."""
    life.order_pk, life.at = order.pk, NOON + 25 * MINUTE


# -- What holds of every history --------------------------------------------------------------


def at_gates(obstacles, *, of=tuple(QUESTIONS)):
    return sorted((each.code, each.message) for each in obstacles if each.code in of)


def agrees(life, steps, met):
    """The gates listed as shut are those the act refuses with, in the same words, at that time."""
    listed = [obstacle for step in steps for obstacle in step.obstacles]
    met.update({each.code for each in listed})
    asked = [step.code for step in steps if not step.waits_for]
    assert at_gates(listed) == at_gates(life.refusal(life.acts_at), of=asked), f"at {life.acts_at}"
    later = {step.code for step in steps if step.waits_for}
    if life.order_pk is not None and life.session.status == Status.CHECKED_IN:
        assert not later
    assert all(QUESTIONS[code].when != When.BEFORE for code in later)


def is_written(steps, page):
    """Every word of the gates that are shut stands on the page, and nothing else bars the way."""
    listed = [obstacle for step in steps for obstacle in step.obstacles]
    written = [unescape(words) for words in OBSTACLE.findall(page)]
    for obstacle in listed:
        assert obstacle.message in written


def closes_when_it_says(life, steps, closing):
    """A minute before a gate is said to close it refuses nothing; at that moment it refuses."""
    for until in sorted({step.clear_until for step in steps if step.clear_until})[:LOOKED_AHEAD]:
        codes = {step.code for step in steps if step.clear_until == until}
        if until - MINUTE >= life.acts_at:
            before = {each.code for each in life.refusal(until - MINUTE)}
            assert not codes & before, f"{codes & before} a minute before {until}"
        after = {each.code for each in life.refusal(until)}
        assert codes <= after, f"{codes - after} at {until}"
        closing.update(codes)


def played(life, client, number):
    """Play so many histories of one life, and those that must be among them."""
    met, closing = Counter(), Counter()
    began_at = life.at

    chance = SEED + LIVES.index((life.begin, life.order_pk is not None))

    @seed(chance)
    @settings(
        max_examples=number, deadline=None, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(histories)
    @example([("something_is_held", 6)])
    @example([("a_licence_is_suspended", 0), ("time_passes", 4)])
    @example([("an_answer_is_changed", 2), ("the_session_is_moved", 3)])
    @example([("the_session_is_moved", 5), ("a_new_text_is_written", 1)])
    def play(history):
        with rolled_back():
            life.at = began_at
            for name, choice in history:
                life.happens(name, choice)
            steps, page = life.page(client)
            agrees(life, steps, met)
            is_written(steps, page)
            closes_when_it_says(life, steps, closing)

    print(f"seed {chance}, {number} histories of {life.case.protocol_version}")
    play()
    return met, closing


LIVES = [(begin, is_here) for begin in (ketamine, oregon, mdma) for is_here in (False, True)]
each_life = pytest.mark.parametrize(
    ("begin", "is_here"),
    LIVES,
    ids=[f"{begin.__name__}-{'at_the_table' if here else 'before'}" for begin, here in LIVES],
)


@each_life
def test_the_ready_page_and_the_refusal_of_the_dose_never_disagree(begin, is_here, client):
    life = begin(is_here)
    life.begin = begin
    assert life.refusal(life.acts_at) == []

    met, closing = played(life, client, EACH)

    print("shut:", dict(met), "closed when they said:", dict(closing))
    assert {"hold", "licence", "screening_signed"} <= set(met)
    assert closing
