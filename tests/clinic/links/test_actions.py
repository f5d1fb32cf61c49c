import pytest
import time_machine
from django.core import mail

from clinic.attention.models import Matter
from clinic.cases import actions as cases
from clinic.checklists.files import instrument
from clinic.checklists.models import Form
from clinic.links import actions
from clinic.links.models import PatientLink
from clinic.links.tokens import digest_of, new_token, token_of
from clinic.messages.models import Message, Status
from clinic.messages.tasks import sweep
from clinic.people.queries import system_user
from clinic.workflow import Refused
from sessions.rehearsal.answering import scored
from tests.builders.cases import a_patient, a_referred_case
from tests.builders.checklists import a_completed_form, given
from tests.builders.house import DAY, MINUTE, NOON, a_house, codes, trail
from tests.builders.links import a_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_house()


@pytest.fixture
def case(house):
    return a_referred_case(house)


def answered(link, **answers):
    return actions.answer(
        link, by=system_user(), at=NOON, answers=given(**answers), revision=link.form.revision
    )


# -- Making ----------------------------------------------------------------------------------


def test_a_link_keeps_a_digest_and_never_its_secret(house, case):
    link, token = a_link(house, case)

    assert len(token) >= 43  # 256 bits
    assert link.token_digest == digest_of(token)
    assert token not in str(PatientLink.objects.filter(pk=link.pk).values().get())
    assert trail()[-1] == "link made"


def test_two_links_never_share_a_secret(house, case):
    _, first = a_link(house, case)
    _, second = a_link(house, case)

    assert first != second


def test_the_letter_sent_again_carries_the_same_secret(house, case, settings):
    link, token = a_link(house, case)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-since-yesterday"

    assert token_of(link) == token
    assert new_token(link.key) != token


def test_a_finished_form_has_no_link(house, case):
    form = a_completed_form(house, case)

    with pytest.raises(Refused) as refusal:
        actions.make_link(form, by=house.facilitator, at=NOON)

    assert codes(refusal) == ["link_to_finished_form"]
    assert "link made" not in trail()


@pytest.mark.parametrize("part", ["stranger", "manager"])
def test_only_staff_of_the_site_put_questions_before_a_person(house, case, part):
    with pytest.raises(Refused) as refusal:
        actions.offer(case, by=house.people[part], at=NOON, code="phq-9", by_email=False)

    assert codes(refusal) == ["role"]


def test_a_link_goes_by_mail_with_neutral_words(house, case):
    link = actions.offer(case, by=house.facilitator, at=NOON, code="phq-9", by_email=True)

    with time_machine.travel(NOON, tick=False):
        sweep()

    (letter,) = mail.outbox
    assert token_of(link) in letter.body
    words = f"{letter.subject} {letter.body} {letter.from_email}".lower()
    assert not any(word in words for word in ["ketamin", "depress", "phq", "psych", "treatment"])


def test_who_has_not_agreed_to_mail_is_handed_the_link_instead(house):
    case = a_referred_case(house, patient=a_patient(house, may_email=False))

    with pytest.raises(Refused) as refusal:
        actions.offer(case, by=house.facilitator, at=NOON, code="phq-9", by_email=True)

    assert codes(refusal) == ["message_without_consent"]
    assert actions.offer(case, by=house.facilitator, at=NOON, code="phq-9", by_email=False)


def test_who_has_no_address_is_handed_the_link_instead(house):
    case = a_referred_case(house, patient=a_patient(house, email=""))

    with pytest.raises(Refused) as refusal:
        actions.offer(case, by=house.facilitator, at=NOON, code="phq-9", by_email=True)

    assert codes(refusal) == ["message_without_address"]


def test_nothing_is_put_before_the_dead(house, case):
    cases.died(case.patient, by=house.facilitator, at=NOON)

    with pytest.raises(Refused) as refusal:
        actions.offer(case, by=house.facilitator, at=NOON, code="phq-9", by_email=False)

    assert codes(refusal) == ["link_after_death"]


def test_asking_twice_goes_on_with_the_same_form(house, case):
    offers = [
        actions.offer(case, by=house.facilitator, at=NOON, code="gad-7", by_email=False)
        for _ in range(2)
    ]

    assert offers[0].form == offers[1].form
    assert Form.objects.count() == 1


