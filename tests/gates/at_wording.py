"""Gates of the words of instruments, each closed alone."""

from django.urls import reverse

from clinic.protocols import actions as protocols
from tests.builders.cases import a_referred_case
from tests.builders.house import NOON
from tests.builders.protocols import a_text
from tests.builders.wording import accepted_terms, loaded_words, typed_words
from tests.gates.harness import BY_THE_FORM, Situation, closed

ACCEPT = {"agreed": "on"}


def place(name, code):
    return reverse(f"wording:{name}", args=[code])


@closed("instrument_text_not_loaded")
def the_text_is_not_loaded(house):
    url = reverse("checklists:start", args=[a_referred_case(house).key, "who-5"])
    return Situation(house.nurse, url, {}, "is not loaded", page=url)


@closed("result_slot_not_asked", BY_THE_FORM, "tests/clinic/checklists/test_wording.py::"
        "test_a_form_that_takes_a_result_is_put_before_nobody")  # fmt: skip
def only_its_result_is_written_down(house):
    url = reverse("links:index", args=[a_referred_case(house).key])
    return Situation(house.nurse, url, {"code": "madrs", "by_email": "no"}, "madrs is not one of")


@closed("protocol_text_not_loaded")
def a_protocol_asks_what_has_no_text(house):
    text = a_text().replace("- instrument: gad-7", "- instrument: who-5", 1)
    version = protocols.load(text, by=house.author, at=NOON)
    url = reverse("admin:clinic_protocolversion_submit", args=[version.key])
    return Situation(house.author, url, {}, "so nobody could be asked it", page=url)


@closed("role")
def an_author_accepts_terms_for_the_clinic(house):
    url = place("show", "who-5")
    return Situation(house.author, url, ACCEPT, "Only a clinic manager", page=url)


@closed("instrument_without_slot")
def it_ships_whole(house):
    return Situation(house.manager, place("show", "phq-9"), ACCEPT, "There is no text to load")


@closed("terms_accepted")
def the_terms_are_accepted_already(house):
    accepted_terms(house)
    url = place("show", "who-5")
    return Situation(house.manager, url, ACCEPT, "The terms have been accepted already.")


@closed("terms_not_accepted")
def nobody_has_accepted_the_terms(house):
    url = place("load", "who-5")
    says = "A clinic manager accepts the terms first."
    return Situation(house.author, url, typed_words(), says, page=url)


@closed("words_missing", BY_THE_FORM, "tests/clinic/checklists/test_wording.py::"
        "test_a_text_without_a_question_is_refused_with_its_place")  # fmt: skip
def a_question_has_no_words(house):
    accepted_terms(house)
    typed = typed_words(text_who3="")
    return Situation(house.author, place("load", "who-5"), typed, "Write the question.")


@closed("changed")
def somebody_else_has_loaded_it(house):
    loaded_words(house)
    says = "Somebody else has loaded a text since you opened this page."
    return Situation(house.author, place("load", "who-5"), typed_words(), says)
