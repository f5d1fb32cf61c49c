"""No page is left out of the pictures: the resolver counts."""

import pytest

from clinic.access import GUARDED_ELSEWHERE, every_view
from tests.screens.pages import NO_PICTURE, PAGES

# Pages of these libraries stand in our frame; the rest of the admin is Django's own.
LIBRARIES = ("allauth",)


def takes_a_press_only(view):
    """Whether the view refuses to be opened: its guard takes no GET."""
    while view is not None:
        if view.__closure__:
            held = dict(zip(view.__code__.co_freevars, view.__closure__, strict=True))
            if "request_method_list" in held:
                return "GET" not in held["request_method_list"].cell_contents
        view = getattr(view, "__wrapped__", None)
    return False


def pages():
    """The name of every page of ours and of the library that signs people in."""
    for _, name, view in every_view():
        module = view.__module__ or ""
        library = next((known for known in GUARDED_ELSEWHERE if module.startswith(known)), None)
        if library in {None, *LIBRARIES} and not takes_a_press_only(view):
            yield name


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
