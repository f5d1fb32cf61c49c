"""Gates of protocol templates, each closed alone, in the admin site."""

from django.core.files.base import ContentFile
from django.urls import reverse

from clinic.people import actions as people
from clinic.protocols import actions
from clinic.protocols.models import ProtocolVersion
from tests.builders.drafting import BEGUN
from tests.builders.house import DAY, NOON, PASSWORD
from tests.builders.protocols import TEXT, a_draft, a_reviewed_version, places
from tests.gates.harness import BY_THE_FORM, Situation, closed


def uploading(house, text, *, says):
    """An author sends a file."""
    url = reverse("admin:clinic_protocol_upload")
    return Situation(house.author, url, {"file": ContentFile(text, "protocol.yaml")}, says)


def acting(user, act, version, *, says, page=True, **typed):
    """A page of one act on a version."""
    url = reverse(f"admin:clinic_protocolversion_{act}", args=[version.key])
    return Situation(user, url, typed, says, page=url if page else "")


def publishing(user, version, *, says, page=True, but=0):
    """Somebody ticks every number `but` the first few, and signs."""
    typed = {"confirmed": places(version)[but:], "password": PASSWORD}
    return acting(user, "publish", version, says=says, page=page, **typed)


@closed("file_mistake")
def the_file_has_a_mistake(house):
    return uploading(house, "code: one\ncode: two\n", says="line 2: “code” is said twice")


@closed("same_document")
def the_file_was_loaded_before(house):
    says = "This file is version 1 (draft) already, to the letter."
    return uploading(house, TEXT, says=says)


@closed("document_altered")
def the_document_was_changed_behind_its_digest(house):
    version = a_draft(house)
    altered = version.document | {"title": "Something else"}
    ProtocolVersion.objects.filter(pk=version.pk).update(document=altered)
    says = "The document was changed after it was loaded."
    return acting(house.author, "submit", version, says=says)


@closed("status")
def it_was_retired_before(house):
    version = house.version
    actions.retire(version, by=house.approver, at=NOON - DAY, reason="Superseded.")
    return acting(house.approver, "retire", version, says="This is retired.", reason="Again.")


@closed("published_by_author")
def its_author_would_publish_it(house):
    version = a_reviewed_version(house)
    people.give_role(
        house.author,
        by=house.manager,
        at=NOON - 300 * DAY,
        site=house.site,
        role="protocol_approver",
    )
    return publishing(house.author, version, says="You wrote this version or sent it to review.")


@closed("unconfirmed_number")
def a_number_is_not_ticked(house):
    version = a_reviewed_version(house)
    return publishing(house.approver, version, says="Not confirmed: ", page=False, but=1)


@closed("made_up_protocol")
def it_was_made_up_for_practice(house):
    version = a_reviewed_version(house)
    type(house.organisation).objects.update(made_up=False)
    return publishing(house.approver, version, says="This version is made up, for practice only.")


@closed("protocol_without_reason", BY_THE_FORM, "tests/clinic/protocols/test_publishing.py::"
        "test_a_version_is_retired_with_a_reason")  # fmt: skip
def it_is_retired_without_a_word(house):
    says = "Fill this in."
    return acting(house.approver, "retire", house.version, says=says, page=False, reason=" ")


@closed("protocol_stands")
def another_protocol_has_this_short_name(house):
    typed = BEGUN | {"nouns": "patient", "code": "ketamine-im"}
    url = reverse("admin:clinic_protocol_begin")
    return Situation(house.author, url, typed, "has this short name.")
