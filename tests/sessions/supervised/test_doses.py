"""Ordered, prepared, given: each with its gates, under lock, by whom it may be."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.workflow import Refused
from sessions.rehearsal import walk
from sessions.supervised import actions
from sessions.supervised.doses.forms import PrepareForm
from sessions.supervised.models import Dose, Order
from sessions.supervised.queries import document
from sessions.supervised.sheet.lines import lines_of
from tests.builders import supervised as build
from tests.builders.house import DAY, MINUTE, NOON, codes, proof, sign_in, trail
from tests.builders.protocols import a_published_version, a_shipped_text
from tests.builders.stock import a_lot

pytestmark = pytest.mark.django_db
AT = NOON + 15 * MINUTE
WARM = build.CALM | {"temperature": "36.7"}


def an_attempt(house, session, amount=50, by=None, **facts):
    by = by or house.prescriber
    facts = {"by": by, "at": AT, "proof": proof(by, AT)} | facts
    return actions.order(session, amount=Decimal(amount), **facts)


def a_preparation(house, order, **facts):
    at = NOON + 20 * MINUTE
    second = facts.pop("second", house.prescriber)
    facts = {"lot": house.lot, "quantity": Decimal(50), "second_proof": proof(second, at)} | facts
    return actions.prepare(order, by=house.nurse, at=at, second=second, **facts)


def a_gift(house, order, at=build.DOSED_AT, **facts):
    facts = {"by": house.nurse, "amount": Decimal(50), "client_key": uuid4()} | facts
    return actions.give(order, at=at, **facts)


def test_an_order_is_signed_with_its_arithmetic(house):
    session = build.a_checked_session(house)

    order = an_attempt(house, session)

    assert order.arithmetic == (
        "50 mg; 70 kg → 0.71 mg/kg; one dose: from 35 mg to 105 mg;"
        " session: 0 + 50 = 50 mg of at most 105 mg"
    )
    assert order.signature.meaning == "ordered this dose"
    assert trail()[-1] == "dose ordered"


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(20, ["order_amount", "order_amount"]), (120, ["order_amount", "order_amount"])],
)
def test_an_amount_outside_the_limits_is_not_ordered(house, amount, expected):
    session = build.a_checked_session(house)

    with pytest.raises(Refused) as refusal:
        an_attempt(house, session, amount)

    assert codes(refusal) == expected
    assert Order.objects.count() == 0


def test_only_a_licensed_prescriber_who_has_just_proved_it_orders(house):
    session = build.a_checked_session(house)

    with pytest.raises(Refused) as nurse:
        an_attempt(house, session, by=house.nurse)
    with pytest.raises(Refused) as unproved:
        an_attempt(house, session, proof=None)

    assert (codes(nurse), codes(unproved)) == (["role", "act_unlicensed"], ["signer_unproved"])


def test_nothing_is_ordered_before_the_person_is_here(house):
    session = build.a_planned_session(house)

    with pytest.raises(Refused) as refusal:
        an_attempt(house, session, weight_kg=Decimal(70))

    assert codes(refusal) == ["status"]


def test_what_is_drawn_leaves_the_lot_and_bears_the_second_persons_signature(house):
    order = build.an_order(house)
    before = house.lot.balance

    prepared = a_preparation(house, order)

    house.lot.refresh_from_db()
    assert prepared.arithmetic == "50 mg ÷ 50 mg/mL = 1 mL"
    assert (prepared.checked_by, prepared.signature.by) == (house.prescriber, house.prescriber)
    assert before - house.lot.balance == 50
    assert trail()[-1] == "dose prepared"


def test_the_second_person_is_not_the_first(house):
    order = build.an_order(house)

    with pytest.raises(Refused) as refusal:
        a_preparation(house, order, second=house.nurse)

    assert codes(refusal) == ["second_is_first"]


def test_the_second_person_has_a_role_and_a_licence_here(house):
    order = build.an_order(house)

    with pytest.raises(Refused) as refusal:
        a_preparation(house, order, second=house.intake)

    assert codes(refusal) == ["second_role", "act_unlicensed"]


def test_the_second_person_proves_who_they_are(house):
    order = build.an_order(house)

    with pytest.raises(Refused) as refusal:
        a_preparation(house, order, second_proof=proof(house.nurse, NOON + 20 * MINUTE))

    assert codes(refusal) == ["signer_unproved"]


def test_less_than_ordered_and_twice_are_not_prepared(house):
    order = build.an_order(house)

    with pytest.raises(Refused) as less:
        a_preparation(house, order, quantity=Decimal(40))
    a_preparation(house, order)
    with pytest.raises(Refused) as twice:
        a_preparation(house, order)

    assert (codes(less), codes(twice)) == (["amount_not_prepared"], ["prepared_already"])


def test_another_substance_is_not_drawn(house):
    order = build.an_order(house)

    with pytest.raises(Refused) as refusal:
        a_preparation(house, order, lot=a_lot(house, substance="esketamine"))

    assert codes(refusal) == ["lot_of_another_substance"]


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({"presentation": "lozenge"}, "lozenge, hydrochloride"),
        ({"salt": "base"}, "solution, base"),
        ({"presentation": "", "salt": ""}, "no form written down, no salt written down"),
    ],
)
def test_another_form_or_salt_of_the_substance_is_neither_offered_nor_drawn(house, form, kept):
    order, lot = build.an_order(house), a_lot(house, **form)

    with pytest.raises(Refused) as refusal:
        a_preparation(house, order, lot=lot)

    assert [(each.code, each.message) for each in refusal.value.obstacles] == [
        (
            "lot_of_another_substance",
            f"{lot} is {kept}; this protocol is of Ketamine as solution, hydrochloride.",
        )
    ]
    offered = PrepareForm(order=order, document=document(order.session)).fields["lot"].queryset
    assert list(offered) == [house.lot]


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({"presentation": "", "salt": ""}, True),
        ({"presentation": "solution", "salt": ""}, True),
        ({"presentation": "lozenge", "salt": ""}, False),
        ({"presentation": "", "salt": "base"}, False),
        ({"salt": "base"}, False),
        ({}, False),
    ],
)
def test_the_sheet_names_the_lots_that_wait_to_be_described(client, house, form, named):
    order, lot = build.an_order(house), a_lot(house, **form)

    page = sign_in(client, house.nurse).get(reverse("supervised:prepare", args=[order.session.key]))

    assert (reverse("stock:lot", args=[lot.key]) in page.content.decode()) is named


def test_a_newer_order_supersedes_the_first(house):
    first = build.an_order(house)
    an_attempt(house, first.session, 60)

    with pytest.raises(Refused) as refusal:
        a_preparation(house, first)

    assert codes(refusal) == ["order_superseded"]


def test_giving_moves_the_session_to_dosed_and_opens_the_criteria(house):
    order = build.a_prepared_order(house)
    build.the_clock(house, build.DOSED_AT)

    dose = a_gift(house, order)

    session = build.fresh(order.session)
    assert (session.status, session.dosed_at) == ("dosed", build.DOSED_AT)
    assert (dose.amount, dose.lot_number, dose.second_person) == (
        50,
        house.lot.number,
        house.prescriber,
    )
    assert session.case.forms.filter(purpose="release", about_key=session.key).count() == 1
    assert trail()[-1] == "dose given"


def test_every_gate_is_asked_again_at_the_moment_of_the_dose(house):
    order = build.a_prepared_order(house)
    walk.supervised.come(order.session, by=house.nurse, at=build.DOSED_AT, user=house.facilitator,
                         where="away")  # fmt: skip

    with pytest.raises(Refused) as refusal:
        a_gift(house, order)

    assert codes(refusal) == ["roles_present"]
    assert Dose.objects.count() == 0


def test_stale_vital_signs_stop_the_dose(house):
    order = build.a_prepared_order(house)

    with pytest.raises(Refused) as refusal:
        a_gift(house, order, at=NOON + 50 * MINUTE)

    assert set(codes(refusal)) == {"vitals"}


def test_an_unprepared_order_is_not_given(house):
    order = build.an_order(house)

    with pytest.raises(Refused) as refusal:
        a_gift(house, order)

    assert codes(refusal) == ["not_prepared_for_order", "lot", "second_person"]


def test_given_and_wasted_add_up_to_what_was_prepared(house):
    order = build.a_prepared_order(house)

    with pytest.raises(Refused) as refusal:
        a_gift(house, order, amount=Decimal(45))

    assert codes(refusal) == ["amount_not_prepared"]


def test_what_is_not_given_is_wasted_before_a_second_person(house):
    order = build.a_prepared_order(house)
    build.the_clock(house, build.DOSED_AT)
    seen = {"second": house.second_nurse, "second_proof": proof(house.second_nurse, build.DOSED_AT)}

    dose = a_gift(house, order, amount=Decimal(45), wasted=Decimal(5), note="Moved.", **seen)

    assert (dose.amount, dose.wasted) == (45, 5)
    wasted = house.lot.movements.get(kind="wasted")
    assert (wasted.quantity, wasted.witness) == (-5, house.second_nurse)


def test_a_dose_of_a_while_ago_is_recorded_not_given(house):
    order = build.a_prepared_order(house)

    with pytest.raises(Refused) as refusal:
        a_gift(house, order, given_at=build.DOSED_AT - 20 * MINUTE)

    assert codes(refusal) == ["given_not_now"]


def test_somebody_without_the_licence_gives_nothing(house):
    order = build.a_prepared_order(house)

    with pytest.raises(Refused) as refusal:
        a_gift(house, order, by=house.facilitator)

    assert codes(refusal) == ["act_unlicensed"]


def test_the_same_dose_sent_twice_is_one_dose(house):
    order = build.a_prepared_order(house)
    build.the_clock(house, build.DOSED_AT)
    key = uuid4()
    first = a_gift(house, order, client_key=key, when="minus 0")

    again = a_gift(house, order, client_key=key, when="minus 0")

    assert again == first
    assert Dose.objects.count() == 1


def test_a_further_dose_needs_its_own_order_in_its_window(house):
    session = build.a_dosed_session(house)
    given = build.DOSED_AT

    order = build.a_supplement(house, session, at=given + 5 * MINUTE)
    with pytest.raises(Refused) as late:
        build.a_supplement(house, session, at=given + 25 * MINUTE)

    assert order.is_supplementary
    assert codes(late) == ["supplement"]


def test_a_further_dose_is_given_on_fresh_readings_that_forbid_nothing(house):
    session = build.a_dosed_session(house)
    at = build.DOSED_AT + 12 * MINUTE
    order = build.a_supplement(house, session, at=at)
    walk.drawn(house, order, at=at)
    order = build.fresh_order(order)

    with pytest.raises(Refused) as stale:
        a_gift(house, order, at=at, amount=Decimal(20))
    build.a_set(house, session, at=at, readings=WARM | {"dissociation": "9"})
    with pytest.raises(Refused) as high:
        a_gift(house, order, at=at, amount=Decimal(20))

    assert set(codes(stale)) == {"vitals"}
    assert codes(high) == ["supplement_vitals"]


def test_what_is_serious_or_not_assessed_forbids_a_further_dose_where_the_version_says_so(house):
    strict = (
        "    needs_new_order: true\n",
        "    needs_new_order: true\n    stopped_by_serious: true\n",
    )
    house.version = a_published_version(house, a_shipped_text("ketamine-im", strict), at=house.at)
    other = {"family_name": "Birch", "phone": "+1 212 555 0177"}
    session = build.a_dosed_session(house, at=NOON + DAY, **other)
    at = build.DOSED_AT + DAY + 5 * MINUTE
    happened = build.an_adverse_event(house, session, at=at, term="Nausea")

    with pytest.raises(Refused) as unjudged:
        build.a_supplement(house, session, at=at)
    build.an_assessment(house, happened, at=at, is_serious=True, seriousness="hospitalisation")
    with pytest.raises(Refused) as serious:
        build.a_supplement(house, session, at=at)
    build.an_assessment(house, happened, at=at)
    order = build.a_supplement(house, session, at=at)

    assert unjudged.value.messages == ["Nausea is not assessed yet: no further dose before it is."]
    assert serious.value.messages == ["Nausea is serious: no further dose."]
    assert order.is_supplementary


def test_a_further_dose_adds_to_the_total_and_to_the_stay(house):
    session = build.a_dosed_session(house)
    at = build.DOSED_AT + 12 * MINUTE
    order = build.a_supplement(house, session, at=at)
    walk.drawn(house, order, at=at)
    build.a_set(house, session, at=at, readings=WARM)

    a_gift(house, build.fresh_order(order), at=at, amount=Decimal(20))

    sheet = build.sheet(session, at)
    assert sheet.total == "70 mg"
    assert sheet.earliest_release == at + 120 * MINUTE


def test_what_was_prepared_and_not_given_is_wasted_before_the_record_is_signed(house):
    order = build.a_prepared_order(house)
    at = NOON + 25 * MINUTE
    actions.abandon(order.session, by=house.nurse, at=at, reason="Pressure rose.")
    session = build.fresh(order.session)
    with pytest.raises(Refused) as refusal:
        actions.sign(session, by=house.nurse, at=at, proof=proof(house.nurse, at))

    actions.discard(order, by=house.nurse, at=at, reason="Not given.", second=house.second_nurse,
                    second_proof=proof(house.second_nurse, at))  # fmt: skip
    actions.sign(session, by=house.nurse, at=at, proof=proof(house.nurse, at))

    assert codes(refusal) == ["prepared_dose_left"]
    assert build.fresh(session).status == "signed"


def test_the_log_tells_what_was_prepared_and_wasted_by_whom_and_why(house):
    order, at = build.a_prepared_order(house), NOON + 25 * MINUTE
    seen = {"second": house.second_nurse, "second_proof": proof(house.second_nurse, at)}
    actions.discard(order, by=house.nurse, at=at, reason="It fell.", **seen)

    session = build.fresh(order.session)
    log = lines_of(session, document(session))
    (line,) = [each for each in log if each.kind == "wasted"]

    assert line.title == "Prepared and wasted: 50 mg"
    assert line.by == f"{house.nurse.name}, before {house.second_nurse.name}"
    assert "It fell." in line.body


def test_what_was_wasted_is_neither_given_nor_wasted_again(house):
    order, at = build.a_prepared_order(house), NOON + 25 * MINUTE
    seen = {"second": house.second_nurse, "second_proof": proof(house.second_nurse, at)}
    actions.discard(order, by=house.nurse, at=at, reason="It fell.", **seen)

    with pytest.raises(Refused) as again:
        actions.discard(order, by=house.nurse, at=at, reason="Twice.", **seen)
    with pytest.raises(Refused) as given:
        a_gift(house, build.fresh_order(order), at=at)

    assert codes(again) == ["prepared_gone"]
    assert codes(given) == ["prepared_gone"]


def test_what_was_never_drawn_is_not_wasted(house):
    order, at = build.an_order(house), NOON + 20 * MINUTE
    seen = {"second": house.second_nurse, "second_proof": proof(house.second_nurse, at)}

    with pytest.raises(Refused) as refusal:
        actions.discard(order, by=house.nurse, at=at, reason="It fell.", **seen)

    assert codes(refusal) == ["not_prepared_for_order"]


def test_what_was_given_is_not_wasted(house):
    session, at = build.a_dosed_session(house), NOON + 40 * MINUTE
    order = build.fresh_order(session.orders.get())
    seen = {"second": house.second_nurse, "second_proof": proof(house.second_nurse, at)}

    with pytest.raises(Refused) as refusal:
        actions.discard(order, by=house.nurse, at=at, reason="A slip.", **seen)

    assert codes(refusal) == ["prepared_gone"]
