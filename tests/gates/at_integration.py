"""Gates of integration, each closed alone."""

from django.urls import reverse

from clinic.booking import actions as booking
from tests.builders.house import DAY, HOUR, NOON
from tests.builders.integration import an_integration_visit
from tests.gates.harness import Situation, closed

AT = NOON + 2 * DAY


@closed("visit_without_note")
def nobody_wrote_about_the_visit(house):
    visit = an_integration_visit(house)
    booking.arrive(visit, by=house.facilitator, at=AT)
    post, page = (reverse(f"integration:{name}", args=[visit.key]) for name in ("finish", "visit"))
    says = "Write the note of this visit first."
    return Situation(house.facilitator, post, {}, says, page, at=AT + HOUR)


@closed("process_note_role")
def a_nurse_writes_a_process_note(house):
    url = reverse("integration:process", args=[an_integration_visit(house).key])
    says = "Your roles at this site do not include process notes."
    return Situation(house.nurse, url, {"body": "The dream."}, says, at=AT)
