"""Once everybody has signed, the pages of the session say so before anything is typed."""

import pytest
from django.urls import reverse

from tests.builders.house import a_house, sign_in
from tests.builders.supervised import a_signed_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
WORDS = "This session is signed. Record what came later as an adverse event"


def seen(client, name):
    house = a_house()
    session = a_signed_session(house)
    page = sign_in(client, house.nurse).get(reverse(f"supervised:{name}", args=[session.key]))
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize("name", ["observe", "note", "presence", "hand_over"])
def test_a_page_of_a_signed_session_says_so_before_anything_is_typed(client, name):
    page = seen(client, name)

    assert WORDS in page
    assert '<button class="btn btn-primary" type="submit"' not in page


def test_what_went_wrong_later_is_reported_after_everybody_has_signed(client):
    page = seen(client, "adverse_event")

    assert WORDS not in page
    assert '<button class="btn btn-primary" type="submit"' in page
