"""Everybody who asks: each part, each way to be halfway in, and whose rows are whose to them."""

from dataclasses import dataclass, replace

from allauth.account.models import EmailAddress
from django.test import Client

from clinic.access import ROLES
from clinic.cases.break_glass import actions as break_glass
from clinic.cases.models import CareTeamMember
from clinic.people.door import sign_in as door
from clinic.people.models import Duty, DutyShift, RoleAtSite, User
from sessions.rehearsal import house as made_up
from sessions.rehearsal import walk
from tests.builders.door import an_app, enters
from tests.builders.house import DAY, HOUR, MINUTE, NOON, PASSWORD, proof, sign_in
from tests.matrix.over import (
    looked_elsewhere,
    on_duty_elsewhere,
    put_off,
    read_elsewhere,
    waits_for_the_dose,
)
from tests.matrix.pairs import alike, at_two_sites, once_merged
from tests.matrix.world import Place, tell

CREW = ["intake", "facilitator", "nurse", "second_nurse", "prescriber", "medical_lead", "manager",
        "safety_lead"]  # fmt: skip
CARERS = ["facilitator", "nurse", "second_nurse", "prescriber"]
OTHER_TEAM, GLASS, UNREADY = "other_team", "broke_the_glass", "no_second_factor"
AT_BOTH = "decides_at_both"  # before whom no site's wall stands
# Whose browser holds something, and whom the product yet takes for nobody.
HALFWAY = {"half_signed_in", "deactivated"}
# Who reaches people at their site by caring for them alone: no duty there opens the others.
BY_CARE_ALONE = {"facilitator", OTHER_TEAM, "other_nurse", GLASS}


@dataclass
class World:
    """The three places and everybody's signed-in cookies."""

    places: dict[str, Place]
    actors: dict[str, User | None]  # whom the product takes each for
    cookies: dict[str, dict]
    in_reach: int  # the one patient to whom the glass is broken
    others: dict[str, User]  # who is asked only in the cells that are filled in
    alone: dict[str, int]  # of each row that one person alone reads, who that is

    def home(self, actor):
        """The place an actor belongs to."""
        if actor == "stranger":
            return self.places["b"]
        return self.places["c" if actor in {OTHER_TEAM, "other_nurse"} else "a"]

    def beside(self, actor):
        """The place of the other team at the actor's site, if there is one."""
        home = self.home(actor)
        others = {"a": "c", "c": "a"}
        return next((self.places[others[k]] for k in others if self.places[k] is home), None)

    def away(self, actor):
        """The place whose site's wall an actor stands before, if before any."""
        return None if actor == AT_BOTH else self.places["a" if actor == "stranger" else "b"]

    def is_anothers_alone(self, actor, values):
        """Whether the row is read by one person alone, and that is somebody else."""
        owners = [self.alone[str(v)] for v in values.values() if str(v) in self.alone]
        return any(self.actors[actor] is None or owner != self.actors[actor].pk for owner in owners)

    def is_in_other_hands(self, actor, values):
        """Whether the row is about somebody at the actor's own site whom others look after."""
        if actor not in BY_CARE_ALONE:
            return False
        home, beside = self.home(actor), self.beside(actor)
        named = {str(value) for value in values.values()}
        if actor == GLASS:
            about = {**home.about, **beside.about}
            return any(about[key] != self.in_reach for key in named & set(about))
        return bool(named & set(beside.about))


def build():
    """Both sites, their stories, and a browser for everybody."""
    house = made_up.build(at=NOON - 60 * DAY, password=PASSWORD)
    places = {
        "a": Place(house, "zwaluwnest", "zwaluwpost", "zwaluwgrot"),
        # Born in other years: who shares a birth date with somebody elsewhere is asked about there.
        "b": Place(_second(house), "ijsvogelkuil", "ijsvogelpost", "ijsvogelwand", born=1961),
        "c": Place(
            _with_another_team(house), "nachtegaal", "heggenpost", "heggenmus",
            names=("Wolfert", "Machteld", "Gijsbert", "Liesbeth"), born=1951,
        ),
    }  # fmt: skip
    for place in places.values():
        tell(place)
    everybody = {
        part: house.people[part]
        for part in [*made_up.PEOPLE, "stranger"]
        if part not in {"second_facilitator", "second_nurse"}  # there is a first of each
    }
    everybody[OTHER_TEAM] = places["c"].house.facilitator
    everybody["other_nurse"] = places["c"].house.nurse
    everybody["former"] = _lead(house, "former", "Fern Former", until=house.at + DAY)
    everybody["two_sites"] = _two_sites(house)
    everybody[AT_BOTH] = _lead(house, "both", "Bibi Both")
    RoleAtSite.objects.create(
        user=everybody[AT_BOTH], site=house.other_site, role="medical_lead",
        valid_from=house.at - 365 * DAY,
    )  # fmt: skip
    everybody[GLASS], patient = _who_broke_the_glass(house, places["a"])
    everybody[UNREADY] = _lead(house, "no-factor", "Nele No-Factor")
    put_off(places["b"])
    waits_for_the_dose(places["a"])
    looked_elsewhere(places["b"], everybody["two_sites"])
    read_elsewhere(places["b"], everybody["two_sites"])
    on_duty_elsewhere(places["b"], everybody["two_sites"])
    for key in ("b", "c"):
        once_merged(places[key])
    alike(places["a"])
    at_two_sites(places, by=everybody[AT_BOTH])
    others = _with_two_parts(house) | {"other_prescriber": places["c"].house.prescriber}
    cookies = {p: signed_in(user) for p, user in (everybody | others).items() if p != UNREADY}
    cookies[UNREADY] = dict(sign_in(Client(), everybody[UNREADY]).cookies)
    cookies |= {"half_signed_in": _half_signed_in(house), "deactivated": _deactivated(house)}
    _changed_hands(places)
    nobody = dict.fromkeys(["nobody", *HALFWAY])
    files = [file for place in places.values() for file in place.rows["patient_file"]]
    alone = {str(file.key): file.read_by_id for file in files}
    return World(places, nobody | everybody, cookies, patient.pk, others, alone)