# -- Taking back -----------------------------------------------------------------------------


def test_a_link_taken_back_opens_nothing_and_its_letter_stays(house, case):
    link = actions.offer(case, by=house.facilitator, at=NOON, code="phq-9", by_email=True)

    actions.revoke(link, by=house.facilitator, at=NOON)

    assert link.state_at(NOON) == "revoked"
    assert Message.objects.get(about_key=link.key).status == Status.CANCELLED
    assert trail()[-1] == "link taken back"


def test_a_link_is_taken_back_once(house, case):
    link, _ = a_link(house, case)
    actions.revoke(link, by=house.facilitator, at=NOON)

    with pytest.raises(Refused) as refusal:
        actions.revoke(link, by=house.facilitator, at=NOON)

    assert codes(refusal) == ["link_over"]


@pytest.mark.parametrize("act", [cases.withdraw, cases.died])
def test_when_a_case_ends_its_links_open_nothing(house, case, act):
    link, _ = a_link(house, case)
    subject = case.patient if act is cases.died else case

    act(subject, by=house.facilitator, at=NOON)

    link.refresh_from_db()
    assert link.state_at(NOON) == "revoked"


def test_who_is_lost_may_still_answer(house, case):
    link, _ = a_link(house, case)

    cases.lose(case, by=house.facilitator, at=NOON, reason="No answer for three weeks.")

    link.refresh_from_db()
    assert link.state_at(NOON) == "open"


# -- Answering -------------------------------------------------------------------------------


def test_an_answer_is_kept_as_the_persons_own(house, case):
    link, _ = a_link(house, case)

    answered(link, phq1="several-days")

    answer = link.form.answers.get()
    assert (answer.value, answer.by_patient, answer.answered_by) == (
        "several-days",
        True,
        system_user(),
    )
    assert (link.state_at(NOON), trail()[-1]) == ("begun", "answered through a link")


def test_finishing_scores_the_form_and_shuts_the_link(house, case):
    link, _ = a_link(house, case)
    answers = scored(instrument("phq-9"), 1)

    actions.finish(link, by=system_user(), at=NOON, answers=answers, revision=0)

    assert (link.form.total, link.state_at(NOON)) == (9, "finished")
    assert trail()[-1] == "finished through a link"


def test_an_unfinished_form_is_not_sent(house, case):
    link, _ = a_link(house, case)

    with pytest.raises(Refused) as refusal:
        actions.finish(
            link, by=system_user(), at=NOON, answers=given(phq1="not-at-all"), revision=0
        )

    assert set(codes(refusal)) == {"incomplete"}
    assert link.form.answers.count() == 0


@pytest.mark.parametrize("days", [0, 8])
def test_an_expired_link_takes_no_answer(house, case, days):
    link, _ = a_link(house, case, at=NOON - days * DAY, days=days / 2)

    with pytest.raises(Refused) as refusal:
        answered(link, phq1="not-at-all")

    assert codes(refusal) == ["link_over"]


# -- Red flags -------------------------------------------------------------------------------


def test_item_nine_above_nought_asks_a_named_person_at_once_unfinished_or_not(house, case):
    link, _ = a_link(house, case)

    answered(link, phq9="several-days")

    matter = Matter.objects.get(kind="red_flag")
    assert (matter.urgency, matter.case, matter.about_key) == ("red", case, link.form.key)
    assert [notice.user for notice in matter.notices.all()] == [house.nurse]


def test_the_same_flag_seen_again_is_one_matter(house, case):
    link, _ = a_link(house, case)
    answered(link, phq9="several-days")

    actions.finish(
        link,
        by=system_user(),
        at=NOON + MINUTE,
        answers=scored(instrument("phq-9"), 1),
        revision=link.form.revision,
    )

    assert Matter.objects.filter(kind="red_flag").count() == 1


def test_a_graver_answer_asks_again(house, case):
    link, _ = a_link(house, case)
    answered(link, phq9="several-days")

    answered(link, phq9="nearly-every-day")

    assert Matter.objects.filter(kind="red_flag").count() == 2


def test_nought_asks_nobody(house, case):
    link, _ = a_link(house, case)

    answered(link, phq9="not-at-all")

    assert not Matter.objects.filter(kind="red_flag").exists()
