import json
import uuid

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from clinic.audit import verifying
from clinic.audit.models import SealShape, Signature, TrailEntry
from clinic.cases import actions as cases
from clinic.cases import search
from clinic.cases.break_glass import queries as glass
from clinic.cases.channels import actions as channels
from clinic.cases.channels.queries import reached
from clinic.cases.merging import queries
from clinic.cases.merging.models import PatientMerge
from clinic.cases.models import Case, Contact, Hold, Patient, Status
from clinic.cases.queries import holds_over, visible_patients
from clinic.context import every_site, set_context, set_context_of
from clinic.messages.models import Message
from clinic.people.models import User
from clinic.people.queries import system_user
from clinic.safety.concerns.models import Concern
from clinic.safety.concerns.queries import hearers
from clinic.trail.queries import about
from clinic.workflow import Refused
from sessions.preparation.rules import gates
from tests.builders.booking import a_visit
from tests.builders.cases import a_case_in, a_contact, a_patient, a_referred_case
from tests.builders.house import DAY, HOUR, NOON, PASSWORD, a_house, codes, proof, sign_in, trail
from tests.builders.merging import merged, two_records
from tests.builders.messages import a_message
from tests.builders.preparation import many_preparing_cases
from tests.builders.safety import a_concern
from tests.builders.supervised import a_checked_in_session, a_signed_session
from tests.gates.at_break_glass import glass_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def refused(house, *pair, **how):
    before = trail()
    with pytest.raises(Refused) as refusal:
        merged(house, *pair, **how)
    assert (trail(), PatientMerge.objects.count()) == (before, 0)
    return codes(refusal)


def with_everything(house):
    """Two records, and on the second one something of every kind that may hang on a patient."""
    kept, other = two_records(house)
    first, second = a_referred_case(house, patient=kept), a_referred_case(house, patient=other)
    a_case_in(house, Status.PREPARING, case=second)
    a_contact(house, other, name="Ash Marlow")
    a_visit(house, second)
    a_message(house, case=second, patient=other)
    a_concern(house, patient=other)
    return kept, other, first, second


def test_whatever_hung_on_one_record_hangs_on_the_one_that_stays(house):
    kept, other, _, second = with_everything(house)
    hung = {
        model._meta.label: model._default_manager.filter(**{field: other}).count()
        for model, field in queries.what_moves()
    }

    merged(house, kept, other)

    left = [
        model._meta.label
        for model, field in queries.what_moves()
        if model._default_manager.filter(**{field: other}).exists()
    ]
    assert left == []
    assert {kind for kind, count in hung.items() if count} == {
        "clinic.Case", "clinic.Contact", "clinic.Message", "clinic.Visit",
    }  # fmt: skip
    assert fresh(second).patient == kept


def test_every_way_to_a_patient_moves_or_says_why_it_stays():
    """A model that is new in the registry moves; one that cannot is named with its reason."""
    known = {model._meta.label for model, _ in queries.hanging_on_patients()}

    assert set(queries.STAYS) <= known
    assert known - set(queries.STAYS) == {
        "clinic.Case", "clinic.Contact", "clinic.Message", "clinic.Patient", "clinic.Visit",
    }  # fmt: skip


def test_cases_are_renumbered_without_a_clash_and_say_what_they_were(house):
    kept, other, first, second = with_everything(house)

    merge = merged(house, kept, other)

    assert [fresh(first).number, fresh(second).number] == [1, 2]
    assert merge.moved["clinic.Case"] == [[str(second.key), 1, 2]]
    entry = TrailEntry.objects.get(act="came from a merged record")
    assert (entry.case_key, entry.said["was"], entry.said["now"]) == (second.key, 1, 2)


