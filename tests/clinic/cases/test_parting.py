"""Two records that were merged and are of two people: parted by a signed act, and nothing is lost."""

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from clinic.audit.models import Signature, TrailEntry
from clinic.cases import actions as cases
from clinic.cases.channels import actions as channels
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.merging import queries
from clinic.cases.merging.models import PatientMerge, PatientParting
from clinic.cases.models import Case, Hold, Patient, Status
from clinic.trail.queries import about
from clinic.workflow import Refused
from sessions.preparation.rules import gates
from tests.builders.booking import a_visit
from tests.builders.cases import a_case_in, a_contact, a_patient, a_referred_case
from tests.builders.house import DAY, HOUR, NOON, PASSWORD, a_house, codes, proof, sign_in, trail
from tests.builders.merging import merged, parted, two_records
from tests.builders.messages import a_message
from tests.builders.supervised import a_signed_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


@pytest.fixture
def pair(house):
    return two_records(house)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def as_they_are(*patients):
    """All that hangs on these records and all that they say themselves."""
    rows = Patient.objects.filter(pk__in=[each.pk for each in patients])
    hanging = {
        (model._meta.label, pk): patient
        for model, field in queries.what_moves()
        for pk, patient in model._default_manager.filter(**{f"{field}__in": patients}).values_list(
            "pk", field
        )
    }
    numbers = Case.objects.filter(patient__in=patients).values_list("pk", "number")
    return list(rows.order_by("pk").values()), hanging, sorted(numbers)


def refused(house, merge, **how):
    before = trail()
    with pytest.raises(Refused) as refusal:
        parted(house, merge, **how)
    assert trail() == before
    return codes(refusal)


def test_everything_hangs_again_where_it_hung_under_the_number_it_had(house, pair):
    kept, other = pair
    first, second = a_referred_case(house, patient=kept), a_referred_case(house, patient=other)
    a_case_in(house, Status.PREPARING, case=second)
    a_contact(house, other, name="Ash Marlow")
    a_visit(house, second)
    a_message(house, case=second, patient=other)
    before = as_they_are(kept, other)

    merge = merged(house, kept, other)
    assert (fresh(first).number, fresh(second).number) == (1, 2)
    parting = parted(house, merge, at=NOON + HOUR)

    assert as_they_are(kept, other) == before
    assert parting.moved["clinic.Case"] == [[str(second.key), 2, 1]]
    told = TrailEntry.objects.get(act="went back to a parted record")
    assert (told.case_key, told.said["was"], told.said["now"]) == (second.key, 2, 1)
    for patient in pair:
        lines = TrailEntry.objects.filter(about([fresh(patient)]))
        assert "records parted" in lines.values_list("act", flat=True)
    signed = Signature.objects.get(subject_key=parting.key)
    assert (signed.by, "Two passports." in signed.content) == (house.medical_lead, True)
    for said in ("r.marlowe@example.net", "0177"):  # no address in plain under a signature
        assert said not in signed.content


def test_what_was_written_since_goes_with_its_case_and_else_with_whom_is_said(house, pair):
    kept, other = pair
    case = a_case_in(house, Status.PREPARING, case=a_referred_case(house, patient=other))
    merge = merged(house, kept, other)
    visit = a_visit(house, fresh(case))
    cases.withdraw(fresh(case), by=house.intake, at=NOON + HOUR)
    since = {"patient": fresh(kept), "at": NOON + HOUR}
    theirs, ours = (
        a_contact(house, role="escort", name=name, **since) for name in ("Tern", "Wren")
    )
    later = a_referred_case(house, **since)
    assert queries.written_since(merge) == [later, theirs, ours]

    parted(house, merge, at=NOON + 2 * HOUR, theirs=[theirs, later])

    assert [fresh(row).patient for row in (visit, theirs, ours, later)] == [
        other, other, kept, other,
    ]  # fmt: skip
    assert (fresh(case).number, fresh(later).number) == (1, 2)


def test_a_case_opened_after_the_parting_has_a_number_nobody_has(house, pair):
    kept, other = pair

    def another(at):
        for case in Case.objects.filter(patient__in=pair).exclude(status=Status.WITHDRAWN):
            cases.withdraw(case, by=house.intake, at=at)
        return a_referred_case(house, patient=fresh(kept), at=at)

    for patient in pair:
        a_referred_case(house, patient=patient)
    merge = merged(house, kept, other)
    stays = another(NOON + HOUR)
    parted(house, merge, at=NOON + 2 * HOUR)

    assert (fresh(stays).number, another(NOON + 3 * HOUR).number) == (3, 4)


def test_what_a_third_record_brought_goes_back_with_that_one_alone(house, pair):
    kept, other = pair
    merge = merged(house, kept, other)
    third = a_patient(house, given_name="Rob", family_name="Quill", email="", phone="")
    theirs = [
        a_referred_case(house, patient=third, at=NOON + HOUR),
        a_contact(house, third, at=NOON + HOUR),
    ]
    merged(house, fresh(kept), third, at=NOON + 2 * HOUR)

    assert {fresh(row).patient for row in theirs} == {kept}
    assert queries.written_since(merge) == []


