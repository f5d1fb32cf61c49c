"""The gates to the dose: each closed alone, refused in its own code and no other."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from clinic.cases.models import Hold
from clinic.checklists.document import Checklist
from clinic.checklists.engine import Answer
from clinic.checklists.models import Form
from clinic.people.models import Licence
from clinic.protocols.calculators import DoseGiven, PastDose
from clinic.protocols.document import CoursePhase, Enrolment, FreshTest
from clinic.protocols.document import Gate as GateOfVersion
from clinic.workflow import Decider
from sessions.preparation import asking, before_the_day, closing
from sessions.preparation.facts import Attempt, Day, Filled, Here, Seen
from sessions.preparation.models import DecisionPast
from sessions.rehearsal.answering import harmless
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house
from tests.builders.preparation import a_prepared_case, facts_about

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
TODAY = date(2026, 11, 18)
CALM = {
    "systolic": Seen(Decimal(122), NOON - 10 * MINUTE, "122"),
    "diastolic": Seen(Decimal(76), NOON - 10 * MINUTE, "76"),
    "heart_rate": Seen(Decimal(70), NOON - 10 * MINUTE, "70"),
    "spo2": Seen(Decimal(98), NOON - 10 * MINUTE, "98"),
    "temperature": Seen(Decimal("36.6"), NOON - 10 * MINUTE, "36.6"),
}


@dataclass
class Scene:
    """A dose to which every gate stands open, and what may be changed in it."""

    house: object
    facts: object
    attempt: Attempt

    def change(self, **parts):
        self.facts = replace(self.facts, **parts)

    def day(self, **parts):
        self.change(day_facts=replace(self.facts.day_facts, **parts))

    def dose(self, **parts):
        self.attempt = replace(self.attempt, **parts)

    def reading(self, code, value, at=NOON - 10 * MINUTE):
        seen = Seen(Decimal(value), at, str(value))
        self.day(readings=self.facts.day_facts.readings | {code: seen})

    def check(self, **answers):
        given = {item: Answer("known", value) for item, value in answers.items()}
        filled = self.facts.checks
        self.change(checks=replace(filled, answers={**filled.answers, **given}))

    @property
    def obstacles(self):
        steps = asking.steps(self.facts, attempt=self.attempt)
        return [obstacle for step in steps for obstacle in step.obstacles]

    @property
    def codes(self):
        return sorted({obstacle.code for obstacle in self.obstacles})


@pytest.fixture
def scene():
    house = a_house()
    case = a_prepared_case(house)
    facts = facts_about(case, at=NOON, on_the_day=True)
    checklist = facts.document.checklists["todays-checks"]
    answers = harmless(checklist, TODAY, weight_kg="70", weighed_on=TODAY.isoformat())
    form = Form(definition=checklist.model_dump(mode="json"), definition_digest=checklist.digest())
    day = Day(
        is_checked_in=True,
        readings=CALM,
        presences=(
            Here(house.nurse, "nurse", "with_client"),
            Here(house.facilitator, "facilitator", "with_client"),
            Here(house.prescriber, "prescriber", "on_premises"),
        ),
        session_key="5f0c3a1e-0000-4000-8000-000000000000",
    )
    said = tuple(replace(row, reaffirmed_today=True) for row in facts.documents)
    facts = replace(facts, day_facts=day, checks=Filled(form, answers), documents=said)
    attempt = Attempt(
        by=house.nurse,
        amount=Decimal(50),
        lot=house.lot,
        second=house.second_nurse,
        second_may_dose=True,
        second_licences=tuple(Licence.objects.filter(user=house.second_nurse)),
    )
    return Scene(house, facts, attempt)


def test_with_every_gate_open_nothing_is_in_the_way(scene):
    assert [str(obstacle) for obstacle in scene.obstacles] == []


def test_a_register_that_says_what_it_must_opens_its_gate(scene):
    a_register(scene)

    assert [str(obstacle) for obstacle in scene.obstacles] == []


def no_signature(scene):
    scene.change(
        documents=tuple(
            replace(r, document=None, last=None, why_not="Not signed.")
            for r in scene.facts.documents
        )
    )


def not_reaffirmed(scene):
    scene.change(documents=tuple(replace(r, reaffirmed_today=False) for r in scene.facts.documents))


def signed_too_long_ago(scene):
    scene.change(
        documents=tuple(replace(r, until=date(2026, 11, 17)) for r in scene.facts.documents)
    )


def no_decision(scene):
    scene.change(screening=replace(scene.facts.screening, decisions=()))


def edited_after_signing(scene):
    scene.facts.screening.form.revision += 1


def screening_of_last_year(scene):
    last = scene.facts.screening.last_decision
    last.decided_at = NOON - 91 * DAY


def signed_on_a_licence_the_version_does_not_name(scene):
    scene.facts.screening.last_decision.signature.licence = "Licensed facilitator US-NY 7"


def open_exclusion(scene):
    answers = scene.facts.screening.rows
    answers["psychosis"].value = True


def not_known_counts(scene):
    scene.facts.screening.rows["seizures"].state = "not_known"


def not_left_off(scene):
    rows = scene.facts.screening.rows
    rows["other_psychedelic"].value = True
    rows["other_psychedelic_last_on"] = SimpleNamespace(
        pk=-1, state="known", value="2026-11-15", item="other_psychedelic_last_on"
    )


def no_phq9(scene):
    scene.change(measures={k: f for k, f in scene.facts.measures.items() if k != "phq-9"})


def old_phq9(scene):
    scene.facts.measures["phq-9"].completed_at = NOON - 8 * DAY


def no_preparation(scene):
    scene.change(visits=())


def too_young(scene):
    scene.facts.case.patient.date_of_birth = date(2008, 11, 19)


def nobody_saw_a_document(scene):
    scene.facts.case.patient.identity_seen_at = None


def licence_ended(scene):
    Licence.objects.filter(user=scene.house.nurse).update(valid_until=date(2026, 11, 17))


def nurse_in_the_corridor(scene):
    first, *rest = scene.facts.day_facts.presences
    scene.day(presences=(replace(first, where="on_premises"), *rest), staff_in_room=2)


def too_few_staff(scene):
    scene.day(totals_in_room=(Decimal(50), Decimal(50)))


def no_checks(scene):
    scene.change(checks=replace(scene.facts.checks, answers={
        item: answer for item, answer in scene.facts.checks.answers.items()
        if item not in {"identity"}
    }))  # fmt: skip


def ate_breakfast(scene):
    scene.check(hours_since_food="1")


def no_capacity(scene):
    scene.check(capacity_today=False)


def pressure_too_high(scene):
    scene.reading("systolic", 150)


def pressure_stale(scene):
    scene.reading("systolic", 122, at=NOON - 31 * MINUTE)


def pressure_missing(scene):
    scene.day(readings={k: v for k, v in CALM.items() if k != "systolic"})


def no_way_home(scene):
    scene.change(way_home=None)


def will_drive(scene):
    scene.facts.way_home.will_not_drive = False


def only_on_the_telephone(scene):
    scene.facts.way_home.kind = "adult_reachable"


def nobody_to_call(scene):
    scene.change(emergency=())


def dosed_yesterday(scene):
    scene.day(past=(PastDose("ketamine", date(2026, 11, 17)),))


def in_another_session(scene):
    scene.day(live_elsewhere="Garden room, Harbour House")


def too_much(scene):
    scene.dose(amount=Decimal(131))


def too_much_together(scene):
    scene.dose(given_before=Decimal(80))


def no_order(scene):
    scene.dose(amount=None)


def no_lot(scene):
    scene.dose(lot=None)


def expired_lot(scene):
    scene.house.lot.expires_on = date(2026, 11, 17)


def recalled_lot(scene):
    scene.house.lot.recalled_at = NOON


def empty_lot(scene):
    scene.house.lot.balance = Decimal(49)
    scene.dose(is_still_in_stock=True)


def lot_of_something_else(scene):
    scene.house.lot.substance = "esketamine"


def no_second(scene):
    scene.dose(second=None)


def second_is_the_first(scene):
    scene.dose(second=scene.house.nurse)


def second_without_licence(scene):
    scene.dose(second=scene.house.facilitator, second_licences=())


def second_without_role(scene):
    scene.dose(second_may_dose=False)


def nobody_tonight(scene):
    scene.change(shifts=())


def gap_in_the_night(scene):
    shift = scene.facts.shifts[0]
    shift.ends_at = NOON + 20 * 60 * MINUTE


def a_register(scene):
    """The version asks for an entry in a register outside, and a form says that it is there."""
    checklist = Checklist.model_validate(
        {
            "code": "register", "title": "Register", "version": "1",
            "items": [{
                "code": "enrolled", "kind": "yes_no", "text": "Enrolled?",
                "consequences": [{
                    "when": {"equals": False}, "meaning": "action", "message": "Not enrolled.",
                    "basis": "law", "citation": "Made up for a test",
                }],
            }],
        }
    )  # fmt: skip
    said = {"basis": "law", "source": "Made up for a test"}
    rule = Enrolment(
        code="e", label="Register", of="person", checklist="register", fresh_days=1, **said
    )
    gate = GateOfVersion(code="external_enrolment", decider="nobody", **said)
    document = scene.facts.document
    with_it = {"enrolments": (rule,), "gates": (*document.gates, gate)}
    form = Form(
        code="register", definition=checklist.model_dump(mode="json"),
        definition_digest=checklist.digest(), completed_at=NOON - HOUR,
    )  # fmt: skip
    filled = Filled(form, {"enrolled": Answer("known", True)})
    scene.change(document=document.model_copy(update=with_it), enrolled={"register": filled})


def nobody_looked_it_up(scene):
    a_register(scene)
    scene.change(enrolled={})


def not_enrolled(scene):
    a_register(scene)
    filled = scene.facts.enrolled["register"]
    scene.change(
        enrolled={"register": replace(filled, answers={"enrolled": Answer("known", False)})}
    )


def looked_up_long_ago(scene):
    a_register(scene)
    scene.facts.enrolled["register"].form.completed_at = NOON - 2 * DAY


def sessions_too_near(scene):
    phase = CoursePhase(
        code="c", title="Course", earliest_days=21, basis="protocol", source="Made up for a test"
    )
    document = scene.facts.document
    scene.change(document=document.model_copy(update={"course": (phase,), "intervals": ()}))
    scene.day(past=(PastDose("ketamine", date(2026, 10, 29)),), sessions_before=1)


def held(key):
    def close(scene):
        facts = scene.facts
        targets = {
            "version": facts.case.protocol_version.key,
            "lot": scene.house.lot.key,
            "room": facts.visit.room.key,
            "person": scene.house.nurse.key,
            "rule": facts.case.protocol_version.key,
            "site": facts.case.site.key,
            "patient": facts.case.patient.key,
        }
        hold = Hold(on=key, target_key=targets[key], words="this", reason="Looked into.")
        scene.change(holds=(hold,))

    close.__name__ = f"held_{key}"
    return close


CLOSED = [
    ("consent", no_signature), ("consent", not_reaffirmed), ("consent", signed_too_long_ago),
    ("screening_signed", no_decision), ("screening_signed", edited_after_signing),
    ("screening_signed", screening_of_last_year),
    ("screening_signed", signed_on_a_licence_the_version_does_not_name),
    ("exclusions", open_exclusion), ("exclusions", not_known_counts),
    ("washouts", not_left_off),
    ("tests_fresh", no_phq9), ("tests_fresh", old_phq9),
    ("preparation_visits", no_preparation),
    ("age", too_young), ("age", nobody_saw_a_document),
    ("licence", licence_ended),
    ("roles_present", nurse_in_the_corridor),
    ("ratio", too_few_staff),
    ("todays_checks", no_checks), ("todays_checks", ate_breakfast),
    ("capacity", no_capacity),
    ("vitals", pressure_too_high), ("vitals", pressure_stale), ("vitals", pressure_missing),
    ("way_home", no_way_home), ("way_home", will_drive), ("way_home", only_on_the_telephone),
    ("emergency_contact", nobody_to_call),
    ("interval", dosed_yesterday), ("interval", sessions_too_near),
    ("external_enrolment", nobody_looked_it_up), ("external_enrolment", not_enrolled),
    ("external_enrolment", looked_up_long_ago),
    ("no_other_live_session", in_another_session),
    ("amount", too_much), ("amount", too_much_together), ("amount", no_order),
    ("lot", no_lot), ("lot", expired_lot), ("lot", recalled_lot), ("lot", empty_lot),
    ("lot", lot_of_something_else),
    ("second_person", no_second), ("second_person", second_is_the_first),
    ("second_person", second_without_licence), ("second_person", second_without_role),
    ("on_call", nobody_tonight), ("on_call", gap_in_the_night),
    *[("hold", held(on)) for on in Hold.On.values],
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "close"), CLOSED, ids=lambda part: getattr(part, "__name__", part)
)
def test_a_gate_closed_alone_is_refused_in_its_own_code(scene, code, close):
    close(scene)

    assert scene.codes == [code]


def test_every_gate_has_a_test_in_which_it_is_closed():
    assert {code for code, _ in CLOSED} == set(asking.QUESTIONS)


def a_test_of_some(scene, *questions):
    """A pregnancy test that the version asks only of whom these questions tell of."""
    test = FreshTest(
        code="hcg", label="Pregnancy test", fresh_days=1, only_if="She may be pregnant",
        if_answered=questions, basis="label", source="Made up for a test",
    )  # fmt: skip
    scene.change(document=scene.facts.document.model_copy(update={"tests": (test,)}))


@pytest.mark.parametrize(
    ("state", "value", "is_asked"),
    [
        ("known", True, True),
        ("known", False, False),
        ("not_known", None, True),
        ("approximate", True, True),
    ],
)
def test_a_test_of_some_stops_the_dose_of_those_alone(scene, state, value, is_asked):
    a_test_of_some(scene, "seizures")
    row = scene.facts.screening.rows["seizures"]
    row.state, row.value = state, value

    said = [str(each) for each in scene.obstacles if each.code == "tests_fresh"]

    words = "Pregnancy test is not recorded. It is needed here: she may be pregnant."
    assert said == ([words] if is_asked else [])


def test_a_test_of_some_is_asked_of_whom_nobody_has_asked(scene):
    a_test_of_some(scene, "seizures")
    scene.change(screening=None)

    assert "tests_fresh" in scene.codes


def test_a_test_of_some_that_is_there_and_fresh_stops_nobody(scene):
    a_test_of_some(scene, "seizures")
    scene.facts.screening.rows["seizures"].value = True
    form = Form(code="hcg", completed_at=NOON - HOUR)
    scene.change(measures={**scene.facts.measures, "hcg": form})
    fresh = "tests_fresh" in scene.codes
    form.completed_at = NOON - 3 * DAY

    (late,) = [str(each) for each in scene.obstacles if each.code == "tests_fresh"]

    assert not fresh
    assert late == ("Pregnancy test is older than 1 day. It is needed here: she may be pregnant.")


def test_a_condition_that_stands_in_words_alone_is_taken_to_hold(scene):
    a_test_of_some(scene)

    assert "tests_fresh" in scene.codes


def test_a_gate_the_version_does_not_name_does_not_exist(scene):
    scene.change(document=scene.facts.document.model_copy(update={"gates": ()}))
    scene.change(checks=None, way_home=None, emergency=(), screening=None)

    assert scene.codes == []


def test_a_gate_words_its_authority_as_the_version_does(scene):
    no_way_home(scene)

    (obstacle,) = scene.obstacles
    rule = scene.facts.document.gate("way_home")
    assert (obstacle.basis, obstacle.citation, obstacle.decider) == (
        rule.basis, rule.source, Decider.NOBODY,
    )  # fmt: skip


def test_a_limit_says_itself_who_may_decide(scene):
    pressure_too_high(scene)

    (obstacle,) = scene.obstacles
    assert obstacle.decider == Decider.PRESCRIBER
    assert str(obstacle).startswith("Blood pressure (systolic) 150 mmHg is outside its limits.")


def test_a_second_dose_has_its_own_window(scene):
    scene.day(given=(DoseGiven(NOON - 5 * MINUTE, Decimal(50)),))
    scene.dose(amount=Decimal(20), given_before=Decimal(50))

    assert [str(obstacle) for obstacle in scene.obstacles] == [
        "A further dose may follow 10 minutes after the first, not before."
    ]


def test_what_is_given_and_not_known_cannot_be_added_to(scene):
    scene.day(given=(DoseGiven(NOON - 15 * MINUTE, None),))
    scene.dose(amount=Decimal(20), given_before=None)
    scene.day(readings={k: replace(v, at=NOON - MINUTE) for k, v in CALM.items()})

    assert [str(obstacle) for obstacle in scene.obstacles] == [
        "What has been given so far is not known, so the total cannot be checked."
    ]


def test_a_decision_of_today_opens_the_gate_and_stays_listed(scene):
    pressure_too_high(scene)
    (obstacle,) = scene.obstacles
    decision = DecisionPast(code="vitals", message=obstacle.message, on_day=TODAY)

    scene.change(decided=(decision,))

    vitals = next(s for s in asking.steps(scene.facts, scene.attempt) if s.gate.code == "vitals")
    assert (scene.codes, vitals.is_clear, vitals.decided) == ([], True, (decision,))


def test_a_decision_speaks_of_what_was_seen_and_nothing_else(scene):
    pressure_too_high(scene)
    (obstacle,) = scene.obstacles
    scene.change(decided=(DecisionPast(code="vitals", message=obstacle.message, on_day=TODAY),))

    scene.reading("systolic", 155)

    assert scene.codes == ["vitals"]


def test_past_what_nobody_may_decide_no_decision_opens(scene):
    no_way_home(scene)
    (obstacle,) = scene.obstacles
    scene.change(decided=(DecisionPast(code="way_home", message=obstacle.message, on_day=TODAY),))

    assert scene.codes == ["way_home"]


def test_an_open_gate_says_until_when(scene):
    until = {s.gate.code: s.clear_until for s in asking.steps(scene.facts, scene.attempt)}

    assert until["vitals"] == NOON + 20 * MINUTE + closing.JUST_AFTER
    assert until["tests_fresh"].astimezone(scene.facts.case.site.tz).date() == date(2026, 11, 25)
    assert until["on_call"] > NOON


def a_hold(scene, rule="", on=Hold.On.RULE):
    return Hold(
        site=scene.house.site, on=on, target_key=scene.facts.case.protocol_version.key, rule=rule,
        words="Monoamine oxidase inhibitors", reason="The number is doubted.",
    )  # fmt: skip


def test_a_hold_stops_the_dose_where_the_version_foresees_none(scene):
    gates = tuple(rule for rule in scene.facts.document.gates if rule.code != "hold")
    document = scene.facts.document.model_copy(update={"gates": gates})
    scene.change(document=document, holds=())
    assert scene.codes == []

    scene.change(holds=(a_hold(scene, on=Hold.On.VERSION),))

    (obstacle,) = scene.obstacles
    assert (obstacle.code, obstacle.decider) == ("hold", Decider.NOBODY)


def test_a_held_rule_stops_the_doses_that_hang_on_it(scene):
    scene.change(holds=(a_hold(scene, "doses.single[0]"),))
    assert scene.codes == ["hold"]

    scene.change(holds=(a_hold(scene, "doses.supplementary"),))
    assert scene.codes == []

    scene.day(given=(DoseGiven(NOON - HOUR, Decimal(50)),))
    assert "hold" in scene.codes


def test_a_held_washout_stops_those_who_took_it_or_may_have(scene):
    codes = [rule.code for rule in scene.facts.document.washouts]
    states = before_the_day._washouts(scene.facts)
    never = [state.washout.code for state in states if state.because == "never_taken"]
    assert never

    scene.change(holds=(a_hold(scene, f"washouts[{codes.index(never[0])}]"),))
    assert scene.codes == []

    scene.change(screening=None)
    assert "hold" in scene.codes
