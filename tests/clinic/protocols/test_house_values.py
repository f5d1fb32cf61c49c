from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import Signature
from clinic.booking.queries import visit_rules
from clinic.cases.models import Case
from clinic.people.queries import system_user
from clinic.protocols.house import actions, queries, tasks
from clinic.protocols.house.models import HouseValue
from clinic.protocols.queries import document_at, document_of
from clinic.screening.queries import screening_of
from clinic.workflow import Refused
from sessions.preparation.queries import facts_of
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, NOON, PASSWORD, a_house, codes, proof, sign_in, trail
from tests.builders.house_values import STAY, a_house_value, a_stated_value
from tests.builders.screening import a_filled_screening

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def stay_at(house, site=None):
    site = type(house.site).objects.get(pk=(site or house.site).pk)
    return document_at(house.version, site).minimum_stay.rows[0].minutes


def protocols_stay(house):
    return document_of(house.version).minimum_stay.rows[0].minutes


def end(house, value, *, by=None, reason="Not needed."):
    by = by or house.medical_lead
    actions.end(value, by=by, at=NOON, reason=reason, proof=proof(by, NOON))


def refused(act, *args, **how):
    before = trail()
    with pytest.raises(Refused) as refusal:
        act(*args, **how)
    assert trail() == before
    return codes(refusal)


def test_a_value_counts_from_its_approval_at_its_own_site_alone(house):
    value = a_stated_value(house)
    assert stay_at(house) == protocols_stay(house)

    actions.approve(value, by=house.medical_lead, at=NOON, proof=proof(house.medical_lead, NOON))

    assert stay_at(house) == protocols_stay(house) + 1
    assert stay_at(house, house.other_site) == protocols_stay(house)
    assert Signature.objects.get(subject_key=value.key).by == house.medical_lead
    assert trail()[-2:] == ["house value stated", "house value approved"]


def test_the_gates_of_an_open_case_read_the_house_and_name_both_numbers(house):
    case = a_referred_case(house)
    a_house_value(house)

    (facts,) = facts_of([case.cycles.get()], at=NOON).values()

    row = facts.document.minimum_stay.rows[0]
    assert row.minutes == protocols_stay(house) + 1
    assert row.source.startswith(
        f"House: {row.minutes} minutes, protocol: {protocols_stay(house)} minutes"
    )


def test_an_ended_value_gives_way_to_the_protocols(house):
    value = a_house_value(house)

    end(house, value)

    assert stay_at(house) == protocols_stay(house)
    assert trail()[-1] == "house value ended"


def test_a_value_ends_by_itself_after_its_last_day(house):
    value = a_house_value(house, ends_on=(NOON + DAY).date())

    with time_machine.travel(NOON + DAY, tick=False):
        tasks.sweep()
    still = stay_at(house)
    with time_machine.travel(NOON + 2 * DAY, tick=False):
        tasks.sweep()

    value.refresh_from_db()
    assert (still, stay_at(house)) == (protocols_stay(house) + 1, protocols_stay(house))
    assert value.ended_by == system_user()


@pytest.mark.parametrize("by", [0, -1, -30])
def test_a_value_is_never_looser(house, by):
    assert refused(a_stated_value, house, by=by) == ["house_value_looser"]


def test_a_number_is_stated_once_until_it_is_ended(house):
    value = a_house_value(house)
    assert refused(a_stated_value, house, by=5) == ["house_value_stated"]

    end(house, value)

    assert a_stated_value(house, by=5).approved_at is None


def test_a_value_has_its_reason_and_a_day_ahead(house):
    assert refused(a_stated_value, house, reason=" ") == ["protocol_without_reason"]
    assert refused(a_stated_value, house, ends_on=NOON.date()) == ["house_value_past"]


@pytest.mark.parametrize("who", ["intake", "nurse", "prescriber", "safety_lead", "author"])
def test_only_the_medical_lead_approves_and_ends(house, who):
    by, value = house.people[who], a_stated_value(house)
    signed = {"by": by, "at": NOON, "proof": proof(by, NOON)}

    assert refused(actions.approve, value, **signed) == ["role"]
    assert refused(actions.end, value, reason="Why not.", **signed) == ["role"]


