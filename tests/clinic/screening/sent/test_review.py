"""What the person sent, reviewed answer by answer: nothing that staff wrote is ever lost."""

import pytest
import time_machine
from django.urls import reverse

from clinic.cases.models import Case, Status
from clinic.cases.queries import wants_of
from clinic.checklists import actions as checklists
from clinic.checklists.document import Kind
from clinic.checklists.models import Answer
from clinic.checklists.queries import checklist_of, current_answers
from clinic.links import actions as links
from clinic.people.queries import system_user
from clinic.screening import queries
from clinic.screening.sent import actions
from clinic.screening.sent.models import ReviewedAnswer
from clinic.screening.sent.queries import side_by_side
from clinic.workflow import Refused
from tests.builders.cases import a_referred_case
from tests.builders.checklists import given
from tests.builders.house import DAY, NOON, a_house, codes, sign_in, trail
from tests.builders.packets import a_packet, a_screening_sent_back
from tests.builders.screening import a_begun_screening, an_eligible_case, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def written(house, age=44):
    """A screening in which staff wrote an age, and the same screening as the person sent it."""
    case = a_begun_screening(house, at=NOON - DAY)
    answer(house, case, at=NOON - DAY, age=age)
    return queries.current_form(case), a_screening_sent_back(house, case)


def review(house, form, *items, takes=True):
    return actions.review(form, by=house.nurse, at=NOON, items=items, takes=takes)


def test_nothing_of_what_was_sent_counts_before_it_is_reviewed(house):
    screening, sent = written(house)

    assert set(current_answers(screening)) == {"age"}
    assert len(current_answers(sent)) > 1


def test_nobody_is_asked_to_attest_for_the_clinic(house):
    """Whether somebody can consent, and what the register says, is never theirs to say."""
    screening, sent = written(house)

    asked = {item.code: item.kind for item in checklist_of(sent).items}

    whole = {item.code: item for item in checklist_of(screening).items}
    assert Kind.ATTESTATION in {item.kind for item in whole.values()}
    assert Kind.ATTESTATION not in set(asked.values())
    follows = {code for code, item in whole.items() if code not in asked}
    assert follows == {
        code
        for code, item in whole.items()
        if item.kind == Kind.ATTESTATION or any(one.item in follows for one in item.shown_when)
    }


def test_an_answer_taken_over_says_who_and_when_and_the_earlier_stays_readable(house):
    screening, sent = written(house)

    review(house, sent, "age")

    earlier, now = Answer.objects.filter(form=screening, item="age").order_by("pk")
    assert (earlier.value, earlier.answered_by) == (44, house.intake)
    assert (now.value, now.answered_by, now.answered_at) == (
        current_answers(sent)["age"].value, house.nurse, NOON,
    )  # fmt: skip
    row = ReviewedAnswer.objects.get()
    assert (row.item, row.is_taken, row.reviewed_by, row.reviewed_at) == (
        "age", True, house.nurse, NOON,
    )  # fmt: skip
    assert trail()[-1] == "answers taken over"


def test_an_answer_left_stands_beside_what_was_written(client, house):
    screening, sent = written(house)

    review(house, sent, "age", takes=False)

    assert str(current_answers(screening)["age"].value) == "44"
    first = next(each for each in side_by_side(sent) if each.item == "age")
    assert (first.stands, first.review.is_taken) == ("44 years", False)
    assert first.sent != "44 years"


def test_an_answer_is_reviewed_once(house):
    _, sent = written(house)
    review(house, sent, "age", takes=False)

    with pytest.raises(Refused) as refusal:
        review(house, sent, "age")

    assert codes(refusal) == ["changed"]


def test_when_everything_is_reviewed_nothing_waits(house):
    screening, sent = written(house)
    case = Case.objects.get(pk=screening.case_id)

    review(house, sent, *[each.item for each in side_by_side(sent)])

    assert not [want for want in wants_of(case) if "to review" in want.words]
    assert current_answers(screening) == current_answers(sent)


def test_what_comes_back_after_the_decision_waits_for_intake_staff(house):
    case = an_eligible_case(house, case=a_referred_case(house))
    sent = a_screening_sent_back(house, case, age=61)

    (want,) = [each for each in wants_of(case) if "to review" in each.words]

    assert (want.clears, want.subject, want.turn) == (
        "screening:review", str(sent.key), "Intake staff",
    )  # fmt: skip


