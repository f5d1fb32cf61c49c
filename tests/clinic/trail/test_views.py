"""The privacy officer reads the trail: searched, sorted, patient by patient, and nobody else does."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.actions import record
from clinic.audit.models import TrailEntry
from clinic.checklists import actions as checklists
from clinic.checklists.files import instrument
from clinic.people.models import RoleAtSite
from clinic.trail import actions, queries
from clinic.trail.columns import COLUMNS
from clinic.workflow import Refused
from sessions.rehearsal.answering import scored
from tests.builders.cases import a_referred_case
from tests.builders.house import MINUTE, NOON, PASSWORD, a_house, codes, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
INDEX = "/trail/"


@pytest.fixture
def house(db):
    return a_house()


@pytest.fixture
def case(house):
    return a_referred_case(house)


@pytest.fixture
def officer(client, house):
    return sign_in(client, house.privacy_officer)


def looked_for(client, **search):
    """The page after a search, as it is sent by the form or led to by a link of it."""
    by_name = {"person", "patient"} & set(search)
    return client.post(INDEX, search, follow=True) if by_name else client.get(INDEX, search)


def shown(client, **search):
    """The lines of the page, as text without markup."""
    page = looked_for(client, **search)
    rows = re.findall(r"<tr\b[^>]*>.*?</tr>", page.content.decode(), re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def acts(client, **search):
    return [line.entry.act for line in looked_for(client, **search).context["lines"]]


def several(house, number, *, act="something happened", by=None):
    for count in range(number):
        record(act, house.site, by=by or house.nurse, at=NOON + count * MINUTE)


# -- The page --------------------------------------------------------------------------------


def test_a_line_says_who_did_what_to_which_record_where_and_from_where(officer, house, case):
    (line,) = shown(officer, act="referred")

    assert re.search(r"\d\d:\d\d", line)
    for said in ["Ines Intake", "referred", "Case", str(case.patient), "Harbour House", "server"]:
        assert said in line


def test_whoever_reads_no_trail_is_refused(client, house):
    sign_in(client, house.manager)

    assert client.get(INDEX).status_code == 403


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"person": "Noor"}, ["by the nurse"]),
        ({"person": "nurse@vigil"}, ["by the nurse"]),
        ({"act": "by the n"}, ["by the nurse"]),
        ({"act": "BY THE N"}, []),
        ({"since": "2026-11-19", "until": "2026-11-19"}, ["on thursday"]),
        ({"refusals": "on"}, ["refused at the door"]),
        ({"patient": "nobody of this name"}, []),
    ],
)
def test_the_trail_is_searched(officer, house, search, expected):
    for act, by, days in [
        ("by the nurse", house.nurse, 0),
        ("by the manager", house.manager, 0),
        ("on thursday", house.manager, 1),
        ("refused at the door", house.manager, 0),
    ]:
        at = NOON + timedelta(days=days)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('vigil.clock', %s, true)", [at.isoformat()])
        record(act, house.site, by=by, at=at)

    new = ["by the nurse", "by the manager", "on thursday", "refused at the door"]
    assert [act for act in acts(officer, **search) if act in new] == expected


def test_what_was_done_about_a_patient_is_found_by_name_and_number(officer, case):
    by_name = acts(officer, patient=case.patient.family_name)
    by_number = acts(officer, patient=case.patient.number)

    assert by_name == by_number
    assert {"referred", "patient registered"} <= set(by_name)


def test_a_name_looked_for_stands_in_no_address_and_is_kept_as_it_is_sorted(officer, case):
    name = case.patient.family_name
    sought = {"patient": name, "act": "patient", "sort": "act"}
    answer = officer.post(INDEX, sought)
    page = officer.get(answer.url).content.decode()
    links = re.findall(r'(?:href|action)="([^"]*)"', page)
    by_when = next(link for link in links if "sort=-when" in link)

    assert name not in answer.url + "".join(links)
    assert "act=patient" in answer.url
    assert f'value="{name}"' in page
    assert [line.entry.act for line in officer.get(INDEX + unescape(by_when)).context["lines"]] == [
        "patient registered"
    ]
    assert officer.get(INDEX, {"patient": name}).context["form"].data["patient"] == ""


def test_of_two_searches_the_earlier_one_says_that_it_is_kept_no_longer(officer, house, case):
    earlier = officer.post(INDEX, {"person": "Noor"}).url
    officer.post(INDEX, {"patient": case.patient.number})

    page = officer.get(earlier)
    assert page.context["lines"] == []
    assert "Search again" in page.content.decode()
    assert case.patient.number not in page.content.decode()


def test_an_account_is_found_by_a_name_that_stands_in_no_address(officer, case):
    address, name = reverse("trail:patients"), case.patient.family_name
    page = officer.post(address, {"q": name}, follow=True)
    account = reverse("trail:patient", args=[case.patient.key])

    assert page.redirect_chain == [(address, 302)]
    assert f'href="{account}"' in page.content.decode()
    assert "Nobody found" in officer.post(address, {"q": "x" * 1_000}).content.decode()
    everything = officer.post(INDEX, {"patient": case.patient.number}, follow=True)
    assert "patient registered" in [line.entry.act for line in everything.context["lines"]]
    assert f"?patient={case.patient.number}" not in officer.get(account).content.decode()


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_sorts_both_ways(officer, house, case, column):
    up = [line.entry for line in officer.get(INDEX, {"sort": column}).context["lines"]]
    down = [line.entry for line in officer.get(INDEX, {"sort": f"-{column}"}).context["lines"]]

    def key(entry):
        value = entry
        for name in COLUMNS[column].field.split("__"):
            value = getattr(value, name) if value is not None else None
        return (value is None, value or "") if column != "when" else value

    assert [key(e) for e in up] == sorted(key(e) for e in up)
    assert [key(e) for e in down] == sorted((key(e) for e in down), reverse=True)


def test_nonsense_in_the_search_is_said_at_its_field_and_shows_everything(officer, house):
    page = officer.get(INDEX, {"since": "2026-11-20", "until": "2026-11-19", "sort": "hash"})

    assert page.status_code == 422
    assert b"The last day lies before the first." in page.content
    assert b"Select a valid choice" in page.content


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "3.5"])
def test_a_page_that_is_no_page_is_the_nearest_one(officer, page):
    assert officer.get(INDEX, {"page": page}).status_code == 200


def test_a_hundred_lines_stand_on_a_page(officer, house):
    several(house, 101, act="one of many")

    assert len(acts(officer, act="one of many")) == queries.LINES
    assert len(acts(officer, act="one of many", page=2)) == 1


def test_a_long_page_costs_the_questions_of_a_short_one(officer, house, case):
    acts(officer)
    costs = []
    for number in (1, 60):
        several(house, number, act=f"{number} times")
        record(f"{number} times", case, by=house.nurse, at=NOON)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            acts(officer, act=f"{number} times")
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_a_record_is_a_link_where_the_reader_may_open_it(officer, house, case):
    address = reverse("casefile:show", args=[case.key])
    assert address.encode() not in officer.get(INDEX, {"act": "referred"}).content

    RoleAtSite.objects.create(
        user=house.privacy_officer, site=house.site, role="intake", valid_from=house.at
    )
    assert address.encode() in officer.get(INDEX, {"act": "referred"}).content


def test_no_line_of_a_site_whose_trail_one_does_not_read(officer, house):
    """The database shows this person both sites: the page's own filter stands alone."""
    RoleAtSite.objects.create(
        user=house.privacy_officer, site=house.other_site, role="intake", valid_from=house.at
    )
    for site in (house.site, house.other_site):
        record("something happened", site, by=house.nurse, at=NOON)

    lines = officer.get(INDEX, {"act": "something happened"}).context["lines"]
    assert [line.entry.site for line in lines] == [house.site]


