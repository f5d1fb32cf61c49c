from functools import partial

import pytest
from django.urls import reverse

from clinic.checklists import actions, queries
from clinic.checklists.engine import Answer
from clinic.checklists.models import Form, Status
from tests.builders.cases import a_referred_case
from tests.builders.checklists import a_completed_form, an_open_form, given
from tests.builders.house import NOON, a_house, sign_in, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
PHQ = [f"phq{n}" for n in range(1, 10)]


@pytest.fixture
def house():
    return a_house()


def fill(client, form, **typed):
    place = reverse("checklists:fill", args=[form.key])
    shown = client.get(place).context["form"]
    posted = {name: shown[name].value() for name in ("shown", "revision")} | typed
    return client.post(place, posted)


def everything(value="not-at-all"):
    return {f"q_{code}": value for code in PHQ} | {"q_difficulty": "not-difficult"}


def test_a_form_is_begun_from_its_page(client, house):
    case = a_referred_case(house)
    sign_in(client, house.nurse)
    place = reverse("checklists:start", args=[case.key, "phq-9"])

    shown = client.get(place)
    begun = client.post(place)

    form = Form.objects.get()
    assert "Begin this form" in shown.content.decode()
    assert begun.url == reverse("checklists:fill", args=[form.key])


def test_there_is_no_form_of_another_name(client, house):
    place = reverse("checklists:start", args=[a_referred_case(house).key, "nothing"])

    assert sign_in(client, house.nurse).get(place).status_code == 404


def test_a_form_is_saved_and_gone_on_with_later(client, house):
    form = an_open_form(house, a_referred_case(house))
    sign_in(client, house.nurse)

    answer = fill(client, form, q_phq1="several-days")

    assert answer.status_code == 302
    assert queries.current_answers(form) == given(phq1="several-days")


def test_a_form_is_completed_and_then_read(client, house):
    form = an_open_form(house, a_referred_case(house))
    sign_in(client, house.nurse)
    item = queries.checklist_of(form).item("difficulty")
    typed = everything() | {"q_difficulty": item.options[0].code}

    fill(client, form, complete="yes", **typed)
    page = client.get(reverse("checklists:fill", args=[form.key])).content.decode()

    form.refresh_from_db()
    assert (form.status, form.total) == (Status.COMPLETED, 0)
    assert "Completed" in page


def test_what_is_missing_is_said_at_its_field(client, house):
    form = an_open_form(house, a_referred_case(house))
    sign_in(client, house.nurse)

    answer = fill(client, form, complete="yes", q_phq1="several-days")

    assert answer.status_code == 422
    assert answer.context["form"].errors["q_phq2"] == ["This has no answer yet."]
    assert queries.current_answers(form) == {}


def test_answers_are_kept_while_they_are_given(client, house):
    form = an_open_form(house, a_referred_case(house))
    sign_in(client, house.nurse)

    client.post(
        reverse("checklists:autosave", args=[form.key]),
        {"shown": "phq1 phq2", "revision": 0, "q_phq1": "several-days"},
    )

    assert queries.current_answers(form) == given(phq1="several-days")


def test_a_completed_form_is_opened_again_for_a_reason(client, house):
    form = a_completed_form(house, a_referred_case(house), at=NOON)
    sign_in(client, house.nurse)
    place = reverse("checklists:reopen", args=[form.key])

    refused = client.post(place, {"reason": ""})
    client.post(place, {"reason": "Misheard."})

    form.refresh_from_db()
    assert (refused.status_code, form.status) == (422, Status.OPEN)
    assert trail()[-1] == "form opened again"


def test_every_answer_that_was_ever_given_is_read_with_who_gave_it(client, house):
    form = an_open_form(house, a_referred_case(house))
    save = partial(actions.answer, form)
    save(by=house.nurse, at=NOON, answers=given(phq1="not-at-all"), revision=0)
    save(by=house.facilitator, at=NOON, answers=given(phq1="several-days"), revision=1)
    save(by=house.nurse, at=NOON, answers=given(phq2="not-at-all"), revision=2)
    save(by=house.nurse, at=NOON, answers={"phq2": Answer()}, revision=3)

    lines = queries.reading_of(form).lines
    page = sign_in(client, house.nurse).get(reverse("checklists:read", args=[form.key]))

    read = [(line.spoken, [(e.spoken, e.by) for e in line.earlier]) for line in lines[:3]]
    assert read == [
        ("Several days", [("Not at all", house.nurse)]),
        ("not answered", [("Not at all", house.nurse)]),
        ("not answered", []),
    ]
    assert "before: Not at all" in page.content.decode()


def test_an_answer_that_fell_away_stays_readable(house):
    form = an_open_form(house, a_referred_case(house), code="audit-c")
    save = partial(actions.answer, form, by=house.nurse, at=NOON)
    save(answers=given(auditc1="monthly", auditc2="one-two"), revision=0)
    save(answers=given(auditc1="never"), revision=1)

    lines = {line.number: line for line in queries.reading_of(form).lines}

    assert (lines["2"].spoken, lines["2"].earlier[0].spoken) == ("no longer asked", "1 or 2")
    assert "3" not in lines


@pytest.mark.parametrize("name", ["fill", "read", "reopen"])
def test_forms_are_closed_to_managers_and_unknown_to_strangers(client, house, name):
    form = a_completed_form(house, a_referred_case(house))
    place = reverse(f"checklists:{name}", args=[form.key])

    assert sign_in(client, house.manager).get(place).status_code == 403
    assert sign_in(client, house.stranger).get(place).status_code == 404


def test_an_instrument_is_not_begun_by_strangers(client, house):
    place = reverse("checklists:start", args=[a_referred_case(house).key, "phq-9"])

    assert sign_in(client, house.stranger).get(place).status_code == 404
