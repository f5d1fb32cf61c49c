"""The pages: each does it, shows the refusal, and keeps out whom it must."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now

from clinic.people.models import RoleAtSite
from sessions.rehearsal import walk
from tests.builders import supervised as build
from tests.builders.house import MINUTE, PASSWORD, a_house, sign_in, trail

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def standing_house(django_db_setup, django_db_blocker):
    """A house whose person is expected today: pages know no other clock than the wall's."""
    with django_db_blocker.unblock(), transaction.atomic():
        house = a_house(at=now() - timedelta(days=60))
        _, session = walk.ready(house, session_at=now() - 40 * MINUTE)
        house.planned = session.pk
        house.began = now().replace(microsecond=0)
        yield house
        transaction.set_rollback(True)


def planned(house):
    return build.SupervisedSession.objects.get(pk=house.planned)


def checked_in(house):
    session = planned(house)
    walk.checked_in(house, session, at=house.began - 35 * MINUTE)
    return build.fresh(session)


def checked(house):
    session = checked_in(house)
    walk.checks_done(house, session, at=house.began - 20 * MINUTE)
    walk.observed(house, session, at=house.began - 15 * MINUTE, before=True)
    return build.fresh(session)


def ordered(house):
    session = checked(house)
    walk.ordered(house, session, at=house.began - 12 * MINUTE)
    return build.fresh(session)


def prepared(house):
    session = ordered(house)
    walk.drawn(house, session.orders.get(), at=house.began - 11 * MINUTE)
    return build.fresh(session)


def dosed(house):
    session = prepared(house)
    walk.dosed(house, session.orders.get(), at=house.began - 10 * MINUTE)
    return build.fresh(session)


def at(name, session, *more):
    return reverse(f"supervised:{name}", args=[session.key, *more])


def seen(answer):
    return answer.content.decode()


# -- Who may open them -----------------------------------------------------------------------

READ = ["show", "record", "observe", "presence", "hand_over", "checks", "record_dose", "note",
        "adverse_event", "criteria", "describe", "abandon", "rescue"]  # fmt: skip
TAPS = ["check_in", "event", "ready", "help"]


@pytest.mark.parametrize("name", READ)
def test_a_nurse_opens_every_page_of_a_session(client, house, name):
    answer = sign_in(client, house.nurse).get(at(name, dosed(house)))

    assert answer.status_code == 200
    assert "ASHGROVE" in seen(answer).upper()


@pytest.mark.parametrize("name", [*READ, "order", "prepare", "give", "release", "sign"])
def test_the_wrong_role_is_told_so(client, house, name):
    answer = sign_in(client, house.manager).get(at(name, planned(house)))

    assert answer.status_code == 403


@pytest.mark.parametrize("name", [*READ, "order", "prepare", "give", "release", "sign", "live"])
def test_a_stranger_finds_nothing(client, house, name):
    answer = sign_in(client, house.stranger).get(at(name, planned(house)))

    assert answer.status_code == 404


@pytest.mark.parametrize("name", TAPS)
def test_a_stranger_taps_nothing(client, house, name):
    answer = sign_in(client, house.stranger).post(at(name, planned(house)))

    assert answer.status_code == 404


def test_a_carer_whose_role_ended_in_the_middle_still_charts(client, house):
    session = dosed(house)
    RoleAtSite.objects.filter(user=house.nurse).update(valid_until=now() - MINUTE)
    client = sign_in(client, house.nurse)

    page = client.get(at("observe", session))
    saved = client.post(at("observe", session), a_set(r_systolic="130"))

    assert (page.status_code, saved.status_code) == (200, 302)
    assert session.observation_sets.filter(by=house.nurse).count() == 2


def test_before_the_dose_an_ended_role_is_an_ended_role(client, house):
    session = checked_in(house)
    RoleAtSite.objects.filter(user=house.nurse).update(valid_until=now() - MINUTE)

    assert sign_in(client, house.nurse).get(at("show", session)).status_code == 403


# -- Each does it, and shows the refusal -----------------------------------------------------


def test_the_person_is_checked_in(client, house):
    session = planned(house)

    answer = sign_in(client, house.nurse).post(at("check_in", session))

    assert answer.url == session.get_absolute_url()
    assert build.fresh(session).status == "checked_in"


