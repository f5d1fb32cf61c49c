"""The hours of a half-life as they are typed."""

import pytest

from clinic.people.models import User
from clinic.screening.medicines.forms import MedicineForm
from tests.clinic.protocols.test_half_lives import a_rule


def told(**typed):
    return MedicineForm(
        {"name": "Ayahuasca", "state": "taken"} | typed,
        rules=a_rule().washouts,
        who=User.objects.none(),
        is_new=True,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "says"),
    [("5000", None), ("5000.1", ["Write at most 5000."]), ("99999999", ["Write at most 5000."])],
)
def test_a_half_life_is_at_most_what_a_protocol_may_say(typed, says):
    assert told(half_life_hours=typed).errors.get("half_life_hours") == says
