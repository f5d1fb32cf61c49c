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
