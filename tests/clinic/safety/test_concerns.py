"""A concern is heard by the safety lead alone: not by whom it is about, no role, no broken glass."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from clinic.access import ROLES
from clinic.audit.models import TrailEntry
from clinic.cases import actions as cases
from clinic.cases.break_glass import actions as break_glass
from clinic.cases.models import Status
from clinic.context import set_context
from clinic.messages import kinds
from clinic.messages.models import Message
from clinic.people.models import RoleAtSite, User
from clinic.safety.concerns import actions, queries
from clinic.workflow import Refused
from tests.builders.cases import a_case_in, a_referred_case
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, proof, sign_in, trail
from tests.builders.links import a_link
from tests.builders.people import who_holds
from tests.builders.safety import WORDS, a_concern, listening

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
TABLES = ("clinic_concern", "clinic_concernnote")


@pytest.fixture
def house():
    return a_house()


def rows_seen_by(user):
    """How many concerns and notes the database shows this person, asked by hand."""
    with transaction.atomic(), connection.cursor() as cursor:
        listening(user)
        found = []
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found.append(cursor.fetchone()[0])
    return found


def lead_at(house, site, name="Lotte Lead"):
    user = User.objects.create(email=f"{name.split()[0].lower()}@vigil.example", name=name)
    RoleAtSite.objects.create(user=user, site=site, role="safety_lead", valid_from=NOON - 90 * DAY)
    return user


def hears(user, concern):
    with transaction.atomic():
        return queries.visible_concerns(listening(user)).filter(pk=concern.pk).exists()


def a_heard_concern(house, **facts):
    concern = a_concern(house, **facts)
    with transaction.atomic():
        saga = listening(house.safety_lead)
        actions.note(concern, by=saga, at=NOON, words="Called her.")
    return concern


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_database_shows_concerns_to_no_role_but_one(house, role):
    a_heard_concern(house)
    person = who_holds(house, role)

    assert rows_seen_by(person) == ([1, 1] if role == "safety_lead" else [0, 0])


def test_whoever_raised_it_does_not_read_it_back(house):
    concern = a_concern(house, by=house.medical_lead)

    assert not hears(house.medical_lead, concern)
    assert rows_seen_by(house.medical_lead) == [0, 0]


def test_broken_glass_opens_no_concern(house):
    case = a_case_in(house, Status.PREPARING)
    cases.join_team(case, by=house.intake, at=NOON, user=house.facilitator, capacity="facilitator")
    a_heard_concern(house, patient=case.patient)
    nurse, at = listening(house.second_nurse), now()
    break_glass.break_glass(
        house.site,
        by=nurse,
        at=at,
        reason="She stands at the door.",
        proof=proof(nurse, at),
        number=case.patient.number,
    )

    assert rows_seen_by(nurse) == [0, 0]


def test_a_view_of_the_site_that_hears_nothing_sees_nothing(house):
    a_concern(house)
    set_context(user_id=house.safety_lead.pk, sites=[house.site.pk])

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM clinic_concern")
        assert cursor.fetchone() == (0,)


def test_a_lead_whom_it_is_about_does_not_hear_it_and_another_does(house):
    lotte = lead_at(house, house.site)

    concern = a_concern(house, about_user=house.safety_lead)

    assert (hears(house.safety_lead, concern), hears(lotte, concern)) == (False, True)
    assert rows_seen_by(house.safety_lead) == [0, 0]


def test_a_lead_who_cares_for_the_patient_does_not_hear_it(house):
    lotte, case = lead_at(house, house.site), a_case_in(house, Status.PREPARING)
    saga = house.safety_lead
    cases.join_team(case, by=house.intake, at=NOON, user=saga, capacity="facilitator")

    concern = a_concern(house, patient=case.patient)

    assert (hears(saga, concern), hears(lotte, concern)) == (False, True)


def test_where_a_site_has_nobody_left_another_sites_lead_hears_it(house):
    away = lead_at(house, house.other_site)

    mine = a_concern(house)
    about = a_concern(house, about_user=house.safety_lead)

    assert (hears(away, mine), hears(away, about)) == (False, True)


def test_where_nobody_is_left_the_page_says_whom_to_turn_to_and_keeps_what_was_typed(house, client):
    sign_in(client, house.facilitator)
    typed = {
        "kind": "concern", "site": house.site.pk, "words": WORDS,
        "about_user": house.safety_lead.pk,
    }  # fmt: skip

    answer = client.post(reverse("safety:report"), typed)

    assert answer.status_code == 422
    assert "Turn to somebody outside" in answer.content.decode()
    assert WORDS in answer.content.decode()
    assert WORDS not in "".join(TrailEntry.objects.values_list("payload", flat=True))


def test_its_words_are_not_stored_in_the_clear(house):
    a_concern(house)
    listening(house.safety_lead)

    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM clinic_concern")
        assert "hand" not in cursor.fetchone()[0]


def test_the_trail_says_that_and_no_more(house):
    case = a_referred_case(house)
    before = TrailEntry.objects.order_by("pk").last().pk
    concern = a_heard_concern(house, patient=case.patient)
    with transaction.atomic():
        saga = listening(house.safety_lead)
        actions.hear(concern, by=saga, at=NOON)
        actions.close(concern, by=saga, at=NOON, outcome="She changed teams.")
        rows = list(TrailEntry.objects.filter(pk__gt=before))

    said = [row.act for row in rows if row.subject_key == concern.key]
    assert said == ["concern raised", "concern noted on", "concern heard", "concern closed"]
    assert {row.case_key for row in rows} == {None}
    told = "".join(row.payload for row in rows)
    assert [
        word for word in ("hand", "Called", "changed", str(case.patient.key)) if word in told
    ] == []


def test_the_lead_is_told_in_words_that_give_nothing_away(house):
    concern = a_concern(house)

    first = Message.objects.filter(about_key=concern.key).order_by("due_at").first()
    subject, body = kinds.kind_of(first).words(first)

    assert (first.user, first.case, first.patient) == (house.safety_lead, None, None)
    assert "oncern" not in subject + body + first.kind + first.occurrence
    assert WORDS not in body


def test_what_nobody_takes_for_a_day_is_told_again_to_safety_leads_only(house):
    away = lead_at(house, house.other_site)
    concern = a_concern(house)

    again = Message.objects.filter(about_key=concern.key, due_at=NOON + DAY)

    assert {message.user for message in again} == {house.safety_lead, away}
    assert kinds.kind_of(again[0]).still_wanted(again[0], NOON + DAY)
    actions.hear(concern, by=listening(house.safety_lead), at=NOON + HOUR)
    assert not kinds.kind_of(again[0]).still_wanted(again[0], NOON + DAY)


def test_a_concern_about_a_patient_stands_nowhere_in_their_file(house, client):
    case = a_case_in(house, Status.PREPARING)
    concern = a_concern(house, patient=case.patient)

    for user in (house.medical_lead, house.safety_lead):
        sign_in(client, user)
        page = client.get(reverse("casefile:show", args=[case.key])).content.decode()
        assert (WORDS in page, str(concern.key) in page) == (False, False)


def test_a_page_of_concerns_costs_the_same_for_one_and_for_many(house, client):
    sign_in(client, house.safety_lead)
    a_concern(house)
    costs = []
    for more in (0, 8):
        for _ in range(more):
            a_concern(house)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("safety:concerns")).status_code == 200
        costs.append(len(asked))
        set_context(user_id=house.nurse.pk, sites=[house.site.pk])

    assert costs[0] == costs[1]


# -- Through a patient's link ----------------------------------------------------------------


@pytest.fixture
def link(house):
    link, token = a_link(house, a_referred_case(house, at=now() - DAY), at=now() - HOUR)
    link.token = token
    return link


def test_a_patient_tells_through_the_page_of_their_link(house, link, client):
    address = reverse("links:tell", args=[link.token])
    assert address in client.get(reverse("links:open", args=[link.token])).content.decode()
    assert "Saga Safety" in client.get(address).content.decode()

    answer = client.post(address, {"words": WORDS}, follow=True)

    assert "Thank you for telling us" in answer.content.decode()
    with transaction.atomic():
        (concern,) = queries.visible_concerns(listening(house.safety_lead))
        assert (concern.words, concern.from_patient) == (WORDS, True)
        assert concern.patient == link.case.patient
    set_context(user_id=house.nurse.pk, sites=[house.site.pk])
    entry = TrailEntry.objects.get(act="concern raised")
    assert (entry.case_key, WORDS in entry.payload) == (None, False)


def test_one_link_tells_three_things_a_day(house, link):
    for _ in range(3):
        a_concern(house, patient=link.case.patient, through_key=link.key)

    with pytest.raises(Refused) as refusal:
        a_concern(house, patient=link.case.patient, through_key=link.key)

    assert codes(refusal) == ["told_often"]
    assert trail().count("concern raised") == 3
    a_concern(house, at=NOON + DAY, patient=link.case.patient, through_key=link.key)


def test_a_refusal_on_a_link_is_no_part_of_the_case(house, link, client):
    for _ in range(3):
        a_concern(house, at=now(), patient=link.case.patient, through_key=link.key)

    answer = client.post(reverse("links:tell", args=[link.token]), {"words": WORDS})

    assert (answer.status_code, WORDS in answer.content.decode()) == (422, True)
    listening(house.privacy_officer)
    entry = TrailEntry.objects.filter(act="refused").last()
    assert (entry.case_key, WORDS in entry.payload) == (None, False)


def test_a_link_that_is_over_tells_nothing(house, link, client):
    link.expires_at = now() - HOUR
    link.save()

    answer = client.post(reverse("links:tell", args=[link.token]), {"words": WORDS})

    assert answer.status_code == 410
    assert rows_seen_by(house.safety_lead) == [0, 0]
