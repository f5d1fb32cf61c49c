import pytest
from django.db import DatabaseError, connection, transaction

from clinic.audit.canonical import digest
from clinic.audit.models import Signature
from clinic.protocols import actions
from clinic.protocols.files import numbers_to_confirm, read
from clinic.protocols.models import Protocol, ProtocolVersion, Status
from clinic.protocols.queries import document_of, published_version, uncertain_numbers
from clinic.workflow import Refused
from tests.builders.house import HOUR, MINUTE, NOON, a_house, codes, proof, trail
from tests.builders.protocols import TEXT, a_draft, a_reviewed_version, a_text, places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def refused(act, *subject, **facts):
    """The codes of a refusal, which leaves nothing in the trail."""
    before = trail()
    with pytest.raises(Refused) as refusal:
        act(*subject, at=NOON, **facts)
    assert trail() == before
    return codes(refusal)


# -- Loading ---------------------------------------------------------------------------------


def test_a_file_becomes_a_draft_with_the_digest_of_its_document(house):
    version = actions.load(a_text(), by=house.author, at=NOON)

    assert (version.status, version.number, version.drafted_by) == ("draft", 3, house.author)
    assert version.digest == digest(version.document) == document_of(version).digest()
    assert trail()[-1] == "protocol loaded"


def test_a_file_with_mistakes_is_refused_with_every_mistake_named_by_its_place(house):
    text = a_text().replace("\nunit: mg", "\nunit: 7").replace("code: ketamine-im", "code: Ket IM")
    before = ProtocolVersion.objects.count()

    with pytest.raises(Refused) as refusal:
        actions.load(text, by=house.author, at=NOON)

    assert codes(refusal) == ["file_mistake", "file_mistake"]
    assert [words.partition(",")[0] for words in refusal.value.messages] == ["code", "unit"]
    assert ProtocolVersion.objects.count() == before
    assert not Protocol.objects.filter(code__startswith="Ket").exists()


def test_the_same_file_is_not_loaded_twice(house):
    actions.load(a_text(), by=house.author, at=NOON)

    assert refused(actions.load, a_text(), by=house.author) == ["same_document"]


def test_only_an_author_loads_a_file(house):
    assert refused(actions.load, a_text(), by=house.approver) == ["role"]
    assert refused(actions.load, a_text(), by=house.nurse) == ["role"]


# -- Review ----------------------------------------------------------------------------------


def test_a_draft_goes_to_review_and_back(house):
    version = a_draft(house)

    actions.submit(version, by=house.author, at=NOON)
    assert (version.status, version.submitted_by) == ("in_review", house.author)

    actions.send_back(version, by=house.approver, at=NOON, reason="The total is wrong.")
    version.refresh_from_db()
    assert (version.status, version.submitted_by) == ("draft", None)
    assert trail()[-2:] == ["protocol sent to review", "protocol sent back"]


def test_only_an_author_sends_to_review(house):
    version = a_draft(house)

    assert refused(actions.submit, version, by=house.approver) == ["role"]
    assert refused(actions.send_back, version, by=house.nurse, reason="") == [
        "status",
        "role",
        "protocol_without_reason",
    ]


def test_a_draft_changed_behind_its_digest_goes_nowhere(house):
    version = a_draft(house)
    altered = version.document | {"title": "Something else"}
    ProtocolVersion.objects.filter(pk=version.pk).update(document=altered)

    assert refused(actions.submit, version, by=house.author) == ["document_altered"]


# -- Publishing ------------------------------------------------------------------------------


def test_a_second_person_publishes_and_the_former_version_retires(house):
    version = a_reviewed_version(house)
    former = house.version

    actions.publish(
        version,
        by=house.approver,
        at=NOON,
        confirmed=places(version),
        proof=proof(house.approver, NOON),
    )

    former.refresh_from_db()
    signature = Signature.objects.get(subject_key=version.key)
    assert (version.status, version.published_by) == ("published", house.approver)
    assert version.confirmed == sorted(places(version))
    assert (former.status, former.retired_by) == ("retired", house.approver)
    assert published_version("ketamine-im") == version
    assert (signature.printed_name, signature.meaning) == (
        "Ari Approver",
        "read, confirmed and published",
    )
    assert trail()[-1] == "protocol published"


def test_every_uncertain_number_is_ticked_one_by_one(house):
    version = a_reviewed_version(house)
    numbers = uncertain_numbers(version)
    all_but_two = [number.place for number in numbers[2:]]

    found = refused(
        actions.publish,
        version,
        by=house.approver,
        confirmed=all_but_two,
        proof=proof(house.approver, NOON),
    )

    assert len(numbers) > 2
    assert found == ["unconfirmed_number", "unconfirmed_number"]