def test_what_a_contact_agreed_to_since_is_taken_back_where_the_contact_stands(house, pair):
    kept, other = pair
    contact = a_contact(house, other)
    merge = merged(house, kept, other)
    kept, by = fresh(kept), house.intake
    given = channels.agree(kept, by=by, at=NOON, channel="email", contact=fresh(contact))

    parted(house, merge, at=NOON + HOUR)

    consent = ChannelConsent.objects.get(contact=contact, withdrawn_at=None)
    assert (consent.patient, consent.given_at, consent.given_by) == (other, NOON, by)
    assert fresh(given).withdrawn_by == house.medical_lead
    channels.take_back(consent, by=by, at=NOON + 2 * HOUR)
    assert not fresh(contact).channel_consents.filter(withdrawn_at=None).exists()


def test_a_hold_lies_on_both_until_it_is_lifted(house, pair):
    kept, other = pair
    cases.place_hold(
        house.site, by=house.medical_lead, at=NOON - DAY, on=Hold.On.PATIENT,
        target_key=other.key, words=str(other), reason="A fit last week.",
    )  # fmt: skip

    parted(house, merged(house, kept, other), at=NOON + HOUR)

    for patient in pair:
        (hold,) = queries.holds_of(fresh(patient))
        assert "A fit last week." in hold.reason


@pytest.mark.parametrize(
    ("before", "since", "stays", "goes"),
    [
        ("Latex", "", "Latex", "Penicillin"),
        (
            "",
            "walnuts",
            "walnuts",
            "Penicillin\nWritten while record {} was one with this: walnuts",
        ),
    ],
)
def test_no_allergy_is_missed_on_either(house, pair, before, since, stays, goes):
    kept, other = pair
    cases.correct(kept, by=house.intake, at=NOON, allergies=before)
    merge = merged(house, fresh(kept), other)
    if since:
        stood = fresh(kept).allergies
        cases.correct(fresh(kept), by=house.intake, at=NOON, allergies=f"{stood}\n{since}")

    parted(house, merge, at=NOON + HOUR)

    assert fresh(kept).allergies == stays
    assert fresh(other).allergies == goes.format(kept.number)


def test_a_dose_counts_for_its_own_person_alone_again(house):
    dosed = a_signed_session(house, at=NOON - DAY).case.patient
    kept = a_patient(house, given_name="Bobbie")
    case = a_case_in(house, Status.PREPARING, case=a_referred_case(house, patient=kept))
    merge = merged(house, kept, dosed)

    def closed():
        steps = gates(Case.objects.get(pk=case.pk).cycles.get(), at=NOON)
        return {step.code for step in steps if step.obstacles}

    assert "interval" in closed()
    parted(house, merge)
    assert "interval" not in closed()


def test_records_part_in_the_order_in_which_they_came_together(house, pair):
    kept, other = pair
    third = a_patient(house, given_name="Rob")
    case = a_referred_case(house, patient=other)
    first = merged(house, kept, other)
    second = merged(house, third, fresh(kept))
    assert refused(house, first) == ["parted_in_order"]

    parted(house, second)
    assert (fresh(kept).merged_into, fresh(other).merged_into) == (None, kept)
    assert fresh(case).patient == kept
    parted(house, first)

    assert (fresh(other).merged_into, fresh(case).patient) == (None, other)
    assert refused(house, first) == ["records_stand_apart"]


def test_only_who_may_merge_parts_signed_and_with_a_reason(house, pair):
    merge = merged(house, *pair)

    for who in (house.intake, house.nurse, house.facilitator, house.manager):
        assert refused(house, merge, by=who) == ["role"]
    assert refused(house, merge, reason=" ", proof=proof(house.nurse, NOON)) == [
        "reason_missing", "signer_unproved",
    ]  # fmt: skip
    cases.died(fresh(pair[0]), by=house.nurse, at=NOON)
    assert refused(house, merge) == ["merge_deaths_differ"]
    assert not PatientParting.objects.exists()


def test_nobody_is_parted_while_in_a_session(house):
    case = a_case_in(house, Status.READY)
    merge = merged(house, case.patient, a_patient(house))
    cases.enter_session(fresh(case), by=house.nurse, at=NOON)

    assert refused(house, merge, at=NOON + HOUR) == ["in_the_room"]


def test_the_database_lets_a_record_go_by_the_last_parting_alone(house, pair):
    kept, other = pair
    parted(house, merged(house, kept, other))
    assert fresh(other).merged_into is None
    again = merged(house, fresh(kept), fresh(other))

    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        Patient.objects.filter(pk=other.pk).update(merged_into=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        PatientParting.objects.update(reason="-")

    parted(house, again)
    assert fresh(other).merged_into is None
    assert PatientMerge.objects.count() == PatientParting.objects.count() == 2


def test_it_is_parted_on_the_page_and_read_on_both(client, house, pair):
    kept, other = pair
    merged(house, kept, other)
    part = reverse("cases:part", args=[other.key])
    old = reverse("cases:merged", args=[other.key])

    told = sign_in(client, house.intake).get(part).content.decode()
    sign_in(client, house.medical_lead)
    way = client.get(old).content.decode()
    answer = client.post(part, {"reason": "Two passports.", "password": PASSWORD})

    assert "Who decides eligibility at this site parts records" in told
    assert f'href="{part}"' in way
    assert (answer.status_code, answer.url) == (302, other.get_absolute_url())
    assert client.get(old).url == other.get_absolute_url()
    for patient, parted_from in (pair, pair[::-1]):
        page = client.get(patient.get_absolute_url())
        said = page.content.decode()
        assert page.context["patient"] == patient
        assert f"Parted from record {parted_from.number}" in said
        assert "Same passport." in said
        assert "Two passports." in said
        assert "Possibly the same person" not in said
