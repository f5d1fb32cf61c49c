import pytest

from clinic.cases.models import Status
from clinic.screening import actions, queries
from clinic.workflow import Refused

from tests.builders.house import a_house, codes, trail
from tests.builders.screening import a_filled_screening, an_eligible_case, answer, decide

pytestmark = pytest.mark.django_db


def test_walk():
    house = a_house()
    case = an_eligible_case(house)
    assert case.status == Status.ELIGIBLE
    print(trail())
    answer(house, case, allergy=True)
    case.refresh_from_db()
    assert case.status == Status.SCREENING
    with pytest.raises(Refused) as refusal:
        decide(house, case)
    assert codes(refusal) == ["open_exclusion"]
