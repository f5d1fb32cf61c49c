"""The form of the very first start, which no matrix meets: there is no clinic yet."""

import pytest

from clinic.people.models import Organisation, RoleAtSite, Site, User

pytestmark = pytest.mark.django_db
FOUNDED = {
    "organisation": "First House", "crisis_text": "Call 911.", "site": "First site",
    "zone": "America/New_York", "jurisdiction": "US-NY", "name": "Mo Manager",
    "email": "mo@vigil.example", "password": "correct horse battery staple",
    "again": "correct horse battery staple",
}  # fmt: skip
MORE = {
    "is_superuser": "on", "is_staff": "on", "is_system": "on", "role": "medical_lead",
    "made_up": "on", "closed_at": "2001-01-01", "valid_until": "2001-01-01", "pk": "7", "id": "7",
    "key": "6f1d3c70-0000-4000-8000-000000000001", "by": "7",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _on_a_new_machine(settings):
    settings.MODE = "run"


def test_the_first_start_stores_what_it_asks_for_alone(client):
    answer = client.post("/welcome/", FOUNDED | MORE)

    (role,) = RoleAtSite.objects.all()
    (organisation,) = Organisation.objects.all()
    assert answer.status_code == 302
    assert (role.role, role.user.is_system, role.user.is_superuser) == ("manager", False, False)
    assert (role.valid_until, role.site.closed_at, organisation.made_up) == (None, None, False)
    assert str(role.user.key) != MORE["key"]


@pytest.mark.parametrize("name", FOUNDED)
def test_the_first_start_takes_no_second_answer(client, name):
    client.post("/welcome/", FOUNDED | {name: [FOUNDED[name], f"{FOUNDED[name]}1"]})

    assert not Organisation.objects.exists()
    assert not Site.objects.exists()
    assert not User.objects.filter(is_system=False).exists()
