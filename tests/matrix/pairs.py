"""Records that were taken for one person's: linked, told apart, merged and parted, or merely alike."""

from datetime import date

from clinic.cases import actions as cases
from clinic.cases.models import Patient
from sessions.rehearsal import walk
from tests.builders.house import DAY, HOUR, NOON
from tests.builders.merging import merged, parted
from tests.builders.two_sites import linked, told_apart

AT = NOON - 3 * HOUR


def at_two_sites(places, *, by):
    """A record linked with one of the other site, and told apart from another one there.

    Every place has such pairs to ask for, whether or not they are its own.
    """
    here, there = places["a"], places["b"]
    (mine,), (theirs,) = here.rows["twin"], there.rows["twin"]
    unlike = there.rows["patient"][3]
    linked(mine, theirs, by=by, at=AT, reason=f"One of {here.secret} and {there.secret}.")
    told_apart(mine, unlike, by=by, at=AT, reason=f"Two of {here.secret} and {there.secret}.")
    for place, one, other in [(here, mine, mine), (there, theirs, unlike)]:
        place.add("linked", one)
        place.add("told", other)
    for kind in ("linked", "told"):
        places["c"].add(kind, *places["c"].rows["twin"])
    for place in (here, places["c"]):
        _add_elsewhere(place, linked=theirs, told=unlike, any_one=there.rows["patient"][0])
    _add_elsewhere(there, linked=mine, told=mine, any_one=here.rows["patient"][0])


def _add_elsewhere(place, *, linked, told, any_one):
    """Keep the keys of records at the other site, which are not this place's own."""
    place.add("linked_elsewhere", linked.key)
    place.add("told_elsewhere", told.key)
    place.add("elsewhere", any_one.key)


def once_merged(place):
    """Two records that were each merged with that of somebody in care, and parted again.

    The one was the record that stayed, the other the one that went.
    """
    house = place.house
    stayed, went = (_registered(place, name) for name in ("Holly", "Myrtle"))
    merge = merged(house, stayed, _in_care(place), at=AT)
    parted(house, merge, at=AT)
    merge = merged(house, _in_care(place), went, at=AT)
    parted(house, merge, at=AT)
    place.add("parted", stayed, went)


def alike(place):
    """Somebody in nobody's care yet who has the telephone of somebody in care."""
    person = _in_care(place)
    place.add("alike", _registered(place, "Laurel", phone=person.phone, despite=[person.key]))


def _in_care(place):
    return Patient.objects.get(pk=place.rows["patient"][2].pk)


def _registered(place, name, *, phone="", despite=()):
    house, word = place.house, place.shared
    walk.clock(house, AT)
    return cases.register(
        by=house.intake, at=AT, site=house.site, zone=house.site.zone, given_name=name,
        family_name=f"{name} {word}", date_of_birth=date(1950 - len(name), 3, 4) + place.born * DAY,
        email=f"{name}@{word}.example".lower(), phone=phone, despite=despite,
    )  # fmt: skip
