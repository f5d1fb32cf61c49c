"""A made-up clinic: its sites, its people with their licences, its rooms, its rota, its stock.

The demonstration, the rehearsal of a protocol and the tests all stand on this one house. Nobody in
it exists; every name is a plain word with a surname that is a place to be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from clinic.audit.signing import Proof
from clinic.context import set_context
from clinic.documents import actions as documents
from clinic.people.models import (
    Act,
    Duty,
    DutyShift,
    Licence,
    Organisation,
    RoleAtSite,
    Room,
    Site,
    User,
)
from clinic.people.queries import system_user
from clinic.protocols import actions as protocols
from clinic.protocols.files import library, numbers_to_confirm, read
from clinic.protocols.queries import published_version
from clinic.stock import actions as stock
from clinic.stock.models import Lot

PASSWORD = "correct horse battery staple"  # of people who do not exist
CRISIS = (
    "If you are in danger now, call 911. In the United States you can call or text 988 at any hour."
)
ALL_CARE = [Act.PREPARE, Act.ACCOMPANY, Act.INTEGRATE]
MEDICAL = [Act.GIVE, Act.CHECK, Act.MONITOR, Act.RELEASE]

# name: (printed name, role, profession, acts the licence allows)
PEOPLE: dict[str, tuple[str, str, str, list[Act]]] = {
    "intake": ("Ines Intake", "intake", "", []),
    "facilitator": ("Fay Facilitator", "facilitator", "clinical_social_worker", ALL_CARE),
    "second_facilitator": ("Finn Facilitator", "facilitator", "clinical_social_worker", ALL_CARE),
    "nurse": ("Noor Nurse", "nurse", "registered_nurse", ALL_CARE + MEDICAL),
    "second_nurse": ("Sam Second", "nurse", "registered_nurse", ALL_CARE + MEDICAL),
    "prescriber": (
        "Priya Prescriber",
        "prescriber",
        "physician",
        [Act.DECIDE, Act.ORDER, *ALL_CARE, *MEDICAL],
    ),
    "medical_lead": (
        "Mats Medical-Lead",
        "medical_lead",
        "physician",
        [Act.DECIDE, Act.ORDER, *ALL_CARE, *MEDICAL],
    ),
    "manager": ("Mina Manager", "manager", "", []),
    "author": ("Ada Author", "protocol_author", "", []),
    "approver": ("Ari Approver", "protocol_approver", "", []),
    "safety_lead": ("Saga Safety", "safety_lead", "", []),
    "privacy_officer": ("Pim Privacy", "privacy_officer", "", []),
}


@dataclass
class House:
    """The made-up clinic and everybody in it, by the part they play."""

    organisation: Organisation
    site: Site
    other_site: Site
    at: datetime
    people: dict[str, User] = field(default_factory=dict)
    room: Any = None
    second_room: Any = None
    version: Any = None
    lot: Any = None
    password_hash: str = ""

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError as missing:
            raise AttributeError(name) from missing


def proof(user: User, at: datetime) -> Proof:
    """A made-up person has just proved who they are."""
    return Proof(user.pk, at)


def build(*, at: datetime, password: str | None = None) -> House:
    """Build the whole house as it stands at a moment, and show it to the database's walls."""
    organisation, _ = Organisation.objects.get_or_create(
        pk=1,
        defaults={
            "name": "Harbour House (made up)",
            "made_up": True,
            "crisis_text": CRISIS,
            "quiet_from": time(21),
            "quiet_until": time(8),
        },
    )
    site = Site.objects.create(
        name="Harbour House",
        zone="America/New_York",
        jurisdiction="US-NY",
        address="1 Quay Street",
        phone="+1 212 555 0100",
    )
    other_site = Site.objects.create(
        name="Hill House",
        zone="America/Denver",
        jurisdiction="US-CO",
        address="2 Summit Road",
        phone="+1 303 555 0100",
    )
    set_context(user_id=system_user().pk, sites=[site.pk, other_site.pk], clock=at)
    house = House(organisation, site, other_site, at)
    for part, (name, role, profession, acts) in PEOPLE.items():
        house.people[part] = _person(house, part, name, role, profession, acts, site, password)
    house.people["stranger"] = _person(
        house,
        "stranger",
        "Sten Stranger",
        "medical_lead",
        "physician",
        list(Act),
        other_site,
        password,
    )
    _furnish(house)
    house.version = _publish(house)
    documents.add_examples(by=house.approver, at=at)
    house.lot = _receive(house)
    return house


