"""Several forms as one link: sent, filled on a phone, resumed, sent back."""

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from clinic.cases.queries import wants_of, worklist
from clinic.checklists.models import Form
from clinic.links import actions as links
from clinic.links.tokens import address_of, token_of
from clinic.messages.tasks import sweep
from clinic.people.queries import system_user
from tests.builders.cases import a_referred_case
from tests.builders.checklists import given
from tests.builders.house import DAY, NOON, a_house, sign_in
from tests.builders.packets import a_packet, a_screening_sent_back, links_in
from tests.builders.screening import a_begun_screening

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def page_of(client, link):
    return client.get(reverse("links:packet", args=[token_of(link)]))


def test_one_address_holds_every_form_without_an_account(client, house):
    case = a_referred_case(house)
    sign_in(client, house.intake)
    typed = {"packet-codes": ["screening", "phq-9"], "packet-by_email": "no"}

    answer = client.post(reverse("links:send_packet", args=[case.key]), typed)
    client.logout()
    page = page_of(client, links_in(answer.context["link"])[1]).content.decode()

    assert answer.context["address"].endswith("/all/")
    for link in links_in(answer.context["link"]):
        assert link.form.definition["title"] in page
        assert reverse("links:open", args=[token_of(link)]) in page


def test_a_form_that_is_posted_twice_goes_out_once(client, house):
    case = a_referred_case(house)
    sign_in(client, house.intake)
    typed = {"packet-codes": ["phq-9", "phq-9"], "packet-by_email": "no"}

    answer = client.post(reverse("links:send_packet", args=[case.key]), typed)

    assert len(links_in(answer.context["link"])) == 1


def test_a_packet_goes_by_e_mail_as_one_letter(house, settings):
    link = a_packet(house, a_referred_case(house), by_email=True)

    sweep()

    (letter,) = mail.outbox
    assert address_of(link) in letter.body
    assert "/all/" in address_of(link)


def test_what_was_typed_is_kept_and_gone_on_with_where_it_was_left(client, house):
    link, questions = links_in(a_packet(house, a_referred_case(house)))
    place = reverse("links:save", args=[token_of(questions)])
    client.post(place, {"q_phq1": "several-days", "shown": "phq1", "revision": "0"})

    page = page_of(client, link).content.decode()

    assert "Being filled" in page
    assert "Not opened yet" in page
    assert questions.form.answers.get().value == "several-days"


def test_a_packet_touches_no_form_that_staff_are_filling(house):
    case = a_begun_screening(house, at=NOON - DAY)
    before = set(Form.objects.filter(case=case))

    link = a_packet(house, case)

    theirs = {each.form for each in links_in(link)}
    assert (len(theirs), theirs & before) == (2, set())
    assert all(form.by_patient for form in theirs)


def test_forms_that_went_out_together_are_taken_back_together(client, house):
    link, other = links_in(a_packet(house, a_referred_case(house)))

    links.revoke(other, by=house.facilitator, at=NOON)

    assert page_of(client, link).status_code == 410
    assert [each.state_at(NOON) for each in links_in(link)] == ["revoked", "revoked"]


def test_what_was_sent_back_is_not_taken_back_with_the_rest(house):
    link, other = links_in(a_packet(house, a_referred_case(house), codes=("gad-7", "phq-9")))
    answers = {f"gad{number}": "not-at-all" for number in range(1, 8)}
    links.finish(link, by=system_user(), at=NOON, answers=given(**answers), revision=0)

    links.revoke(other, by=house.facilitator, at=NOON)

    assert [each.state_at(NOON) for each in links_in(link)] == ["finished", "revoked"]


def test_the_list_says_what_is_at_the_person_and_what_is_to_be_reviewed(house):
    case = a_begun_screening(house, at=NOON - DAY)
    a_screening_sent_back(house, case, codes=("screening", "phq-9"))

    (row,) = worklist(house.intake).rows

    said = {want.words: (want.turn, want.since) for want in row.wants}
    assert said["one form at the person, open until 25 Nov 2026"] == ("The person", NOON)
    (review,) = [words for words in said if words.endswith("answers of the person to review")]
    assert said[review] == ("Intake staff", NOON)


def test_what_is_not_sent_back_is_for_intake_staff_once_the_link_is_over(house):
    case = a_referred_case(house)
    link = a_packet(house, case)

    with time_machine.travel(link.expires_at, tick=False):
        said = [(want.words, want.turn, want.since) for want in wants_of(case)]
        a_packet(house, case, at=link.expires_at)
        again = [(want.words, want.turn) for want in wants_of(case)]

    words = "2 forms not sent back, the link is over"
    assert (words, "Intake staff", link.expires_at) in said
    assert "The person" not in [turn for _, turn, _ in said]
    assert words not in dict(again)
    assert "The person" in dict(again).values()


def test_another_link_leads_to_no_packet(client, house):
    form = a_packet(house, a_referred_case(house), codes=("phq-9",)).form
    alone, token = links.make_link(form, by=house.facilitator, at=NOON)

    assert client.get(reverse("links:packet", args=[token])).status_code == 410
    assert alone.packet_key is None
