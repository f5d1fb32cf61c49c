"""The list on its pages: written, refused with everything kept, changed, and read."""

import pytest
import time_machine
from django.urls import reverse

from clinic.screening.medicines.models import ListedMedicine
from tests.builders.cases import a_referred_case
from tests.builders.house import NOON, a_house, sign_in
from tests.builders.medicines import a_medicine, changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
TOLD = {
    "name": "Ayahuasca", "dose": "0,5", "unit": "mg", "frequency": "twice", "state": "left",
    "last": "exactly", "last_on": "2026-11-13", "falls_under": ["other-psychedelic"],
}  # fmt: skip


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_referred_case(house)


@pytest.fixture
def intake(client, house):
    with time_machine.travel(NOON, tick=False):
        yield sign_in(client, house.intake)


def test_a_medicine_is_listed_with_its_clear_day(intake, case):
    answer = intake.post(reverse("medicines:add", args=[case.key]), TOLD, follow=True)

    assert answer.status_code == 200
    for words in ("Ayahuasca", "0.5 mg, twice", "clear on 20 Nov 2026"):
        assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "Fill this in."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"name": "x" * 1_000_000}, "at most 200 characters"),
        ({"dose": "half"}, "Write a number."),
        ({"dose": "-1"}, "Write a number above nought."),
        ({"dose": "NaN"}, "Write a number."),
        ({"dose": "1e200000"}, "Write a number."),
        ({"dose": "1e999999999"}, "Write a number."),
        ({"dose": "1_000"}, "Write a number."),
        ({"dose": "1,000"}, "Write it without a comma between the thousands, or with a point."),
        ({"dose": ""}, "Write the dose too, or leave its unit open."),
        ({"unit": ""}, "Choose the unit of the dose."),
        ({"unit": "handfuls"}, "Select a valid choice."),
        ({"state": ""}, "Choose one."),
        ({"state": "mistaken"}, "Select a valid choice."),
        ({"last": "", "last_on": ""}, "Say when it was last taken, or that this is not known."),
        (
            {"state": "as_needed", "last": "", "last_on": ""},
            "Say when it was last taken, or that this is not known.",
        ),
        ({"last": ""}, "Say how surely this day is known."),
        ({"last": "not_known"}, "Give a day or say “Not known”, not both."),
        ({"last_on": ""}, "Write the day on which it was last taken."),
        ({"last_on": "2026-11"}, "Write the whole day, or choose “About”."),
        ({"last_on": "13.11.2026"}, "Write a day as 2026-11-21"),
        ({"last_on": "2026-02-30"}, "There is no such day."),
        ({"last_on": "2026-11-30"}, "30 November 2026 lies ahead."),
        ({"falls_under": ["moon"]}, "Select a valid choice."),
        ({"agreed_on": "2026-11-01"}, "Give the day of the agreement together with who agreed."),
        ({"agreed_by": "8f0c0d3e-0000-4000-8000-000000000000"}, "Select a valid choice."),
        ({"agreed_on": "31/31/31"}, "Enter a valid date."),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept_and_nothing_is_stored(intake, case, typed, says):
    answer = intake.post(reverse("medicines:add", args=[case.key]), TOLD | typed)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert "twice" in page
    assert ListedMedicine.objects.count() == 0


def test_a_change_begins_with_what_stands_and_shows_both(intake, house, case):
    first = a_medicine(house, case, dose=20, unit="mg")
    url = reverse("medicines:change", args=[first.key])
    assert 'value="20"' in intake.get(url).content.decode()

    page = intake.post(url, TOLD, follow=True).content.decode()

    assert "Said before" in page
    assert "Nobody named who agreed" in page


def test_who_changes_an_older_row_meets_a_409_with_what_was_typed(intake, house, case):
    first = a_medicine(house, case)
    changed(house, first, last="not_known")

    answer = intake.post(reverse("medicines:change", args=[first.key]), TOLD)

    assert answer.status_code == 409
    assert "Somebody has changed this line since." in answer.content.decode()


def test_a_nurse_reads_the_list_and_the_manager_does_not(client, house, case):
    a_medicine(house, case)
    url = reverse("medicines:of_case", args=[case.key])

    with time_machine.travel(NOON, tick=False):
        assert "Ayahuasca" in sign_in(client, house.nurse).get(url).content.decode()
        assert sign_in(client, house.manager).get(url).status_code in (403, 404)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"last": "exactly", "last_on": "2026-11-05"}, "5 Nov 2026"),
        ({"last": "approximately", "last_on": "2026-11"}, "about Nov 2026"),
        ({"last": "approximately", "last_on": "2025"}, "about 2025"),
        ({"last": "not_known"}, "not known"),
    ],
)
def test_when_it_was_last_taken_is_written_as_every_day_of_the_house(
    intake, house, case, told, says
):
    medicine = a_medicine(house, case, state="left", **told)
    again = changed(house, medicine, last="exactly", last_on="2026-11-04")

    page = intake.get(reverse("medicines:of_case", args=[case.key])).content.decode()

    assert (medicine.last_taken, again.last_taken) == (says, "4 Nov 2026")
    assert 'Last taken: <span class="num">4 Nov 2026</span>' in page
    assert f"last taken {says}" in page


def test_what_is_taken_as_needed_is_listed_with_the_day_it_is_clear(intake, case):
    told = TOLD | {"state": "as_needed"}

    page = intake.post(reverse("medicines:add", args=[case.key]), told, follow=True)

    for words in (
        "Taken only as needed: the days count from when it was last taken.",
        'Last taken: <span class="num">13 Nov 2026</span>',
        "clear on 20 Nov 2026",
    ):
        assert words in page.content.decode()
