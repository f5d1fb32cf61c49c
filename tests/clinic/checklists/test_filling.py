from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.audit.models import TrailEntry
from clinic.checklists import actions, queries
from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from clinic.checklists.models import Answer as Row
from clinic.checklists.models import Form, Status
from clinic.checklists.signals import answered
from clinic.people.queries import system_user
from clinic.workflow import Refused
from sessions.rehearsal.answering import scored
from tests.builders.cases import a_referred_case
from tests.builders.checklists import a_completed_form, a_result, an_open_form, given
from tests.builders.house import MINUTE, NOON, a_house, codes, trail
from tests.builders.screening import a_begun_screening, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def heard():
    found = []

    def listen(form, flags, **facts):
        found.append([flag.item for flag in flags])

    answered.connect(listen, dispatch_uid="test")
    yield found
    answered.disconnect(dispatch_uid="test")


def save(house, form, answers, *, by=None, at=NOON, revision=None, **facts):
    revision = form.revision if revision is None else revision
    by = by or house.facilitator
    return actions.answer(form, by=by, at=at, answers=answers, revision=revision, **facts)


def test_a_form_keeps_the_checklist_it_was_begun_on(house):
    form = an_open_form(house, a_referred_case(house))

    assert queries.checklist_of(form) == instrument("phq-9")
    assert form.definition_digest == instrument("phq-9").digest()
    assert trail()[-1] == "form opened"


def test_opening_twice_goes_on_with_the_form_that_is_being_filled(house):
    case = a_referred_case(house)
    form = an_open_form(house, case)
    before = trail()

    assert an_open_form(house, case, by=house.nurse) == form
    assert trail() == before


def test_a_completed_form_is_followed_by_a_new_one(house):
    case = a_referred_case(house)
    first = a_completed_form(house, case)

    assert an_open_form(house, case) != first


def test_answers_are_kept_and_the_newest_stands(house):
    form = an_open_form(house, a_referred_case(house))
    save(house, form, given(phq1="not-at-all"))
    save(house, form, given(phq1="several-days"), at=NOON + MINUTE)

    assert queries.current_answers(form) == given(phq1="several-days")
    assert [row.value for row in form.answers.all()] == ["not-at-all", "several-days"]
    assert (form.revision, form.answered_at) == (2, NOON + MINUTE)
    assert trail()[-2:] == ["answers saved", "answers saved"]


def test_saving_what_stands_already_writes_nothing(house):
    form = an_open_form(house, a_referred_case(house))
    save(house, form, given(phq1="not-at-all"))
    before = trail()

    save(house, form, given(phq1="not-at-all"))

    assert (form.revision, form.answers.count(), trail()) == (1, 1, before)


def test_an_empty_answer_takes_one_back_and_the_first_stays_readable(house):
    form = an_open_form(house, a_referred_case(house))
    save(house, form, given(phq1="not-at-all"))

    save(house, form, {"phq1": Answer()})

    assert queries.current_answers(form) == {}
    assert [row.state for row in form.answers.all()] == [Row.State.KNOWN, Row.State.CLEARED]


def test_an_answer_whose_question_falls_away_is_cleared(house):
    case = a_begun_screening(house)
    form = answer(house, case, psychosis=True, psychosis_detail="In 2004.")

    answer(house, case, psychosis=False)

    assert queries.current_answers(form) == given(psychosis=False)
    assert form.answers.get(state="cleared").item == "psychosis_detail"


def test_answers_over_what_was_not_seen_are_refused(house):
    form = an_open_form(house, a_referred_case(house))
    save(house, form, given(phq1="not-at-all"))
    before = trail()

    with pytest.raises(Refused) as refusal:
        save(house, form, given(phq2="not-at-all"), revision=0)

    assert (codes(refusal), trail()) == (["changed"], before)


def test_an_answer_that_cannot_be_one_is_refused_with_the_rest(house):
    form = an_open_form(house, a_referred_case(house))

    with pytest.raises(Refused) as refusal:
        save(house, form, given(phq1="not-at-all", phq2="always", phq99="no"))

    assert codes(refusal) == ["answer_not_possible", "answer_not_possible"]
    assert queries.current_answers(form) == {}


