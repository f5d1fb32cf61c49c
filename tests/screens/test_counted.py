"""No page is left out of the pictures: the resolver counts."""

import pytest

from tests.screens.pages import NO_PICTURE, PAGES, pages


def test_every_page_is_pictured_or_says_why_not():
    missing = sorted(set(pages()) - set(PAGES) - set(NO_PICTURE))

    assert not missing


def test_nothing_is_pictured_that_is_no_page():
    gone = (set(PAGES) | set(NO_PICTURE)) - set(pages())

    assert not {name for name in gone if not name.startswith("admin:")}


@pytest.mark.parametrize("name", PAGES)
def test_a_state_a_page_cannot_have_says_why(name):
    page = PAGES[name]

    for state in [page.empty, page.error, page.longest]:
        assert state is True or len(state) > 10
