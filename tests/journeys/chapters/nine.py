"""From the first call to ready under any protocol: its visits, forms and documents by their names."""

from collections import Counter

from django.utils.timezone import localdate, now

from clinic.booking.models import Stage
from clinic.checklists.files import instrument
from clinic.screening.models import FindingDecision
from sessions.preparation.models import WayHome
from sessions.rehearsal.answering import harmless, scored
from tests.builders import nine

RULING = FindingDecision.Ruling


def to_the_case(person):
    """Back to the case file by the name that stands over every page of the case."""
    person.clicks("Ashgrove", within=person.page.get_by_label("Whose case this is"))


def fills_in(person, checklist, answers, save):
    """Answer what stands on the page, save, and go on with what came up."""
    person.sees(checklist.title)
    while answers := person.answers(answers):
        person.clicks("Save", kind="button", exact=True)
    person.clicks(save, kind="button")


# -- The call ----------------------------------------------------------------------------------


def when_intake_registers_who_called(ines):
    ines.clicks("People", within=ines.page.get_by_role("navigation", name="Main"))
    ines.clicks("Register a person")
    ines.types(Family_name="Ashgrove", Given_name="Rowan", Telephone="+1 212 555 0142")
    ines.fills("Date of birth", "1985-07-14")
    ines.clicks("Register", exact=True)
    ines.clicks("Record a document seen")
    ines.fills("Document seen", "Passport")
    ines.clicks("I have seen it")
    ines.clicks("Change contacts")
    ines.types(Name="Alder Ashgrove", What_they_are="sibling", Telephone="+1 212 555 0143")
    ines.fills("Role", "mergency")
    ines.clicks("Add")
    ines.clicks("Ashgrove, Rowan")


def when_intake_refers_them_and_names_the_team(ines, way):
    ines.clicks("Refer to a protocol")
    ines.fills("Protocol", way.document.title)
    ines.types(Who_referred="Came by themselves", For_what="Nothing else has helped.")
    ines.clicks("Refer", exact=True)
    to_the_case(ines)
    ines.sees(way.document.title)
    ines.page.locator("main summary", has_text="More").click()
    ines.clicks("Care team")
    for user, capacity in way.team:
        ines.fills("Colleague", user.name)
        ines.fills("Capacity", way.document.capacity(capacity))
        ines.clicks("Add", kind="button", exact=True)
    to_the_case(ines)


# -- Screening ---------------------------------------------------------------------------------


def when_the_screening_is_filled(person, way):
    person.clicks("Start the screening")
    person.clicks("Begin the screening")
    form = way.document.screening
    answers = harmless(form, localdate(), **nine.SAYS.get(way.code, {}))
    fills_in(person, form, answers, "Save and see the findings")
    person.does_not_see("Not answered yet")


def then_intake_may_neither_settle_nor_decide(ines):
    settle = ines.target("Settle this", kind="link")
    if settle.count():
        ines.clicks("Settle this", kind="link")
        assert ines.target("Settle it", kind="button").is_disabled()
        to_the_case(ines)
        ines.clicks("Go on with the screening")
    ines.clicks("Decision", kind="link", exact=True)
    ines.sees("None of your roles at this site decides eligibility.")
    assert ines.target("Sign the decision").is_disabled()


def when_everything_open_is_settled(decider):
    decider.clicks("Settle the findings")
    settle = decider.target("Settle this", kind="link")
    while settle.count():
        decider.clicks("Settle this", kind="link")
        by_evidence = decider.page.get_by_text("No action taken yet").count()
        decider.fills(RULING.CLEARED.label if by_evidence else RULING.ACCEPTED.label, True)
        decider.types(What_this_rests_on="Discussed with them; the letter is in the file.")
        decider.fills("Day of the evidence", localdate().isoformat())
        if decider.page.get_by_label("Reference of the approval").count():
            decider.types(Reference_of_the_approval="IRB 2026/114")
            decider.fills("Day of the approval", localdate().isoformat())
        if decider.page.get_by_text("To accept this exclusion is signed.").count():
            decider.signs("Settle it")
        else:
            decider.clicks("Settle it", kind="button")


def when_they_are_found_eligible(decider, way):
    decider.clicks("Decision", kind="link", exact=False)
    if way.document.official_form is not None:
        decider.sees(f"{way.document.official_form.title}: not confirmed yet.")
        decider.clicks("Official form", kind="link", exact=True)
        decider.types(Edition="2025", Language_or_format="English")
        decider.signs("Confirm and sign")
        decider.sees("Confirmed and signed.")
    decider.fills("Eligible", True)
    decider.signs("Sign the decision")
    decider.sees("Decided and signed.")
    to_the_case(decider)


# -- The visits --------------------------------------------------------------------------------


