"""Every page, at both widths and in both themes: full of the longest names, and with errors."""

import pytest

from tests.journeys.buttons import pressed
from tests.journeys.errors import (
    PHONE,
    faults_with_errors,
    forms_of,
    routes_sent_to,
    sent_empty,
)
from tests.journeys.focus import faults_of_focus
from tests.journeys.looks import faults_of_either
from tests.journeys.pages import MADE_FOR_PAPER, ON_THE_WALK, by_slice, every_page

pytestmark = pytest.mark.browser
CLINIC = "build"

# Forms that are taken with nothing in them, and why.
RIGHT_WHEN_EMPTY = {
    "cases:search": "asking for nobody shows the search again",
    "trail:index": "asking for nothing shows everything",
    "trail:patients": "asking for nobody shows the search again",
    "cases:died": "a death is recorded in one tap; what is known of it follows",
}
# Forms that may be sent with every field empty: what is typed wrongly into them.
MISTYPED = {"screening:form": {"q_age": "many"}, "people:write_hours": {"starts_0": "09:00"}}


def test_what_is_looked_at_in_another_way_is_a_page():
    assert set(every_page()) >= ON_THE_WALK | MADE_FOR_PAPER


@pytest.mark.parametrize("space", by_slice())
def test_pages_are_right_full_and_with_errors(crowd, reads, space):
    wrong, sent = [], set()
    for name in by_slice()[space]:
        read = crowd.fullest(name)
        page, address = reads(read.reader), read.address
        page.goto(address)
        wrong += faults_of_either(page)
        unpressed = {each for each in routes_sent_to(page) - pressed() if ":" in each}
        wrong += [f"{name}: nobody presses what is sent to {each}" for each in unpressed]
        for dialog in page.locator("[data-dialog]").all():
            dialog.click()
            wrong += [f"a dialog open: {fault}" for fault in faults_of_either(page)]
            page.keyboard.press("Escape")
        page.set_viewport_size(PHONE)
        wrong += [f"{name}: {fault}" for fault in faults_of_focus(page)]
        for number, target in forms_of(page):
            if target in sent | set(RIGHT_WHEN_EMPTY):
                continue
            sent.add(target)
            page.goto(address)
            if (status := sent_empty(page, number, MISTYPED.get(target, {}))) == 422:
                wrong += [f"{name}: {fault}" for fault in faults_with_errors(page)]
            else:
                wrong.append(f"{name}: sent empty to {target}, answers {status}")
    assert not wrong, "\n".join(wrong)
