"""What the journeys do not meet on their way: the longest name, an open dialog, the other theme."""

from datetime import timedelta

import pytest

from sessions.rehearsal.demonstration import LONGEST
from tests.journeys import given

pytestmark = pytest.mark.browser
STATE = "longest name"


def test_the_longest_name_fits_everywhere(house, somebody):
    given.somebody_dosed(
        house, timedelta(minutes=20), given_name=LONGEST[0], family_name=LONGEST[1]
    )
    noor = somebody(house.nurse)

    noor.looks(STATE)
    noor.clicks("People", within=noor.page.get_by_role("navigation", name="Main"), state=STATE)
    noor.clicks("Diary", state=STATE)
    noor.clicks("Board", state=STATE)
    noor.clicks("Harbour room", state=STATE)
    noor.clicks("Enter observations", state=STATE)
    noor.clicks("Run sheet")
    noor.clicks("Case file", state=STATE)
    noor.searches("Hohenstaufen", state=STATE)
    noor.clicks("Hohenstaufen", state=STATE)


def test_a_dialog_is_read_like_a_page(house, somebody):
    ines = somebody(house.intake)

    ines.opens("/gallery/")
    ines.page.locator("[data-dialog]").first.click()
    ines.page.locator("dialog[open]").wait_for()

    ines.looks("dialog")


def test_the_theme_chosen_on_a_device_stays(house, somebody):
    ines = somebody(house.intake)
    theme = "document.documentElement.dataset.bsTheme"
    before = ines.page.evaluate(theme)

    ines.page.locator('form[action="/theme/"] button').first.click()
    ines.page.wait_for_function(f"before => {theme} !== before", arg=before)
    ines.clicks("People", within=ines.page.get_by_role("navigation", name="Main"))

    assert {before, ines.page.evaluate(theme)} == {"light", "dark"}
