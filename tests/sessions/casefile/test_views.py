import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.models import TrailEntry
from sessions.casefile import queries
from sessions.casefile.places import address
from sessions.rehearsal import walk
from tests.builders.casefile import a_full_day
from tests.builders.documents import a_newer_text
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house, sign_in
from tests.builders.preparation import a_prepared_case
from tests.builders.supervised import (
    a_dosed_session,
    a_released_session,
    a_set,
    a_signed_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
TODAY, BOARD = "/", "/board/"
AT_TWO = NOON + 40 * MINUTE


@pytest.fixture
def house():
    return a_house()


def look(client, user, url, *, at=NOON, **headers):
    """One page as this person sees it at a moment."""
    with time_machine.travel(at, tick=False):
        return sign_in(client, user).get(url, headers=headers)


def words(page):
    return " ".join(page.content.decode().split())


def queries_of(client, user, url, *, at=NOON):
    look(client, user, url, at=at)  # what a process reads once, it has read now
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert look(client, user, url, at=at).status_code == 200
    return len(asked)


def coming(page, code):
    return next(tile for tile in page.context["coming"] if tile.code == code)


def openings():
    return TrailEntry.objects.filter(act="case opened").count()


# -- The case file ---------------------------------------------------------------------------


def test_the_case_file_shows_what_stands_in_the_way_and_where_it_is_cleared(client, house):
    case, _ = walk.ready(house, session_at=NOON + 2 * DAY, without=("consent", "way_home"))

    page = look(client, house.nurse, case.get_absolute_url())

    found = {obstacle.code for obstacle in page.context["file"].obstacles}
    assert found == {"consent", "way_home"}
    assert reverse("documents:index", args=[case.key]) in words(page)
    assert "No dose yet, because:" in words(page)


def test_the_case_file_tells_the_whole_story_of_a_treated_person(client, house):
    session = a_signed_session(house)

    page = look(client, house.nurse, session.case.get_absolute_url(), at=NOON + 4 * HOUR)

    file = page.context["file"]
    told = [entry.title for entry in file.timeline]
    assert file.treated[0].total == "50 mg"
    assert "Dose given" in told
    assert "Session signed" in told
    assert "Referred" in told
    assert "Case opened" not in told
    assert [stage["state"] for stage in file.stages].count("current") == 1


@pytest.mark.parametrize(
    ("part", "first"),
    [
        ("intake", "Start the screening"),
        ("prescriber", "Start the screening"),
        ("safety_lead", None),
    ],
)
def test_the_next_act_is_the_role_s_own(client, house, part, first):
    case = walk.referred(house, walk.registered(house, at=NOON - DAY), at=NOON - DAY)

    page = look(client, getattr(house, part), case.get_absolute_url())

    acts = page.context["file"].acts
    assert [act.label for act in acts][:1] == ([first] if first else [])


def test_the_run_sheet_is_the_next_act_while_somebody_is_in_a_session(client, house):
    session = a_dosed_session(house)

    acts = (
        look(client, house.nurse, session.case.get_absolute_url(), at=AT_TWO).context["file"].acts
    )

    assert (acts[0].label, acts[0].url) == ("Open the run sheet", session.get_absolute_url())


def test_intake_staff_see_no_scores_and_no_commitments(client, house):
    case = a_signed_session(house).case

    page = look(client, house.intake, case.get_absolute_url(), at=NOON + 4 * HOUR)

    assert "Measures over time" not in words(page)


@pytest.mark.parametrize("part", ["manager", "author", "privacy_officer"])
def test_a_role_without_case_files_is_refused(client, house, part):
    case = walk.referred(house, walk.registered(house, at=NOON - DAY), at=NOON - DAY)

    assert look(client, getattr(house, part), case.get_absolute_url()).status_code == 403


def test_a_stranger_does_not_find_the_case(client, house):
    case = walk.referred(house, walk.registered(house, at=NOON - DAY), at=NOON - DAY)

    assert look(client, house.stranger, case.get_absolute_url()).status_code == 404


def test_the_case_file_costs_the_same_however_much_happened(client, house):
    dosed = a_dosed_session(house)
    few = queries_of(client, house.nurse, dosed.case.get_absolute_url(), at=AT_TWO)
    for minute in range(20):
        a_set(house, dosed, at=AT_TWO + minute * MINUTE)

    assert queries_of(client, house.nurse, dosed.case.get_absolute_url(), at=AT_TWO + HOUR) == few


# -- Openings --------------------------------------------------------------------------------


def test_opening_a_case_is_written_once_a_quarter_of_an_hour(client, house):
    url = walk.referred(
        house, walk.registered(house, at=NOON - DAY), at=NOON - DAY
    ).get_absolute_url()

    look(client, house.nurse, url, at=NOON)
    look(client, house.nurse, url, at=NOON + 14 * MINUTE)
    assert openings() == 1

    look(client, house.prescriber, url, at=NOON + 14 * MINUTE)
    look(client, house.nurse, url, at=NOON + 15 * MINUTE)
    assert openings() == 3


def test_a_page_that_asks_for_itself_opens_nothing(client, house):
    url = walk.referred(
        house, walk.registered(house, at=NOON - DAY), at=NOON - DAY
    ).get_absolute_url()

    look(client, house.nurse, url, X_Vigil_Poll="1")
    look(client, house.stranger, url)

    assert openings() == 0


def test_a_page_whose_opening_cannot_be_written_is_not_sent(client, house, monkeypatch):
    url = walk.referred(
        house, walk.registered(house, at=NOON - DAY), at=NOON - DAY
    ).get_absolute_url()

    def broken(*args, **kwargs):
        raise OSError("the trail is full")

    monkeypatch.setattr("clinic.audit.middleware.record_opening", broken)
    client.raise_request_exception = False

    page = look(client, house.nurse, url)

    assert page.status_code == 500
    assert "Ashgrove" not in words(page)


# -- Today -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "needs", "coming"),
    [
        ("intake", ["missing"], ["visits", "interpreters", "consents"]),
        (
            "facilitator",
            ["matters", "amendments", "contacts", "commitments"],
            ["visits", "interpreters", "sessions", "consents"],
        ),
        (
            "nurse",
            ["matters", "unsigned", "amendments", "contacts", "commitments", "reports"],
            ["visits", "interpreters", "sessions", "consents", "lots"],
        ),
        ("manager", ["reports"], ["visits", "interpreters", "licences", "lots"]),
        ("author", [], []),
    ],
)
def test_today_is_the_role_s_own(client, house, part, needs, coming):
    page = look(client, getattr(house, part), TODAY)

    assert [tile.code for tile in page.context["needs"]] == needs
    assert [tile.code for tile in page.context["coming"]] == coming