def signed_in(user):
    """The cookies of somebody who signed in with both factors."""
    client = sign_in(Client(), user)
    session = client.session
    session[door.FACTOR] = True
    session.save()
    return dict(client.cookies)


# -- Whose people they are -------------------------------------------------------------------------


def _second(house):
    """The other site's own house, with people of its own."""
    other = replace(
        house, site=house.other_site, other_site=house.site, people={}, room=None, lot=None
    )
    _staffed(other, CREW, "hill")
    for duty, part in [(Duty.CHARGE, "nurse"), (Duty.ON_CALL, "prescriber")]:
        DutyShift.objects.create(
            site=other.site, user=other.people[part], duty=duty,
            starts_at=house.at, ends_at=house.at + 400 * DAY,
        )  # fmt: skip
    return other


def _with_another_team(house):
    """The same site, where others care for people of their own."""
    other = replace(house, people=dict(house.people), room=None, lot=None)
    _staffed(other, ["intake", *CARERS], "lane")
    return other


def _staffed(house, parts, where):
    for part in parts:
        name, role, profession, acts = made_up.PEOPLE[part]
        house.people[part] = made_up._person(
            house, f"{where}-{part}", f"{where.title()} {name.split()[-1]}", role, profession,
            acts, house.site, PASSWORD,
        )  # fmt: skip


# -- Halfway in ------------------------------------------------------------------------------------


def _somebody(email, name):
    user = User(email=f"{email}@vigil.example", name=name)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _lead(house, email, name, until=None):
    """Somebody who would open nearly everything, were they let in; their role may have ended."""
    user = _somebody(email, name)
    RoleAtSite.objects.create(
        user=user, site=house.site, role="medical_lead",
        valid_from=house.at - 365 * DAY, valid_until=until,
    )  # fmt: skip
    return user


def _half_signed_in(house):
    """The cookies of somebody whose password was right, and whose code nobody has seen."""
    user = _lead(house, "half", "Hans Half")
    an_app(user, kept_at=NOON - DAY)
    browser = Client()
    enters(browser, user.email, PASSWORD)
    assert "account_login" in browser.session, "the second factor was not asked for"
    return dict(browser.cookies)


def _deactivated(house):
    """The cookies of somebody who signed in and then was shown the door."""
    user = _lead(house, "deactivated", "Dora Deactivated")
    cookies = signed_in(user)
    user.is_active = False
    user.save()
    return cookies


def _two_sites(house):
    """Somebody who is everything at one site, and at the other only writes protocols.

    The database shows both sites to them: the application's own filters stand alone.
    """
    user = _somebody("two-sites", "Toos Two-Sites")
    start = house.at - 365 * DAY
    for role in ROLES:
        RoleAtSite.objects.create(user=user, site=house.site, role=role, valid_from=start)
    RoleAtSite.objects.create(
        user=user, site=house.other_site, role="protocol_approver", valid_from=start
    )
    return user


def _with_two_parts(house):
    """People whose parts differ: by the site, by the year, or by what each of them opens."""
    start, here, there = house.at - 365 * DAY, house.site, house.other_site
    parts = {
        "reads_the_trail": [("facilitator", here, None), ("privacy_officer", here, None)],
        "books_elsewhere": [("medical_lead", here, None), ("manager", there, None)],
        "prescribes_at_both": [("prescriber", here, None), ("prescriber", there, None)],
        "moved": [("nurse", here, house.at), ("nurse", there, None)],
    }
    people = {part: _somebody(part.replace("_", "-"), part.title()) for part in parts}
    for part, roles in parts.items():
        for role, site, until in roles:
            RoleAtSite.objects.create(
                user=people[part], site=site, role=role, valid_from=start, valid_until=until
            )
    return people


def _who_broke_the_glass(house, place):
    """A facilitator in nobody's team who opened one record in an emergency, and that person."""
    user = _somebody("glass", "Gwen Glass")
    RoleAtSite.objects.create(
        user=user, site=house.site, role="facilitator", valid_from=house.at - 365 * DAY
    )
    patient, at = place.rows["live_session"][0].case.patient, NOON - 20 * MINUTE
    _breaks(house, user, patient, at=at)
    return user, patient


def _breaks(house, user, patient, *, at):
    walk.clock(house, at)
    return break_glass.break_glass(
        house.site, by=user, at=at, reason="Found lying in the corridor.",
        proof=proof(user, at), number=patient.number,
    )  # fmt: skip


def _changed_hands(places):
    """The other team's people cared here once: one's hour is over, another has left the team."""
    house, (case, *_) = places["a"].house, places["a"].rows["case"]
    at = NOON - 2 * HOUR
    _breaks(house, places["c"].house.facilitator, case.patient, at=at)
    walk.clock(house, NOON - MINUTE)
    CareTeamMember.objects.create(
        case=case, user=places["c"].house.nurse, capacity="nurse", since=NOON - 2 * DAY,
        until=NOON - MINUTE, added_by=house.facilitator,
    )  # fmt: skip
