"""The run sheet in a real browser: taps, undo, a value that cannot be, a wire that is cut."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils.timezone import now

from clinic.context import acting_as
from tests.builders import supervised as build
from tests.builders.house import MINUTE, a_house, sign_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_the_house_today"),
]


@pytest.fixture
def sheet(live_server, page):
    with transaction.atomic():
        house = a_house(at=now() - timedelta(days=60))
        session = build.a_dosed_session(house, at=now() - 35 * MINUTE)
    cookie = sign_in(Client(), house.nurse).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + session.get_absolute_url())
    return page, house, session


def charted(house, ask):
    with acting_as(house.nurse, sites=[house.site.pk]):
        return ask()


def test_each_tap_is_one_line_and_an_undo_strikes_it_out(sheet):
    page, house, session = sheet

    for _ in range(2):
        with page.expect_response("**/event/"):
            page.get_by_role("button", name="Water", exact=True).click()
    with page.expect_response("**/undo/**"):
        page.locator("#log li form button").first.click()

    page.locator("#log li.is-struck").wait_for()
    assert page.locator("#log li.rs-line", has_text="Water").count() == 2
    assert charted(house, lambda: session.events.filter(undoes__isnull=True).count()) == 2


def test_a_value_that_cannot_be_is_said_beside_it_and_kept_on_purpose(sheet):
    page, house, session = sheet
    page.get_by_role("link", name="Enter observations").first.click()

    page.get_by_label("Oxygen saturation").fill("140")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Keep SpO2 as the device shows").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()

    bands = charted(house, lambda: list(
        session.observation_sets.order_by("-pk")[0].readings.values_list("typed", "band")))  # fmt: skip
    assert bands == [("140", "impossible")]


def test_without_a_connection_nothing_is_saved_and_nothing_typed_is_lost(sheet):
    page, house, session = sheet
    page.get_by_role("link", name="Enter observations").first.click()
    page.get_by_label("Heart rate").fill("88")

    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("No connection: not saved.").wait_for()
    page.context.set_offline(False)
    kept = page.get_by_label("Heart rate").input_value()
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()

    assert kept == "88"
    assert charted(house, lambda: session.observation_sets.count()) == 2


def test_what_another_device_charts_appears_by_itself(sheet):
    page, house, session = sheet
    with acting_as(house.facilitator, sites=[house.site.pk]):
        build.actions.event(session, by=house.facilitator, at=now(), client_key=build.uuid4(),
                            code="calm")  # fmt: skip

    page.locator("#log li", has_text="Calm").wait_for(timeout=15_000)


def test_every_big_target_is_64_pixels_high_and_every_other_44(sheet):
    page, _, _ = sheet
    heights = "els => els.map(e => e.getBoundingClientRect().height)"

    big = page.locator(".big-button:visible").evaluate_all(heights)
    others = page.locator("main button:visible, main a.btn:visible").evaluate_all(heights)

    assert min(big) >= 64
    assert min(others) >= 44
