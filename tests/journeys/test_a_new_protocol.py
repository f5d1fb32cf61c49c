"""A protocol that was never a file: an author writes it, somebody else puts it in force."""

import pytest

from clinic.protocols.queries import document_of, published_version
from tests.journeys.chapters import drafting, protocol

pytestmark = pytest.mark.browser


def test_an_author_writes_a_protocol_and_the_approver_publishes_it(house, somebody):
    ada, ari = somebody(house.author), somebody(house.approver)
    drafting.when_the_author_begins_a_new_protocol(ada)
    drafting.when_the_author_writes_the_screening(ada)
    drafting.when_the_author_writes_the_dose(ada)
    drafting.when_the_author_writes_what_is_measured(ada)
    drafting.when_the_author_says_who_may_leave(ada)
    drafting.when_the_author_leaves_a_hole_between_two_limits(ada)
    drafting.then_it_is_not_sent_to_review(ada)
    drafting.when_the_author_follows_the_mistake_and_mends_it(ada)
    drafting.when_the_author_sends_the_draft_to_review(ada)
    drafting.then_the_author_writes_in_it_no_more(ada)

    drafting.when_the_approver_finds_it(ari)
    ari.clicks("Publish")
    protocol.when_the_approver_ticks_every_number_and_signs(ari)

    version = published_version("our-own-lozenge")
    assert version.digest == document_of(version).digest()
    assert version.confirmed == ["screening.items[0].consequences[0]"]


def test_a_version_is_copied_sent_back_discarded_and_the_first_one_retired(house, somebody):
    ada, ari = somebody(house.author), somebody(house.approver)
    protocol.when_the_author_copies_the_version_in_force(ada)
    protocol.when_the_author_sends_the_copy_to_review(ada)
    protocol.when_the_approver_sends_it_back(ari)
    protocol.when_the_author_reads_why_and_discards_it(ada)
    assert protocol.when_the_author_takes_a_copy_as_a_file(ada).suggested_filename.endswith(".yaml")
    protocol.when_the_approver_retires_the_version(ari)
    protocol.when_the_author_begins_from_the_library(ada)

    assert published_version("ketamine-im") is None
