"""Second factors, sign-ins and leaving, by two at once."""

from allauth.mfa.models import Authenticator

from clinic.people.door import actions, queries
from clinic.people.models import ForgottenPassword, Invitation, User
from clinic.people.queries import system_user
from tests.builders.door import an_app
from tests.builders.house import NOON
from tests.builders.people import a_colleague
from tests.races.harness import Start, race
from tests.races.of_people import LONG_AGO, _both, fresh


@race("clinic.people.door.actions.keep_codes")
def keep_codes(house):
    an_app(house.nurse)
    keep = house.nurse, lambda: actions.keep_codes(fresh(house.nurse), by=house.nurse, at=NOON)
    kept = Authenticator.objects.filter(data__has_key=queries.KEPT)
    return Start(keep, keep, kept.count)


@race("clinic.people.door.actions.reset_second_factor")
def reset_second_factor(house):
    an_app(house.nurse)
    return _both(
        house,
        lambda by: actions.reset_second_factor(fresh(house.nurse), by=by, at=NOON, reason="Lost"),
        Invitation.objects.filter(role="").count,
    )


@race("clinic.people.door.actions.end_sign_ins")
def end_sign_ins(house):
    # Both stand: what has ended cannot end again, and both are in the trail.
    return _both(
        house,
        lambda by: actions.end_sign_ins(fresh(house.nurse), by=by, at=NOON),
        queries.sign_ins(house.nurse).count,
        leaves=0,
        both_done=True,
    )


@race("clinic.people.door.actions.leave")
def leave(house):
    return _both(
        house,
        lambda by: actions.leave(fresh(house.nurse), by=by, at=NOON, reason="Moves away"),
        User.objects.filter(is_active=False, is_system=False).count,
    )


@race("clinic.people.door.actions.leave")
def let_each_other_go(house):
    other = a_colleague(house, role="manager", at=LONG_AGO)

    def let_go(whom, by):
        return by, lambda: actions.leave(fresh(whom), by=by, at=NOON, reason="Moves away")

    return Start(
        let_go(other, house.manager),
        let_go(house.manager, other),
        User.objects.filter(is_active=False, is_system=False).count,
    )


@race("clinic.people.door.actions.answer")
def answer(house):
    actions.ask_for_password(email=house.nurse.email, at=NOON)
    row, system = ForgottenPassword.objects.get(), system_user()
    seen = [fresh(row), fresh(row)]
    first, second = ((system, lambda r=r: actions.answer(r, by=system, at=NOON)) for r in seen)
    return Start(first, second, ForgottenPassword.objects.count, leaves=0)
