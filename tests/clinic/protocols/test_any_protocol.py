"""What holds of any protocol that somebody could write, whatever numbers are in it."""

from datetime import UTC, date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clinic.checklists.engine import Answer
from clinic.checklists.files import parse
from clinic.protocols import calculators
from clinic.protocols.calculators import PastDose, band, earliest_release, ratio
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import check, numbers_to_confirm, read, write
from clinic.protocols.reading import sections, to_confirm
from tests.clinic.protocols.builders import MINUTE, NOON, amounts, doses
from tests.clinic.protocols.made_up import that_fit, valid

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
slow = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
last_taken = st.sampled_from(
    [None, Answer("not_known"), Answer("approximate", "2026"), Answer("known", "2026-11-01")]
)


@slow
@given(that_fit())
def test_whatever_fits_the_models_is_written_and_read_as_the_same_document(document):
    again = ProtocolDocument.model_validate(parse(write(document)).content)

    assert again.digest() == document.digest()


@slow
@given(that_fit())
def test_whatever_fits_the_models_is_checked_and_read_out_without_a_fault(document):
    assert all(mistake.message for mistake in check(document))
    assert all(section.tables for section in sections(document))
    asked = [each.place for group in to_confirm(document) for each in group.asked]
    assert sorted(asked) == sorted(number.place for number in numbers_to_confirm(document))


@slow
@given(valid())
def test_a_valid_protocol_is_written_and_read_as_the_same_document(document):
    assert check(document) == ()
    assert read(write(document)).digest() == document.digest()


@slow
@given(valid(), doses, amounts, days, days, last_taken, st.data())
def test_no_calculator_ever_raises(document, given_doses, amount, born, on, last, data):
    answers = {"taken": Answer("known", data.draw(st.booleans())), "last": last}
    answers = {code: answer for code, answer in answers.items() if answer is not None}
    weight = data.draw(st.none() | amounts)
    number, people = data.draw(st.integers(1, 60)), data.draw(st.integers(0, 40))
    at = NOON + data.draw(st.integers(-100, 900)) * MINUTE
    past = [PastDose("substance", on - timedelta(days=3)), PastDose("other", on)]

    calculators.age_problems(document, born, on)
    calculators.washouts(document, answers, on)
    [calculators.washout_words(state) for state in calculators.washouts(document, answers, on)]
    calculators.interval_problems(document, past, on)
    calculators.course_problems(document, number, born, on)
    calculators.next_session(document, number, born)
    calculators.planned_cycles(document)
    calculators.visits_in_course(document, "integration")
    for unit in (None, document.unit, "drop"):
        for further in (False, True):
            calculators.amount_problems(
                document, amount, amount, weight, further, unit=unit, session_number=number,
                first=amount,
            )  # fmt: skip
    calculators.amount_in_words(document, amount)
    calculators.dose_range(document, weight)
    calculators.total_range(document, weight)
    calculators.supplement_problems(document, given_doses, at)
    calculators.dueness(document, given_doses, [], at)
    calculators.next_change(document, given_doses, [], at)
    calculators.staff_needed(document, [dose.amount for dose in given_doses])
    calculators.group_problems(document, people)
    calculators.licences_needed(document, "US-OR")
    calculators.touchpoints(document, at, UTC)
    for clock in ("event", "awareness", "session", "period_end"):
        calculators.reports_due(document, clock, on)


@slow
@given(
    valid(), doses, st.none() | st.integers(0, 500), st.sets(st.sampled_from(["raw", "made", ""]))
)
def test_nobody_may_leave_before_the_least_stay(document, given_doses, last_here, products):
    found = earliest_release(document, given_doses, last_here=last_here)

    total = calculators.total_given(given_doses)
    least = calculators.minimum_stay(document, total, last_here=last_here, products=products)
    table = [row.minutes for row in document.minimum_stay.rows]
    shorter = [row.shorter.minutes for row in document.minimum_stay.rows if row.shorter]
    assert least in {*table, *shorter}
    if not given_doses:
        assert found is None
        return
    first, last = (f(dose.at for dose in given_doses) for f in (min, max))
    counted = last if document.minimum_stay.counted_from == "last_dose" else first
    products_taken = {dose.product for dose in given_doses}
    stays = calculators.minimum_stay(document, total, last_here=last_here, products=products_taken)
    assert found == counted + stays * MINUTE
    assert (found - first) >= stays * MINUTE


@slow
@given(valid(), doses, amounts)
def test_no_minute_of_a_session_is_without_a_ratio_a_stay_and_a_band(document, given_doses, read_):
    for minute in range(0, 900, 7):
        at = NOON + minute * MINUTE
        so_far = [dose for dose in given_doses if dose.at <= at]
        total = calculators.total_given(so_far)

        assert (ratio(document, total) or 0) >= (1 if document.ratio else 0)
        assert calculators.minimum_stay(document, total) >= 0
    for limit in document.limits:
        for value in (read_, Decimal(-1), Decimal(10**6)):
            holding = [each for each in limit.bands if _holds(each, value)]
            assert holding == [band(limit, value)]


def _holds(each, value):
    return (each.starts is None or value >= each.starts) and (
        each.below is None or value < each.below
    )


@slow
@given(valid(), days, st.integers(0, 800))
def test_a_washout_ends_on_the_day_it_says_and_not_before(document, last_on, later):
    on = last_on + timedelta(days=later)
    answers = {"taken": Answer("known", True), "last": Answer("known", last_on.isoformat())}

    (state,) = calculators.washouts(document, answers, on)

    assert state.clear_on == last_on + timedelta(days=state.washout.clear_days())
    assert state.clear == (on >= state.clear_on)


@slow
@given(valid(), st.integers(1, 40))
def test_every_session_of_a_course_lies_in_one_phase(document, number):
    planned = calculators.planned_sessions(document)
    phase = calculators.phase_of(document, number)

    beyond = planned is not None and number > planned
    assert (phase is None) == (beyond or not document.course)
    assert bool(calculators.course_problems(document, number, None, date(2026, 1, 1))) == beyond
