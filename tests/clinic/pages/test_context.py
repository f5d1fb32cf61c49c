from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from clinic.access import ROLES
from clinic.pages import context, guide


@pytest.fixture(autouse=True)
def every_place_has_an_address(monkeypatch):
    monkeypatch.setattr(context, "_reverse", lambda name: f"/{name}/")


def a_request(role=None, *, at="help", sites=("Harbour House",)):
    roles = [
        SimpleNamespace(role=role, site_id=n, site=SimpleNamespace(name=name))
        for n, name in enumerate(sites)
    ]
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(
        is_authenticated=role is not None, is_active=True, roles_now=roles
    )
    namespace, _, view = at.rpartition(":")
    request.resolver_match = SimpleNamespace(view_name=at, namespace=namespace, url_name=view)
    return request


def labels(request):
    return [entry["label"] for entry in context.entries(request)]


def test_the_navigation_follows_from_roles():
    assert labels(a_request("manager")) == [
        "Today",
        "Diary",
        "Reports due",
        "Stock",
        "Staff",
        "Settings",
        "Questionnaires",
        "Texts",
        "Report",
    ]
    assert labels(a_request("protocol_author")) == [
        "Today",
        "Questionnaires",
        "House values",
        "Protocols",
        "Report",
    ]
    assert "House values" in labels(a_request("prescriber"))
    assert labels(a_request("intake")) == ["Today", "People", "Diary", "Report"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_somewhere_to_go_or_reads_the_trail(role):
    assert labels(a_request(role)) or role == "privacy_officer"


def test_nobody_signed_in_sees_no_navigation():
    assert labels(a_request()) == []
    assert context.search_url(a_request()) == ""


def test_a_place_that_has_no_address_is_left_out(monkeypatch):
    monkeypatch.setattr(
        context, "_reverse", lambda name: "" if name == "stock:index" else f"/{name}/"
    )

    assert labels(a_request("manager")) == [
        "Today",
        "Diary",
        "Reports due",
        "Staff",
        "Settings",
        "Questionnaires",
        "Texts",
        "Report",
    ]


@pytest.mark.parametrize(
    ("at", "current"),
    [
        ("casefile:board", ["Board"]),
        ("casefile:dashboard", ["Today"]),
        ("casefile:show", ["People"]),
        ("casefile:list", ["Today"]),
        ("cases:show", ["People"]),
        ("help", []),
    ],
)
def test_one_place_is_marked_as_where_one_is(at, current):
    entries = context.entries(a_request("nurse", at=at))

    assert [entry["label"] for entry in entries if entry["current"]] == current


def test_the_search_is_for_those_who_may_open_or_register_people():
    assert context.search_url(a_request("intake")) == "/cases:search/"
    assert context.search_url(a_request("manager")) == ""


def test_the_site_is_named_or_counted():
    assert context.site_name(a_request("nurse")) == "Harbour House"
    assert context.site_name(a_request("nurse", sites=("Harbour House", "Hill House"))) == "2 sites"


@pytest.mark.parametrize(
    ("cookie", "themes"),
    [
        (None, ("light", "dark")),
        ("dim", ("dark", "dark")),
        ("light", ("light", "light")),
        ("odd", ("light", "dark")),
    ],
)
def test_the_room_is_dim_unless_this_device_chose_light(cookie, themes):
    request = a_request("nurse")
    if cookie:
        request.COOKIES["theme"] = cookie

    assert tuple(context.theme_of(request).values()) == themes


@pytest.mark.parametrize(
    ("at", "topic"),
    [
        ("casefile:board", "casefile-board"),
        ("casefile:show", "casefile"),
        ("supervised:release", "supervised-release"),
        ("account_change_password", "account"),
        ("mfa_index", "account"),
        ("gallery", "index"),
    ],
)
def test_help_is_that_of_the_page_or_of_its_slice(at, topic):
    assert guide.address_for(a_request("nurse", at=at)) == f"/help/{topic}/"
