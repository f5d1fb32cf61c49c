"""The pages of results: a file goes in checked and comes out as an attachment only."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.audit.models import TrailEntry
from clinic.screening.evidence import actions
from clinic.screening.evidence.contents import MOST
from clinic.screening.evidence.models import Evidence
from tests.builders.evidence import a_jpeg, a_pdf, a_png, a_result
from tests.builders.house import NOON, a_house, sign_in, trail
from tests.builders.screening import a_filled_screening, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
TYPED = {
    "result": "QTc 412 ms",
    "shows": "as_asked",
    "done_on": "2026-11-17",
    "done_by": "Dr Fir",
}


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_filled_screening(house, escort=False)


def enter_at(case, code="escort"):
    return reverse("evidence:enter", args=[case.key, code])


def sent(client, case, content, name="ecg.pdf", **typed):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    with time_machine.travel(NOON, tick=False):
        return client.post(enter_at(case), TYPED | typed | {"file": file})


def test_intake_enters_a_result_with_its_paper(client, house, case):
    sign_in(client, house.intake)

    answered = sent(client, case, a_pdf(), name="Rowan Ashgrove <script>.pdf")

    entered = Evidence.objects.get()
    assert answered.status_code == 302
    assert (entered.result, entered.done_by, entered.file_kind) == ("QTc 412 ms", "Dr Fir", "pdf")
    assert entered.file.content == a_pdf()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This file has nothing in it. Choose another."),
        (b"<html>hello</html>", "This is no PDF, JPEG or PNG by what stands in it"),
        (a_pdf()[:-8], "This PDF is cut short or damaged."),
        (a_png()[:-1], "This PNG picture is cut short or damaged."),
        (a_pdf() + b" " * MOST, "10 MB is the most"),
        (a_pdf() + b" " * (MOST + 3_000_000), "10 MB is the most"),
    ],
    ids=["empty", "no picture", "half a PDF", "half a PNG", "too large", "larger than is kept"],
)
def test_a_wrong_file_is_refused_at_its_field_and_what_was_typed_is_kept(
    client, house, case, content, says
):
    sign_in(client, house.intake)

    answered = sent(client, case, content)

    assert answered.status_code == 422
    assert list(answered.context["form"].errors) == ["file"]
    assert says in answered.context["form"].errors["file"][0]
    assert (answered.context["form"]["result"].value(), Evidence.objects.count()) == (
        "QTc 412 ms",
        0,
    )


def test_a_file_comes_out_as_it_went_in_as_an_attachment_under_a_safe_name(client, house, case):
    evidence = a_result(house, case, content=a_jpeg())
    sign_in(client, house.nurse)

    answered = client.post(reverse("evidence:open_file", args=[evidence.key]))

    assert answered.content == a_jpeg()
    assert answered["Content-Type"] == "image/jpeg"
    assert answered["Content-Disposition"] == 'attachment; filename="escort-2026-11-17.jpg"'
    assert answered["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answered["Cache-Control"]


def test_each_opening_of_a_file_stands_in_the_trail(client, house, case):
    evidence = a_result(house, case)
    sign_in(client, house.nurse)

    for _ in range(2):
        client.post(reverse("evidence:open_file", args=[evidence.key]))

    opened = TrailEntry.objects.filter(act="file of a result opened")
    assert [(row.by, row.subject_key) for row in opened] == [(house.nurse, evidence.key)] * 2


def test_one_taken_back_is_still_there_marked_in_the_list_and_in_its_name(client, house, case):
    evidence = a_result(house, case)
    actions.withdraw(evidence, by=house.intake, at=NOON, words="It is of another person.")
    sign_in(client, house.nurse)

    listed = client.get(reverse("evidence:of_case", args=[case.key])).content.decode()
    answered = client.post(reverse("evidence:open_file", args=[evidence.key]))

    assert "Taken back" in listed
    assert "It is of another person." in listed
    assert "escort-2026-11-17-taken-back.pdf" in answered["Content-Disposition"]


def test_who_is_of_another_site_finds_neither_list_nor_file(client, house, case):
    evidence = a_result(house, case)
    sign_in(client, house.stranger)

    for name, key in [("of_case", case.key), ("withdraw", evidence.key)]:
        assert client.get(reverse(f"evidence:{name}", args=[key])).status_code == 404
    assert client.post(reverse("evidence:open_file", args=[evidence.key])).status_code == 404
    assert trail()[-1] != "file of a result opened"


def test_the_prescriber_settles_by_a_result_chosen_on_the_page(client, house, case):
    evidence = a_result(house, case)
    sign_in(client, house.prescriber)
    address = reverse("screening:rule_on", args=[case.key, "escort"])

    offered = client.get(address).content.decode()
    with time_machine.travel(NOON, tick=False):
        client.post(
            address, {"ruling": "cleared", "reason": "Read it.", "evidence": str(evidence.key)}
        )

    ruling = case.finding_decisions.get()
    assert "The sister drives." in offered
    assert (ruling.evidence, ruling.evidence_on) == (evidence, evidence.done_on)


def test_a_result_that_was_asked_for_once_stays_listed_when_the_answer_changes(client, house, case):
    a_result(house, case)
    answer(house, case, escort=True)
    sign_in(client, house.intake)

    listed = client.get(reverse("evidence:of_case", args=[case.key])).content.decode()

    assert "No longer asked for" in listed
    assert "The sister drives." in listed
