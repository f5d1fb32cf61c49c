"""Hands that know the keyboard alone: whatever a journey clicks or fills is reached by Tab.

Playwright's locators are taught to do by keys what they do by the mouse, so that a journey written
once can be walked both ways; whatever no key reaches fails there by its name.
"""

from contextlib import contextmanager

from playwright.sync_api import Locator

# What a click on this element means to the keyboard: itself, or the field it labels.
MEANT = """element => {
    const label = element.closest('label');
    return label?.control || element.closest('a[href], button, input, select, textarea, summary') || element;
}"""
# One radio of a group holds the place of all in the order of Tab.
IS_HERE = """element => {
    const here = document.activeElement;
    return here === element
        || here.type === 'radio' && element.type === 'radio' && here.name === element.name && here.form === element.form;
}"""
CONTROLS = "document.querySelectorAll('a[href], button, input, select, textarea, summary').length"
ROOM = 20  # stops beyond the page's own: parts of a date, the page itself


@contextmanager
def the_keyboard_alone(patch):
    """Within this, nobody touches a mouse. `patch` is pytest's monkeypatch."""
    for name, by_keys in {
        "click": _click,
        "check": lambda locator, **_: _sets(locator, True),
        "uncheck": lambda locator, **_: _sets(locator, False),
        "set_checked": lambda locator, checked, **_: _sets(locator, checked),
        "fill": _fill,
        "select_option": _select,
    }.items():
        patch.setattr(Locator, name, by_keys)
    yield
    patch.undo()


def _reach(locator):
    """Press Tab until what is meant has the focus; give it back."""
    locator.wait_for()
    page, meant = locator.page, locator.evaluate_handle(MEANT).as_element()
    for _ in range(page.evaluate(CONTROLS) + ROOM):
        if meant.evaluate(IS_HERE):
            return meant
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab reaches {meant.evaluate('e => e.outerHTML')[:200]} on {page.url}")


def _click(locator, **_):
    meant = _reach(locator)
    kind = meant.get_attribute("type")
    if kind in {"radio", "checkbox"}:
        _choose(locator, meant, checked=kind == "radio" or not meant.is_checked())
    else:
        locator.page.keyboard.press("Enter")


def _sets(locator, checked):
    _choose(locator, _reach(locator), checked=checked)


def _choose(locator, meant, *, checked):
    keyboard = locator.page.keyboard
    if meant.get_attribute("type") == "checkbox":
        if meant.is_checked() != checked:
            keyboard.press("Space")
    else:
        if not locator.page.evaluate("document.activeElement.checked"):
            keyboard.press("Space")
        alike = meant.evaluate(
            'e => document.querySelectorAll(`input[type=radio][name="${e.name}"]`).length'
        )
        for _ in range(alike):
            if meant.is_checked():
                break
            keyboard.press("ArrowDown")
    assert meant.is_checked() == checked, f"no key sets {meant.get_attribute('name')}"


def _fill(locator, value, **_):
    meant, keyboard = _reach(locator), locator.page.keyboard
    kind = meant.get_attribute("type")
    if kind in {"date", "datetime-local", "time"}:
        _type_a_moment(meant, keyboard, value)
    else:
        keyboard.press("Control+A")
        keyboard.insert_text(value) if value else keyboard.press("Delete")
    kept = meant.input_value()
    assert kept == value, f"typed {value!r}, and {meant.get_attribute('name')} holds {kept!r}"


def _type_a_moment(meant, keyboard, value):
    """As an American browser asks, which this one is: month, day, year, and the hours of half a day."""
    day, _, time = value.rpartition("T") if "T" in value else (value, "", "")
    if ":" in day:
        day, time = "", day
    if day:
        year, month, date = day.split("-")
        keyboard.type(f"{month}{date}{year}")
        if time:
            keyboard.press("ArrowRight")
    if time:
        hour, minute = map(int, time.split(":")[:2])
        keyboard.type(f"{hour % 12 or 12:02}{minute:02}{'AM' if hour < 12 else 'PM'}")


def _select(locator, value=None, *, label=None, **_):
    meant, keyboard = _reach(locator), locator.page.keyboard
    wanted = "e => e.value" if label is None else "e => e.selectedOptions[0]?.label"
    keyboard.press("Home")
    for _ in range(meant.evaluate("e => e.options.length")):
        if meant.evaluate(wanted) == (value if label is None else label):
            return
        keyboard.press("ArrowDown")
    raise AssertionError(f"no key chooses {value or label!r} of {meant.get_attribute('name')}")