@pytest.mark.parametrize("who", ["manager", "safety_lead", "stranger"])
def test_the_wrong_role_fills_nothing(house, who):
    case = a_referred_case(house)
    form = an_open_form(house, case)
    before = trail()

    for act in (
        lambda: save(house, form, given(phq1="not-at-all"), by=house.people[who]),
        lambda: an_open_form(house, case, by=house.people[who], code="gad-7"),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert (codes(refusal), trail()) == (["role"], before)


def test_a_patient_answers_through_the_system_and_nobody_else_does_so(house):
    form = an_open_form(house, a_referred_case(house))
    save(house, form, given(phq1="not-at-all"), by=system_user(), by_patient=True)

    with pytest.raises(Refused) as refusal:
        save(house, form, given(phq2="not-at-all"), by=house.manager, by_patient=True)

    assert form.answers.get().by_patient is True
    assert codes(refusal) == ["role"]


def test_a_form_is_scored_when_it_is_completed(house):
    form = a_completed_form(house, a_referred_case(house), each=1)

    assert (form.status, form.total, form.completed_by) == (Status.COMPLETED, 9, house.facilitator)
    assert (form.band, str(form.total)) == ("mild", "9")
    assert trail()[-1] == "form completed"


@pytest.mark.parametrize(("mean", "kept"), [("62.50", "62.5"), ("33.333333333", "33.333333333")])
def test_a_total_with_decimals_is_kept_to_the_digit(house, mean, kept):
    form = a_result(house, a_referred_case(house), "ebi", mean=mean)

    form.refresh_from_db()
    assert str(form.total) == kept
    assert TrailEntry.objects.get(act="form completed").said["total"] == kept


def test_a_number_of_too_many_digits_is_refused_in_words(house):
    form = an_open_form(house, a_referred_case(house), code="ebi")

    with pytest.raises(Refused) as refusal:
        save(house, form, given(mean=f"0.{'0' * 400}1"))

    assert refusal.value.messages == [
        "3 Mean of the six ratings: Write at most 12 digits, and at most 9 decimals."
    ]


def test_a_form_is_not_completed_while_a_question_is_open(house):
    form = an_open_form(house, a_referred_case(house))
    answers = scored(instrument("phq-9"), 0)
    answers.pop("phq3")
    save(house, form, answers)
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.complete(form, by=house.facilitator, at=NOON)

    assert (codes(refusal), trail()) == (["incomplete"], before)


def test_saving_the_last_answer_and_completing_are_one_act_or_none(house):
    form = an_open_form(house, a_referred_case(house))

    with pytest.raises(Refused):
        actions.finish(form, by=house.nurse, at=NOON, answers=given(phq1="not-at-all"), revision=0)

    assert queries.current_answers(Form.objects.get(pk=form.pk)) == {}


def test_red_flags_fire_on_entry_and_again_when_the_form_is_completed(house, heard):
    form = an_open_form(house, a_referred_case(house))
    save(house, form, given(phq1="not-at-all"))
    save(house, form, given(phq9="several-days"))
    save(house, form, scored(instrument("phq-9"), 0) | given(phq9="several-days"))
    actions.complete(form, by=house.nurse, at=NOON)

    assert heard == [[], ["phq9"], [], ["phq9"]]


def test_a_completed_form_takes_no_answer_until_it_is_opened_again(house):
    form = a_completed_form(house, a_referred_case(house))

    with pytest.raises(Refused) as refusal:
        save(house, form, given(phq1="not-at-all"))
    actions.reopen(form, by=house.nurse, at=NOON, reason="Misheard.")
    save(house, form, given(phq1="not-at-all"))

    assert codes(refusal) == ["status"]
    assert (form.status, form.total, form.completed_at) == (Status.OPEN, None, None)
    assert trail()[-2:] == ["form opened again", "answers saved"]


@pytest.mark.parametrize(
    ("who", "reason", "wanted"),
    [("manager", "Misheard.", ["role"]), ("nurse", " ", ["reopened_without_reason"])],
)
def test_a_form_is_opened_again_by_who_fills_forms_for_a_reason(house, who, reason, wanted):
    form = a_completed_form(house, a_referred_case(house))

    with pytest.raises(Refused) as refusal:
        actions.reopen(form, by=house.people[who], at=NOON, reason=reason)

    assert codes(refusal) == wanted


def test_the_database_takes_no_answer_into_a_completed_form(house):
    form = a_completed_form(house, a_referred_case(house))

    with pytest.raises(IntegrityError), transaction.atomic():
        Row.objects.create(
            form=form, item="phq1", state="known", answered_at=NOON, answered_by=house.nurse
        )


def test_what_two_people_answered_differently_is_named(house):
    form = an_open_form(house, a_referred_case(house))
    save(house, form, given(phq1="not-at-all", phq2="not-at-all"), at=NOON - timedelta(hours=1))

    (difference,) = queries.differences(form, given(phq1="several-days", phq2="not-at-all"))

    assert (difference.yours, difference.theirs) == ("Several days", "Not at all")
    assert (difference.by, difference.at) == (house.facilitator, NOON - timedelta(hours=1))
