"""A group is booked with as many staff as the largest dose planned asks for, and stays so."""

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.booking import actions as booking
from clinic.booking.forecasts import diary_forecasts, forecasts_of
from clinic.booking.groups.queries import Dosed
from clinic.booking.groups.rules import group_words
from clinic.booking.models import Visit
from clinic.protocols.files import library, read
from clinic.workflow import Refused
from tests.builders.booking import a_dosing_visit
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, sign_in, trail
from tests.builders.preparation import many_preparing_cases
from tests.builders.service_centre import a_client, a_service_centre, somebody

BEFORE = NOON - 10 * DAY
in_the_clinic = pytest.mark.usefixtures("in_the_house")


@cache
def document(code):
    return read(library()[code].read_text())


def asked(code, planned, *, staff=1, starts=None):
    """What a group lacks: one of them is asked about beside the others, each with one and the same."""
    hours = starts or [0] * len(planned)
    own, *others = [
        Dosed(NOON + hour * HOUR, NOON + (hour + 6) * HOUR, total, frozenset(range(staff)))
        for total, hour in zip(planned, hours, strict=True)
    ]
    return group_words(document(code), own, others)


@pytest.mark.parametrize(
    ("planned", "staff", "words"),
    [
        ([30, 10, 10, 10], 1, ()),
        ([34, 10, 10, 10, 10], 1,
         ("5 clients at doses up to 34 mg need 2 facilitators with them; 1 is booked.",)),
        ([35, 10, 10, 10], 1,
         ("4 clients at doses up to 35 mg need 2 facilitators with them; 1 is booked.",)),
        ([35, 10, 10, 10], 2, ()),
        ([10, 10, None], 1,
         ("3 clients, not each with a dose planned, need 2 facilitators with them; 1 is booked.",)),
        ([2], 0, ()),
        ([1] * 26, 2, ("26 in one session; this protocol has at most 25.",)),
    ],
)  # fmt: skip
def test_the_largest_dose_planned_says_how_many_staff(planned, staff, words):
    totals = [None if each is None else Decimal(each) for each in planned]

    assert asked("psilocybin-oregon", totals, staff=staff) == words


def test_only_who_is_there_at_one_moment_counts():
    both_apart = asked("psilocybin-oregon", [None] * 3, starts=[0, -5, 5])

    assert both_apart == ()
    assert asked("psilocybin-oregon", [None] * 3, starts=[0, -5, 0]) != ()


def test_one_ratio_for_every_dose_names_none():
    assert asked("ketamine-iv", [None, None]) == (
        "2 patients need 2 clinicians with them; 1 is booked.",
    )


def test_no_ratio_asks_for_nobody():
    assert asked("psilocybin-open-label", [None] * 5, staff=0) == ()


PEOPLE = ["Alder", "Bracken", "Clover", "Dogwood", "Elder"]


@pytest.fixture
def centre():
    house = a_service_centre()
    second = somebody(
        house, "Otto Oak", "service_facilitator", "licensed_facilitator",
        ["prepare", "order_dose", "give_dose", "monitor", "accompany", "release", "integrate",
         "decide_eligibility"],
    )  # fmt: skip
    house.people = house.people | {"second": second}
    return house


def clients(house, number):
    return [
        a_client(house, person={
            "family_name": name, "given_name": name, "phone": "", "born": date(1970 + n, 3, 3 + n),
        })
        for n, name in enumerate(PEOPLE[:number])
    ]  # fmt: skip


def together(house, case, planned, *, who=None, **facts):
    people = [(who or house.facilitator, "facilitator"), (house.representative, "representative")]
    facts = {
        "by": house.manager,
        "overlap_reason": "A group.",
        "people": people,
        "hours": 6,
    } | facts
    return a_dosing_visit(house, case, at=BEFORE, most_planned=Decimal(planned), **facts)


@in_the_clinic
@pytest.mark.django_db
def test_a_group_too_large_for_its_staff_is_not_booked_and_told_once_it_becomes_so(centre, client):
    first, second, third = clients(centre, 3)
    visits = [together(centre, first, 40), together(centre, second, 10)]

    with pytest.raises(Refused) as refused:
        together(centre, third, 10)
    assert codes(refused) == ["group_staff"]
    assert str(refused.value.obstacles[0]) == (
        "3 clients at doses up to 40 mg need 2 facilitators with them; 1 is booked."
    )

    visits.append(together(centre, third, 10, who=centre.second))
    assert diary_forecasts(centre.manager, at=BEFORE) == []
    people = [(centre.second, "facilitator"), (centre.representative, "representative")]
    booking.reschedule(
        visits[2], by=centre.manager, at=BEFORE, room=centre.second_room, people=people,
        starts_at=NOON, ends_at=NOON + 6 * HOUR, most_planned=Decimal(10),
    )  # fmt: skip
    Visit.objects.filter(pk=visits[2].pk).update(room=centre.room, overlap_allowed_at=BEFORE,
                                                 overlap_allowed_by=centre.manager)  # fmt: skip
    visits[2].people.filter(capacity="facilitator").delete()

    words = "3 clients at doses up to 40 mg need 2 facilitators with them; 1 is booked."
    told = diary_forecasts(centre.manager, at=BEFORE)
    assert [(each.visit, each.words) for each in told] == [(each, words) for each in visits]
    assert [each.words for each in forecasts_of(visits[0], at=BEFORE)] == [words]
    with time_machine.travel(BEFORE, tick=False):
        page = sign_in(client, centre.manager).get(visits[0].get_absolute_url()).content.decode()
        today = client.get("/").content.decode()
    assert words in page
    assert '<span class="num">40</span> mg at most' in page
    assert words in today
    assert reverse("booking:reschedule", args=[visits[0].key]) in today


@in_the_clinic
@pytest.mark.django_db
def test_the_dose_planned_is_asked_for_where_the_ratio_hangs_on_it(centre, client):
    (case,) = clients(centre, 1)
    url = reverse("booking:book", args=[case.key]) + "?visit="
    typed = {
        "day": "2026-11-20", "begins": "12:00", "minutes": "360", "room": centre.room.pk,
        "person_facilitator_0": centre.facilitator.pk,
        "person_representative_0": centre.representative.pk, "most_planned": "a lot",
    }  # fmt: skip
    with time_machine.travel(NOON, tick=False):
        sign_in(client, centre.manager)
        assert "most_planned" not in client.get(url + "preparation:preparation").content.decode()
        answer = client.post(url + "dosing:dosing", typed)
        assert (answer.status_code, 'value="a lot"' in answer.content.decode()) == (422, True)
        answer = client.post(url + "dosing:dosing", typed | {"most_planned": "27.50"})

    assert answer.status_code == 302
    visit = Visit.objects.get()
    assert visit.dose_planned == "27.5"
    with time_machine.travel(NOON, tick=False):
        move = client.get(reverse("booking:reschedule", args=[visit.key])).content.decode()
    assert 'value="27.5"' in move
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(most_planned=0)


@in_the_clinic
@pytest.mark.django_db
def test_no_reason_lets_a_group_be_larger_than_its_staff():
    house = a_house()
    cases = many_preparing_cases(house, 3)
    for case in cases[:2]:
        a_dosing_visit(house, case, by=house.prescriber, overlap_reason="A group.")
    entries = len(trail())

    with pytest.raises(Refused) as refused:
        a_dosing_visit(house, cases[2], by=house.prescriber, overlap_reason="A group.")

    assert codes(refused) == ["group_staff"]
    assert (Visit.objects.count(), len(trail())) == (2, entries)