def find() -> House | None:
    """The house as it was built before, or None where there is none."""
    organisation = Organisation.objects.filter(pk=1, made_up=True).first()
    site = Site.objects.filter(name="Harbour House").first()
    if organisation is None or site is None:
        return None
    house = House(organisation, site, Site.objects.get(name="Hill House"), organisation.changed_at)
    set_context(user_id=system_user().pk, sites=[site.pk])
    emails = {_email(part): part for part in [*PEOPLE, "stranger"]}
    for user in User.objects.filter(email__in=emails):
        house.people[emails[user.email]] = user
    house.room = Room.objects.get(site=site, name="Harbour room")
    house.second_room = Room.objects.get(site=site, name="Garden room")
    house.version = published_version("ketamine-im")
    house.lot = Lot.objects.get(site=site, number="HH-0001")
    return house


def _email(part: str) -> str:
    return f"{part.replace('_', '-')}@vigil.example"


def _person(
    house: House,
    part: str,
    name: str,
    role: str,
    profession: str,
    acts: list[Act],
    site: Site,
    password: str | None,
) -> User:
    user = User(email=_email(part), name=name)
    user.joined_at = house.at
    if password:
        # One hash serves all: they share one made-up password, and hashing is slow on purpose.
        user.password = house.password_hash or make_password(password)
        house.password_hash = user.password
    else:
        user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    RoleAtSite.objects.create(
        user=user, site=site, role=role, valid_from=house.at - timedelta(days=365)
    )
    if acts:
        Licence.objects.create(
            user=user,
            profession=profession,
            jurisdiction=site.jurisdiction,
            number=f"{user.pk:06d}",
            valid_from=date(house.at.year - 2, 1, 1),
            valid_until=date(house.at.year + 2, 12, 31),
            acts=acts,
            verified_at=house.at,
            verified_by=house.people.get("manager") or system_user(),
        )
    return user


def _furnish(house: House) -> None:
    house.room = Room.objects.create(site=house.site, name="Harbour room")
    house.second_room = Room.objects.create(site=house.site, name="Garden room")
    Room.objects.create(site=house.site, name="Talking room", for_dosing=False)
    Room.objects.create(site=house.other_site, name="Summit room")
    for duty, part in [
        (Duty.CHARGE, "nurse"),
        (Duty.ON_CALL, "prescriber"),
        (Duty.MEDICAL_LEAD, "medical_lead"),
    ]:
        DutyShift.objects.create(
            site=house.site,
            user=house.people[part],
            duty=duty,
            starts_at=house.at - timedelta(days=400),
            ends_at=house.at + timedelta(days=400),
        )


def _publish(house: House) -> Any:
    """The shipped ketamine file, approved by a made-up person and marked so."""
    text = library()["ketamine-im"].read_text()
    author, approver, at = house.author, house.approver, house.at
    version = protocols.load(text, by=author, at=at, made_up=True)
    protocols.submit(version, by=author, at=at)
    protocols.publish(
        version,
        by=approver,
        at=at,
        confirmed=[number.place for number in numbers_to_confirm(read(text))],
        proof=proof(approver, at),
    )
    return version


def _receive(house: House) -> Any:
    return stock.receive(
        house.site,
        by=house.nurse,
        at=house.at,
        substance="ketamine",
        presentation="solution",
        salt="hydrochloride",
        product="Ketamine 50 mg/mL, 10 mL vial",
        number="HH-0001",
        unit="mg",
        per_ml=Decimal(50),
        expires_on=date(house.at.year + 1, 12, 31),
        quantity=Decimal(50_000),
    )