def test_taking_over_after_the_decision_opens_the_screening_again(house):
    case = an_eligible_case(house, case=a_referred_case(house))
    sent = a_screening_sent_back(house, case, age=61)

    review(house, sent, "age")

    assert Case.objects.get(pk=case.pk).status == Status.SCREENING


def test_staff_choose_on_the_page_where_both_stand_side_by_side(client, house):
    screening, sent = written(house)
    place = reverse("screening:review", args=[sent.key])
    sign_in(client, house.intake)

    page = client.get(place).content.decode()
    nothing = client.post(place, {"takes": "yes"})
    client.post(place, {"items": ["age"], "takes": "no"})

    assert "44" in page
    assert "Choose at least one answer." in nothing.content.decode()
    assert "Left beside by" in client.get(place).content.decode()
    assert ReviewedAnswer.objects.get().reviewed_by == house.intake


def test_what_was_left_half_filled_is_reviewed_once_the_link_is_over(client, house):
    case = a_begun_screening(house, at=NOON - DAY)
    link = a_packet(house, case, codes=("screening",))
    links.answer(link, by=system_user(), at=NOON, answers=given(age="61"), revision=0)
    place = reverse("screening:review", args=[link.form.key])
    sign_in(client, house.intake)
    assert client.get(place).status_code == 404

    links.revoke(link, by=house.facilitator, at=NOON)

    listed = client.get(reverse("links:index", args=[case.key])).content.decode()
    assert place in listed
    assert "one answer of the person to review" in [want.words for want in wants_of(case)]
    client.post(place, {"items": ["age"], "takes": "yes"})
    assert str(current_answers(queries.current_form(case))["age"].value) == "61"


def test_staff_never_fill_what_the_person_says(client, house):
    case = a_begun_screening(house, at=NOON - DAY)
    link = a_packet(house, case, codes=("screening",))
    links.revoke(link, by=house.facilitator, at=NOON)
    form, by = link.form, {"by": house.nurse, "at": NOON}
    said = given(age="61")

    listed = sign_in(client, house.intake).get(reverse("links:index", args=[case.key]))
    assert reverse("checklists:fill", args=[form.key]) not in listed.content.decode()
    for act, facts in [
        (checklists.answer, {"answers": said, "revision": 0}),
        (checklists.finish, {"answers": said, "revision": 0}),
        (checklists.complete, {}),
        (checklists.reopen, {"reason": "A mistake."}),
    ]:
        with pytest.raises(Refused) as refusal:
            act(form, **by, **facts)
        assert "role" in codes(refusal)
    assert current_answers(form) == {}


def test_an_answer_that_is_posted_twice_is_reviewed_once(client, house):
    _, sent = written(house)
    place = reverse("screening:review", args=[sent.key])
    sign_in(client, house.intake)

    answer = client.post(place, {"items": ["age", "age"], "takes": "no"})

    assert answer.status_code == 302
    assert ReviewedAnswer.objects.get().item == "age"


def test_what_was_left_half_filled_and_is_reviewed_waits_for_nobody(house):
    case = a_begun_screening(house, at=NOON - DAY)
    link = a_packet(house, case, codes=("screening",))
    said = given(age="61", psychosis=False)
    links.answer(link, by=system_user(), at=NOON, answers=said, revision=0)
    over, at = "one form not sent back, the link is over", link.expires_at

    with time_machine.travel(at, tick=False):
        before = [want.words for want in wants_of(case)]
        actions.review(link.form, by=house.nurse, at=at, items=["age"], takes=True)
        half = [want.words for want in wants_of(case)]
        actions.review(link.form, by=house.nurse, at=at, items=["psychosis"], takes=False)
        after = [want.words for want in wants_of(case)]

    assert {over, "2 answers of the person to review"} <= set(before)
    assert {over, "one answer of the person to review"} <= set(half)
    assert not [words for words in after if "sent back" in words or "to review" in words]


def test_a_form_nobody_began_is_not_sent_back_whatever_is_reviewed(house):
    case = a_begun_screening(house, at=NOON - DAY)
    link = a_packet(house, case, codes=("screening",))

    with time_machine.travel(link.expires_at, tick=False):
        said = [want.words for want in wants_of(case)]

    assert "one form not sent back, the link is over" in said
