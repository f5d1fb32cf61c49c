"""The words of instruments that may not ship: terms first, then the text, then it is asked."""

import pytest
from django.urls import reverse

from clinic.audit.models import TrailEntry
from clinic.checklists import actions as checklists
from clinic.checklists import queries as forms
from clinic.checklists.files import instrument
from clinic.checklists.models import Form
from clinic.checklists.wording import actions, queries
from clinic.checklists.wording.models import AcceptedTerms, InstrumentText
from clinic.checklists.wording.words import Wording
from clinic.links.queries import forms_to_offer
from clinic.workflow import Refused
from tests.builders.cases import a_referred_case
from tests.builders.checklists import an_open_form, given
from tests.builders.house import NOON, a_house, sign_in, trail
from tests.builders.wording import (
    accepted_terms,
    load,
    loaded_words,
    made_up_words,
    typed_words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def refused(act, *args, **facts):
    with pytest.raises(Refused) as refusal:
        act(*args, **facts)
    return refusal.value


def test_the_terms_are_accepted_once_and_stand_in_the_trail(house):
    terms = accepted_terms(house, "audit")

    again = refused(accepted_terms, house, "audit")

    assert (terms.accepted_by, "commercial" in terms.terms) == (house.manager, True)
    assert again.codes == ["terms_accepted"]
    assert trail()[-1] == "terms accepted"
    assert instrument("audit").terms in TrailEntry.objects.order_by("pk").last().payload


def test_the_text_is_loaded_only_under_accepted_terms(house):
    refusal = refused(load, house)

    assert refusal.codes == ["terms_not_accepted"]
    assert not InstrumentText.objects.exists()


def test_a_loaded_text_is_asked_and_scored_as_its_slot_was(house):
    loaded_words(house, "audit")

    loaded, slot = queries.in_use()["audit"], instrument("audit")

    assert (loaded.text_included, loaded.waits_for_its_text) == (True, False)
    assert loaded.items[1].text == "Made up, question 2?"
    assert [option.value for option in loaded.items[8].options] == [0, 2, 4]
    assert loaded.scoring == slot.scoring
    assert (loaded.licence, loaded.attribution) == (slot.licence, slot.attribution)
    assert "audit" not in queries.waiting()


def test_a_text_without_a_question_is_refused_with_its_place(house):
    accepted_terms(house)
    words = made_up_words() | {"who2": Wording("", ("a",) * 6), "who3": Wording("So?", ("a",))}

    refusal = refused(
        actions.load_words,
        by=house.author, at=NOON, code="who-5", introduction="", words=words,
    )  # fmt: skip

    assert refusal.codes == ["words_missing", "words_missing"]
    assert refusal.messages == [
        "Statement 2 of the sheet: Write the question.",
        "Statement 3 of the sheet: Write 6 answers, one a line.",
    ]


def test_nobody_is_asked_a_form_whose_text_is_not_loaded(house):
    case = a_referred_case(house)

    refusal = refused(an_open_form, house, case, code="who-5")

    assert refusal.codes == ["instrument_text_not_loaded"]
    assert "who-5" not in dict(forms_to_offer())


def test_a_form_that_takes_a_result_is_put_before_nobody(house):
    case = a_referred_case(house)

    refusal = refused(an_open_form, house, case, code="madrs", by_patient=True)

    assert refusal.codes == ["result_slot_not_asked"]
    assert not {"madrs", "c-ssrs"} & set(dict(forms_to_offer()))


def test_a_result_is_written_down_by_its_assessor(house):
    form = an_open_form(house, a_referred_case(house), code="madrs")
    answers = given(assessed_on="2026-11-20", assessor="Ada Byron", total=20, item_10=1)

    checklists.finish(form, by=house.nurse, at=NOON, answers=answers, revision=0)

    assert (form.total, form.band) == (20, "moderate")
    assert "Ada Byron" in [line.spoken for line in forms.reading_of(form).lines]


def test_a_form_keeps_the_text_it_was_filled_on(house, client):
    loaded_words(house, said="First")
    form = an_open_form(house, a_referred_case(house), code="who-5")
    load(house, said="Second")

    page = sign_in(client, house.nurse).get(reverse("checklists:fill", args=[form.key]))

    assert "First, question 1?" in page.content.decode()
    assert "Second, question 1?" not in page.content.decode()
    assert queries.in_use()["who-5"].items[0].text == "Second, question 1?"


def test_the_text_comes_in_through_the_pages(house, client):
    place = reverse("wording:show", args=["who-5"])

    sign_in(client, house.manager).post(place, {"agreed": "on"})
    sign_in(client, house.author).post(reverse("wording:load", args=["who-5"]), typed_words())
    shown = client.get(place).content.decode()

    assert "Made up, question 5?" in shown
    assert "Made up, answer 6" in shown
    assert "Text loaded" in client.get(reverse("wording:index")).content.decode()
    case = a_referred_case(house)
    sign_in(client, house.nurse).post(reverse("checklists:start", args=[case.key, "who-5"]))
    assert Form.objects.get().code == "who-5"


def test_what_was_typed_of_a_text_stays_when_some_of_it_is_missing(house, client):
    accepted_terms(house)
    typed = typed_words(text_who4="", answers_who5="one\ntwo")

    answer = sign_in(client, house.author).post(reverse("wording:load", args=["who-5"]), typed)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "text_who4": ["Write the question."],
        "answers_who5": ["Write 6 answers, one a line."],
    }
    assert "Made up, question 2?" in answer.content.decode()
    assert not InstrumentText.objects.exists()


def test_the_terms_are_not_accepted_without_a_tick(house, client):
    answer = sign_in(client, house.manager).post(reverse("wording:show", args=["who-5"]), {})

    assert answer.context["form"].errors == {"agreed": ["Tick this to accept the terms."]}
    assert not AcceptedTerms.objects.exists()


def test_the_start_page_says_plainly_that_the_text_is_not_loaded(house, client):
    place = reverse("checklists:start", args=[a_referred_case(house).key, "audit"])

    page = sign_in(client, house.nurse).get(place).content.decode()

    assert "is not loaded; its licence does not let it ship." in page
    assert "Question 1 of the sheet" not in page


def test_every_instrument_shows_whose_it_is_and_under_which_licence(house, client):
    sign_in(client, house.author)

    for each in queries.instruments():
        page = client.get(reverse("wording:show", args=[each.shipped.code])).content.decode()
        assert each.shipped.licence in page
        assert each.shipped.source in page


def test_who_fills_forms_is_led_to_whose_the_text_is_to_load(house, client):
    start = reverse("checklists:start", args=[a_referred_case(house).key, "who-5"])
    place = reverse("wording:show", args=["who-5"])

    page = sign_in(client, house.nurse).get(start).content.decode()
    shown = client.get(place).content.decode()

    assert f'href="{place}"' in page
    assert "Only a clinic manager may accept terms for the clinic." in shown
    assert "Only a clinic manager or a protocol author may load the text of a form." in shown


@pytest.mark.parametrize("name", ["index", "load"])
def test_the_texts_are_kept_by_managers_and_authors(house, client, name):
    place = reverse(f"wording:{name}", args=[] if name == "index" else ["who-5"])

    assert sign_in(client, house.manager).get(place).status_code == 200
    assert sign_in(client, house.author).get(place).status_code == 200
    assert sign_in(client, house.nurse).get(place).status_code == 403


def test_there_is_no_instrument_of_another_name(house, client):
    place = reverse("wording:show", args=["nothing"])

    assert sign_in(client, house.author).get(place).status_code == 404
