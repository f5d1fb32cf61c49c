"""The cells of the matrix: every route the resolver knows, everybody, whose row, which method."""

import random
import re
from dataclasses import dataclass

from django.http import HttpResponseNotAllowed
from django.urls import reverse

from clinic.access import PUBLIC, Permission, may_anywhere
from clinic.pages.methods import TAKEN
from clinic.people.door.middleware import SETTING_UP
from tests.matrix.actors import AT_BOTH, BY_CARE_ALONE, HALFWAY, UNREADY
from tests.matrix.asking import TRAIL, Answer, ask
from tests.matrix.libraries import BY_HEAD, LIBRARIES, SCRATCH
from tests.matrix.routes import absent, has_no_site, is_bearer, rows_for, takes_a_row
from tests.matrix.tables import COUNTED, MAY_BE_UNREADY, NARROWER, OF_TWO_SITES

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OWN, TEAM, OTHER, ABSENT = "own", "another team's", "another site's", "nobody's"
THEIRS = "one other person's"
# What says that nothing was done: not allowed, not there, in the way, over, not understood, too often.
REFUSED = {403, 404, 405, 409, 410, 422, 423, 429}
READS, SENDS = "GET", "POST"
METHODS = [*TAKEN, "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]


# -- Which cells there are -------------------------------------------------------------------------


def rows_of(world, name, actor):
    """Whose rows there are to ask for: (whose, values), all there are."""
    home, beside = world.home(actor), world.beside(actor)
    near = rows_for(home, name)
    if beside is not None and takes_a_row(name) and not has_no_site(name):
        near = near + rows_for(beside, name)[:1]
    for values in near:
        yield _whose(world, name, actor, values), values
    if takes_a_row(name):
        yield ABSENT, absent(name, near[0])
    if takes_a_row(name) and not has_no_site(name) and world.away(actor):
        for values in rows_for(world.away(actor), name):
            yield OTHER, values


def _whose(world, name, actor, values):
    """Whose a row of the actor's own site is to them."""
    if name in OF_TWO_SITES and actor != AT_BOTH:
        return OTHER
    if world.is_anothers_alone(actor, values):
        return THEIRS
    return TEAM if world.is_in_other_hands(actor, values) else OWN


def cells_of(world, name, methods=(READS, SENDS)):
    """Every (actor, whose row, method, values) of one route.

    One row of each kind of ownership for everybody; for who is everything here and at the other
    site next to nothing, whom the database lets in to both, every row in each of its states.
    """
    for actor in world.actors:
        seen = set()
        for whose, values in rows_of(world, name, actor):
            is_first = whose not in seen or is_bearer(name)
            seen.add(whose)
            if is_first or actor == "two_sites":
                for method in methods:
                    yield actor, whose, method, values


def sampled_cells(world, name, *, seed, count=6):
    """Some cells with the other methods, the same for the same seed."""
    chosen = random.Random(f"{seed}/{name}")
    others = [method for method in METHODS if method not in {READS, SENDS}]
    cells = list(cells_of(world, name, others))
    yield from chosen.sample(cells, min(count, len(cells)))


def cells_before_the_wall(world, name, view):
    """The cells to ask when the filters stand open: some who are let in, of different parts."""
    parts = ["medical_lead", "manager", "facilitator", "intake", *world.actors]
    let_in = [part for part in parts if part != "two_sites" and may_open(view, world.actors[part])]
    asked = {*let_in[:2], *BY_CARE_ALONE} & set(let_in)
    for cell in cells_of(world, name):
        if cell[0] in asked and cell[1] != ABSENT:
            yield cell


# -- What must hold --------------------------------------------------------------------------------


def may_open(view, user):
    """Whether any of this person's roles allows what the view asks."""
    if PUBLIC in view.requires:
        return True
    if user is None:
        return False
    permissions = [p for p in view.requires if isinstance(p, Permission)]
    return not permissions or any(may_anywhere(user, p) for p in permissions)


def leaks(world, actor, name, answer, *, asked=(), with_known=True):
    """What of others stands in an answer: another site's words and keys, another team's."""
    if is_bearer(name):
        return []
    asked = {str(value) for value in asked}
    text, keys = answer.text, set(UUID.findall(answer.text)) - asked
    found = []
    if actor in BY_CARE_ALONE:
        found += _of_another_team(world, actor, text, keys)
    places = [world.away(actor)] if world.away(actor) else []
    if actor in {"nobody", "former", UNREADY, *HALFWAY}:
        places = list(world.places.values())
    for place in places:
        words = [place.secret, place.shared, *([place.known] if with_known else [])]
        found += [word for word in words if word in text]
        found += sorted(keys & (place.keys | place.known_keys if with_known else place.keys))
    return found


def _of_another_team(world, actor, text, keys):
    """What stands there of people at the actor's own site whom others look after."""
    mine = {world.in_reach} if actor == "broke_the_glass" else set(world.home(actor).about.values())
    found = []
    for place in {id(p): p for p in (world.home(actor), world.beside(actor))}.values():
        theirs = {key for key, patient in place.about.items() if patient not in mine}
        found += sorted(keys & theirs)
        if place is world.beside(actor) and actor != "broke_the_glass":
            found += [name for name in (place.secret, *place.cared_for) if name in text]
    return found


@dataclass
class Cell:
    """One square of the matrix, what came back, and what is wrong with it."""

    name: str
    actor: str
    whose: str
    method: str
    values: dict
    answer: Answer
    wrong: list

    def __str__(self):
        said = "; ".join(self.wrong)
        return f"{self.method} {self.name} by {self.actor}, {self.whose} row: {said}"


def judge(world, name, view, actor, whose, method, values):
    """Ask once and say everything that is wrong with the answer."""
    answer = ask(world, actor, method, name, values)
    cell = Cell(name, actor, whose, method, values, answer, [])
    user = world.actors[actor]
    if answer.error or (answer.status >= 500 and name not in MAY_BE_UNREADY):
        cell.wrong.append(f"answers {answer.status} {answer.error}")
        return cell
    if found := leaks(world, actor, name, answer, asked=values.values()):
        cell.wrong.append(f"shows {found} of somebody the person does not reach")
    if method not in TAKEN:
        cell.wrong += _wrong_refusal(answer)
    else:
        wrong = _wrong_in_library if name in LIBRARIES else _wrong_status
        cell.wrong += wrong(world, name, view, user, actor, whose, method, answer, values)
    cell.wrong += _wrong_writes(name, user, method, answer)
    return cell


def _wrong_refusal(answer):
    """What is wrong with the answer to a method that nothing here takes."""
    as_declared = HttpResponseNotAllowed(TAKEN)
    same = (answer.status, answer.body) == (as_declared.status_code, as_declared.content)
    return [] if same and answer.allows == set(TAKEN) else [f"answers {answer.status}, not 405"]


def _wrong_in_library(world, name, view, user, actor, whose, method, answer, values):
    """What is wrong with the answer of a library's page: the statuses of each are declared."""
    if actor == UNREADY and name not in SETTING_UP:
        return _wrong_without_second_factor(name, method, answer)
    _, said = LIBRARIES[name]
    parts = [actor, "nobody"] if user is None else ["signed_in"]
    if user is not None and user.is_staff:
        parts = ["writes_protocols", "signed_in"]
    part = next(part for part in parts if part in said)
    reads, sends = said[part].split()
    if method == "HEAD":
        reads = BY_HEAD.get(name, {}).get(part, reads)
    expected = sends if method == SENDS else reads
    return [] if str(answer.status) == expected else [f"answers {answer.status}, not {expected}"]


def _wrong_status(world, name, view, user, actor, whose, method, answer, values):
    not_taken = answer.status == 405 and method not in answer.allows
    signs_in = answer.status == 302 and answer.location.startswith("/account/login/")
    if not_taken:
        return []
    if PUBLIC in view.requires:
        return ["asks for a sign-in, though anybody may open it"] if signs_in else []
    if user is None:
        return [] if signs_in else [f"answers {answer.status} to somebody not signed in"]
    if actor == UNREADY and name not in SETTING_UP:
        return _wrong_without_second_factor(name, method, answer)
    if not may_open(view, user):
        if answer.status == 403 or is_in_care(world, name, actor, values):
            return []
        if name.startswith("admin:") and answer.location.startswith(reverse("admin:login")):
            return []  # the admin's own door, which refuses
        return [f"answers {answer.status} to a person without the permission, not 403"]
    return _wrong_row(name, whose, answer)


def _wrong_without_second_factor(name, method, answer):
    """What is wrong with the answer to somebody whom nothing but setting one up is open."""
    if method != READS:
        return [] if answer.status == 403 else [f"answers {answer.status}, not 403"]
    is_led = (answer.status, answer.location) == (302, reverse("door:second_factor"))
    return [] if is_led else [f"answers {answer.status} {answer.location}"]


def _wrong_row(name, whose, answer):
    """What is wrong with the answer to somebody whom the view lets in: whose row is it?"""
    if whose == OWN and answer.status in {403, 404} and name not in NARROWER:
        return [f"answers {answer.status} to a person with the permission, for their own row"]
    if whose != OWN and answer.status != 404:
        return [f"answers {answer.status}, not 404"]
    return []


def is_in_care(world, name, actor, values):
    """Whether the person has taken a capacity in this very session: nothing locks them out."""
    if not name.startswith("supervised:"):
        return False
    (session,) = world.home(actor).rows["live_session"]
    carers = {"facilitator", "nurse", "prescriber", "other_team", "other_nurse"}
    return values.get("key") == session.key and actor in carers


def _wrong_writes(name, user, method, answer):
    of_no_account = TRAIL | SCRATCH if name in {*LIBRARIES, *COUNTED} else TRAIL
    kept = {table: rows for table, rows in answer.written.items() if table not in of_no_account}
    refused = answer.status in REFUSED
    if kept and (refused or method != SENDS):
        return [f"wrote {kept}"]
    if answer.status in {403, 404} and user is not None:
        entries = answer.written["clinic_trailentry"]
        return [] if entries == 1 else [f"wrote {entries} rows of the trail, not one"]
    if answer.status == 405 and answer.written:
        return [f"wrote {answer.written}"]
    return []


def differences(cells):
    """Where somebody else's row and a key nobody has are told apart by a byte."""
    empty = {(c.actor, c.method): c for c in cells if c.whose == ABSENT}
    found = []
    for cell in cells:
        none = empty.get((cell.actor, cell.method))
        if cell.whose not in {OTHER, TEAM, THEIRS} or none is None or is_bearer(cell.name):
            continue
        if cell.answer.masked(cell.values.values()) != none.answer.masked(none.values.values()):
            found.append(f"{cell}answers unlike a key that nobody has")
    return found
