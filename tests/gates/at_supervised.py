"""Gates of the run sheet, each closed alone: from the order to the signed record."""

from datetime import date
from uuid import uuid4

from django.urls import reverse

from clinic.cases.actions import join_team
from clinic.checklists.queries import checklist_of
from clinic.people.models import Licence, RoleAtSite
from sessions.preparation import actions as preparation
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless
from sessions.supervised import actions
from tests.builders import supervised as build
from tests.builders.house import MINUTE, NOON, PASSWORD
from tests.gates.harness import Situation, closed

ORDERED_AT, DRAWN_AT = NOON + 15 * MINUTE, NOON + 20 * MINUTE
DOSED_AT, LEAVES_AT = build.DOSED_AT, build.LEAVES_AT


def on_sheet(house, name, session, *, says, at, page=True, by=None, **typed):
    """An act of the run sheet; `page` says whether its page knows before anything is sent."""
    build.the_clock(house, at)
    url = reverse(f"supervised:{name}", args=[session.key])
    return Situation(by or house.nurse, url, typed, says, url if page else "", at=at)


def ordering(house, session, *, says, at=ORDERED_AT, page=True, amount="50"):
    typed = {"amount": amount, "seen_amount": amount, "password": PASSWORD}
    return on_sheet(
        house, "order", session, says=says, at=at, page=page, by=house.prescriber, **typed
    )


def seen_by(who):
    return {"second_email": who.email, "second_password": PASSWORD}


def preparing(house, order, *, says, page=False, second=None):
    typed = {"lot": house.lot.pk, "quantity": "50"} | seen_by(second or house.second_nurse)
    return on_sheet(house, "prepare", order.session, says=says, at=DRAWN_AT, page=page, **typed)


def giving(house, order, *, says, at=DOSED_AT, page=False, amount="50", when="0", **typed):
    typed = {"client_key": str(uuid4()), "when": when, "amount": amount} | typed
    return on_sheet(house, "give", order.session, says=says, at=at, page=page, **typed)


def releasing(house, session, *, says, at=LEAVES_AT, by=None):
    return on_sheet(house, "release", session, says=says, at=at, by=by, password=PASSWORD)


def signing(house, session, *, says, at):
    return on_sheet(house, "sign", session, says=says, at=at, password=PASSWORD)


def criteria_checked(house, session, *, at, **chosen):
    form = actions.begin_criteria(session, by=house.nurse, at=at)
    answers = harmless(checklist_of(form), at.date(), **chosen)
    actions.answer_criteria(
        session, by=house.nurse, at=at, form=form, answers=answers, revision=form.revision
    )


# -- Order, prepare, give ------------------------------------------------------------------------


@closed("act_unlicensed")
def the_prescribers_licence_has_ended(house):
    session = build.a_checked_session(house)
    Licence.objects.filter(user=house.prescriber).update(valid_until=date(2026, 11, 17))
    return ordering(house, session, says="has no licence in US-NY on 18 Nov 2026 for this act.")


@closed("order_amount")
def too_little_is_ordered(house):
    session = build.a_checked_session(house)
    return ordering(house, session, says="35 mg", page=False, amount="20")


@closed("supplement")
def the_window_of_a_further_dose_has_shut(house):
    session = build.a_dosed_session(house)
    at = DOSED_AT + 25 * MINUTE
    return ordering(house, session, says="further dose", at=at, amount="20")


@closed("prepared_already")
def it_was_drawn_before(house):
    order = build.a_prepared_order(house)
    return preparing(house, order, says="This order has been prepared.", page=True)


@closed("second_is_first")
def nobody_else_checks_it(house):
    says = "You prepared it: somebody else has to check."
    return preparing(house, build.an_order(house), says=says, second=house.nurse)


@closed("second_role")
def the_second_person_has_no_role_here_any_more(house):
    order = build.an_order(house)
    RoleAtSite.objects.filter(user=house.second_nurse).update(valid_until=house.at)
    return preparing(house, order, says="Sam Second does not check doses at this site.")


@closed("amount_not_prepared")
def part_of_it_is_unaccounted_for(house):
    order = build.a_prepared_order(house)
    return giving(house, order, says="45 given and 0 wasted do not add up.", amount="45")


@closed("given_not_now")
def it_was_given_a_while_ago(house):
    order = build.a_prepared_order(house)
    says = "That was a while ago: record it as a dose already given."
    return giving(house, order, says=says, when="at", at_time="12:12")


@closed("supplement_vitals")
def a_reading_forbids_a_further_dose(house):
    session, at = build.a_dosed_session(house), DOSED_AT + 12 * MINUTE
    order = build.a_supplement(house, session, at=at)
    walk.drawn(house, order, at=at)
    readings = build.CALM | {"temperature": "36.7", "dissociation": "9"}
    build.a_set(house, session, at=at, readings=readings)
    says = "no further dose at this reading."
    return giving(house, order, says=says, at=at, page=True, amount="20")


# -- Charting ------------------------------------------------------------------------------------


