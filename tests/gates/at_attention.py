"""Gates of what needs a person, each closed alone."""

from django.urls import reverse

from tests.builders.attention import a_matter, a_taken_matter
from tests.gates.harness import BY_THE_FORM, Situation, closed


def about(house, name, matter, *, says, page="", **typed):
    page = reverse("attention:show", args=[matter.key]) if page else ""
    post = reverse(f"attention:{name}", args=[matter.key])
    return Situation(house.prescriber, post, typed, says, page)


@closed("matter_already_taken")
def somebody_else_has_it(house):
    matter = a_taken_matter(house)
    return about(house, "take", matter, says="Noor Nurse has already taken this.", page="show")


@closed("matter_not_taken")
def nobody_has_it(house):
    says = "Take it first: its outcome needs a name."
    return about(house, "close", a_matter(house), says=says, outcome="Called her back.")


@closed("matter_without_outcome", BY_THE_FORM, "tests/clinic/attention/test_actions.py::"
        "test_an_outcome_has_words")  # fmt: skip
def nobody_says_what_came_of_it(house):
    matter = a_taken_matter(house, by=house.prescriber)
    return about(house, "close", matter, says="Fill this in.", outcome=" ")
