"""Pictures of every page: two themes, two widths; full, empty, with errors, with the longest names.

`make screens` writes them to the folder named by VIGIL_SCREENS. They are there to be looked at;
docs/looked.md keeps what was seen.
"""

import os
import re
import time
from pathlib import Path

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.pages import errors
from tests.builders.house import sign_in
from tests.database import as_owner
from tests.screens import clinic
from tests.screens.pages import PAGES

pytestmark = [pytest.mark.screens, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOLDER = Path(os.environ.get("VIGIL_SCREENS", ".vigil/screens"))
THEMES, WIDTHS = {"light": "light", "dim": "dark"}, (390, 1280)
ERRORS = {
    "400": errors.bad_request,
    "403": lambda request: errors.forbidden(request, "Your roles do not include this."),
    "403-form-too-old": errors.csrf_failure,
    "404": errors.not_found,
    "409": lambda request: errors.conflict(
        request, "", now_reads=[("Family name", "Ashgrove"), ("Allergies", "none known")]
    ),
    "413": lambda request: errors.bad_request(request, RequestDataTooBig()),
    "429": errors.too_many_requests,
    "500": errors.server_error,
    "503": errors.unavailable,
}
CLEAR = """form => {
  form.noValidate = true;
  for (const field of form.querySelectorAll("input, textarea, select")) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = false;
    else if (field.tagName === "SELECT") field.value = "";
    else if (!["hidden", "submit"].includes(field.type)) field.value = "";
  }
}"""

# After the answer to this call, for a page that leaves gives none.
SEND = "(form, name) => { setTimeout(() => form.requestSubmit(name ? form[name] : null)) }"


@pytest.fixture(scope="module")
def the_clinic(django_db_setup, django_db_blocker):
    """Every picture begins at the same clinic, each in a database of its own."""
    with django_db_blocker.unblock():
        django_db_setup.move_in(clinic.furnish)
    yield
    with django_db_blocker.unblock():
        django_db_setup.move_out()


def test_the_first_start(live_server, browser, browser_context_args, settings):
    settings.MODE = "run"
    camera = Camera(browser, browser_context_args, live_server.url, "welcome")

    camera.opens({}, "")
    camera.takes("1-full")
    camera.sends("", {})
    camera.takes("3-error")
    camera.context.close()


@pytest.mark.parametrize("which", ERRORS)
def test_the_error_page(live_server, browser, browser_context_args, rf, which):
    """As it answers a form in which something was typed."""
    typed = {"family_name": clinic.NAMES[0][1], "allergies": "Latex.\nPenicillin, as a child."}
    answer = ERRORS[which](rf.post("/people/register/", typed))
    camera = Camera(browser, browser_context_args, live_server.url, f"error {which}")
    camera.page.route("**/error/", lambda route: route.fulfill(
        status=answer.status_code, body=answer.content, content_type="text/html; charset=utf-8"
    ))  # fmt: skip

    camera.page.goto("/error/")
    camera.takes("1-full")
    camera.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_page(the_clinic, live_server, browser, browser_context_args, name):
    asked, camera = PAGES[name], Camera(browser, browser_context_args, live_server.url, name)
    if asked.first:
        clinic.happens(asked.first)

    try:
        camera.goes_in(asked.by)
        camera.opens(asked.rows, asked.query)
        camera.takes("1-full")
        if asked.error is True:
            camera.sends(asked.button, asked.wrong)
            camera.takes("3-error")
        if asked.longest is True:
            with as_owner() as owner:
                clinic.name_everybody_long(owner.execute)
            camera.opens(asked.rows, asked.query)
            camera.takes("4-longest")
        if asked.empty is True:
            bare = {part: clinic.BARE.get(what, what) for part, what in asked.rows.items()}
            if bare == asked.rows:  # a list: it is empty at the site where nobody is in care
                camera.goes_in(f"hill_{asked.by}")
            camera.opens(bare, asked.query)
            camera.takes("2-empty")
    finally:
        camera.context.close()


class Camera:
    """A browser that shows one page in every theme and at every width."""

    def __init__(self, browser, arguments, home, name):
        self.context = browser.new_context(**arguments, base_url=home, reduced_motion="reduce")
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.home, self.name = home, name

    def goes_in(self, part):
        """Sit somebody down before it; nobody, where the page stands before the sign-in."""
        self.context.clear_cookies()
        if part == "nobody":
            return
        with transaction.atomic():
            user = clinic.the_house().people[part.replace(" ", "_")]
            browser = sign_in(Client(), user)
            proved = browser.session
            # They proved who they are a moment ago, so that nothing asks for it again.
            proved[AUTHENTICATION_METHODS_SESSION_KEY] = [
                {"method": "password", "at": time.time(), "reauthenticated": True}
            ]
            proved[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
            proved.save()
            cookies = browser.cookies
        self.context.add_cookies(
            [{"name": key, "value": m.value, "url": self.home} for key, m in cookies.items()]
        )

    def opens(self, rows, query):
        """Open the page at these rows."""
        values = {
            part: what[1:] if what.startswith("=") else str(clinic.rows[what])
            for part, what in rows.items()
        }
        self.page.set_viewport_size({"width": 1280, "height": 900})
        answer = self.page.goto(reverse(self.name, kwargs=values) + query)
        assert answer.status == 200, (self.page.url, answer.status)

    def sends(self, button, wrong):
        """Send the page's own form with nothing in it but what is wrong."""
        forms = self.page.locator("main form[method=post]:not([data-theme-form])")
        which = forms.filter(has=self.page.locator(f"[name={button}]")) if button else forms
        visible = "input:visible, textarea:visible, select:visible"
        form = which.filter(has=self.page.locator(visible)).first
        form.evaluate(CLEAR)
        for field, text in wrong.items():
            form.locator(f"[name={field}]").fill(text)
        form.evaluate(SEND, button)
        # Some forms leave the page, others are swapped in place: both end in words beside a field.
        self.page.locator("[data-error-summary], .invalid-feedback, .errorlist").first.wait_for()
        self.page.wait_for_load_state()

    def takes(self, state):
        """One picture for each theme and width, without loading the page again."""
        target = FOLDER / re.sub(r"[^a-z0-9]+", "-", self.name.lower())
        target.mkdir(parents=True, exist_ok=True)
        for width in WIDTHS:
            self.unrolls(width)
            for theme, value in THEMES.items():
                self.page.evaluate("to => document.documentElement.dataset.bsTheme = to", value)
                path = target / f"{state}-{theme}-{width}.jpg"
                self.page.screenshot(path=path, type="jpeg", quality=85)

    def unrolls(self, width):
        """Show the whole page at this width: what stands at its foot then covers nothing."""
        self.page.set_viewport_size({"width": width, "height": 900})
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": width, "height": min(max(900, height), 6000)})
