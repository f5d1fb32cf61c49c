"""Every button of the house is pressed in a browser once: here, where no other journey does."""

import pytest
from django.urls import reverse

from tests.builders.house import PASSWORD
from tests.journeys.buttons import BUTTONS
from tests.matrix.asking import browser_with
from tests.ways_out.reading import Page

pytestmark = pytest.mark.browser
CLINIC = "build"
TYPED = {
    "password": PASSWORD,
    "number": "1",
    "date": "2026-12-01",
    "datetime-local": "2026-11-19T10:00",
    "time": "10:00",
    "email": "somebody@vigil.example",
}

# What somebody answers who has no more to say than the form asks.
FILL = """(form, {said, typed}) => {
    for (const field of form.elements) {
        const {name, type} = field;
        if (!name || field.disabled || ['hidden', 'submit', 'button', 'fieldset'].includes(type)) continue;
        if (name in said && ['checkbox', 'radio'].includes(type)) {
            field.checked ||= field.value === said[name];
        } else if (name in said) {
            field.value = said[name];
        } else if (type === 'checkbox') {
            field.checked ||= field.required;
        } else if (type === 'radio') {
            const alike = [...form.elements].filter((each) => each.name === name);
            if (!alike.some((each) => each.checked)) field.checked = true;
        } else if (type === 'select-one') {
            const taken = [...field.options].find((each) => each.value);
            if (!field.value && field.required && taken) field.value = taken.value;
        } else if (!field.value && (field.required || ['textarea', 'password'].includes(type))) {
            field.value = typed[type] ?? 'Because it is so.';
        }
    }
}"""
# The menus and boxes around a form, opened as their own words open them.
UNFOLD = """form => {
    for (let box = form.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
    form.closest('dialog')?.showModal();
}"""


@pytest.mark.parametrize("button", BUTTONS, ids=str)
def test_a_button_does_what_it_says(crowd, reads, button):
    page = reads(button.by)
    for each in (button.after, button):
        if each is not None:
            press(crowd, page, each)
    if button.sees:
        page.get_by_text(button.sees).first.wait_for()


def press(crowd, page, button):
    """Open the page, fill in the form and press; the answer refuses nothing."""
    address, number = where_it_stands(crowd, button)
    page.goto(address)
    form = page.locator("form").nth(number)
    form.evaluate(UNFOLD)
    form.evaluate(FILL, {"said": button.said, "typed": TYPED})

    form.evaluate("form => form.dataset.before = ''")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        form.get_by_role("button", name=button.words).first.click()
    if answer.value.status != 204 and answer.value.request.is_navigation_request():
        page.locator("[data-before]").wait_for(state="detached")
        page.wait_for_load_state()

    refused = page.locator("[data-error-summary]").all_inner_texts()
    assert (answer.value.status in {200, 204, 302}, refused) == (True, [])


def where_it_stands(crowd, button):
    """The address of the page and the number of its form that has this button, ready to be pressed."""
    for values in crowd.rows_of(button.on):
        address = reverse(button.on, kwargs=values)
        answer = browser_with(crowd.cookies[button.by]).get(address)
        if answer.status_code != 200:
            continue
        for number, form in enumerate(Page(answer.content.decode(), address).forms):
            for each in form.buttons:
                if each.words.startswith(button.words) and not each.disabled:
                    return address, number
    raise AssertionError(f"{button} stands on no page")
