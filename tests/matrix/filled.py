"""Cells with something filled in: a word looked for, a form sent, somebody with parts at two sites.

Each is a sentence and a question to the world: what is wrong with the answer, or nothing.
"""

from functools import partial

from sessions.rehearsal import walk
from tests.builders.house import NOON, PASSWORD
from tests.matrix.asking import TRAIL, ask, browser_of, undone
from tests.matrix.cells import leaks
from tests.matrix.libraries import SCRATCH
from tests.matrix.routes import address_of

BOTH = "two_sites"  # everything here, and at the other site next to nothing
FILLED = {}


def cell(ask_it):
    """Keep a question among the cells, under its own name."""
    FILLED[ask_it.__name__] = ask_it
    return ask_it


# -- Looked for ------------------------------------------------------------------------------------


@cell
def a_birth_date_looked_for_finds_nobody_of_another_site(world):
    answer = ask(world, BOTH, "GET", "cases:search", {}, "?q=1961-07-14")
    return _shown(world, BOTH, "cases:search", answer)


@cell
def the_diary_of_another_site_does_not_open(world):
    site = world.places["b"].house.site.key
    answer = ask(world, BOTH, "GET", "booking:week", {}, f"?site={site}")
    return _shown(world, BOTH, "booking:week", answer)


@cell
def the_trail_names_nobody_of_another_site(world):
    answer = ask(world, BOTH, "GET", "trail:index", {}, "?act=stock received")
    return _lacks(answer, "noor nurse") or _said(answer, "hill nurse")


@cell
def the_trail_leads_to_no_record_outside_ones_care(world):
    answer = ask(world, "reads_the_trail", "GET", "trail:index", {})
    place, show = world.places["c"], partial(address_of, "casefile:show")
    told = [row for row in place.rows["patient"] if str(row.key) in answer.text]
    links = [key for key in place.about if show({"key": key}) in answer.text]
    return f"leads to {links}" if links else "" if told else "names nobody of the other team"


@cell
def the_cases_of_another_site_are_not_counted(world):
    answer = ask(world, BOTH, "GET", "cases:index", {})
    return _said(answer, "stage=referred")


@cell
def a_session_at_another_site_does_not_change_the_board(world):
    (session,) = world.places["b"].rows["live_session"]
    with undone():
        before = _picture(world)
        house = world.places["b"].house
        walk.clock(house, NOON)
        walk.tapped(house, session, at=NOON, code="water")
        return "" if _picture(world) == before else "the board changes"


def _picture(world):
    return browser_of(world, BOTH).get(address_of("casefile:board", {}))["ETag"]


# -- Records that were taken for one person's ------------------------------------------------------


@cell
def a_record_parted_from_that_of_another_team_does_not_name_it(world):
    for row in world.places["c"].rows["parted"]:
        answer = ask(world, "facilitator", "GET", "cases:patient", {"key": row.key})
        if said := _shown(world, "facilitator", "cases:patient", answer):
            return said
    return ""


@cell
def nobody_in_others_care_is_linked_with_a_record_elsewhere(world):
    here, there = world.places["a"].rows, world.places["b"].rows
    mine, theirs = here["patient"][0].key, there["patient"][0].key  # each in others' care
    (open_here,), (open_there,) = here["linked"], there["linked"]
    refused = [
        ("cases:elsewhere", {"key": mine}),
        ("cases:link", {"key": open_here.key, "other": theirs}),
        ("cases:unlink", {"key": open_here.key, "other": theirs}),
        ("cases:unlink", {"key": mine, "other": open_there.key}),
    ]
    opens = ("cases:unlink", {"key": open_here.key, "other": open_there.key})
    for name, values in [*refused, opens]:
        status = ask(world, "prescribes_at_both", "GET", name, values).status
        if status != (200 if (name, values) == opens else 404):
            return f"{name} answers {status}"
    return ""


@cell
def nobody_in_another_teams_care_is_named_as_maybe_the_same_person(world):
    place = world.places["a"]
    (row,), person = place.rows["alike"], place.rows["patient"][2]
    answer = ask(world, "other_prescriber", "GET", "cases:patient", {"key": row.key})
    return _said(answer, str(person.key))


@cell
def a_file_read_where_one_registers_nobody_any_more_does_not_open(world):
    file = world.places["b"].rows["patient_file"][-1]
    for method, name in [("GET", "cases:import"), ("POST", "cases:set_import_aside")]:
        answer = ask(world, BOTH, method, name, {"key": file.key})
        if answer.status != 404:
            return f"answers {answer.status}"
    return ""


# -- Staff -----------------------------------------------------------------------------------------


@cell
def sites_of_others_are_not_listed_to_a_manager(world):
    return _said(ask(world, "manager", "GET", "people:sites", {}), "hill house")


