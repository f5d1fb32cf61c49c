"""Screening: each finding is settled by the medical lead, or the case is declined."""

from django.utils.timezone import localdate

from tests.builders.house import PASSWORD
from tests.ways_out.clearing import StopsForGood, clears

SAID = {"reason": "Read the letter of the cardiologist."}
NEVER = "Nobody may decide past this. Establish the fact, or decline."
AS_ANSWERED = "The answer says so."


@clears("open_review")
@clears("open_exclusion")
def a_finding_is_settled(house, obstacle):
    """The medical lead reads the finding and accepts it, or clears it by evidence of today."""
    person = house.medical_lead
    number, _, _ = obstacle.words.partition(" ")
    page = person.follows(person.opens(obstacle.place), "Settle this", under=f"{number} ")
    signed = {"password": PASSWORD} if "password" in page.button("Settle it")[0].controls else {}
    if says_no := person.tries(page, "Settle it", ruling="accepted", **SAID, **signed):
        assert NEVER in says_no, says_no
        today = localdate().isoformat()
        cleared = {"ruling": "cleared", "evidence_on": today} | SAID
        if says_no := person.tries(page, "Settle it", **cleared):
            assert AS_ANSWERED in says_no, says_no
            raise StopsForGood(obstacle.words)