def test_what_differs_and_was_not_kept_is_read_for_ever(client, house):
    kept, other = two_records(house)
    merged(house, kept, other)
    sign_in(client, house.intake)

    page = client.get(reverse("cases:patient", args=[kept.key])).content.decode()
    old = client.get(reverse("cases:merged", args=[other.key])).content.decode()

    for said in ("Robyn", "r.marlowe@example.net", "+1 212 555 0177"):
        assert said in page
        assert said in old
    assert f'was merged into <a href="{reverse("cases:patient", args=[kept.key])}"' in old


def test_an_old_address_leads_to_the_record_that_stays(client, house):
    kept, other = two_records(house)
    merged(house, kept, other)
    sign_in(client, house.intake)

    for name in ("patient", "correct", "contacts", "identity", "refer"):
        page = client.get(reverse(f"cases:{name}", args=[other.key]))
        assert page.context["patient"] == kept, name


@pytest.mark.parametrize("by", ["000002", "+1 212 555 0177", "r.marlowe@example.net", "Robyn"])
def test_the_person_is_found_by_what_only_the_merged_record_says(house, by):
    kept, other = two_records(house)
    merged(house, kept, other)
    by = other.number if by == "000002" else by

    assert search.find_patients(house.intake, by) == [kept]


def test_whoever_is_registered_again_is_told_of_the_record_that_stays(house):
    kept, other = two_records(house)
    merged(house, kept, other)

    found = search.possible_duplicates(
        house.site, family_name="Else", given_name="Somebody", date_of_birth=NOON.date(),
        phone="+1 212 555 0177",
    )  # fmt: skip

    assert found == [(kept, "the same telephone number")]


def test_an_allergy_of_the_other_record_is_not_lost(house):
    kept, other = two_records(house)

    merged(house, kept, other)

    assert fresh(kept).allergies == f"On record {other.number}: Penicillin"


@pytest.mark.parametrize(
    ("stood", "came", "stands"),
    [
        ("Walnuts", "nuts", "Walnuts\nOn record {}: nuts"),
        ("Nuts, latex", "Latex; nuts.", "Nuts, latex"),
        ("Latex", "None known", "Latex"),
        ("", "Latex, penicillin", "On record {}: Latex, penicillin"),
    ],
)
def test_each_allergy_is_compared_whole(house, stood, came, stands):
    kept, other = two_records(house)
    cases.correct(kept, by=house.intake, at=NOON, allergies=stood)
    cases.correct(other, by=house.intake, at=NOON, allergies=came)

    merged(house, fresh(kept), fresh(other))

    assert fresh(kept).allergies == stands.format(other.number)


def test_a_wish_for_no_contact_on_the_merged_record_holds_for_the_person(house):
    kept, other = two_records(house, channel="none")
    assert kept.agrees_to("email")

    merged(house, kept, other)

    assert not fresh(kept).agrees_to("email")


def test_what_a_contact_of_the_merged_record_agreed_to_is_read_and_taken_back(client, house):
    kept, other = two_records(house)
    ash = a_contact(house, other, name="Ash Marlow", email="ash@example.org")
    agreed = channels.agree(other, by=house.intake, at=NOON - DAY, channel="email", contact=ash)
    merged(house, kept, other)
    kept, ash = fresh(kept), fresh(ash)

    assert [each.agreed for each in reached(kept) if each.contact == ash] == [[agreed]]
    with pytest.raises(Refused) as refusal:
        channels.agree(kept, by=house.intake, at=NOON, channel="email", contact=ash)
    assert codes(refusal) == ["channel_agreed_already"]
    place = reverse("cases:contacts", args=[kept.key])
    button = reverse("cases:take_back", args=[agreed.key])
    assert button in sign_in(client, house.intake).get(place).content.decode()
    assert client.post(button).url == place
    assert fresh(agreed).withdrawn_by == house.intake


