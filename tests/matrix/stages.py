"""Forms that stand only at a stage: whose row leads there, what happened before, what is answered."""

from collections.abc import Callable
from dataclasses import dataclass, field

from allauth.usersessions.models import UserSession
from django.conf import settings

from clinic.people.door.queries import fingerprint
from sessions.rehearsal import walk
from tests.builders.door import an_app
from tests.builders.house import NOON, PASSWORD


@dataclass(frozen=True)
class Stage:
    """A form where it stands: the route, who sends it, of which row."""

    name: str
    actor: str
    row: Callable = lambda world: {}
    before: Callable = lambda world: None
    answers: dict = field(default_factory=dict)  # what cannot be guessed


def _a_case(world):
    return {"key": world.places["a"].rows["case"][0].key}


def _a_file(world):
    return {"key": world.places["a"].rows["patient_file"][0].key}


def _undrawn(world):
    (order,) = world.places["a"].rows["undrawn"]
    return {"key": order.session.key}


def _drawn(world):
    place = world.places["a"]
    walk.drawn(place.house, place.rows["undrawn"][0], at=NOON)


def _new_codes(world):
    an_app(world.actors["manager"])


BY_A_SECOND = {"second_email": "prescriber@vigil.example", "second_password": PASSWORD,
               "second_code": ""}  # fmt: skip


def _a_device(world):
    return {"device": fingerprint(_signed_in_there(world))}


def _signs_in_there(world):
    _signed_in_there(world).save()


def _signed_in_there(world):
    """Where the manager is signed in, as the library keeps it."""
    key = world.cookies["manager"][settings.SESSION_COOKIE_NAME].value
    return UserSession(user=world.actors["manager"], ip="127.0.0.1", session_key=key)


# Pages that open to somebody only once something happened, which no row of the world says.
OPENS_LATER = {
    "door:codes": Stage("door:codes", "manager", before=_new_codes),
    "door:end_sign_in": Stage("door:end_sign_in", "manager", _a_device, _signs_in_there),
}

STAGES = [
    Stage("cases:hold", "medical_lead", _a_case),
    Stage("cases:import", "intake", _a_file),
    Stage("supervised:prepare", "nurse", _undrawn, answers=BY_A_SECOND),
    Stage("supervised:give", "nurse", _undrawn, _drawn, BY_A_SECOND | {"wasted": ""}),
    OPENS_LATER["door:codes"],
    Stage("account_reset_password", "nobody"),
]
