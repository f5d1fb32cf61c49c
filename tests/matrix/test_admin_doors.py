"""The admin site's ways to one row, for who manages people and who writes protocols: they lead nowhere.

Every model there is, ours and the libraries', at every address under which Django's admin would have
a page for one of its rows: nothing of anybody in care is shown, and nobody comes to more rights.
"""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import Resolver404, resolve, reverse

from clinic.access import ROLES
from clinic.people.models import RoleAtSite, User
from clinic.protocols.models import Protocol, ProtocolVersion
from tests.matrix.asking import TRAIL, browser_of, touched, undone

pytestmark = pytest.mark.xdist_group("matrix 0")

RIGHTS = {
    "is_staff": "on", "is_superuser": "on", "is_active": "on", "is_system": "on", "groups": "1",
    "user_permissions": "1", "role": "medical_lead", "email": "mine@vigil.example", "post": "yes",
    "_save": "Save", "action": "delete_selected", "_selected_action": "1",
}  # fmt: skip
PARTS = ["manager", "author"]
MODELS = sorted(apps.get_models(), key=lambda model: model._meta.label_lower)


def doors(world, model):
    """Every address at which the admin site would have a page about one row of a model."""
    models = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    rows = [row for place in world.places.values() for kind in place.rows.values() for row in kind]
    key = next((str(row.key) for row in rows if type(row) is model), "1")
    yield models
    yield f"{models}add/"
    for page in ("", "change/", "delete/", "history/", "password/"):
        yield f"{models}{key}/{page}"
    asks = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}"
    yield f"/admin/autocomplete/?{asks}&field_name=user&term=a"


def asked(world, part, method, address, body=None):
    """What came back, and what was written but the trail."""
    with undone():
        before = touched()
        response = getattr(browser_of(world, part), method)(address, body or {})
        text = (response.content.decode() + str(dict(response.items()))).casefold()
        return response.status_code, text, set(touched() - before) - TRAIL


def is_a_template(address):
    """Whether the address is one of the pages that the admin site is for."""
    try:
        return "protocol" in (resolve(address.partition("?")[0]).url_name or "")
    except Resolver404:
        return False


@pytest.mark.parametrize("part", PARTS)
def test_no_door_to_one_row_shows_a_patient_or_gives_a_right(world, part):
    wrong, opened = [], 0
    words = [word for p in world.places.values() for word in (p.secret, p.shared, p.known)]
    for address in (address for model in MODELS for address in doors(world, model)):
        for method in ("get", "post"):
            status, text, written = asked(world, part, method, address, RIGHTS)
            is_open = status == 200 and "/account/login/" not in address
            opened += is_open
            if is_open and not (part == "author" and is_a_template(address)):
                wrong.append(f"{method} {address} answers 200")
            if any(word in text for word in words):
                wrong.append(f"{method} {address} shows somebody in care")
            if written:
                wrong.append(f"{method} {address} wrote {written}")

    assert wrong == [], "\n".join(wrong)
    assert bool(opened) == (part == "author")


def test_the_admin_site_knows_templates_and_nothing_else():
    assert set(admin.site._registry) == {Protocol, ProtocolVersion}


@pytest.mark.parametrize("lookup", ["drafted_by__password__startswith", "drafted_by__email__contains",
                                    "case__patient__given_name__startswith", "site__name"])  # fmt: skip
def test_a_list_answers_no_question_about_what_it_does_not_list(world, lookup):
    address = reverse("admin:clinic_protocolversion_changelist")

    status, text, _ = asked(world, "author", "get", f"{address}?{lookup}=a")

    assert status in {302, 400}  # sent back to the list as it is, or not understood
    assert "vigil.example" not in text


@pytest.mark.parametrize("part", [*PARTS, "approver", "facilitator", "privacy_officer"])
def test_nobody_gives_themselves_a_role(world, part):
    user = world.actors[part]
    for role in ROLES:
        with undone():
            browser = browser_of(world, part)
            site = world.home(part).house.site
            browser.post(
                reverse("people:give_role", args=[user.key]),
                {"role": role, "site": site.pk, "is_superuser": "on", "is_staff": "on"},
            )
            held = set(RoleAtSite.objects.filter(user=user).values_list("role", flat=True))
            assert held == {made_role(part)}
            assert User.objects.get(pk=user.pk).is_staff == (part in {"author", "approver"})


def made_role(part):
    """The one role somebody of the made-up house has."""
    return {"author": "protocol_author", "approver": "protocol_approver"}.get(part, part)