def test_a_hold_on_the_merged_record_stops_the_person(house):
    kept, other = two_records(house)
    case = a_referred_case(house, patient=kept)
    cases.place_hold(
        house.site, by=house.medical_lead, at=NOON - DAY, on=Hold.On.PATIENT,
        target_key=other.key, words=str(other), reason="A fit last week.",
    )  # fmt: skip

    merged(house, kept, other)

    (hold,) = holds_over(fresh(case))
    assert "A fit last week." in hold.reason


def test_a_dose_on_either_record_counts_for_the_interval(house):
    session = a_signed_session(house, at=NOON - DAY)
    dosed = session.case.patient
    kept = a_patient(house, given_name="Bobbie")
    case = a_case_in(house, Status.PREPARING, case=a_referred_case(house, patient=kept))

    def closed():
        steps = gates(Case.objects.get(pk=case.pk).cycles.get(), at=NOON)
        return {step.code for step in steps if step.obstacles}

    assert "interval" not in closed()
    merged(house, kept, dosed)
    assert "interval" in closed()


def test_nobody_is_merged_while_in_a_session(house):
    session = a_checked_in_session(house)

    assert refused(house, a_patient(house), session.case.patient, at=NOON + HOUR) == ["in_the_room"]


@pytest.mark.parametrize("who", ["intake", "nurse", "facilitator", "manager", "stranger"])
def test_only_who_decides_eligibility_merges(house, who):
    assert refused(house, *two_records(house), by=house.people[who]) == ["role"]


def test_a_merge_is_signed_under_ones_own_name_with_its_reason(house):
    kept, other = two_records(house)

    assert refused(house, kept, other, proof=proof(house.nurse, NOON)) == ["signer_unproved"]
    assert refused(house, kept, other, reason=" ") == ["reason_missing"]


def test_two_visits_at_one_time_are_put_right_before(house):
    kept, other = two_records(house)
    for patient, who in ((kept, house.facilitator), (other, house.second_facilitator)):
        case = a_case_in(house, Status.PREPARING, case=a_referred_case(house, patient=patient))
        a_visit(house, case, room=None, people=[(who, "facilitator")])

    assert refused(house, kept, other) == ["merge_visits_overlap"]


def test_a_visit_that_was_allowed_to_overlap_holds_the_person_too(house):
    kept, other = two_records(house)
    a_visit(house, many_preparing_cases(house, 1)[0], room=None)
    for patient, who, why in (
        (kept, house.facilitator, "A pair"),
        (other, house.second_facilitator, ""),
    ):
        case = a_case_in(house, Status.PREPARING, case=a_referred_case(house, patient=patient))
        a_visit(
            house, case, by=house.prescriber, room=None, people=[(who, "facilitator")],
            overlap_reason=why,
        )  # fmt: skip

    assert refused(house, kept, other) == ["merge_visits_overlap"]


def test_a_death_is_on_both_records_or_on_none(house):
    kept, other = two_records(house)
    cases.died(other, by=house.nurse, at=NOON)

    assert refused(house, kept, fresh(other)) == ["merge_deaths_differ"]


def test_a_record_is_merged_once_and_never_with_itself(house):
    kept, other = two_records(house)
    assert refused(house, kept, kept) == ["merge_pair"]
    merged(house, kept, other)

    with pytest.raises(Refused) as refusal:
        merged(house, fresh(kept), fresh(other))
    assert codes(refusal) == ["record_is_merged"]


def test_a_record_merged_twice_over_leads_to_the_last(client, house):
    kept, other = two_records(house)
    third = a_patient(house, given_name="Rob")
    case = a_referred_case(house, patient=other)

    merged(house, kept, other)
    merged(house, third, fresh(kept))

    assert {fresh(kept).merged_into, fresh(other).merged_into} == {third}
    assert fresh(case).patient == third
    page = sign_in(client, house.intake).get(reverse("cases:patient", args=[other.key]))
    assert [found.merge.merged for found in page.context["merges"]] == [other, kept]