def when_the_preparation_begins(lead):
    lead.clicks("Begin the preparation")
    lead.clicks("Begin the preparation", kind="button")
    lead.sees("Preparation begun.")


def then_intake_prepares_nobody(ines):
    ines.does_not_see("Sign documents", "Plan the way home", "Ready for the session?")


def when_intake_books(ines, way, rule, starts_at):
    people = way.team if rule.stage == Stage.DOSING else [p for p in way.team if p[1] in rule.staff]
    local = starts_at.astimezone(way.house.site.tz)
    ines.clicks("Book a visit")
    ines.clicks(f"Book {rule.title}", kind="link", exact=True)
    ines.fills("Day", f"{local:%Y-%m-%d}")
    ines.fills("Begins", f"{local:%H:%M}")
    ines.fills("Room", "Harbour room")
    taken = Counter()
    for user, capacity in people:
        taken[capacity] += 1
        seat = _seat(ines, way.document.capacity(capacity), taken[capacity])
        if seat:
            ines.fills(seat, user.name)
    ines.clicks("Book", kind="button", exact=True)
    ines.sees(f"{rule.title}: booked.")


def _seat(person, title, number):
    """A seat by its label, numbered where there are several; who need only be reachable has none."""
    labels = [f"{title} {number}", title] if number == 1 else [f"{title} {number}"]
    return next((each for each in labels if person.page.get_by_label(each).count()), None)


def when_the_visit_is_held(lead, way, rule):
    lead.clicks(f"Hold the {rule.title[0].lower()}{rule.title[1:]}")
    lead.clicks("Begin the visit")
    checklist = way.document.checklist(rule.checklist)
    fills_in(lead, checklist, harmless(checklist, localdate()), "Save, the visit is done")
    lead.sees("The visit is done.")
    to_the_case(lead)


# -- Before the day ----------------------------------------------------------------------------


def when_every_document_that_is_missing_is_signed(lead, way):
    titles = {rule.title for rule in way.document.documents}
    lead.clicks("Sign documents")
    asked = {heading.inner_text() for heading in lead.page.locator("main h2.h4").all()}
    missing = lead.page.get_by_role("listitem").filter(has_text="Missing")
    assert len(asked) == len(titles)
    assert missing.count()
    while missing.count():
        lead.clicks("Read and sign", within=missing.first)
        lead.fills("The person types their own name", "Rowan Ashgrove")
        lead.signs("Sign and witness")
    to_the_case(lead)


def when_every_measure_is_taken(lead, way):
    lead.clicks("Prepare", exact=True)
    for measure in way.document.measures:
        _when_a_form_is_filled(lead, instrument(measure.instrument))
    for rule in way.document.enrolments:
        known = nine.known_of(rule.checklist)
        _when_a_form_is_filled(lead, way.document.checklist(rule.checklist), known)


def _when_a_form_is_filled(lead, checklist, answers=None):
    lead.clicks(f"Fill in {checklist.title}", exact=True)
    lead.clicks("Begin this form")
    fills_in(lead, checklist, answers or scored(checklist, 0), "Save and complete")
    to_the_case(lead)
    lead.clicks("Prepare", exact=True)


def when_the_way_home_is_planned(lead, way):
    lead.clicks("Plan", exact=True)
    lead.fills(WayHome.Kind(nine.way_home_of(way)).label, True)
    lead.types(Name="Alder Ashgrove", Telephone="+1 212 555 0143")
    lead.fills("At", "19:00")
    lead.fills("The person has promised", True)
    lead.clicks("Save the plan")
    lead.sees("The way home is planned.")


def then_the_ready_page_says_clear(lead):
    lead.clicks("Ready for the session?")
    assert lead.page.locator("main .obstacle-message").all_inner_texts() == []
    lead.sees("Nothing that can be known by now is in the way.", "Said in preparation")
    lead.clicks("Declare ready")
    lead.sees("Declared ready.", "Nothing that can be known by now is in the way.")


def then_intake_reads_that_they_are_ready(ines, way):
    ines.opens_the_case_of("Ashgrove")
    ines.sees(*{rule.title for rule in way.document.visits if rule.stage == Stage.DOSING})
    where = ines.page.get_by_role("navigation", name="Where the case stands")
    assert where.locator("[aria-current] .step-label").inner_text().split()[-1] == "Ready"


def visits_before_the_dose(way):
    """Each visit of the preparation as often as the protocol wants it."""
    for rule in way.document.visits:
        yield from [rule] * (rule.count_min if rule.stage == Stage.PREPARATION else 0)


def the_session(way):
    """The visit of the dose, under the protocol's own name."""
    return next(rule for rule in way.document.visits if rule.stage == Stage.DOSING)


def noon_of(way):
    """Noon of today where the clinic is."""
    return now().astimezone(way.house.site.tz).replace(hour=12, minute=0, second=0, microsecond=0)