def test_every_tile_leads_to_exactly_its_list(client, house):
    a_signed_session(house)
    page = look(client, house.medical_lead, TODAY, at=NOON + 30 * HOUR)

    for tile in [*page.context["needs"], *page.context["coming"]]:
        listed = look(client, house.medical_lead, tile.url, at=NOON + 30 * HOUR)
        assert listed.status_code == 200
        if "tile" in (listed.context or {}):
            assert listed.context["tile"].rows == tile.rows


def test_a_list_of_another_role_is_not_found(client, house):
    url = reverse("casefile:list", args=["unsigned"])

    assert look(client, house.intake, url).status_code == 404
    assert look(client, house.nurse, reverse("casefile:list", args=["x"])).status_code == 404


def test_today_says_what_a_session_of_the_day_still_needs(client, house):
    walk.ready(house, session_at=NOON + 2 * HOUR, without=("way_home",))

    page = look(client, house.nurse, TODAY)

    (visit,) = page.context["visits"]
    assert [tick.label for tick in visit.ticks] == ["Way home planned"]
    assert "Ashgrove, Rowan" in words(page)


def test_today_leads_whoever_may_clear_a_gate_to_its_place_and_nobody_else(client, house):
    case, _ = walk.ready(house, session_at=NOON + 2 * HOUR, without=("way_home",))
    place = reverse("preparation:way_home", args=[case.key])

    hrefs = [
        [tick.href for tick in look(client, user, TODAY).context["visits"][0].ticks]
        for user in (house.facilitator, house.safety_lead)
    ]

    assert hrefs == [[place], [""]]
    assert f'<a href="{place}">Way home planned</a>' in words(
        look(client, house.facilitator, TODAY)
    )


def test_today_and_the_case_file_say_the_same_of_every_gate_and_until_when(client, house):
    case, _ = walk.ready(house, session_at=NOON + 2 * HOUR, without=("way_home",))

    (visit,) = look(client, house.facilitator, TODAY).context["visits"]
    file = look(client, house.facilitator, case.get_absolute_url()).context["file"]

    assert {tick.label: tick for tick in (*visit.ticks, *visit.others)} == {
        tick.label: tick for tick in file.ticks
    }
    until = {tick.label: tick.reason for tick in visit.others if tick.ok}
    assert until["On-call cover afterwards"].startswith("until ")