@pytest.mark.parametrize("act", ["correct", "see_identity", "add_contact", "refer", "died"])
def test_nothing_new_is_written_on_a_merged_record(house, act):
    kept, other = two_records(house)
    merged(house, kept, other)
    how = {
        "correct": {"given_name": "Ro"},
        "see_identity": {"document": "Passport"},
        "add_contact": {"role": Contact.Role.ESCORT, "name": "A", "phone": "1"},
        "refer": {"protocol_version": house.version, "referral_source": "self"},
        "died": {},
    }[act]

    with pytest.raises(Refused) as refusal:
        getattr(cases, act)(fresh(other), by=house.intake, at=NOON, **how)
    assert codes(refusal) == ["record_is_merged"]


def test_the_database_keeps_a_merged_record_as_it_was(house):
    kept, other = two_records(house)
    merged(house, kept, other)

    for change in ({"given_name": "Ro"}, {"merged_into": None}):
        with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
            Patient.objects.filter(pk=other.pk).update(**change)


def test_the_trail_of_the_person_is_that_of_both_records(house):
    kept, other = two_records(house)
    a_referred_case(house, patient=other)
    before = set(TrailEntry.objects.filter(about([other])).values_list("pk", flat=True))

    merged(house, kept, other)

    for patient in (fresh(kept), fresh(other)):
        now = TrailEntry.objects.filter(about([patient]))
        assert before <= set(now.values_list("pk", flat=True))
        assert "records merged" in now.values_list("act", flat=True)


def test_who_cares_for_the_person_sees_both_records_and_nobody_else(house):
    kept, other = two_records(house)
    case = a_case_in(house, Status.PREPARING, case=a_referred_case(house, patient=other))
    cases.join_team(
        case, by=house.intake, at=NOON, user=house.facilitator, capacity="facilitator"
    )  # fmt: skip
    merged(house, kept, other)

    def seen_by(user):
        user = User.objects.get(pk=user.pk)
        with transaction.atomic():
            set_context_of(user, clock=NOON)
            by_page = set(visible_patients(user).filter(pk__in=[kept.pk, other.pk]))
            assert by_page == set(Patient.objects.filter(pk__in=[kept.pk, other.pk]))
            return by_page

    assert seen_by(house.facilitator) == {kept, other}
    assert seen_by(house.second_facilitator) == set()


def test_a_concern_on_the_merged_record_is_not_heard_by_who_cares_for_the_person(house):
    kept, other = two_records(house)
    case = a_referred_case(house, patient=kept)
    cases.join_team(
        case, by=house.intake, at=NOON, user=house.safety_lead, capacity="facilitator"
    )  # fmt: skip
    assert house.safety_lead in hearers(house.site, patient=other)

    merged(house, kept, other)

    assert house.safety_lead not in hearers(house.site, patient=fresh(other))


def test_a_glass_broken_over_the_merged_record_is_reviewed_with_its_cases(house):
    kept, other = two_records(house)
    case = a_case_in(house, Status.PREPARING, case=a_referred_case(house, patient=other))
    cases.join_team(
        case, by=house.intake, at=NOON, user=house.facilitator, capacity="facilitator"
    )  # fmt: skip
    broken = glass_over(house, case)

    set_context_of(User.objects.get(pk=house.medical_lead.pk), clock=NOON)
    merged(house, kept, other)

    assert broken.patient == other
    assert glass.what_was_done(fresh(broken)) is not None


def test_somebody_entitled_merges_on_the_page_and_intake_is_told_who_is(client, house):
    kept, other = two_records(house)
    url = reverse("cases:merge", args=[kept.key, other.key])

    page = sign_in(client, house.intake).get(kept.get_absolute_url()).content.decode()
    asked = client.get(url).content.decode()
    sign_in(client, house.medical_lead)
    typed = {"stays": kept.key, "reason": "Same passport.", "password": PASSWORD}
    answer = client.post(url, typed)

    assert f'href="{url}"' in page
    assert "Who decides eligibility at this site merges records" in asked
    assert (answer.status_code, answer.url) == (302, kept.get_absolute_url())
    assert Signature.objects.get(subject_kind="clinic.PatientMerge").by == house.medical_lead


