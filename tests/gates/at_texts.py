"""Gates of the texts people sign, each closed alone."""

from django.urls import reverse

from clinic.documents.models import Text
from tests.builders.documents import the_texts
from tests.gates.harness import Situation, closed

WORDS = {"title": "Consent", "body": "Other words."}


def writing(house, *, says, language="en", **typed):
    the_texts(house)
    url = reverse("texts:write", args=["ketamine-consent", language])
    return Situation(house.manager, url, WORDS | typed, says)


@closed("text_leads_astray")
def a_text_leads_to_a_script(house):
    body = "[Read this](javascript:alert)"
    return writing(house, body=body, says="leads to no page, letter or telephone.")


@closed("text_binds_before_now")
def a_text_binds_yesterday(house):
    return writing(house, binding_from="2026-11-17T12:00", says="That moment has passed.")


@closed("text_says_the_same")
def a_text_is_left_in_the_other_language(house):
    the_texts(house)
    shipped = Text.objects.get(code="ketamine-consent")
    says = "These are the words in English. Put them in Dutch."
    return writing(house, language="nl", body=shipped.body, says=says)


@closed("examples_taken_in")
def every_example_is_there(house):
    the_texts(house)
    url = reverse("texts:take_in", args=[house.version.key])
    return Situation(house.approver, url, {}, "The clinic has a text for each of them already.")
