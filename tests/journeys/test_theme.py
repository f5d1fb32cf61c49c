"""What a device keeps of how its person wants to see the pages."""

import pytest

pytestmark = pytest.mark.browser


def test_the_theme_chosen_on_a_device_stays(house, somebody):
    ines = somebody(house.intake)
    theme = "document.documentElement.dataset.bsTheme"
    before = ines.page.evaluate(theme)

    ines.page.locator('form[action="/theme/"] button').first.click()
    ines.page.wait_for_function(f"before => {theme} !== before", arg=before)
    ines.clicks("People", within=ines.page.get_by_role("navigation", name="Main"))

    assert {before, ines.page.evaluate(theme)} == {"light", "dark"}
