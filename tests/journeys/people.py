"""The people of the clinic, each before a browser of their own."""

import re

from tests.builders.house import PASSWORD
from tests.journeys.looks import Watch, looks_right, name_of
from tests.journeys.pages import by_slice

LOOKED_AT_ONE_BY_ONE = {name for names in by_slice().values() for name in names}
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


class Person:
    """Somebody before a page: they read, click and type, and look at every page they meet."""

    def __init__(self, browser, home, arguments, size=DESK):
        self.context = browser.new_context(
            **arguments, viewport=size, reduced_motion="reduce", base_url=home
        )
        self.context.set_default_timeout(10_000)
        self.watch = Watch(self.context)
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())

    def opens(self, address):
        self.page.goto(address)
        self.looks()

    def looks(self, state=""):
        """Look at the page where nobody else does: in this state, or behind the admin's door."""
        if state or name_of(self.page) not in LOOKED_AT_ONE_BY_ONE:
            looks_right(self.page, state)
        assert not self.watch.wrong, "\n".join([self.page.url, *self.watch.wrong])

    # -- Reading

    def sees(self, *words):
        for text in words:
            self.page.get_by_text(text).locator("visible=true").first.wait_for()

    def does_not_see(self, *words):
        for text in words:
            found = self.page.get_by_text(text).locator("visible=true")
            assert found.count() == 0, f"“{text}” stands on {self.page.url}"

    # -- Doing

    def clicks(self, name, *, within=None, kind=None, nth=0, exact=False, state=""):
        """Click the first button or link of this name, and look at the page it leads to."""
        target = self.target(name, within=within, kind=kind, nth=nth, exact=exact)
        with self.page.expect_navigation():
            target.click()
        self.looks(state)

    def is_refused(self, name, **where):
        """Press a button whose page comes back with what is wrong, and look at that."""
        self.target(name, **where).click()
        self.page.locator("[data-error-summary]").wait_for()
        self.looks("errors")

    def taps(self, name, *, within=None):
        """Press something that leaves the page where it is."""
        self.target(name, within=within).click()

    def target(self, name, *, within=None, kind=None, nth=0, exact=False):
        place = within if within is not None else self.page
        found = None
        for role in [kind] if kind else ["button", "link"]:
            one = place.get_by_role(role, name=name, exact=exact)
            found = one if found is None else found.or_(one)
        return found.locator("visible=true").nth(nth)

    def types(self, **fields):
        """Fill fields by their label, written with underscores."""
        for label, value in fields.items():
            self.fills(label.replace("_", " "), value)

    def fills(self, label, value, within=None):
        place = within if within is not None else self.page
        field = place.get_by_label(label).locator("visible=true").first
        if isinstance(value, bool):
            field.set_checked(value)
        elif field.evaluate("field => field.tagName") == "SELECT":
            wanted = field.locator("option").filter(has_text=re.compile(re.escape(value)))
            field.select_option(value=wanted.first.get_attribute("value"))
        else:
            field.fill(value)

    def chooses(self, answer, *, of):
        """Choose one answer of a question."""
        group = self.page.get_by_role("group", name=of).first
        group.get_by_label(answer, exact=True).first.check()

    def go_to_the_sheet(self):
        """Back to the run sheet from any page of a session."""
        back = self.page.get_by_role("link", name="Run sheet")
        if back.count():
            self.clicks("Run sheet")

    # -- Coming and going

    def signs_in(self, user):
        self.opens("/")
        self.types(Email=user.email, Password=PASSWORD)
        self.clicks("Sign in", exact=True)

    def signs_out(self):
        self.page.locator(".side-tools summary").click()
        self.clicks("Sign out")

    def searches(self, name, state=""):
        self.page.keyboard.press("/")
        self.page.keyboard.type(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks(state)

    def opens_the_case_of(self, name):
        """Find somebody by name and open the newest case."""
        self.searches(name)
        self.clicks(name)
        self.clicks("Case ")

    # -- Questionnaires

    def answers(self, answers):
        """Give these answers to the questions that stand on the page; give back those that do not."""
        not_asked = {}
        for code, answer in answers.items():
            if self.page.locator(f'[name="q_{code}"]').count():
                self._gives(f"q_{code}", answer)
            else:
                not_asked[code] = answer
        return not_asked

    def _gives(self, name, answer):
        controls = self.page.locator(f'[name="{name}"]')
        if answer.state == "not_known":
            besides = controls.or_(self.page.locator(f'[name="{name}-doubt"]'))
            besides.and_(self.page.locator('[value="not_known"]')).check()
        elif controls.first.get_attribute("type") in {"radio", "checkbox"}:
            values = answer.value if isinstance(answer.value, list) else [answer.value]
            for value in values:
                word = {True: "yes", False: "no"}.get(value, value)
                controls.and_(self.page.locator(f'[value="{word}"]')).check()
        else:
            controls.fill(str(answer.value))

    def signs(self, button, password=PASSWORD, state=""):
        """Prove who one is once more and sign."""
        self.page.locator("main input[type=password]").first.fill(password)
        self.clicks(button, state=state)

    def charts(self, **readings):
        """Enter what the monitor shows."""
        for code, value in readings.items():
            controls = self.page.locator(f'[name="r_{code}"]')
            if controls.first.get_attribute("type") == "radio":
                controls.and_(self.page.locator(f'[value="{value}"]')).check()
            else:
                controls.fill(value)
        self.clicks("Save", exact=True)
