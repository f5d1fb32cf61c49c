"""The records of one person at two sites: linked by who decides at both, seen by nobody else."""

from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from clinic.audit.models import Signature, TrailEntry
from clinic.audit.queries import OPENED
from clinic.cases.two_sites import actions
from clinic.cases.two_sites.models import RecordLink, ToldApart
from clinic.context import acting_as, every_site, set_context, set_context_of
from clinic.people.queries import system_user
from clinic.workflow import Refused
from tests.builders.cases import BORN, a_patient
from tests.builders.house import DAY, NOON, PASSWORD, a_house, codes, proof, sign_in, trail
from tests.builders.merging import merged, two_records
from tests.builders.two_sites import (
    linked,
    records_at_two_sites,
    registering_there,
    retracted,
    told_apart,
    unlinked,
    who_decides_at_both,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


@pytest.fixture
def pair(house):
    return records_at_two_sites(house)


@pytest.fixture
def lead(house):
    return who_decides_at_both(house)


def seen_by(user):
    with acting_as(user, clock=NOON):
        return RecordLink.objects.count()


def its_own_house(house, patient):
    """The house as the site of this record, with who registered it."""
    return replace(
        house, site=patient.site, people=house.people | {"intake": patient.registered_by}
    )


def everything(house):
    """The database's walls, as whoever looks after all of it passes them."""
    set_context(user_id=system_user().pk, sites=every_site(), clock=NOON)


def test_who_decides_at_both_sites_links_and_unlinks_by_hand(client, house, pair, lead):
    here, there = pair
    sign_in(client, lead)

    person = client.get(reverse("cases:patient", args=[here.key])).content.decode()
    place = reverse("cases:elsewhere", args=[here.key])
    found = client.post(place, {"q": there.number}).content.decode()
    link = reverse("cases:link", args=[here.key, there.key])
    compare = client.get(link).content.decode()
    opened = TrailEntry.objects.filter(act=OPENED, by=lead).values_list("subject_key", flat=True)
    assert set(opened) == {here.key, there.key}
    done = client.post(link, {"reason": "One passport.", "password": PASSWORD})
    after = client.get(place).content.decode()
    ended = client.post(
        reverse("cases:unlink", args=[here.key, there.key]),
        {"reason": "Two passports.", "password": PASSWORD},
    )

    assert f'href="{place}"' in person
    assert f'href="{link}"' in found
    assert "+1 503 555 0199" in compare
    assert (done.status_code, ended.status_code) == (302, 302)
    assert "One passport." in after
    assert "Two passports." in client.get(place).content.decode()


def test_who_may_be_the_same_person_there_is_named(client, house, lead):
    here, _ = two_records(house)
    there = a_patient(registering_there(house))

    said = sign_in(client, lead).get(reverse("cases:elsewhere", args=[here.key])).content.decode()

    assert f"Compare with {there.number} at <bdi>Hill House</bdi>" in said


def test_the_search_finds_the_likest_elsewhere_whoever_is_found_here(client, house, lead):
    here, _ = two_records(house)  # a Marlow, and nobody is asked how alike the others are
    hill = registering_there(house)
    unlike = {"date_of_birth": BORN + 9 * DAY, "email": "", "phone": ""}
    for family_name in ("Marllowe", "Marlwo"):
        a_patient(hill, family_name=family_name, given_name="Ann", **unlike)

    place = reverse("cases:elsewhere", args=[here.key])
    answer = sign_in(client, lead).post(place, {"q": "Marlow"})

    assert [each.family_name for each in answer.context["found"]] == ["Marlwo", "Marllowe"]


def test_pages_and_acts_hold_two_chains_in_one_order(client, house, lead):
    keys = [UUID(int=1), UUID(int=2)]  # of two records, the other way round than of their sites
    if str(house.site.key) < str(house.other_site.key):
        keys.reverse()
    here = a_patient(house, key=keys[0])
    there = a_patient(registering_there(house), key=keys[1])

    sign_in(client, lead).get(reverse("cases:link", args=[here.key, there.key]))
    linked(here, there, by=lead)

    for act in (OPENED, "record linked with one of another site"):
        lines = TrailEntry.objects.filter(act=act, by=lead).order_by("pk")
        written = list(lines.values_list("stream", flat=True))
        assert (len(written), written) == (2, sorted(written))


def test_nobody_of_one_site_sees_the_page_the_way_to_it_or_the_link(client, house, pair, lead):
    here, there = pair
    linked(here, there, by=lead)
    place = reverse("cases:elsewhere", args=[here.key])

    for who in (house.medical_lead, house.prescriber):
        sign_in(client, who)
        assert place not in client.get(reverse("cases:patient", args=[here.key])).content.decode()
        assert client.get(place).status_code == 404
        assert client.get(reverse("cases:link", args=[here.key, there.key])).status_code == 404
    sign_in(client, house.intake)
    assert client.get(place).status_code == 403
    people = [lead, house.medical_lead, house.stranger, house.intake, house.privacy_officer]
    assert [seen_by(who) for who in people] == [1, 0, 0, 0, 0]


def test_each_site_reads_of_its_own_record_alone(house, pair, lead):
    here, there = pair
    link = linked(here, there, by=lead)

    everything(house)
    signature = Signature.objects.get(subject_key=link.key)
    lines = TrailEntry.objects.filter(act="record linked with one of another site")
    assert signature.by == lead
    for told, mine, other in ((lines.get(site=here.site), here, there),
                              (lines.get(site=there.site), there, here)):  # fmt: skip
        assert told.subject_key == mine.key
        for word in (str(other.key), other.number, other.family_name, "Same passport"):
            assert word not in told.payload + signature.content


@pytest.mark.parametrize("who", ["medical_lead", "stranger"])
def test_who_decides_at_one_site_alone_links_nothing(house, pair, who):
    everything(house)
    before, by = trail(), house.people[who]

    with pytest.raises(Refused) as refusal:
        actions.link(*pair, by=by, at=NOON, reason="-", proof=proof(by, NOON))

    assert codes(refusal) == ["role"]
    assert (trail(), RecordLink.objects.count()) == (before, 0)


def test_records_of_one_site_are_merged_not_linked(house, lead):
    with pytest.raises(Refused) as refusal:
        linked(*two_records(house), by=lead)

    assert codes(refusal) == ["link_pair"]


def test_a_link_needs_a_reason_and_a_proof(house, pair, lead):
    with pytest.raises(Refused) as refusal:
        linked(*pair, by=lead, reason=" ", proof=None)

    assert codes(refusal) == ["reason_missing", "signer_unproved"]


def test_an_ended_link_is_ended_once_and_made_anew(house, pair, lead):
    link = linked(*pair, by=lead)
    unlinked(*pair, by=lead)

    with pytest.raises(DatabaseError), transaction.atomic():
        RecordLink.objects.filter(pk=link.pk).update(ended_at=None, ended_by=None)
    linked(*pair, by=lead)

    assert list(RecordLink.objects.values_list("ended_reason", flat=True)) == ["Two passports.", ""]


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_link_of_a_record_that_was_merged_since_is_read_and_ended(
    client, house, pair, lead, side
):
    here, there = pair
    linked(here, there, by=lead)
    everything(house)
    site = house if side == "here" else its_own_house(house, there)
    stays = a_patient(site, family_name="Quill", given_name="Ida", email="", phone="")
    set_context_of(lead, clock=NOON)
    merged(site, stays, here if side == "here" else there, by=lead)
    place = reverse("cases:elsewhere", args=[(stays if side == "here" else here).key])
    way = reverse("cases:unlink", args=[here.key, there.key])
    sign_in(client, lead)

    assert f'href="{way}"' in client.get(place).content.decode()
    assert client.get(way).status_code == 200
    ended = client.post(way, {"reason": "Two passports.", "password": PASSWORD})

    assert (ended.status_code, ended.url) == (302, place)
    assert "Two passports." in client.get(place).content.decode()


def test_that_one_who_was_merged_since_was_told_apart_is_taken_back_by_hand(
    client, house, pair, lead
):
    here, there = pair
    told_apart(here, there, by=lead)
    everything(house)
    stays = a_patient(
        its_own_house(house, there), family_name="Quill", given_name="Ida", email="", phone=""
    )
    set_context_of(lead, clock=NOON)
    merged(its_own_house(house, there), stays, there, by=lead)
    place = reverse("cases:elsewhere", args=[here.key])
    way = reverse("cases:retract", args=[here.key, there.key])
    sign_in(client, lead)

    assert f'href="{way}"' in client.get(place).content.decode()
    taken = client.post(way, {"reason": "One passport.", "password": PASSWORD})

    assert (taken.status_code, taken.url) == (302, place)
    assert "Taken back" in client.get(place).content.decode()


def test_two_people_are_told_apart_and_it_is_taken_back_by_hand(client, house, lead):
    here, _ = two_records(house)
    there = a_patient(registering_there(house))
    place = reverse("cases:elsewhere", args=[here.key])
    sign_in(client, lead)
    tell, back = (
        reverse(f"cases:{name}", args=[here.key, there.key]) for name in ("tell_apart", "retract")
    )

    before = client.get(place).content.decode()
    told = client.post(tell, {"reason": "Twins.", "password": PASSWORD})
    after = client.get(place).content.decode()
    taken = client.post(back, {"reason": "One passport.", "password": PASSWORD})

    assert f'href="{tell}"' in before
    assert (told.status_code, taken.status_code) == (302, 302)
    assert "Possibly the same person" not in after
    for said in ("Two people", "Twins.", f'href="{back}"'):
        assert said in after
    for said in ("Taken back", "One passport.", "Possibly the same person"):
        assert said in client.get(place).content.decode()


def test_that_two_are_told_apart_is_read_by_who_may_open_both_alone(client, house, pair, lead):
    here, there = pair
    told = told_apart(here, there, by=lead)

    people = [lead, house.medical_lead, house.stranger, house.intake, house.privacy_officer]
    seen = []
    for who in people:
        with acting_as(who, clock=NOON):
            seen.append(ToldApart.objects.count())
    assert seen == [1, 0, 0, 0, 0]
    for name in ("tell_apart", "retract"):
        address = reverse(f"cases:{name}", args=[here.key, there.key])
        assert sign_in(client, house.medical_lead).get(address).status_code == 404
    everything(house)
    signature = Signature.objects.get(subject_key=told.key)
    for mine, other in (pair, pair[::-1]):
        line = TrailEntry.objects.get(
            act="record told apart from one of another site", site=mine.site
        )  # fmt: skip
        assert line.subject_key == mine.key
        for word in (str(other.key), other.number, other.family_name, "Twins"):
            assert word not in line.payload + signature.content


def test_two_are_told_apart_by_who_decides_at_both_once_and_not_while_linked(house, pair, lead):
    def refused(act, *rows, by=lead, **how):
        with pytest.raises(Refused) as refusal:
            act(*rows, by=by, **how)
        return codes(refusal)

    assert refused(told_apart, *two_records(house)) == ["link_pair"]
    assert refused(told_apart, *pair, reason=" ", proof=None) == [
        "reason_missing", "signer_unproved",
    ]  # fmt: skip
    everything(house)
    by = house.medical_lead
    with pytest.raises(Refused) as refusal:
        actions.tell_apart(*pair, by=by, at=NOON, reason="-", proof=proof(by, NOON))
    assert codes(refusal) == ["role"]
    linked(*pair, by=lead)
    assert refused(told_apart, *pair) == ["records_linked"]
    unlinked(*pair, by=lead)
    told = told_apart(*pair, by=lead)
    assert refused(told_apart, *pair) == refused(linked, *pair) == ["records_told_apart"]
    retracted(*pair, by=lead)
    with pytest.raises(DatabaseError), transaction.atomic():
        ToldApart.objects.filter(pk=told.pk).update(ended_at=None, ended_by=None)
    told_apart(*pair, by=lead)