@cell
def a_manager_reads_of_the_roles_at_their_own_sites(world):
    return _said(ask(world, "manager", "GET", "people:staff", {}), "hill house")


@cell
def a_colleagues_page_names_no_site_of_others(world):
    values = {"key": world.actors[BOTH].key}
    return _said(ask(world, "manager", "GET", "people:show", values), "hill house")


@cell
def who_works_elsewhere_too_is_not_stopped_from_here(world):
    values = {"key": world.actors[BOTH].key}
    body = {"reason": "They have left us."}
    return _not_refused(ask(world, "manager", "POST", "people:deactivate", values, body=body))


@cell
def who_has_moved_is_not_signed_out_from_where_they_were(world):
    values = {"key": world.others["moved"].key}
    return _not_refused(ask(world, "manager", "POST", "door:end_sign_ins", values, body={}))


@cell
def the_licence_of_who_works_elsewhere_alone_is_not_suspended_from_here(world):
    (licence,) = world.places["b"].rows["licence"]
    body = {"reason": "It was lost."}
    values = {"key": licence.key}
    return _wrote(ask(world, BOTH, "POST", "people:suspend_licence", values, body=body))


@cell
def nobody_joins_a_team_where_they_open_no_case_file(world):
    values = {"key": world.places["b"].rows["case"][2].key}
    body = {"user": world.actors[BOTH].pk, "capacity": "nurse"}
    return _not_refused(ask(world, "stranger", "POST", "cases:team", values, body=body))


# -- Forms that name a site ------------------------------------------------------------------------


@cell
def nobody_is_registered_where_one_registers_nobody(world):
    body = {"given_name": "Ash", "family_name": "Elm", "date_of_birth": "1980-01-01"}
    return _no_choice(world, "cases:register", body)


@cell
def no_record_is_opened_where_one_opens_none(world):
    number = world.places["b"].rows["patient"][0].number
    return _no_choice(world, "break_glass:break", {"number": number, **_signed()})


@cell
def no_stock_is_received_where_one_keeps_none(world):
    return _said(ask(world, "manager", "GET", "stock:receive", {}), "hill house")


@cell
def no_house_value_is_stated_for_a_site_of_others(world):
    (version,) = world.places["a"].rows["version"]
    return _said(ask(world, "prescriber", "GET", "house:state", {"key": version.key}), "hill house")


@cell
def a_record_outside_ones_care_is_opened_with_a_reason(world):
    place = world.places["a"]
    body = {
        "site": place.house.site.pk,
        "number": place.rows["patient"][0].number,
        **_signed(),
    }
    answer = ask(world, "other_team", "POST", "break_glass:break", {}, body=body)
    return "" if answer.status == 302 else f"answers {answer.status}"


def _signed():
    return {"reason": "Found lying in the corridor.", "password": PASSWORD, "code": ""}


def _no_choice(world, name, body):
    body = body | {"site": world.places["b"].house.site.pk}
    answer = ask(world, BOTH, "POST", name, {}, body=body)
    return _wrote(answer) or _lacks(answer, "select a valid choice")


# -- Somebody with parts at two sites --------------------------------------------------------------


@cell
def who_only_books_at_a_site_reads_of_no_documents_there(world):
    case = world.places["b"].rows["message"][0].case
    answer = ask(world, "books_elsewhere", "GET", "casefile:dashboard", {})
    return _said(answer, address_of("documents:index", {"key": case.key}))


@cell
def who_only_books_at_a_site_reads_nothing_of_what_a_session_needs(world):
    answer = ask(world, "books_elsewhere", "GET", "casefile:dashboard", {})
    row = answer.text.partition("juniper")[2].partition("</li>")[0]
    return _lacks(answer, "juniper") or ("" if "planned" in row else "says what it needs")


# -- A concern -------------------------------------------------------------------------------------


@cell
def nobody_writes_on_a_concern_they_do_not_hear(world):
    (concern,) = world.places["b"].rows["concern"]
    body = {"words": "I have read this."}
    answer = ask(
        world, "safety_lead", "POST", "safety:note_concern", {"key": concern.key}, body=body
    )
    return _wrote(answer)


# -- What is wrong with an answer ------------------------------------------------------------------


def _shown(world, actor, name, answer):
    found = leaks(world, actor, name, answer)
    return f"answers {answer.status}" if answer.status != 200 else f"shows {found}" if found else ""


def _said(answer, words):
    if answer.status != 200:
        return f"answers {answer.status}"
    return f"says {words}" if words in answer.text else ""


def _lacks(answer, words):
    return "" if words in answer.text else f"answers {answer.status} without {words}"


def _not_refused(answer):
    return _wrote(answer) or ("" if answer.status == 422 else f"answers {answer.status}")


def _wrote(answer):
    kept = set(answer.written) - TRAIL - SCRATCH
    return f"wrote {kept}" if kept else ""
