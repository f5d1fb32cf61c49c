"""Pictures of the main pages: two themes, two widths; full, empty, with errors, the longest name.

`make screens` writes them to the folder named by VIGIL_SCREENS. They are there to be looked at;
docs/looked.md keeps what was seen.
"""

import os
from pathlib import Path

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.access import set_context
from clinic.cases.models import Case, Status
from sessions.rehearsal import demonstration
from sessions.rehearsal import house as made_up
from sessions.rehearsal.house import PASSWORD
from sessions.supervised.models import Status as SessionStatus
from sessions.supervised.models import SupervisedSession

pytestmark = [pytest.mark.screens, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOLDER = Path(os.environ.get("VIGIL_SCREENS", ".vigil/screens"))
THEMES, WIDTHS = ("light", "dim"), (390, 1280)


def test_the_full_clinic(live_server, browser):
    at = now()
    demonstration.seed(at=at, say=lambda words: None)
    with transaction.atomic():
        house, keys = the_keys()
    for part, pages in full(keys).items():
        picture(live_server, browser, house.people[part], part, pages)


def test_the_empty_clinic(live_server, browser):
    with transaction.atomic():
        house = made_up.build(at=now(), password=PASSWORD)
    pages = {
        "today": ("/", None),
        "board": ("/board/", None),
        "people": ("/people/", None),
        "diary": ("/diary/", None),
        "needs-a-person": ("/needs-a-person/", None),
        "stock": ("/stock/", None),
    }
    picture(live_server, browser, house.nurse, "empty", pages)


def the_keys():
    """The house, and the key of one case at each stage and of the longest name."""
    house = made_up.find()
    set_context(user_id=house.nurse.pk, sites=[house.site.pk])
    keys = {}
    for case in Case.objects.order_by("-pk").select_related("patient"):
        keys[case.status] = case.key
        keys[f"{case.status}-patient"] = case.patient.key
    keys["longest"] = Case.objects.get(patient__family_name=demonstration.LONGEST[1]).key
    live = SupervisedSession.objects.filter(status=SessionStatus.DOSED).order_by("-pk").first()
    keys["session"], keys["session-case"] = live.key, live.case.key
    return house, keys


def full(keys):
    """Page by page, as the role that uses it: its address, and what makes it show its errors."""
    one = {status: keys[status] for status in Status if status in keys}
    session, longest = keys["session"], keys["longest"]
    return {
        "intake": {
            "today": ("/", None),
            "people": ("/people/", None),
            "register": ("/people/register/", "Register"),
            "patient": (f"/people/{keys['referred-patient']}/", None),
            "screening": (f"/screening/{one['screening']}/", None),
            "book": (f"/diary/{one['preparing']}/book/", None),
        },
        "prescriber": {
            "findings": (f"/screening/{one['screening']}/findings/", None),
            "decide": (f"/screening/{one['screening']}/decide/", None),
            "order": (f"/session/{session}/order/", None),
            "case-longest-name": (f"/case/{longest}/", None),
        },
        "facilitator": {
            "preparation": (f"/preparation/{one['preparing']}/", None),
            "ready": (f"/preparation/{one['preparing']}/ready/", None),
            "documents": (f"/documents/{one['preparing']}/", None),
            "diary": ("/diary/", None),
            "aftercare-longest-name": (f"/aftercare/{longest}/", None),
            "measures": (f"/integration/measures/{longest}/", None),
        },
        "nurse": {
            "today": ("/", None),
            "board": ("/board/", None),
            "case": (f"/case/{keys['session-case']}/", None),
            "run-sheet": (f"/session/{session}/", None),
            "observe": (f"/session/{session}/observe/", "Save"),
            "adverse-event": (f"/session/{session}/adverse-event/", None),
            "release": (f"/session/{session}/release/", None),
            "stock": ("/stock/", None),
        },
        "manager": {
            "staff": ("/staff/", None),
            "rota": ("/staff/rota/", None),
            "licences": ("/staff/licences/", None),
            "invite": ("/staff/invite/", "Send the invitation"),
            "settings": ("/settings/", None),
        },
        "approver": {"protocols": ("/admin/", None)},
    }


def picture(live_server, browser, user, folder, pages):
    """Each page in both themes and widths; with errors too where a button brings them out."""
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(f"{live_server.url}/account/login/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{live_server.url}/")
        for theme in THEMES:
            context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
            for name, (address, button) in pages.items():
                answer = page.goto(live_server.url + address)
                assert answer.status == 200, (address, answer.status)
                keep(page, folder, name, theme, width)
                if button:
                    # The browser's own checks would hide ours.
                    page.evaluate("for (const form of document.forms) form.noValidate = true")
                    page.get_by_role("button", name=button, exact=False).last.click()
                    page.wait_for_load_state()
                    keep(page, folder, f"{name}-errors", theme, width)
        context.close()


def keep(page, folder, name, theme, width):
    target = FOLDER / folder
    target.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target / f"{name}-{theme}-{width}.png", full_page=True)
