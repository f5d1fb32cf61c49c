"""What reaches the forms of people without an account: an answer, a sentence, or nothing at all."""

from urllib.parse import quote_from_bytes

import pytest
import time_machine
from django.urls import reverse

from clinic.checklists.queries import current_answers
from clinic.context import every_site, set_context
from clinic.links.tokens import token_of
from clinic.people.queries import system_user
from tests.bad_input.inputs import numbers, structures, texts
from tests.bad_input.test_fields import sends, some
from tests.builders.cases import a_referred_case
from tests.builders.house import NOON, a_house
from tests.builders.links import a_link
from tests.builders.packets import a_packet
from tests.matrix.asking import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def test_of_two_tabs_on_one_form_the_second_reads_both_and_nothing_is_lost(client, house):
    link, token = a_link(house, a_referred_case(house))
    form, address = link.form, reverse("links:open", args=[token])
    in_one = {"revision": "0", "q_phq1": "several-days", "shown": "phq1 phq2"}
    in_other = {"revision": "0", "q_phq1": "not-at-all", "q_phq2": "not-at-all",
                "shown": "phq1 phq2"}  # fmt: skip

    taken = client.post(address, in_one)
    late = client.post(address, in_other)
    stood = current_answers(form)
    knowingly = client.post(
        address, in_other | {"revision": late.context["form"]["revision"].value()}
    )
    again = client.post(address, in_one)

    assert [a.status_code for a in (taken, late, knowingly, again)] == [302, 409, 302, 409]
    assert {code: each.value for code, each in stood.items()} == {"phq1": "several-days"}
    assert {code: each.value for code, each in current_answers(form).items()} == {
        "phq1": "not-at-all", "phq2": "not-at-all",
    }  # fmt: skip
    met = late.context["differences"][0]
    assert (met.yours, met.theirs) == ("Not at all", "Several days")
    assert form.answers.filter(item="phq1").count() == 2  # the first stays readable


def test_what_reaches_a_patients_form_is_an_answer_or_nothing(house):
    link = a_packet(house, a_referred_case(house), codes=("phq-9",))
    token = token_of(link)
    wrong = []
    for name in ("open", "save"):
        address = reverse(f"links:{name}", args=[token])
        for typed in [*some(texts()), *(typed for typed, _, _ in some(numbers("shapes")))]:
            with undone(), time_machine.travel(NOON, tick=False):
                data = {"revision": "0", "shown": "phq1"}
                answer, is_untouched = sends(None, address, data, "q_phq1", typed)
                answers = link.form.answers.count()
            expected = {200} if name == "save" else {302, 422}
            if answer.status_code not in expected | {413} or answers:
                wrong.append(f"{typed}, {name}: {answer.status_code}, {answers} kept")
            elif answer.status_code == 422 and not is_untouched:
                wrong.append(f"{typed}, {name}: something was written")

    assert wrong == []


def test_whatever_a_secret_or_a_shape_says_no_packet_opens_and_nothing_fails(house, client):
    link = a_packet(house, a_referred_case(house))

    for typed in some(texts()):
        if typed.text is not None and 0 < len(typed.text) < 3000:
            answer = client.get(f"/f/{quote_from_bytes(typed.sent, safe='')}/all/")
            assert answer.status_code in {400, 404, 410}, typed
    place = reverse("links:open", args=[token_of(link)])
    for told, body, content_type, headers, _ in some(structures()):
        answer = client.generic("POST", place, body, content_type, **headers)
        assert answer.status_code in {302, 400, 409, 413, 415, 422}, told

    set_context(user_id=system_user().pk, sites=every_site())
    assert not link.form.answers.exists()
