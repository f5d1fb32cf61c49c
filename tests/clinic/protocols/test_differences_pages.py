import pytest
import time_machine
from django.urls import reverse

from tests.builders.house import NOON, a_house, sign_in
from tests.builders.protocols import a_reviewed_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def page_of(client, name, version, **query):
    return client.get(reverse(f"admin:clinic_protocolversion_{name}", args=[version.key]), query)


def said(page):
    return [(d.about, d.old, d.new) for s in page.context["sections"] for d in s.differences]


def test_the_approver_reads_what_is_different_before_publishing(client, house):
    version = a_reviewed_version(house)
    sign_in(client, house.approver)

    page = page_of(client, "publish", version)

    assert ("Title", house.version.document["title"], version.document["title"]) in said(page)
    words = f"What is different from version {house.version.number}, published"
    assert words in page.content.decode()


def test_any_two_versions_are_compared_from_the_page_of_one(client, house):
    version = a_reviewed_version(house)
    sign_in(client, house.author)
    link = reverse("admin:clinic_protocolversion_differences", args=[version.key])

    assert link in page_of(client, "change", version).content.decode()
    forth = said(page_of(client, "differences", version, against=house.version.key))
    back = said(page_of(client, "differences", house.version, against=version.key))

    assert forth == [(about, old, new) for about, new, old in back] != []
