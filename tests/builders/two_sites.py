"""The other site of the organisation as a house of its own, and who decides at both."""

from dataclasses import replace

from clinic.cases.two_sites import actions
from clinic.context import set_context, set_context_of
from clinic.people.models import Duty, DutyShift, RoleAtSite, Site, User
from sessions.rehearsal import house as made_up
from sessions.rehearsal import walk
from tests.builders.cases import a_known_patient
from tests.builders.house import DAY, NOON, PASSWORD, proof

SOMEBODY_ELSE = {"family_name": "Birch", "given_name": "Wren", "phone": "+1 503 555 0199"}


def the_other_house(house):
    """The other site, with its own people, room and stock."""
    Site.objects.filter(pk=house.other_site.pk).update(jurisdiction="US-NY")
    site = Site.objects.get(pk=house.other_site.pk)
    set_context(user_id=house.intake.pk, sites=[house.site.pk, site.pk], clock=house.at)
    hill = replace(house, site=site, people=dict(house.people))
    for part, (name, role, profession, acts) in made_up.PEOPLE.items():
        if part not in ("author", "approver", "manager"):
            hill.people[part] = made_up._person(
                hill, f"hill_{part}", f"Hill {name}", role, profession, acts, site, None
            )
    hill.room = site.rooms.get(name="Summit room")
    for duty, part in [(Duty.CHARGE, "nurse"), (Duty.ON_CALL, "prescriber")]:
        DutyShift.objects.create(
            site=site, user=hill.people[part], duty=duty, starts_at=house.at - 400 * DAY,
            ends_at=house.at + 400 * DAY,
        )  # fmt: skip
    hill.lot = made_up._receive(hill)
    return hill


def who_decides_at_both(house):
    """The medical lead of both sites."""
    lead = made_up._person(
        house, "both", "Lena Two-Leads", "medical_lead", "physician", [], house.site, PASSWORD
    )
    RoleAtSite.objects.create(
        user=lead, site=house.other_site, role="medical_lead", valid_from=NOON - 400 * DAY
    )
    return User.objects.get(pk=lead.pk)


def who_registers_there(house):
    """Intake staff of the other site."""
    return made_up._person(
        house, "there", "Ilse Intake", "intake", "", [], house.other_site, PASSWORD
    )


def records_at_two_sites(house):
    """One person, registered at each site, each time with other details."""
    there = walk.registered(registering_there(house), at=NOON - DAY, **SOMEBODY_ELSE)
    set_context(user_id=house.intake.pk, sites=[house.site.pk, house.other_site.pk], clock=house.at)
    return a_known_patient(house), there


def registering_there(house):
    """The house as far as somebody may be registered at its other site."""
    return replace(
        house,
        site=house.other_site,
        people=house.people | {"intake": who_registers_there(house)},
    )


def linked(*pair, by, at=NOON, reason="Same passport.", **how):
    """Two records linked, signed by who decides at both sites, behind their walls."""
    set_context_of(by, clock=at)
    return actions.link(*pair, by=by, at=at, reason=reason, proof=how.get("proof", proof(by, at)))


def unlinked(*pair, by, at=NOON, reason="Two passports.", **how):
    """Their link ended."""
    set_context_of(by, clock=at)
    return actions.unlink(*pair, by=by, at=at, reason=reason, proof=how.get("proof", proof(by, at)))


def told_apart(*pair, by, at=NOON, reason="Twins.", **how):
    """Two records said to be of two people, behind their walls."""
    set_context_of(by, clock=at)
    return actions.tell_apart(
        *pair, by=by, at=at, reason=reason, proof=how.get("proof", proof(by, at))
    )  # fmt: skip


def retracted(*pair, by, at=NOON, reason="One passport.", **how):
    """That taken back."""
    set_context_of(by, clock=at)
    return actions.retract(
        *pair, by=by, at=at, reason=reason, proof=how.get("proof", proof(by, at))
    )
