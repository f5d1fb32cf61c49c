"""Lengths, units and medicines from the page into the record and back."""

import pytest
from django.urls import reverse

from clinic.checklists import actions, queries
from clinic.checklists.models import Answer
from tests.builders.cases import a_referred_case
from tests.builders.house import NOON, a_house, sign_in
from tests.clinic.checklists.builders import a_checklist, an_item

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
SHOWN = {"shown": "slept weight pills", "revision": 0}
TYPED = {
    "q_slept-hours": "7",
    "q_slept-minutes": "15",
    "q_slept-doubt": "approximate",
    "q_weight": "160",
    "q_weight-unit": "lb",
    "q_pills-0-name": "Lithium carbonate",
    "q_pills-0-dose": "300",
    "q_pills-0-unit": "mg",
    "q_pills-0-frequency": "twice a day",
    "q_pills-0-last": "approximately",
    "q_pills-0-on": "2026-10",
}


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def form(house):
    checklist = a_checklist(
        an_item("slept", "duration", allow_approximate=True),
        an_item("weight", "decimal", unit="kg", units=["lb"]),
        an_item("pills", "medication"),
    )
    case = a_referred_case(house)
    return actions.open_form(case, by=house.nurse, at=NOON, checklist=checklist, purpose="measure")


def place(name, form):
    return reverse(f"checklists:{name}", args=[form.key])


def kept(form):
    return {row.item: (row.state, row.value) for row in Answer.objects.filter(form=form)}


def test_what_is_typed_is_kept_and_read_as_it_was_meant(client, house, form):
    sign_in(client, house.nurse)

    client.post(place("fill", form), SHOWN | TYPED | {"complete": "yes"})
    page = client.get(place("fill", form)).content.decode()

    medicine = {"name": "Lithium carbonate", "dose": "300", "unit": "mg"}
    medicine |= {"frequency": "twice a day", "last": "approximately", "on": "2026-10"}
    assert kept(form) == {
        "slept": ("approximate", 435),
        "weight": ("known", {"number": "160", "unit": "lb"}),
        "pills": ("known", {"taken": [medicine]}),
    }
    assert "about 7hr 15min" in page
    assert "160 lb (72.5747792 kg)" in page
    assert "Lithium carbonate 300 mg, twice a day, last taken about 2026-10" in page


def test_what_cannot_be_right_is_told_at_its_field_and_stays_as_it_was_typed(client, house, form):
    wrong = {"q_slept-minutes": "75", "q_weight": "heavy", "q_pills-0-on": "October"}

    answer = sign_in(client, house.nurse).post(place("fill", form), SHOWN | TYPED | wrong)

    page = answer.content.decode()
    assert (answer.status_code, kept(form)) == (422, {})
    assert answer.context["form"].errors == {
        "q_slept": ["Write at most 59 minutes beside the hours."],
        "q_weight": ["Write a number."],
        "q_pills": [
            "Line 1, Lithium carbonate: write a day as 2026-11-21, a month as 2026-11 or a year"
            " as 2026."
        ],
    }
    assert all(f'value="{typed}"' in page for typed in ("75", "heavy", "October", "300"))


def test_what_is_right_is_kept_while_a_line_is_still_being_written(client, house, form):
    unfinished = {"q_pills-1-name": "Aspirin"}

    sign_in(client, house.nurse).post(place("autosave", form), SHOWN | TYPED | unfinished)

    assert set(kept(form)) == {"slept", "weight"}


def test_the_boxes_come_back_filled_and_saving_them_again_changes_nothing(client, house, form):
    sign_in(client, house.nurse).post(place("fill", form), SHOWN | TYPED)
    page = client.get(place("fill", form)).content.decode()

    client.post(place("fill", form), SHOWN | TYPED | {"revision": 1})

    form.refresh_from_db()
    assert 'value="Lithium carbonate"' in page
    assert '<option value="lb" selected>' in page
    assert (form.revision, len(queries.all_answers([form])[form.pk]["pills"])) == (1, 1)
