"""What a form does when it is sent with nothing in it: a sentence at each field, and the focus."""

from urllib.parse import urlsplit

from django.urls import resolve

from tests.journeys.focus import faults_of_focus
from tests.journeys.looks import faults_of_either

PHONE = {"width": 390, "height": 844}
FORMS = 'main form[method="post"]'

# Forms that somebody fills: more than a button and what the page itself put in.
IS_FILLED = """form => [...form.elements].some(field =>
    field.name && !['hidden', 'submit', 'button'].includes(field.type))"""

# Where one button keeps what there is so far and another says that it is all, the second is pressed.
EMPTY_AND_SEND = """(form, mistyped) => {
    for (const field of form.elements) {
        if (!field.name || ['hidden', 'submit', 'button', 'fieldset'].includes(field.type)) continue;
        if (['checkbox', 'radio'].includes(field.type)) field.checked = false;
        else field.value = '';
    }
    for (const [name, words] of Object.entries(mistyped)) {
        form.elements[name].type = 'text';
        form.elements[name].value = words;
    }
    form.noValidate = true;
    form.requestSubmit(form.querySelector('[name="complete"], [name="finish"]'));
}"""

# Whether the top of what has the focus lies under nothing else.
IS_IN_SIGHT = """() => {
    const box = document.activeElement.getBoundingClientRect();
    const middle = Math.min(box.top + 24, innerHeight - 1);
    return document.activeElement.contains(
        document.elementFromPoint(box.left + box.width / 2, middle));
}"""


def forms_of(page):
    """Where the forms on a page are sent, in their order, those of buttons alone left out."""
    return [
        (number, resolve(urlsplit(form.evaluate("form => form.action")).path).view_name)
        for number, form in enumerate(page.locator(FORMS).all())
        if form.evaluate(IS_FILLED)
    ]


def routes_sent_to(page):
    """The routes to which the forms of a page are sent, those of buttons alone too."""
    targets = page.locator('form[method="post"]').evaluate_all(
        "all => all.map(form => form.action)"
    )
    return {resolve(urlsplit(target).path).view_name for target in targets}


def sent_empty(page, number, mistyped):
    """Send a form of this page with nothing in it, or what is mistyped; give the answer's status."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.locator(FORMS).nth(number).evaluate(EMPTY_AND_SEND, mistyped)
    if answer.value.status == 422:
        page.locator("[data-error-summary]").first.wait_for()
        page.wait_for_load_state()
    return answer.value.status


def faults_with_errors(page):
    """What is wrong with the page of a form that was sent empty, on a phone where room is short."""
    if not page.evaluate("document.activeElement.matches('[data-error-summary]')"):
        yield "the focus does not go to what is wrong"
    elif not page.evaluate(IS_IN_SIGHT):
        yield "what is wrong has the focus and lies under something else"
    for fault in [*faults_of_focus(page), *faults_of_either(page)]:
        yield f"with errors: {fault}"
