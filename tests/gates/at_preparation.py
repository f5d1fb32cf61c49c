"""Gates of preparation, and every gate to the dose that is known before the day, closed alone."""

from datetime import date

from django.urls import reverse

from clinic.cases import actions as cases
from clinic.people.models import DutyShift, Licence
from sessions.preparation import actions
from tests.builders.booking import a_visit
from tests.builders.documents import a_newer_text
from tests.builders.house import DAY, HOUR, NOON, PASSWORD
from tests.builders.preparation import a_prepared_case, a_preparing_case, the_clock
from tests.gates.harness import Situation, closed

EVE = NOON - DAY


def declaring(house, case, *, says):
    the_clock(house, EVE)
    page = reverse("preparation:ready", args=[case.key])
    post = reverse("preparation:declare_ready", args=[case.key])
    return Situation(house.facilitator, post, {}, says, page, at=EVE)


def deciding(house, case, code, *, says, by=None, page=True, **typed):
    url = reverse("preparation:decide_past", args=[case.key, code])
    data = {"reason": "Her sister is here.", "password": PASSWORD} | typed
    return Situation(by or house.medical_lead, url, data, says, url if page else "", at=EVE)


def nobody_to_call(house):
    case = a_prepared_case(house)
    cases.end_contact(case.patient.contacts.get(), by=house.intake, at=EVE)
    return case


# -- The gates to the dose ---------------------------------------------------------------------


@closed("consent")
def consent(house):
    case = a_prepared_case(house)
    a_newer_text(house, at=EVE)
    return declaring(
        house,
        case,
        says="signed on version 1 (en); version 2 (en) binds from 17 November 2026, 12:00.",
    )


@closed("screening_signed")
def the_screening_grew_old(house):
    case = a_prepared_case(house, screened_at=NOON - 100 * DAY)
    return declaring(house, case, says="The screening was good until 08 November 2026.")


@closed("tests_fresh")
def measures_are_missing(house):
    case = a_prepared_case(house, session_at=NOON + 9 * DAY)
    return declaring(house, case, says="is good until 24 November 2026.")


@closed("age")
def nobody_saw_a_document(house):
    case = a_prepared_case(house)
    type(case.patient).objects.update(identity_seen_at=None, identity_seen_by=None)
    return declaring(house, case, says="No identity document has been seen")


@closed("licence")
def a_licence_ends(house):
    case = a_prepared_case(house)
    Licence.objects.filter(user=house.nurse).update(valid_until=date(2026, 11, 17))
    return declaring(house, case, says="Noor Nurse has no licence seen and in force in US-NY")


@closed("emergency_contact")
def no_emergency_contact(house):
    return declaring(house, nobody_to_call(house), says="There is no emergency contact.")


@closed("way_home")
def will_drive(house):
    case = a_prepared_case(house)
    actions.plan_way_home(
        case.cycles.get(), by=house.facilitator, at=EVE, kind="adult_present", escort_name="Kim",
        escort_phone="1", pickup_at=NOON, will_not_drive=False,
    )  # fmt: skip
    return declaring(house, case, says="The person has not promised not to drive.")


@closed("on_call")
def nobody_tonight(house):
    case = a_prepared_case(house)
    DutyShift.objects.filter(duty="on_call").update(ends_at=NOON + HOUR)
    return declaring(house, case, says="Nobody is on call from 18 November 2026, 13:00.")


@closed("hold")
def the_room_is_held(house):
    case = a_prepared_case(house)
    cases.place_hold(
        house.site, by=house.medical_lead, at=EVE, on="room", target_key=house.room.key,
        words="Harbour room", reason="The alarm does not work.",
    )  # fmt: skip
    return declaring(house, case, says="The alarm does not work.")


@closed("preparation_visits")
def no_preparation_visit(house):
    case = a_prepared_case(house, without=("preparation",))
    return declaring(house, case, says="Preparation visit: 0 of 1 held.")


@closed("dosing_not_booked")
def no_session_is_booked(house):
    case = a_prepared_case(house, without=("session",))
    return declaring(house, case, says="No supervised session is booked.")


@closed("washouts")
def something_was_taken(house):
    case = a_prepared_case(
        house,
        answers={"other_psychedelic": True, "other_psychedelic_last_on": "2026-11-15"},
    )
    return declaring(house, case, says="7 days must be clear, so not before 22 November 2026.")


# -- Deciding past -----------------------------------------------------------------------------


@closed("nothing_to_decide")
def the_gate_is_open(house):
    case = a_prepared_case(house)
    says = "Nothing stands at this gate now."
    return deciding(house, case, "emergency_contact", says=says)


@closed("not_decidable")
def nobody_may(house):
    case = a_prepared_case(house)
    a_newer_text(house, at=EVE)
    return deciding(house, case, "consent", says="Nobody may decide past this")


@closed("not_entitled")
def somebody_else_may(house):
    says = "Only the medical lead may decide past this."
    case = nobody_to_call(house)
    return deciding(house, case, "emergency_contact", by=house.prescriber, says=says)


@closed("decision_reason")
def no_reason_is_given(house):
    says = "Write why, for those who answer for it later."
    case = nobody_to_call(house)
    return deciding(house, case, "emergency_contact", reason="", says=says, page=False)


# -- Visits and plans --------------------------------------------------------------------------


@closed("way_home_plan")
def nobody_is_named(house):
    case = a_preparing_case(house)
    url = reverse("preparation:way_home", args=[case.key])
    data = {"kind": "adult_present", "escort_name": "", "escort_phone": "", "will_not_drive": "on"}
    says = "Write who takes the person home and a telephone number."
    return Situation(house.facilitator, url, data, says)


def _a_visit_with_everything_ticked(house, starts_at):
    talk = a_visit(house, a_preparing_case(house), starts_at=starts_at)
    form = actions.open_content(talk, by=house.facilitator, at=EVE)
    items = [item["code"] for item in form.definition["items"]]
    said = {f"q_{code}": "yes" for code in items} | {"q_note": "We spoke."}
    data = said | {"revision": 0, "shown": " ".join(items), "complete": "yes"}
    return talk, data


@closed("visit_before_its_day")
def it_is_held_too_early(house):
    talk, data = _a_visit_with_everything_ticked(house, NOON + 3 * DAY)
    url = reverse("preparation:visit", args=[talk.key])
    says = "This visit is on 21 November 2026. Move it, or wait for the day."
    return Situation(house.facilitator, url, data, says, url, at=EVE)