# -- Rows of the whole organisation ----------------------------------------------------------


def test_a_failed_sign_in_is_read_by_who_reads_a_trail_and_by_nobody_else(client, house, seeing):
    client.post("/account/login/", {"login": "nobody@vigil.example", "password": PASSWORD})

    seeing(house.site, user=house.medical_lead)
    assert TrailEntry.objects.filter(act="sign-in refused").count() == 0
    sign_in(client, house.privacy_officer)
    assert "sign-in refused" in acts(client)


def test_a_refusal_at_the_door_names_the_page_and_the_key_and_stands_at_the_site(
    client, house, case
):
    sign_in(client, house.manager)
    client.get(reverse("casefile:show", args=[case.key]))

    sign_in(client, house.privacy_officer)
    (line,) = client.get(INDEX, {"refusals": "on"}).context["lines"]
    assert (line.who, line.record, line.entry.site) == (
        "Mina Manager", "page casefile:show", house.site,
    )  # fmt: skip
    assert line.entry.subject_key == case.key


def test_what_was_refused_is_said_by_its_gate_and_not_by_its_words(officer, house):
    record(
        "refused", house.site, by=house.nurse, at=NOON, wanted="give",
        reasons=[{"code": "role", "message": "Something about somebody's health."}],
    )  # fmt: skip

    (line,) = shown(officer, refusals="on")
    assert "give: The person has no role at this site that allows the act." in line
    assert "health" not in line


