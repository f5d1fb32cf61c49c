"""Results: entered with their papers, encrypted, taken back, and what rests on them."""

import pytest
from django.db import connection

from clinic.cases.models import Case, Status
from clinic.screening import queries as screenings
from clinic.screening.evidence import actions
from clinic.screening.evidence.models import Evidence, EvidenceFile
from clinic.workflow import Refused
from tests.builders.evidence import SHOWS, a_pdf, a_png, a_result
from tests.builders.house import DAY, NOON, a_house, trail
from tests.builders.screening import SCREENED_AT, Ruling, a_filled_screening, decide, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_filled_screening(house, escort=False)


def codes(act, *subject, **facts):
    with pytest.raises(Refused) as refusal:
        act(*subject, **facts)
    return refusal.value.codes


def open_now(case):
    return [found.item for found in screenings.open_findings(case, on=NOON.date())]


def test_a_result_keeps_its_day_its_author_and_a_paper_that_is_encrypted(house, case):
    evidence = a_result(house, case, content=a_pdf(b"The words of the paper"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM clinic_evidencefile")
        lies = bytes(cursor.fetchone()[0])
    assert (evidence.done_by, evidence.file_kind) == ("Dr Fir, family doctor", "pdf")
    assert b"The words of the paper" not in lies
    assert EvidenceFile.objects.get().content == a_pdf(b"The words of the paper")
    assert trail()[-1] == "result entered"


def test_a_result_settles_nothing_by_itself(house, case):
    a_result(house, case)

    assert open_now(case) == ["escort"]


def test_a_named_person_settles_by_the_result_and_its_day_counts(house, case):
    evidence = a_result(house, case)

    ruling = settle(house, case, "escort", at=NOON, ruling=Ruling.CLEARED, evidence=evidence)

    assert (ruling.evidence, ruling.evidence_on) == (evidence, evidence.done_on)
    assert open_now(case) == []


def test_a_result_taken_back_stays_marked_and_opens_what_rests_on_it(house, case):
    evidence = a_result(house, case)
    settle(house, case, "escort", at=NOON, ruling=Ruling.CLEARED, evidence=evidence)

    actions.withdraw(evidence, by=house.intake, at=NOON, words="It is of another person.")

    kept = Evidence.objects.get()
    assert (kept.withdrawn_by, kept.withdrawn_words) == (house.intake, "It is of another person.")
    assert open_now(case) == ["escort"]


def test_a_decision_that_rests_on_it_is_opened_again(house, case):
    evidence = a_result(house, case, at=SCREENED_AT)
    settle(house, case, "escort", ruling=Ruling.CLEARED, evidence=evidence)
    decide(house, case)

    actions.withdraw(evidence, by=house.nurse, at=NOON, words="It is of another person.")

    assert Case.objects.get().status == Status.SCREENING


def test_a_result_nothing_rests_on_is_taken_back_and_the_decision_stands(house, case):
    settle(house, case, "escort", ruling=Ruling.CLEARED, evidence_on=SCREENED_AT.date())
    evidence = a_result(house, case, at=SCREENED_AT)
    decide(house, case)

    actions.withdraw(evidence, by=house.nurse, at=NOON, words="Entered twice.")

    assert Case.objects.get().status == Status.ELIGIBLE


def test_an_older_ruling_does_not_come_back_when_the_result_of_a_newer_one_goes(house, case):
    settle(house, case, "escort", ruling=Ruling.CLEARED, evidence_on=SCREENED_AT.date())
    evidence = a_result(house, case)
    settle(house, case, "escort", at=NOON, ruling=Ruling.CLEARED, evidence=evidence)

    actions.withdraw(evidence, by=house.intake, at=NOON, words="It is of another person.")

    assert open_now(case) == ["escort"]


@pytest.mark.parametrize("entered", ["taken back", "not as asked", "another question's"])
def test_nothing_is_settled_by_a_result_that_does_not_show_it(house, entered):
    case = a_filled_screening(house, escort=False, bladder=True)
    code = "bladder" if entered == "another question's" else "escort"
    shows = SHOWS.NOT_AS_ASKED if entered == "not as asked" else SHOWS.AS_ASKED
    evidence = a_result(house, case, code=code, shows=shows)
    if entered == "taken back":
        actions.withdraw(evidence, by=house.intake, at=NOON, words="Another person's.")

    refused = codes(
        settle, house, case, "escort", at=NOON, ruling=Ruling.CLEARED, evidence=evidence
    )

    assert refused == ["evidence_does_not_show"]


@pytest.mark.parametrize(
    ("day", "refused"), [(NOON + DAY, ["evidence_day"]), (NOON - 40_000 * DAY, ["evidence_day"])]
)
def test_the_day_of_a_result_lies_in_the_persons_life_and_not_ahead(house, case, day, refused):
    assert codes(a_result, house, case, done_on=day.date()) == refused


def test_nothing_is_entered_that_nothing_asks_for(house, case):
    assert codes(a_result, house, case, code="allergy") == ["evidence_not_asked"]


def test_the_same_result_is_entered_once_and_again_when_it_was_taken_back(house, case):
    evidence = a_result(house, case)

    assert codes(a_result, house, case) == ["evidence_entered"]
    a_result(house, case, content=a_png())
    actions.withdraw(evidence, by=house.intake, at=NOON, words="The wrong case.")
    a_result(house, case)
    assert Evidence.objects.filter(withdrawn_at__isnull=True).count() == 2


def test_a_file_that_was_changed_under_its_row_is_not_given_out(house, case):
    evidence = a_result(house, case)
    evidence.file = EvidenceFile(evidence=evidence, content=a_pdf(b"QTc 499 ms"))

    with pytest.raises(RuntimeError, match="not what was given"):
        actions.open_file(evidence, by=house.nurse, at=NOON)