def test_a_refused_check_in_says_why_on_page_and_post(client, house):
    session = planned(house)
    consent = session.case.documents.get(code="ketamine-consent")
    walk.documents.withdraw(consent, by=house.nurse, at=now(), words="")
    client = sign_in(client, house.nurse)

    page, post = client.get(at("show", session)), client.post(at("check_in", session))

    assert "taken back" in seen(page).lower()
    assert (post.status_code, build.fresh(session).status) == (422, "planned")
    assert "taken back" in seen(post).lower()


def test_todays_checks_are_begun_saved_and_finished(client, house):
    session = checked_in(house)
    client = sign_in(client, house.nurse)

    form = session.case.forms.get(purpose="today")
    unfinished = client.post(at("checks", session), {"revision": form.revision, "finish": "1"})

    assert unfinished.status_code == 422
    assert "Able to consent today?" in seen(unfinished)


def a_set(**fields):
    return {"client_key": str(uuid4()), "when": "0"} | fields


def test_a_set_is_charted(client, house):
    session = dosed(house)

    answer = sign_in(client, house.nurse).post(
        at("observe", session), a_set(r_systolic="131", r_diastolic="82", r_sedation="5")
    )

    assert answer.status_code == 302
    newest = session.observation_sets.order_by("-pk").first()
    assert {r.parameter: r.typed for r in newest.readings.all()} == {
        "systolic": "131", "diastolic": "82", "sedation": "5",
    }  # fmt: skip


def test_an_impossible_value_offers_to_keep_it(client, house):
    session = dosed(house)
    client = sign_in(client, house.nurse)

    refused = client.post(at("observe", session), a_set(r_spo2="140"))
    kept = client.post(at("observe", session), a_set(r_spo2="140", keep_spo2="on"))

    assert refused.status_code == 422
    assert "as the device shows" in seen(refused)
    assert (kept.status_code, session.observation_sets.count()) == (302, 2)


def test_nothing_is_filled_in_from_an_earlier_set(client, house):
    session = dosed(house)

    page = sign_in(client, house.nurse).get(at("observe", session))

    assert 'name="r_systolic" value=' not in seen(page)
    assert "before:" in seen(page)


def test_the_same_entry_with_other_content_answers_409(client, house):
    session = dosed(house)
    client = sign_in(client, house.nurse)
    entry = a_set(r_systolic="131")
    client.post(at("observe", session), entry)

    again = client.post(at("observe", session), entry)
    other = client.post(at("observe", session), entry | {"r_systolic": "99"})

    assert (again.status_code, other.status_code) == (302, 409)


def test_a_time_of_day_is_read_on_the_clinics_wall(client, house):
    session = dosed(house)
    local = (now() - 3 * MINUTE).astimezone(house.site.tz)

    sign_in(client, house.nurse).post(
        at("observe", session), a_set(r_systolic="131", when="at", at_time=f"{local:%H:%M}")
    )

    newest = session.observation_sets.order_by("-pk").first()
    assert newest.stated_at == local.replace(second=0, microsecond=0)


def test_a_correction_shows_the_first_and_needs_a_reason(client, house):
    session = dosed(house)
    row = session.observation_sets.first()
    client = sign_in(client, house.nurse)

    without = client.post(at("correct", session, row.key), a_set(r_systolic="121"))
    done = client.post(
        at("correct", session, row.key), a_set(r_systolic="121", correction_reason="Swapped.")
    )

    assert (without.status_code, done.status_code) == (422, 302)
    assert row.superseded_by.correction_reason == "Swapped."


def test_an_order_is_signed_only_after_its_arithmetic_was_shown(client, house):
    session = checked(house)
    client = sign_in(client, house.prescriber)
    typed = {"amount": "50", "password": PASSWORD}

    first = client.post(at("order", session), typed)
    signed = client.post(at("order", session), typed | {"seen_amount": "50"})

    assert first.status_code == 422
    assert "0.71 mg/kg" in seen(first)
    assert (signed.status_code, session.orders.get().amount) == (302, 50)


def test_what_is_known_before_an_order_is_only_what_its_protocol_has(client, house):
    page = seen(sign_in(client, house.prescriber).get(at("order", checked(house))))

    assert "35 to 105 mg" in page
    assert "In pieces" not in page
    assert "not recorded" not in page


