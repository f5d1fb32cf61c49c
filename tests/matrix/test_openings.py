"""Whoever is shown something of a patient's record leaves a line: every page, not only the case file."""

import pytest

from tests.matrix.actors import AT_BOTH
from tests.matrix.asking import ask
from tests.matrix.routes import our_routes, rows_for
from tests.matrix.tables import OF_TWO_SITES, ROUTES

pytestmark = pytest.mark.xdist_group("matrix 0")
# Kinds of row that are about nobody in care.
OF_THE_HOUSE = {
    "site", "room", "lot", "colleague", "licence", "role", "shift", "absence", "invitation",
    "closed_day",
    "invitation_token", "protocol", "version", "erratum", "hold", "house_value", "link_token",
    "feed_token",
    "packet_token",
}  # fmt: skip
# Pages with a patient's key that show nothing of the record, each with why.
SHOWS_NO_RECORD: dict[str, str] = {
    "trail:print": "asks for whom and why; the account it prints leaves a line of its own",
    "safety:report_on": "asks what happened and names nobody",
    "safety:concern": "no part of the chart: only who hears concerns opens it",
    "break_glass:show": "says who opened what and why, nothing of the record",
}
# Pages that show several records leave a line on each.
RECORDS = {
    "cases:merge": 2, "cases:part": 2, "cases:link": 2, "cases:unlink": 2, "cases:tell_apart": 2,
    "cases:retract": 2,
}  # fmt: skip
ABOUT_PATIENTS = sorted(
    name
    for name, takes in ROUTES.items()
    if name in set(our_routes())
    and any(isinstance(what, str) and what not in OF_THE_HOUSE for what in takes.values())
)


@pytest.mark.parametrize("name", ABOUT_PATIENTS)
def test_a_page_that_shows_a_record_leaves_a_line(world, name):
    actor = AT_BOTH if name in OF_TWO_SITES else "two_sites"
    (values, *_) = rows_for(world.home(actor), name)

    answer = ask(world, actor, "GET", name, values)

    shows = answer.status == 200 and name not in SHOWS_NO_RECORD
    assert answer.written["clinic_trailentry"] == (RECORDS.get(name, 1) if shows else 0)
    assert shows or name not in OF_TWO_SITES
