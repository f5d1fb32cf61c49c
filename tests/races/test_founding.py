"""Two finish the first start at once, in a house that has not been set up yet."""

import pytest

from clinic.people import actions
from clinic.people.models import Site
from clinic.people.queries import system_user
from tests.builders.house import NOON, PASSWORD
from tests.faults.two_at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_an_organisation_is_set_up_once_whoever_is_first():
    system = system_user()

    def found(name):
        return lambda: actions.found(
            at=NOON,
            organisation=f"{name} clinic",
            crisis_text="Call.",
            site=f"{name} House",
            zone="Europe/Oslo",
            jurisdiction="NO",
            name=name,
            email=f"{name}@vigil.example",
            password=PASSWORD,
        )

    endings = at_once((system, found("Anna")), (system, found("Berit")), site=Site(pk=1))

    assert sorted(endings, key=str) == [["founded_already"], "done"]
    assert Site.objects.count() == 1