@pytest.mark.parametrize(
    ("part", "reasons"),
    [("author", ["role", "published_by_author"]), ("nurse", ["role"]), ("manager", ["role"])],
)
def test_who_may_not_publish(house, part, reasons):
    version, by = a_reviewed_version(house), getattr(house, part)

    found = refused(
        actions.publish, version, by=by, confirmed=places(version), proof=proof(by, NOON)
    )

    assert found == reasons


def test_nobody_publishes_what_they_wrote_though_they_hold_both_roles(house):
    house.approver.roles.create(site=house.site, role="protocol_author", valid_from=NOON - HOUR)
    house.approver.__dict__.pop("roles_now", None)
    version = actions.load(a_text(), by=house.approver, at=NOON)
    actions.submit(version, by=house.author, at=NOON)

    found = refused(
        actions.publish,
        version,
        by=house.approver,
        confirmed=places(version),
        proof=proof(house.approver, NOON),
    )

    assert found == ["published_by_author"]


@pytest.mark.parametrize("stale", [None, NOON - 3 * MINUTE, NOON + MINUTE])
def test_publishing_asks_who_you_are_again(house, stale):
    version = a_reviewed_version(house)

    found = refused(
        actions.publish,
        version,
        by=house.approver,
        confirmed=places(version),
        proof=stale and proof(house.approver, stale),
    )

    assert found == ["signer_unproved"]


def test_a_draft_is_not_published_past_its_review(house):
    version = a_draft(house)

    found = refused(
        actions.publish,
        version,
        by=house.approver,
        confirmed=places(version),
        proof=proof(house.approver, NOON),
    )

    assert found == ["status"]


def test_a_made_up_version_stays_out_of_a_real_clinic(house):
    version = a_reviewed_version(house)
    type(house.organisation).objects.update(made_up=False)

    found = refused(
        actions.publish,
        version,
        by=house.approver,
        confirmed=places(version),
        proof=proof(house.approver, NOON),
    )

    assert found == ["made_up_protocol"]


def test_a_version_is_retired_with_a_reason(house):
    assert refused(actions.retire, house.version, by=house.approver, reason=" ") == [
        "protocol_without_reason"
    ]
    assert refused(actions.retire, house.version, by=house.author, reason="x") == ["role"]

    actions.retire(house.version, by=house.approver, at=NOON, reason="Superseded.")

    assert published_version("ketamine-im") is None
    assert trail()[-1] == "protocol retired"


# -- Frozen ----------------------------------------------------------------------------------


def blocked(change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    return True


@pytest.mark.parametrize("status", ["in_review", "published", "retired"])
def test_a_document_is_frozen_from_review_on(house, status):
    version = a_reviewed_version(house) if status == "in_review" else house.version
    if status == "retired":
        actions.retire(version, by=house.approver, at=NOON, reason="Superseded.")
    rows = ProtocolVersion.objects.filter(pk=version.pk)
    raw = "UPDATE clinic_protocolversion SET document = '{}' WHERE id = %s"

    version.document = {"title": "Something else"}
    assert blocked(version.save)
    assert blocked(lambda: rows.update(document={}))
    assert blocked(lambda: rows.update(digest="0" * 64))
    assert blocked(lambda: rows.update(number=99))
    assert blocked(lambda: connection.cursor().execute(raw, [version.pk]))
    assert blocked(rows.delete)


def test_who_published_and_what_they_confirmed_is_frozen(house):
    rows = ProtocolVersion.objects.filter(pk=house.version.pk)

    assert blocked(lambda: rows.update(confirmed=[]))
    assert blocked(lambda: rows.update(published_by=house.nurse))


def test_the_database_knows_the_steps_and_the_second_person_too(house):
    draft = a_draft(house)
    rows = ProtocolVersion.objects.filter(pk=draft.pk)
    raw = "UPDATE clinic_protocolversion SET status = %s WHERE id = %s"

    for status in (Status.PUBLISHED, Status.RETIRED):
        assert blocked(lambda s=status: connection.cursor().execute(raw, [s, draft.pk]))
    assert blocked(lambda: rows.update(published_by=draft.drafted_by, published_at=NOON))


def test_what_the_library_asks_to_confirm_is_what_the_approver_is_shown(house):
    version = a_draft(house, title="Another title")

    assert [n.place for n in numbers_to_confirm(read(TEXT))] == places(version)