def test_the_page_marks_what_differs_and_is_an_opening_of_both(client, house):
    kept, other, first, second = with_everything(house)
    sign_in(client, house.intake)

    page = client.get(reverse("cases:merge", args=[kept.key, other.key]))

    differs = {row.name for row in page.context["rows"] if row.differs}
    assert {"given_name", "family_name", "phone", "email", "allergies"} <= differs
    assert "date_of_birth" not in differs
    opened = TrailEntry.objects.filter(act="case opened").values_list("case_key", flat=True)
    assert {first.key, second.key} <= set(opened)


def test_no_address_stands_in_plain_in_what_was_signed(house):
    kept, other = two_records(house)

    merge = merged(house, kept, other)

    signed = Signature.objects.get(subject_key=merge.key).content
    for said in ("r.marlowe@example.net", "0177"):
        assert said not in signed + str(merge.differs) + str(merge.moved)


def test_nothing_else_of_the_person_is_touched(house):
    kept, other, *_ = with_everything(house)
    rows = {model: model.objects.count() for model in (Case, Contact, Message, Concern, Patient)}

    merged(house, kept, other)

    assert {model: model.objects.count() for model in rows} == rows


def test_the_registration_says_in_what_a_record_agrees_and_not_what_it_says(client, house):
    known = a_patient(house, language="uk", address="9 Elm Row", allergies="Latex")
    sign_in(client, house.intake)
    typed = {
        "family_name": "Marlow", "given_name": "Robin", "date_of_birth": "1985-07-14",
        "language": "en", "site": house.site.pk, "key": uuid.uuid4(), "phone": "1234567",
        "address": "4 Ash Lane", "allergies": "Wool",
    }  # fmt: skip

    answer = client.post(reverse("cases:register"), typed)

    ((person, rows),) = answer.context["beside"]
    said = {row.label: (row.value, row.differs) for row in rows}
    read = answer.content.decode().split("Compare what you typed")[1].split("</details>")[0]
    assert person == known
    assert said["Family name"] == ("Marlow", False)
    assert said["Telephone"] == ("1234567", True)
    assert said["Language"] == ("English", True)
    assert "E-mail" not in said  # nothing was typed
    for kept_in in (known.phone, known.email, "Elm Row", "Latex", "Ukrainian"):
        assert kept_in not in read


def test_the_comparison_names_languages_and_not_their_codes(client, house):
    kept, other = a_patient(house, language="uk"), a_patient(house, language="fa")
    sign_in(client, house.intake)

    answer = client.get(reverse("cases:merge", args=[kept.key, other.key]))

    (row,) = [row for row in answer.context["rows"] if row.name == "language"]
    assert (row.values, row.differs) == (("Ukrainian", "Persian"), True)
    assert "Ukrainian" in answer.content.decode()


def test_the_audit_of_a_merged_person_is_whole(house):
    kept, other, _, _ = with_everything(house)
    merge = merged(house, kept, other)

    set_context(user_id=system_user().pk, sites=every_site())
    with connection.cursor() as cursor:
        wrong = [
            *verifying.wrong_entries(cursor),
            *verifying.wrong_heads(cursor),
            *verifying.wrong_guards(cursor, []),
            *(each for each in verifying.wrong_rows(cursor) if "concern" not in each.place),
        ]

    shapes = set(SealShape.objects.filter(table="clinic_patientmerge").values_list("pk", flat=True))
    seals = TrailEntry.objects.exclude(seals=None).values_list("seals", flat=True)
    sealed = {(shape, row) for each in seals for shape, row, _ in json.loads(each)}
    assert wrong == []
    assert shapes & {shape for shape, row in sealed if row == merge.pk}