def test_the_manager_sees_the_day_without_what_is_clinical(client, house):
    walk.ready(house, session_at=NOON + 2 * HOUR, without=("way_home",))

    (visit,) = look(client, house.manager, TODAY).context["visits"]

    assert (visit.ticks, visit.asked) == ([], 0)


def test_documents_missing_within_a_week_are_coming_trouble(client, house):
    walk.ready(house, session_at=NOON + 3 * DAY, without=("consent",))

    page = look(client, house.nurse, TODAY)

    assert coming(page, "consents").count == "1"


def test_a_document_that_ends_before_a_session_is_coming_trouble(client, house):
    a_prepared_case(house, session_at=NOON + 20 * DAY)
    a_newer_text(house, binding_from=NOON + 15 * DAY)

    page = look(client, house.nurse, TODAY)

    (row,) = coming(page, "consents").rows
    assert (row.word, row.note) == (
        "Ends before",
        "Consent to treatment with ketamine (a new text binds before)",
    )


def test_a_session_whose_screening_will_be_too_old_is_coming_trouble(client, house):
    a_prepared_case(house, session_at=NOON + 10 * DAY, screened_at=NOON - 85 * DAY)

    page = look(client, house.nurse, TODAY)

    (row,) = coming(page, "sessions").rows
    (want,) = row.wants
    assert want.title == "The screening was good until 23 November 2026."
    assert want.url


def test_a_way_home_nobody_planned_is_coming_trouble_a_week_before(client, house):
    walk.ready(house, session_at=NOON + 8 * DAY, without=("way_home",))

    assert coming(look(client, house.nurse, TODAY), "sessions").rows == []

    page = look(client, house.nurse, TODAY, at=NOON + 2 * DAY)
    (row,) = coming(page, "sessions").rows
    assert [want.title for want in row.wants] == ["How the person gets home has not been planned."]


def test_a_session_that_lacks_something_is_found_behind_however_many_that_lack_nothing(
    client, house, monkeypatch
):
    monkeypatch.setattr("sessions.casefile.today.coming.COUNTED_TO", 0)
    walk.ready(house, session_at=NOON + 3 * DAY)
    walk.ready(
        house, session_at=NOON + 4 * DAY, without=("consent", "way_home"),
        family_name="Birch", phone="+1 212 555 0177", email="birch@patients.example",
    )  # fmt: skip

    page = look(client, house.nurse, TODAY)

    for code in ("consents", "sessions"):
        assert [row.title for row in coming(page, code).rows] == ["Birch, Rowan"]


def test_a_record_nobody_signed_needs_a_person(client, house):
    a_released_session(house)

    page = look(client, house.nurse, TODAY, at=NOON + 4 * HOUR)

    unsigned = next(tile for tile in page.context["needs"] if tile.code == "unsigned")
    assert [row.title for row in unsigned.rows] == ["Ashgrove, Rowan"]


def test_today_costs_the_same_with_one_session_and_with_three(client, house):
    a_full_day(house, sessions=1)
    one = queries_of(client, house.medical_lead, TODAY, at=AT_TWO)
    a_full_day(house, sessions=3, first=1)

    assert queries_of(client, house.medical_lead, TODAY, at=AT_TWO) == one


def test_today_costs_the_same_however_many_sessions_still_need_something(client, house):
    def wants_a_way_home(**facts):
        walk.ready(house, session_at=NOON + 2 * HOUR, without=("way_home",), **facts)

    wants_a_way_home()
    one = queries_of(client, house.facilitator, TODAY)
    people = [(house.second_nurse, "nurse"), (house.second_facilitator, "facilitator")]
    people.append((house.medical_lead, "prescriber"))
    wants_a_way_home(
        family_name="Birch", born=NOON.date().replace(year=1980), phone="+1 212 555 0199",
        room=house.second_room, people=people,
    )  # fmt: skip

    assert queries_of(client, house.facilitator, TODAY) == one
    visits = look(client, house.facilitator, TODAY).context["visits"]
    assert [bool(visit.ticks[0].href) for visit in visits] == [True, True]


