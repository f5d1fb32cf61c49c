"""A protocol comes in as a file and is published by somebody else than its author."""

from clinic.protocols.files import library
from tests.builders.house import PASSWORD

SHIPPED = library()["ketamine-im"].read_text()
OURS = SHIPPED.replace("\ntitle: ", "\ntitle: Our ", 1)


def when_the_author_opens_the_protocols(ada):
    ada.clicks("Protocols", within=ada.page.get_by_role("navigation", name="Main"))
    ada.clicks("Protocols", within=ada.page.locator("main"))


def when_the_author_loads(ada, text):
    ada.clicks("Load a file")
    file = {"name": "ours.yaml", "mimeType": "text/yaml", "buffer": text.encode()}
    ada.page.get_by_label("Protocol file").set_input_files(file)


def then_a_file_with_a_mistake_is_refused_by_its_place(ada):
    when_the_author_loads(ada, OURS.replace("\nunit: mg", "\nunit: 7", 1))
    ada.clicks("Load as a draft", state="errors")
    ada.sees("unit, line ")
    ada.clicks("Cancel")


def when_the_author_loads_it_as_a_draft(ada):
    when_the_author_loads(ada, OURS)
    ada.clicks("Load as a draft")


def when_the_author_sends_it_to_review(ada):
    ada.clicks("Send to review")
    ada.clicks("Send to review")
    ada.sees("in review.")


def then_the_author_may_not_publish_it(ada):
    ada.does_not_see("Publish")


def when_the_approver_opens_what_waits(ari):
    ari.clicks("Protocols", within=ari.page.get_by_role("navigation", name="Main"))
    ari.clicks("Protocol versions")
    ari.clicks("In review")
    ari.clicks("Ketamine-assisted psychotherapy, intramuscular v")


def then_nothing_is_published_before_every_number_is_ticked(ari):
    ari.clicks("Publish")
    ari.signs("Publish", state="errors")
    ari.sees("Not confirmed: ")


def when_the_approver_ticks_every_number_and_signs(ari):
    for box in ari.page.locator("[name=confirmed]").all():
        box.check()
    ari.page.get_by_label("Your password").fill(PASSWORD)
    ari.clicks("Publish")
    ari.sees("is published.")


def _open_the_version_in_force(person):
    person.clicks("Protocols", within=person.page.get_by_role("navigation", name="Main"))
    person.clicks("Protocol versions")
    person.clicks("Published")
    person.clicks("Ketamine-assisted psychotherapy, intramuscular v")


SLIP, RIGHT = "Age in years", "Age in whole years"


def when_the_author_proposes_an_erratum(ada):
    _open_the_version_in_force(ada)
    ada.clicks("Errata")
    ada.clicks("Screening")
    ada.clicks(f"1 {SLIP}: Text")
    ada.sees(f"It says: {SLIP}")
    ada.types(It_shall_say=RIGHT, Why="A year begun is no year of age.", Source="Manuscript, p. 3")
    ada.clicks("Propose", kind="button", exact=True)
    ada.sees("It binds once a second person has approved it.")


def when_the_approver_reads_and_signs_it(ari):
    _open_the_version_in_force(ari)
    ari.clicks("Errata: 1 to be approved")
    ari.clicks("Erratum 1")
    ari.sees(SLIP, RIGHT)
    ari.signs("Sign and approve")
    ari.sees("is in force.")


def when_the_approver_refuses_it(ari):
    _open_the_version_in_force(ari)
    ari.clicks("Errata: 1 to be approved")
    ari.clicks("Erratum 1")
    form = ari.page.locator("form").filter(has=ari.page.get_by_role("button", name="Refuse it"))
    ari.fills("Why", "The manuscript says what the version says.", within=form)
    ari.clicks("Refuse it")
    ari.sees("refused")


def when_the_author_proposes_to_take_back(ada, erratum):
    _open_the_version_in_force(ada)
    ada.clicks("Errata")
    ada.clicks(erratum)
    ada.types(Why="The slip was ours.", Source="Manuscript, p. 3")
    ada.clicks("Propose to withdraw it")


def when_the_approver_signs(ari, erratum):
    _open_the_version_in_force(ari)
    ari.clicks("Errata: 1 to be approved")
    ari.clicks(erratum)
    ari.signs("Sign and approve")
    ari.sees("is in force.")


# -- What becomes of a version ---------------------------------------------------------------------

COPY = "Ketamine-assisted psychotherapy, intramuscular v"


def when_the_author_copies_the_version_in_force(ada):
    _open_the_version_in_force(ada)
    ada.clicks("New version from this one")
    ada.clicks("New version from this one", kind="button")
    ada.clicks("Read it whole")


def when_the_author_sends_the_copy_to_review(ada):
    ada.clicks("Send to review", kind="link")
    ada.clicks("Send to review", kind="button")
    ada.sees("in review.")


def when_the_approver_sends_it_back(ari):
    ari.clicks("Protocols", within=ari.page.get_by_role("navigation", name="Main"))
    ari.clicks("Protocol versions")
    ari.clicks("In review")
    ari.clicks(COPY)
    ari.clicks("Send back", kind="link")
    ari.types(Why="The first page is not ours.")
    ari.clicks("Send back", kind="button")


def when_the_author_reads_why_and_discards_it(ada):
    ada.clicks("Protocols", within=ada.page.get_by_role("navigation", name="Main"))
    ada.clicks("Protocol versions")
    ada.clicks("Draft")
    ada.clicks(COPY)
    ada.sees("The first page is not ours.")
    ada.clicks("Discard", kind="link")
    ada.clicks("Discard this draft", kind="button")
    ada.sees("is discarded.")


def when_the_author_takes_a_copy_as_a_file(ada):
    _open_the_version_in_force(ada)
    ada.clicks("Take a copy as a file")
    with ada.page.expect_download() as download:
        ada.page.get_by_role("button", name="Download").click()
    return download.value


def when_the_approver_retires_the_version(ari):
    _open_the_version_in_force(ari)
    ari.clicks("Retire", kind="link")
    ari.types(Why="The new year brings a new one.")
    ari.clicks("Retire", kind="button")


def when_the_author_begins_from_the_library(ada):
    ada.clicks("Protocols", within=ada.page.get_by_role("navigation", name="Main"))
    ada.clicks("Protocols", within=ada.page.locator("main"))
    ada.clicks("From the library")
    ada.clicks("Load as a draft")
    ada.sees("draft")
