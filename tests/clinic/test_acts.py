"""Where a page meets an act: what a form sends twice is not taken once."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from clinic.acts import done
from clinic.checklists.forms import form_for
from clinic.people.models import Room
from tests.builders.house import a_house, sign_in
from tests.clinic.checklists.builders import a_checklist, an_item

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
TWICE = "Two answers were sent to this one question. Give one."


def test_of_two_answers_to_one_question_neither_is_stored(client):
    house = a_house()

    answer = sign_in(client, house.manager).post(
        reverse("people:add_room", args=[house.site.key]), {"name": ["Quiet room", "Loud room"]}
    )

    assert answer.status_code == 422
    assert TWICE in answer.content.decode()
    assert "Loud room" in answer.content.decode()
    assert not Room.objects.filter(name__in=["Quiet room", "Loud room"]).exists()
    assert Room.objects.filter(name="Harbour room").exists()


def test_the_same_answer_twice_is_one(client):
    house = a_house()

    answer = sign_in(client, house.manager).post(
        reverse("people:add_room", args=[house.site.key]), {"name": ["Quiet room", "Quiet room"]}
    )

    assert answer.status_code == 302
    assert Room.objects.filter(site=house.site, name="Quiet room").count() == 1


def test_several_choices_are_one_answer(rf):
    options = [{"code": code, "label": code.upper()} for code in "ab"]
    checklist = a_checklist(an_item(code="takes", kind="some_of", options=options))
    form, request, kept = form_for(checklist, {}, QueryDict("takes=a&takes=b")), rf.post("/"), []
    request.user = None

    assert done(request, form, lambda **facts: kept.append(facts))
    assert len(kept) == 1