@pytest.mark.parametrize(
    "who", ["intake", "nurse", "safety_lead", "privacy_officer", "manager", "author", "approver"]
)
def test_every_link_of_today_opens(client, house, who):
    a_dosed_session(house)
    page = look(client, getattr(house, who), TODAY, at=AT_TWO).content.decode()
    links = {link for link in re.findall(r'href="(/[^"#]*)', page) if "/static/" not in link}

    with time_machine.travel(AT_TWO, tick=False):
        shut = {link for link in links if client.get(link, follow=True).status_code != 200}

    assert shut == set()


# -- The board -------------------------------------------------------------------------------


def test_a_card_says_who_is_where_what_is_due_and_when_release_may_be(client, house):
    session = a_dosed_session(house)

    page = look(client, house.nurse, BOARD, at=AT_TWO)

    (card,) = page.context["cards"]
    shown = words(page)
    assert (card.room, card.person) == ("Harbour room", "Ashgrove, Rowan")
    assert session.get_absolute_url() in shown
    assert "T+10min" in shown
    assert card.sheet.earliest_release.strftime("%H:%M")
    assert "Earliest release" in shown


def test_what_is_overdue_is_red_and_first(client, house):
    watched, unwatched = a_full_day(house, sessions=2)
    for minutes in (30, 45):
        due_at = NOON + minutes * MINUTE
        a_set(house, watched, at=due_at, planned_for=due_at)

    cards = look(client, house.nurse, BOARD, at=NOON + 52 * MINUTE).context["cards"]

    assert [card.session for card in cards] == [unwatched, watched]
    assert [card.tone for card in cards] == ["danger", "neutral"]
    assert [red.words for red in cards[1].reds] == []


def test_an_unchanged_board_is_not_drawn_again(client, house):
    a_dosed_session(house)
    first = look(client, house.nurse, BOARD, at=AT_TWO)
    held = first.headers["ETag"]

    again = look(client, house.nurse, BOARD, at=AT_TWO, If_None_Match=held, HX_Request="true")

    assert (again.status_code, again.content) == (304, b"")


def test_an_unchanged_board_costs_one_query_beside_the_sign_in(client, house):
    a_dosed_session(house)
    held = look(client, house.nurse, BOARD, at=AT_TWO).headers["ETag"]
    with CaptureQueriesContext(connection) as signed_in:
        look(client, house.nurse, reverse("help_contents"), at=AT_TWO)

    with CaptureQueriesContext(connection) as asked:
        look(client, house.nurse, BOARD, at=AT_TWO, If_None_Match=held)

    assert len(asked) == len(signed_in) + 1


def test_a_written_entry_and_the_passing_of_time_change_the_board(client, house):
    session = a_dosed_session(house)
    held = look(client, house.nurse, BOARD, at=AT_TWO).headers["ETag"]
    a_set(house, session, at=AT_TWO)

    changed = look(client, house.nurse, BOARD, at=AT_TWO, If_None_Match=held)
    later = look(
        client, house.nurse, BOARD, at=AT_TWO + HOUR, If_None_Match=changed.headers["ETag"]
    )

    assert (changed.status_code, later.status_code) == (200, 200)


def test_another_person_s_board_is_another_picture(client, house):
    a_dosed_session(house)
    held = look(client, house.nurse, BOARD, at=AT_TWO).headers["ETag"]

    other = look(client, house.stranger, BOARD, at=AT_TWO, If_None_Match=held)

    assert other.status_code == 200
    assert other.context["cards"] == []
    assert "None: every room is quiet" in words(other)


def test_a_poll_brings_the_cards_alone(client, house):
    page = look(client, house.nurse, BOARD, HX_Request="true")

    assert page.content.decode().lstrip().startswith('<div id="cards"')


def test_the_board_is_for_who_supervises(client, house):
    assert look(client, house.intake, BOARD).status_code == 403
    assert look(client, house.manager, BOARD).status_code == 403


def test_every_page_a_case_file_leads_to_exists():
    names = {name for steps in queries.STEPS_ON.values() for _, name, _, _ in steps}
    names |= {name for _, name, _, _ in queries.OTHERS}
    names |= {name for name, _, _ in queries.BY_VISIT.values()}
    names |= set(queries.PAGES.values())
    names |= {"supervised:show", "supervised:check_in", "supervised:sign"}
    key = "00000000-0000-4000-8000-000000000000"

    assert [name for name in sorted(names) if not (address(name, key) or address(name))] == []