@pytest.mark.parametrize("who", ["intake", "nurse", "manager", "stranger", "approver"])
def test_only_who_prescribes_or_writes_protocols_here_states_a_value(house, who):
    how = {"site": house.site, "place": STAY, "value": Decimal(999), "reason": "-"}

    assert refused(actions.state, house.version, by=house.people[who], at=NOON, **how) == ["role"]


def test_an_author_proposes_and_the_medical_lead_signs(house):
    value = a_stated_value(house, who="author")
    lead = house.medical_lead

    signed = {"by": house.author, "at": NOON, "proof": proof(house.author, NOON)}
    assert refused(actions.approve, value, **signed) == ["role"]
    actions.approve(value, by=lead, at=NOON, proof=proof(lead, NOON))

    assert stay_at(house) == protocols_stay(house) + 1


def test_answers_grow_old_sooner_where_the_house_says_so(house):
    a_screened_case = a_filled_screening(house, at=NOON - 40 * DAY)
    before = screening_of(a_screened_case, on=NOON.date()).too_old

    a_house_value(house, place="screening.freshness_days", by=60)

    case = Case.objects.get(pk=a_screened_case.pk)
    screening = screening_of(case, on=NOON.date())
    assert (before, screening.freshness_days) == ((), 30)
    assert len(screening.too_old) == len(screening.rows)
    assert screening_of(case, on=(NOON - 11 * DAY).date()).too_old == ()


def test_a_house_asks_for_more_visits(house):
    case, protocol = a_referred_case(house), document_of(house.version).visits
    at = next(n for n, rule in enumerate(protocol) if rule.stage == "preparation")

    a_house_value(house, place=f"visits[{at}].count_min", by=2)

    rule = visit_rules(Case.objects.get(pk=case.pk))[at]
    assert rule.count_min == protocol[at].count_min + 2
    assert rule.count_typical >= rule.count_min
    assert rule.source.startswith(f"House: {rule.count_min}")
    (facts,) = facts_of([case.cycles.get()], at=NOON).values()
    assert facts.document.visits[at].count_min == rule.count_min


def test_nobody_approves_under_somebody_elses_name(house):
    value, by = a_stated_value(house), house.medical_lead

    refusal = refused(
        actions.approve, value, by=by, at=NOON, proof=proof(house.prescriber, NOON)
    )  # fmt: skip

    assert refusal == ["signer_unproved"]
    assert stay_at(house) == protocols_stay(house)


def test_an_approval_that_was_not_swept_up_at_once_is_still_of_that_very_value(house):
    value = a_house_value(house)

    late = {"by": house.medical_lead, "at": NOON + timedelta(minutes=1)}
    signed = proof(house.medical_lead, NOON + timedelta(minutes=1))

    assert refused(actions.approve, value, proof=signed, **late) == ["house_value_settled"]


def test_a_prescriber_states_and_the_medical_lead_approves_and_ends_on_the_pages(client, house):
    sign_in(client, house.prescriber)
    index = client.get(reverse("house:index")).content.decode()
    page = reverse("house:state", args=[house.version.key])
    assert f'href="{page}"' in index
    typed = {"site": house.site.pk, "place": STAY, "value": 400, "reason": "Winter roads."}
    assert client.post(page, typed).status_code == 302
    value = HouseValue.objects.get()

    client.logout()
    sign_in(client, house.medical_lead)
    assert "Winter roads." in client.get(value.get_absolute_url()).content.decode()
    client.post(reverse("house:approve", args=[value.key]), {"password": PASSWORD})
    counted = stay_at(house)
    client.post(
        reverse("house:end", args=[value.key]), {"password": PASSWORD, "reason": "Thaw."}
    )  # fmt: skip

    assert (counted, stay_at(house)) == (400, protocols_stay(house))


def test_a_looser_value_is_refused_on_the_page_and_what_was_typed_stays(client, house):
    page = reverse("house:state", args=[house.version.key])
    typed = {"site": house.site.pk, "place": STAY, "value": 1, "reason": "Quicker."}

    answer = sign_in(client, house.prescriber).post(page, typed)

    assert answer.status_code == 422
    assert "is not stricter than" in answer.content.decode()
    assert "Quicker." in answer.content.decode()
    assert not HouseValue.objects.exists()


def test_a_value_of_another_site_is_not_there(client, house):
    value = a_stated_value(house)

    answer = sign_in(client, house.stranger).get(value.get_absolute_url())

    assert answer.status_code in (403, 404)
    assert queries.visible_values(house.stranger).count() == 0