@closed("set_empty")
def nothing_was_typed(house):
    session = build.a_dosed_session(house)
    typed = {"client_key": str(uuid4()), "when": "0"}
    says = "Enter at least one value, or say why the set was missed."
    return on_sheet(house, "observe", session, says=says, at=DOSED_AT + MINUTE, page=False, **typed)


@closed("stated_in_future")
def it_has_not_happened_yet(house):
    session = build.a_dosed_session(house)
    typed = {"client_key": str(uuid4()), "when": "at", "at_time": "12:50", "note": "She sleeps."}
    says = "This time has not come yet."
    return on_sheet(house, "note", session, says=says, at=DOSED_AT + MINUTE, page=False, **typed)


@closed("not_in_protocol")
def the_version_has_no_such_word(house):
    session = build.a_dosed_session(house)
    typed = {"client_key": str(uuid4()), "code": "levitating"}
    says = "This protocol has no such event."
    return on_sheet(house, "event", session, says=says, at=DOSED_AT + MINUTE, page=False, **typed)


@closed("one_capacity")
def somebody_takes_a_second_capacity(house):
    session = build.a_dosed_session(house)
    typed = {
        "client_key": str(uuid4()), "when": "0", "user": house.facilitator.pk,
        "where": "with_client", "capacity": "nurse",
    }  # fmt: skip
    says = "in this session and stays so to its end."
    at = DOSED_AT + MINUTE
    return on_sheet(house, "presence", session, says=says, at=at, page=False, **typed)


@closed("dose_was_given")
def there_is_nothing_left_to_give_up(house):
    session = build.a_dosed_session(house)
    says = "A dose was given. This session ends by release or by one of the doors."
    return on_sheet(
        house, "abandon", session, says=says, at=DOSED_AT + MINUTE, reason="They feel better."
    )


@closed("session_signed")
def the_record_is_signed(house):
    session = build.a_signed_session(house)
    typed = {"words": "With her sister."}
    return on_sheet(
        house, "describe", session, says="This session is signed.", at=NOON + 180 * MINUTE, **typed
    )


# -- Leaving -------------------------------------------------------------------------------------


@closed("minimum_stay")
def it_is_too_early(house):
    session, at = build.a_session_to_release(house), DOSED_AT + 115 * MINUTE
    walk.observed(house, session, at=at)
    criteria_checked(house, session, at=at)
    return releasing(house, session, says="Stays until 14:30", at=at + MINUTE)


@closed("release_criteria")
def a_criterion_is_not_met(house):
    session = build.a_session_to_release(house)
    criteria_checked(house, session, at=LEAVES_AT, walks_steadily=False)
    item = checklist_of(session.case.forms.order_by("-pk").first()).item("walks_steadily")
    return releasing(house, session, says=item.consequences[0].message)


@closed("release_criteria_stale")
def the_criteria_were_checked_too_long_ago(house):
    session, at = build.a_session_to_release(house), LEAVES_AT + 20 * MINUTE
    walk.observed(house, session, at=at)
    return releasing(house, session, says="The criteria were checked at 14:32", at=at)


@closed("release_vitals")
def a_reading_is_out_of_bounds(house):
    session = build.a_session_to_release(house)
    walk.observed(house, session, at=LEAVES_AT - MINUTE, systolic="160")
    return releasing(house, session, says="Blood pressure (systolic) 160.")


@closed("adverse_event_prevents_release")
def an_adverse_event_was_not_assessed(house):
    session = build.a_session_to_release(house)
    build.an_adverse_event(house, session, at=LEAVES_AT)
    return releasing(house, session, says="Nausea has not been assessed.")


@closed("release_way_home")
def nobody_comes_to_fetch_them(house):
    session = build.a_session_to_release(house)
    preparation.plan_way_home(
        session.cycle, by=house.facilitator, at=LEAVES_AT, kind="adult_reachable",
        escort_name="Kim", escort_phone="1", pickup_at=None, will_not_drive=True,
    )  # fmt: skip
    return releasing(house, session, says="This protocol asks for: fetched by an adult")


@closed("release_capacity")
def who_signs_took_no_part(house):
    session = build.a_session_to_release(house)
    join_team(session.case, by=house.intake, at=NOON, user=house.second_nurse, capacity="nurse")
    says = "Take your capacity in this session first."
    return releasing(house, session, says=says, by=house.second_nurse)


@closed("door_without_words")
def nobody_wrote_how_they_left(house):
    session, at = build.a_dosed_session(house), DOSED_AT + MINUTE
    actions.leave_unseen(session, by=house.nurse, at=at)
    return signing(house, session, says="Write how the person left first.", at=at + MINUTE)


@closed("prepared_dose_left")
def what_was_drawn_is_unaccounted_for(house):
    session, at = build.a_prepared_order(house).session, NOON + 25 * MINUTE
    build.the_clock(house, at)
    actions.abandon(session, by=house.nurse, at=at, reason="Pressure rose.")
    return signing(house, session, says="50 mg were drawn and not given.", at=at + MINUTE)
