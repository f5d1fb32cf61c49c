"""Who interprets is named at every visit of somebody who needs it, or it is said why nobody does."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.booking import actions as booking
from clinic.booking.course import actions as courses
from clinic.booking.course.queries import draft_of
from clinic.booking.course.wishes import Wishes
from clinic.booking.forecasts import diary_forecasts, forecasts_of, interpreter_forecasts
from clinic.booking.models import Visit
from clinic.cases import actions as cases
from clinic.workflow import Refused
from tests.builders.booking import a_visit, people_for
from tests.builders.cases import a_contact
from tests.builders.courses import as_booked
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, sign_in
from tests.builders.preparation import a_preparing_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
BEFORE = NOON - 10 * DAY
WHY = "The facilitator speaks Ukrainian."


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house, interpreter_language="uk")


@pytest.fixture
def oksana(house, case):
    return an_interpreter(house, case)


def an_interpreter(house, case, name="Oksana", language="uk"):
    return a_contact(house, case.patient, role="interpreter", name=name, language=language)


def told(house, by=None):
    return [each.words for each in interpreter_forecasts(by or house.intake, at=BEFORE)]


def moved(house, visit, **facts):
    booking.reschedule(
        visit, by=house.intake, at=BEFORE, room=house.room, people=people_for(house, visit.stage),
        starts_at=NOON + 5 * DAY, ends_at=NOON + 5 * DAY + HOUR, **facts,
    )  # fmt: skip


def test_a_visit_names_who_interprets_or_says_why_nobody_does(house, case, oksana):
    for nothing in ({}, {"no_interpreter": "  "}):
        with pytest.raises(Refused) as refused:
            a_visit(house, case, **nothing)
        assert codes(refused) == ["visit_interpreter"]
        assert str(refused.value.obstacles[0]) == (
            f"{case.patient} needs an interpreter for Ukrainian. "
            "Say who interprets, or why nobody does."
        )
    visit = a_visit(house, case, interpreter=oksana, no_interpreter=WHY)
    assert (visit.interpreter, visit.no_interpreter) == (oksana, "")

    with pytest.raises(Refused) as refused:
        moved(house, visit)
    assert codes(refused) == ["visit_interpreter"]
    moved(house, visit, no_interpreter=f" {WHY} ")

    visit.refresh_from_db()
    assert (visit.interpreter, visit.no_interpreter) == (None, WHY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(interpreter=oksana)


def test_only_who_interprets_for_this_very_person_is_named(house, case):
    polish = an_interpreter(house, case, "Pia", "pl")
    other = a_preparing_case(house, family_name="Quill", given_name="Ash", phone="", email="",
                             born=date(1971, 2, 3), interpreter_language="uk")  # fmt: skip
    of_another = an_interpreter(house, other, "Olha")
    gone = an_interpreter(house, case, "Oleh")
    cases.end_contact(gone, by=house.intake, at=NOON - 30 * DAY)

    for nobody in (polish, of_another, gone):
        with pytest.raises(Refused) as refused:
            a_visit(house, case, interpreter=nobody)
        assert codes(refused) == ["visit_interpreter"]
        assert "does not interpret Ukrainian for" in str(refused.value.obstacles[0])


def test_who_needs_none_is_asked_nothing(house, client):
    case = a_preparing_case(house)
    url = reverse("booking:book", args=[case.key]) + "?visit=preparation:preparation"

    with time_machine.travel(NOON, tick=False):
        page = sign_in(client, house.intake).get(url).content.decode()

    assert "interpret" not in page
    assert a_visit(house, case).interpreter is None


def test_a_visit_that_loses_its_interpreter_is_told_until_it_has_one(house, case, oksana):
    visit = a_visit(house, case, interpreter=oksana)
    assert told(house) == []

    cases.end_contact(oksana, by=house.intake, at=BEFORE)

    words = "Nobody interprets Ukrainian. Oksana no longer does."
    assert told(house) == [words]
    assert [each.words for each in forecasts_of(visit, at=BEFORE)] == [words]
    assert diary_forecasts(house.intake, at=BEFORE) == []
    assert told(house, by=house.people["stranger"]) == []
    moved(house, visit, interpreter=an_interpreter(house, case, "Olha"))
    assert told(house) == []


def test_visits_booked_before_the_need_was_known_are_counted_on_today(house, client):
    case = a_preparing_case(house)
    for n in range(2):
        a_visit(house, case, starts_at=NOON + n * DAY)
    type(case.patient).objects.filter(pk=case.patient_id).update(interpreter_language="uk")

    with CaptureQueriesContext(connection) as queries:
        assert told(house) == ["Nobody interprets Ukrainian."] * 2
    assert len(queries) == 1
    with time_machine.travel(BEFORE, tick=False):
        today = sign_in(client, house.intake).get("/")
        listed = client.get(reverse("casefile:list", args=["interpreters"])).content.decode()
    (tile,) = [each for each in today.context["coming"] if each.code == "interpreters"]
    assert (tile.title, tile.count) == ("Booked visits without an interpreter", "2")
    visit = Visit.objects.earliest("starts_at")
    assert reverse("booking:reschedule", args=[visit.key]) in listed


def test_the_form_offers_who_interprets_and_the_page_of_the_visit_says_who(house, case, client):
    oksana = an_interpreter(house, case)
    an_interpreter(house, case, "Pia", "pl")
    url = reverse("booking:book", args=[case.key]) + "?visit=preparation:preparation"
    typed = {
        "day": "2026-11-20", "begins": "12:00", "minutes": "60", "room": house.room.pk,
        "person_facilitator_0": house.facilitator.pk,
    }  # fmt: skip
    with time_machine.travel(NOON, tick=False):
        sign_in(client, house.intake)
        form = client.get(url).content.decode()
        assert ("Oksana" in form, "Pia" in form) == (True, False)
        refused = client.post(url, typed)
        assert refused.status_code == 422
        assert "Say who interprets, or why nobody does." in refused.content.decode()
        assert client.post(url, typed | {"interpreter": "x"}).status_code == 422
        assert client.post(url, typed | {"interpreter": str(oksana.key)}).status_code == 302

        visit = Visit.objects.get()
        assert visit.interpreter == oksana
        assert "<bdi>Oksana</bdi>" in client.get(visit.get_absolute_url()).content.decode()
        move = reverse("booking:reschedule", args=[visit.key])
        assert f'value="{oksana.key}" selected' in client.get(move).content.decode()
        client.post(move, typed | {"no_interpreter": WHY})
        assert f"Nobody: {WHY}" in client.get(visit.get_absolute_url()).content.decode()
        of_case = reverse("booking:of_case", args=[case.key])
        assert f"nobody interprets: {WHY}" in client.get(of_case).content.decode()


def test_a_whole_course_names_who_interprets_at_every_visit(house, case, oksana):
    wishes = Wishes(earliest=date(2026, 11, 2), weeks=8, sessions=1)
    at = NOON - 20 * DAY

    draft = draft_of(case, wishes, at=at)

    assert {each.interpreter for each in draft.visits} == {oksana}
    booked = courses.book_course(case, by=house.intake, at=at, visits=as_booked(draft))
    assert {visit.interpreter for visit in booked} == {oksana}


def test_a_course_without_an_interpreter_says_so_at_every_visit(house, case, client):
    url = reverse("booking:course", args=[case.key])
    wished = {"earliest": "2026-11-19", "weeks": "8", "sessions": "1"}
    with time_machine.travel(NOON, tick=False):
        sign_in(client, house.intake)
        form = client.get(url, wished).context["form"]
        sent = {
            each.add_prefix(name): value
            for each in form.visits
            for name, value in (
                (n, each.get_initial_for_field(f, n)) for n, f in each.fields.items()
            )
            if value is not None
        }
        refused = client.post(url, sent).content.decode()
        assert Visit.objects.count() == 0
        assert refused.count("needs an interpreter for Ukrainian.") == len(form.visits)

        why = {each.add_prefix("no_interpreter"): WHY for each in form.visits}
        assert client.post(url, sent | why).status_code == 302
    assert {visit.no_interpreter for visit in Visit.objects.all()} == {WHY}
