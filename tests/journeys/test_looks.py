"""The look at a page finds what is wrong on a long one, though it reckons each contrast once."""

import pytest

from tests.journeys.looks import AXE, LOOK, RULES

pytestmark = pytest.mark.browser

LONG = "<p>Read me.</p>" * 700
PALE = '<p style="color: #ddd">Hardly to be read.</p>'
ON_DARK = '<div style="background: #555"><p>Read me.</p></div>'
FAINT = '<div style="opacity: 0.3"><p>Read me.</p></div>'
A_PAGE = '<html lang="en"><title>Long</title><main><h1>Long</h1>{}</main></html>'


@pytest.mark.parametrize("flaw", [PALE, ON_DARK, FAINT], ids=["pale", "on dark", "faint"])
@pytest.mark.parametrize("is_whole", [False, True], ids=["once", "whole"])
def test_text_that_can_hardly_be_read_is_found_on_a_long_page(page, flaw, is_whole):
    page.set_content(A_PAGE.format(LONG + flaw + LONG))
    page.evaluate(AXE)

    found = page.evaluate(LOOK, [RULES, is_whole])

    assert [rule["id"] for rule in found] == ["color-contrast"]


def test_a_long_page_without_a_flaw_is_right(page):
    page.set_content(A_PAGE.format(LONG))
    page.evaluate(AXE)

    assert page.evaluate(LOOK, [RULES, False]) == []