# -- What left -------------------------------------------------------------------------------


def account(client, patient, **period):
    page = client.get(reverse("trail:patient", args=[patient.key]), period)
    return [(d.by, d.what, d.to_whom, d.why) for d in page.context["account"]]


@pytest.fixture
def copy(house, case):
    actions.print_out(
        case, by=house.nurse, at=NOON, what="case file", for_whom="The court", why="An order"
    )


def test_openings_and_prints_stand_in_the_account_of_a_patient(client, house, case, copy):
    sign_in(client, house.facilitator)
    client.get(reverse("casefile:show", args=[case.key]))
    sign_in(client, house.privacy_officer)

    assert account(client, case.patient) == [
        ("Fay Facilitator", "Record opened", "Fay Facilitator", "care: the page casefile, show"),
        ("Noor Nurse", "Printed: case file", "The court", "An order"),
    ]


def test_reading_an_account_stands_in_it(officer, case):
    account(officer, case.patient)

    assert [who for who, *_ in account(officer, case.patient)] == ["Pim Privacy"]


def test_the_account_of_days_in_which_nothing_left_is_empty(officer, case, copy):
    assert account(officer, case.patient, since="2020-01-01", until="2020-01-02") == []


def test_a_print_is_written_down_before_the_page_prints_itself(officer, house, case):
    address = reverse("trail:print", args=[case.patient.key])
    answer = officer.post(address, {"for_whom": "The patient", "why": "They asked"})

    assert answer.url == reverse("trail:patient", args=[case.patient.key]) + "#print"
    page = officer.get(reverse("trail:patient", args=[case.patient.key]))
    assert page.context["prints"] == 1


@pytest.mark.parametrize("name", ["casefile:print", "supervised:print"])
def test_case_file_and_run_sheet_are_printed_by_an_act(client, house, name):
    from tests.builders.supervised import a_planned_session  # noqa: PLC0415 -- walks far

    session = a_planned_session(house)
    subject = session.case if name.startswith("casefile") else session
    sign_in(client, house.nurse)
    said = {"for_whom": "The hospital", "why": "Transferred"}
    with time_machine.travel(NOON, tick=False):
        missing = client.post(reverse(name, args=[subject.key]), {"for_whom": "The hospital"})
        answer = client.post(reverse(name, args=[subject.key]), said)

    assert (missing.status_code, answer.status_code) == (422, 302)
    assert b"The hospital" in missing.content
    assert answer.url.endswith("#print")
    sign_in(client, house.privacy_officer)
    assert acts(client, act="printed") == ["printed"]


def test_a_printed_case_file_has_every_answer_in_the_words_it_was_given_on(client, house, case):
    then = instrument("phq-9").model_copy(update={"title": "As it was then"})
    form = checklists.open_form(
        case, by=house.facilitator, at=NOON, checklist=then, purpose="measure"
    )
    checklists.finish(
        form, by=house.facilitator, at=NOON, answers=scored(then, 1), revision=form.revision
    )
    sign_in(client, house.nurse)

    with time_machine.travel(NOON, tick=False):
        said = {"for_whom": "The hospital", "why": "Transferred"}
        answer = client.post(reverse("casefile:print", args=[case.key]), said)
        printed = client.get(answer.url).content.decode()
        shown = client.get(case.get_absolute_url()).content.decode()

    assert "As it was then" in printed
    assert then.items[0].text in unescape(printed)
    assert printed.count("Several days") == 9
    assert "Several days" not in shown


def test_who_does_not_read_a_record_does_not_print_it(house, case):
    with pytest.raises(Refused) as refusal:
        actions.print_out(case, by=house.manager, at=NOON, what="case file", for_whom="x", why="y")

    assert codes(refusal) == ["role"]
