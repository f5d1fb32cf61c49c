"""A protocol is written in the admin site, from an empty draft to review."""

SOURCE = "Our own practice, board paper of 3 November 2026"


def part(ada, code):
    """A part of the page of a draft."""
    return ada.page.locator(f"#part_{code}")


def a_new_row(ada, code, button):
    """Press the button that adds a row, and wait until it stands there, open."""
    rows = part(ada, code).locator("details.draft-row")
    before = rows.count()
    ada.taps(button, within=part(ada, code))
    rows.nth(before).wait_for()
    return rows.nth(before)


def fills(ada, within, **fields):
    for label, value in fields.items():
        ada.fills(label.replace("_", " "), value, within=within)


def when_the_author_begins_a_new_protocol(ada):
    ada.clicks("Protocols", within=ada.page.get_by_role("navigation", name="Main"))
    ada.clicks("Protocols", within=ada.page.locator("main"))
    ada.clicks("New protocol")
    fills(
        ada,
        ada.page,
        Title="Our own lozenge",
        Substance="Ketamine",
        Form_in_which_it_is_given="Ketamine hydrochloride, racemic",
        Route="by mouth",
        Unit_of_every_amount="mg",
        Jurisdiction="US",
        For_what="Depression",
    )
    ada.clicks("Begin the draft")
    ada.sees("2 things are still to be mended")


def when_the_author_writes_the_screening(ada):
    ada.clicks("Screening")
    fills(ada, part(ada, "screening"), Title="Before the first dose", Version="1")
    question = a_new_row(ada, "screening-items", "Add a question")
    fills(ada, question, Number="1", Answered_with="Yes or no")
    question.get_by_label("Question", exact=True).fill("Raised pressure in the head?")
    ada.clicks("Save", exact=True)
    part(ada, "screening-items").locator("summary").first.click()
    ada.clicks("Open it")
    meaning = a_new_row(ada, "screening-items-0-consequences", "Add a meaning")
    fills(
        ada, meaning,
        Meaning="Exclude",
        What_is_said="Raised pressure in the head.",
        Answer_is="Yes",
        Basis="House rule",
        Source=SOURCE,
        Confirm_before_use=True,
        Who_may_decide_past_it="Nobody",
    )  # fmt: skip
    ada.clicks("Save", exact=True)
    ada.sees("Saved: What answers mean.")


def back_to_the_draft(ada):
    ada.page.get_by_role("navigation", name="Where this page is").get_by_role("link").first.click()
    ada.page.get_by_role("heading", name="Our own lozenge").wait_for()


def when_the_author_writes_the_dose(ada):
    back_to_the_draft(ada)
    ada.clicks("The dose", exact=True)
    dose = a_new_row(ada, "doses-single", "Add a range")
    fills(ada, dose, At_least="a little", At_most="200", Basis="House rule", Source=SOURCE)
    ada.is_refused("Save", exact=True)
    ada.sees("At least: Enter a number.")
    dose = part(ada, "doses-single").locator("details.draft-row").first
    fills(ada, dose, At_least="50")
    ada.clicks("Save", exact=True)


def when_the_author_writes_what_is_measured(ada):
    back_to_the_draft(ada)
    ada.clicks("Watching over the session")
    pulse = a_new_row(ada, "parameters", "Add a parameter")
    pulse.get_by_label("Label", exact=True).fill("Pulse")
    fills(ada, pulse, Short_label="Pulse")
    pulse.get_by_label("Unit", exact=True).fill("/min")
    ada.clicks("Save", exact=True)


def when_the_author_says_who_may_leave(ada):
    back_to_the_draft(ada)
    ada.clicks("Checklists")
    leaving = a_new_row(ada, "checklists", "Add a checklist")
    fills(ada, leaving, Title="Fit to leave", Version="1")
    ada.clicks("Save", exact=True)
    ada.clicks("Open it")  # it stands open, for it has no questions yet
    question = a_new_row(ada, "checklists-fit-to-leave-items", "Add a question")
    fills(ada, question, Answered_with="Yes or no")
    question.get_by_label("Question", exact=True).fill("Walks without help?")
    ada.clicks("Save", exact=True)
    back_to_the_draft(ada)
    ada.clicks("Leaving")
    part(ada, "release").locator("summary").click()
    fills(
        ada, part(ada, "release"),
        Checklist="Fit to leave",
        Criteria_not_older_than="15",
        Pulse=True,
        Adult_present=True,
        Basis="House rule",
        Source=SOURCE,
    )  # fmt: skip
    ada.clicks("Save", exact=True)


def when_the_author_leaves_a_hole_between_two_limits(ada):
    back_to_the_draft(ada)
    ada.clicks("Limits and rescue")
    limit = a_new_row(ada, "limits", "Add a limit")
    fills(ada, limit, Parameter="Pulse", Unit="/min", Phase="Release")
    ada.clicks("Save", exact=True)
    ada.clicks("Open it")  # it stands open, for it has no bands yet
    for band in (
        {"Means": "Normal", "To_below": "100"},
        {"Means": "Hold", "From": "110", "What_is_done": "Wait, and count again."},
    ):
        row = a_new_row(ada, "limits-0-bands", "Add a band")
        fills(ada, row, **band, Basis="House rule", Source=SOURCE)
    ada.clicks("Save", exact=True)
    ada.sees("Still to be mended in this draft: 1.")


def then_it_is_not_sent_to_review(ada):
    back_to_the_draft(ada)
    ada.clicks("Send to review")
    ada.sees("The band before ends at 100; the values between have none.")
    ada.clicks("Cancel")
    ada.clicks("Write in it")


def when_the_author_follows_the_mistake_and_mends_it(ada):
    ada.clicks("Limits › Pulse, release › Bands › Hold: from 110")
    ada.page.get_by_label("From", exact=True).locator("visible=true").fill("100")
    ada.clicks("Save", exact=True)
    ada.sees("Nothing is left to mend.")


def when_the_author_sends_the_draft_to_review(ada):
    back_to_the_draft(ada)
    ada.clicks("Send to review")
    ada.clicks("Send to review")
    ada.sees("in review.")


def then_the_author_writes_in_it_no_more(ada):
    ada.does_not_see("Write in it")


def when_the_approver_finds_it(ari):
    ari.clicks("Protocols", within=ari.page.get_by_role("navigation", name="Main"))
    ari.clicks("Protocol versions")
    ari.clicks("In review")
    ari.clicks("Our own lozenge v1")