@pytest.mark.parametrize("typed", ["50000 ug", "0.05 g", "1 mL"])
def test_an_order_in_another_unit_is_refused_and_never_converted(client, house, typed):
    session = checked(house)
    client = sign_in(client, house.prescriber)

    asked = client.post(at("order", session), {"amount": typed, "work_out": "1"})
    signed = client.post(
        at("order", session), {"amount": typed, "seen_amount": "50", "password": PASSWORD}
    )

    words = f"This protocol is ordered in mg only, not in {typed.split()[1]}."
    assert words in seen(asked)
    assert (signed.status_code, words in seen(signed)) == (422, True)
    assert (f'value="{typed}"' in seen(signed), session.orders.count()) == (True, 0)


@pytest.mark.parametrize("typed", ["1e30", "5" * 40, "1e9999999", "50,000"])
def test_what_is_no_amount_is_not_worked_out(client, house, typed):
    address = at("order", checked(house))
    client = sign_in(client, house.prescriber)

    asked = client.post(address, {"amount": typed, "work_out": "1"})
    signed = client.post(address, {"amount": typed, "seen_amount": "50", "password": PASSWORD})

    assert (asked.status_code, signed.status_code) == (200, 422)
    assert asked.context["shown"] is None


def test_an_order_may_be_written_with_its_own_unit(client, house):
    session = checked(house)
    typed = {"amount": "50 mg", "seen_amount": "50", "password": PASSWORD}

    answer = sign_in(client, house.prescriber).post(at("order", session), typed)

    assert (answer.status_code, session.orders.get().amount) == (302, 50)


def test_an_order_with_a_wrong_password_is_no_order(client, house):
    session = checked(house)

    answer = sign_in(client, house.prescriber).post(
        at("order", session), {"amount": "50", "seen_amount": "50", "password": "guess"}
    )

    assert (answer.status_code, session.orders.count()) == (422, 0)


def test_a_second_person_checks_on_the_first_ones_device(client, house):
    session = ordered(house)
    client = sign_in(client, house.nurse)
    typed = {"lot": house.lot.pk, "quantity": "50", "second_password": PASSWORD}

    own = client.post(at("prepare", session), typed | {"second_email": house.nurse.email})
    other = client.post(at("prepare", session), typed | {"second_email": house.prescriber.email})

    assert (own.status_code, other.status_code) == (422, 302)
    assert "somebody else has to check" in seen(own)
    assert client.session["_auth_user_id"] == str(house.nurse.pk)


def test_a_dose_is_given(client, house):
    session = prepared(house)

    answer = sign_in(client, house.nurse).post(
        at("give", session), {"client_key": uuid4(), "when": "0", "amount": "50", "wasted": ""}
    )

    assert answer.status_code == 302
    assert build.fresh(session).status == "dosed"


def test_a_dose_that_may_not_be_given_says_why_on_page_and_post(client, house):
    session = prepared(house)
    walk.supervised.come(session, by=house.nurse, at=now(), user=house.facilitator, where="away")
    client = sign_in(client, house.nurse)

    page = client.get(at("give", session))
    post = client.post(
        at("give", session), {"client_key": uuid4(), "when": "0", "amount": "50", "wasted": ""}
    )

    assert "Therapist: 1 with the person needed, 0 here." in seen(page)
    assert (post.status_code, session.doses.count()) == (422, 0)


def test_a_dose_given_on_paper_is_recorded(client, house):
    session = planned(house)

    answer = sign_in(client, house.facilitator).post(
        at("record_dose", session),
        {"client_key": uuid4(), "when": "15", "amount": "50", "on_paper": "on"},
    )

    sheet = seen(client.get(answer.url))
    assert "Stood open when a dose was recorded" in sheet
    assert build.fresh(session).status == "dosed"


def test_one_tap_swaps_one_row(client, house):
    session = dosed(house)
    tap = {"client_key": uuid4(), "code": "water"}
    client = sign_in(client, house.nurse)

    row = client.post(at("event", session), tap, headers={"hx-request": "true"})
    again = client.post(at("event", session), tap)

    assert seen(row).strip().startswith("<li")
    assert (again.url, session.events.count()) == (session.get_absolute_url(), 1)


def test_an_undo_strikes_the_row_out(client, house):
    session = dosed(house)
    tap = walk.tapped(house, session, at=now(), code="water")

    row = sign_in(client, house.nurse).post(
        at("undo", session, tap.key), headers={"hx-request": "true"}
    )

    assert "struck out" in seen(row)


