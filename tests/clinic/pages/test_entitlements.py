import pytest
from django.urls import reverse

from clinic.access import ROLES, WHAT_IT_ALLOWS, Permission, may
from clinic.pages.entitlements import who_may_what
from tests.builders.house import a_house, sign_in
from tests.builders.people import who_holds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


def test_the_table_says_what_the_software_asks():
    house, table = a_house(), who_may_what()
    people = {role: who_holds(house, role) for role in ROLES}

    for row, permission in zip(table.rows, WHAT_IT_ALLOWS, strict=True):
        for allowed, role in zip(row.cells, table.roles, strict=True):
            user = people[role.code]
            site = user.roles_now[0].site
            assert may(user, permission, site=site) == allowed, (role.code, permission)


def test_every_permission_and_every_role_stands_in_it():
    table = who_may_what()

    assert len(table.rows) == len(Permission)
    assert [role.code for role in table.roles] == list(ROLES)


def test_everybody_reads_it_with_their_own_role_marked(client):
    house = a_house()
    sign_in(client, house.privacy_officer)

    page = client.get(reverse("roles")).content.decode()

    assert page.count("Yours") == 1
    assert "of the whole site while on duty" in page