def test_help_and_doors_are_one_tap_without_any_field(client, house):
    session = dosed(house)
    client = sign_in(client, house.facilitator)

    called = client.post(at("help", session))
    left = client.post(at("door", session, "transferred"))

    session = build.fresh(session)
    assert (called.status_code, session.help_called_at is not None) == (302, True)
    assert (left.url, session.status) == (at("describe", session), "transferred")


def test_an_unknown_door_is_no_door(client, house):
    session = dosed(house)

    assert sign_in(client, house.nurse).post(at("door", session, "window")).status_code == 404


def test_the_release_page_lists_every_obstacle_and_refuses_the_post(client, house):
    session = dosed(house)
    client = sign_in(client, house.nurse)

    page = client.get(at("release", session))
    post = client.post(at("release", session), {"password": PASSWORD})

    for words in ("Stays until", "The criteria for leaving have not been checked."):
        assert words in seen(page)
        assert words in seen(post)
    assert (post.status_code, build.fresh(session).status) == (422, "dosed")


def test_touch_is_withdrawn_at_one_tap(client, house):
    session = dosed(house)
    touch = next(d for d in session.case.documents.all() if "touch" in d.code)

    sign_in(client, house.nurse).post(at("withdraw", session, touch.key))

    touch.refresh_from_db()
    assert touch.withdrawn_by == house.nurse


def test_an_adverse_event_is_reported_then_assessed(client, house):
    session = dosed(house)
    client = sign_in(client, house.nurse)

    reported = client.post(
        at("adverse_event", session), {"client_key": uuid4(), "when": "0", "term": "nausea"}
    )
    assessed = client.post(
        reported.url,
        {"grade": "1", "is_serious": "no", "relatedness": "probable", "is_expected": "yes",
         "prevents_release": "no", "outcome": "recovered"},
    )  # fmt: skip

    assert assessed.status_code == 302
    assert session.adverse_events.get().assessments.get().grade == 1


def test_a_hand_over_seats_somebody_else(client, house):
    session = dosed(house)

    answer = sign_in(client, house.nurse).post(
        at("hand_over", session), {"user": house.second_nurse.pk, "capacity": "", "words": ""}
    )

    assert answer.status_code == 302
    assert session.presences.filter(user=house.second_nurse, where="with_client").exists()


# -- The moving part ---------------------------------------------------------------------------


POLL = {"hx-request": "true", "x-vigil-poll": "1"}


def test_an_unchanged_sheet_answers_304(client, house):
    session = dosed(house)
    client = sign_in(client, house.nurse)
    url = at("live", session) + "?seen=dosed"
    first = client.get(url, headers=POLL)

    again = client.get(url, headers=POLL | {"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_an_unchanged_sheet_costs_few_questions(client, house, django_assert_max_num_queries):
    session = dosed(house)
    client = sign_in(client, house.nurse)
    url = at("live", session) + "?seen=dosed"
    tag = client.get(url, headers=POLL)["ETag"]

    with django_assert_max_num_queries(14):
        client.get(url, headers=POLL | {"if-none-match": tag})


def test_a_changed_sheet_is_drawn_again(client, house):
    session = dosed(house)
    client = sign_in(client, house.nurse)
    url = at("live", session) + "?seen=dosed"
    tag = client.get(url, headers=POLL)["ETag"]
    client.post(at("observe", session), a_set(r_systolic="131"))

    answer = client.get(url, headers=POLL | {"if-none-match": tag})

    assert (answer.status_code, "131" in seen(answer)) == (200, True)


def test_a_sheet_in_another_status_is_loaded_anew(client, house):
    session = dosed(house)

    answer = sign_in(client, house.nurse).get(
        at("live", session) + "?seen=checked_in", headers=POLL
    )

    assert answer["HX-Refresh"] == "true"


def test_a_poll_writes_nothing_to_the_trail(client, house):
    session = dosed(house)
    client = sign_in(client, house.nurse)
    client.get(at("live", session) + "?seen=dosed", headers=POLL)
    before = trail()
    client.get(at("live", session) + "?seen=dosed", headers=POLL)

    assert trail() == before


def test_the_run_sheet_says_who_what_and_how_long(client, house):
    session = dosed(house)

    page = seen(sign_in(client, house.nurse).get(session.get_absolute_url()))

    for words in ("ASHGROVE", "Penicillin", "Touch", "50&nbsp;mg", "Earliest release", "±5min",
                  "Call for help", "Noor Nurse"):  # fmt: skip
        assert words.lower() in page.lower()
