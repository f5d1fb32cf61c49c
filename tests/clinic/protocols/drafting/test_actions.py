"""A draft begun, copied, changed part by part, and given up."""

import pytest
from django.db import DatabaseError, connection, transaction

from clinic.protocols import actions as protocols
from clinic.protocols.drafting import actions
from clinic.protocols.drafting.parts import Row
from clinic.protocols.files import mistakes_in
from clinic.protocols.models import PartChange, ProtocolVersion
from clinic.workflow import Refused
from tests.builders.drafting import an_empty_draft, typed
from tests.builders.house import DAY, NOON, a_house, proof, trail
from tests.builders.protocols import a_draft, a_reviewed_version, places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
EVENT = {"code": "water", "label": "Drank water"}


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def draft(house):
    return an_empty_draft(house, at=NOON)


def an_event(version, **said):
    return typed(version, "events", (Row(None, EVENT | said),))


def test_a_protocol_begins_as_an_empty_draft(house):
    version = an_empty_draft(house, at=NOON)

    assert (version.number, version.status) == (1, "draft")
    assert str(version.protocol) == version.document["title"] == "Our own way"
    assert trail()[-1] == "protocol begun"
    assert {mistake.place for mistake in mistakes_in(version.document)} == {"screening", "doses"}


def test_a_short_name_is_one_protocols(house, draft):
    with pytest.raises(Refused) as refusal:
        an_empty_draft(house, at=NOON)

    assert refusal.value.codes == ["protocol_stands"]


def test_a_short_name_is_free_again_when_its_only_draft_was_discarded(house, draft):
    actions.discard(draft, by=house.author, at=NOON)

    again = an_empty_draft(house, at=NOON)

    assert (again.protocol, again.number) == (draft.protocol, 2)


def test_a_published_version_is_copied_as_the_next_draft(house):
    copied = actions.copy(house.version, by=house.author, at=NOON)

    assert (copied.status, copied.number) == ("draft", house.version.number + 1)
    assert copied.document == house.version.document
    assert trail()[-1] == "protocol version begun"


def test_no_second_copy_is_made_beside_an_untouched_one(house):
    actions.copy(house.version, by=house.author, at=NOON)

    with pytest.raises(Refused) as refusal:
        actions.copy(house.version, by=house.author, at=NOON)

    assert refusal.value.codes == ["same_document"]


def test_only_what_was_published_is_copied(house, draft):
    with pytest.raises(Refused) as refusal:
        actions.copy(draft, by=house.author, at=NOON)

    assert refusal.value.codes == ["status"]


def test_a_part_is_written_and_stands_in_the_trail(house, draft):
    before = draft.digest

    actions.change(draft, by=house.author, at=NOON, written=(an_event(draft),))

    draft.refresh_from_db()
    assert draft.document["events"] == [EVENT]
    assert draft.digest != before
    assert trail()[-1] == "protocol part changed"
    assert PartChange.objects.get().place == "events"


def test_of_several_parts_each_has_its_row_in_the_trail(house, draft):
    grade = typed(draft, "grades", (Row(None, {"grade": 1, "label": "Mild"}),))

    actions.change(draft, by=house.author, at=NOON, written=(an_event(draft), grade))

    assert trail()[-2:] == ["protocol part changed"] * 2
    assert draft.document["grades"] == [{"grade": 1, "label": "Mild"}]


def test_a_part_that_was_changed_meanwhile_is_not_written_over(house, draft):
    first, second = an_event(draft), an_event(draft, label="Drank tea")
    actions.change(draft, by=house.author, at=NOON, written=(first,))

    with pytest.raises(Refused) as refusal:
        actions.change(draft, by=house.author, at=NOON, written=(second,))

    assert refusal.value.codes == ["changed"]
    assert draft.document["events"] == [EVENT]


def test_another_part_may_have_been_changed_meanwhile(house, draft):
    nouns = typed(draft, "nouns", {f"nouns-{k}": v for k, v in draft.document["nouns"].items()}
                  | {"nouns-supporter": "driver"})  # fmt: skip
    actions.change(draft, by=house.author, at=NOON, written=(an_event(draft),))

    actions.change(draft, by=house.author, at=NOON, written=(nouns,))

    assert draft.document["nouns"]["supporter"] == "driver"
    assert draft.document["events"] == [EVENT]


@pytest.mark.parametrize("part", ["approver", "nurse", "medical_lead"])
@pytest.mark.parametrize("act", ["begin", "copy", "change", "discard"])
def test_only_an_author_writes(house, draft, part, act):
    who = getattr(house, part)
    acts = {
        "begin": lambda: actions.begin(by=who, at=NOON, code="theirs", title="Theirs"),
        "copy": lambda: actions.copy(house.version, by=who, at=NOON),
        "change": lambda: actions.change(draft, by=who, at=NOON, written=(an_event(draft),)),
        "discard": lambda: actions.discard(draft, by=who, at=NOON),
    }
    before = list(ProtocolVersion.objects.values_list("digest", "status"))

    with pytest.raises(Refused) as refusal:
        acts[act]()

    assert refusal.value.codes == ["role"]
    assert list(ProtocolVersion.objects.values_list("digest", "status")) == before


def test_a_role_that_has_ended_writes_no_more(house, draft):
    house.author.roles.update(valid_until=NOON - DAY)
    house.author.__dict__.pop("roles_now", None)

    with pytest.raises(Refused) as refusal:
        actions.change(draft, by=house.author, at=NOON, written=(an_event(draft),))

    assert refusal.value.codes == ["role"]


def test_who_wrote_a_part_does_not_publish(house):
    version = a_draft(house)
    house.approver.roles.create(site=house.site, role="protocol_author", valid_from=house.at)
    house.approver.__dict__.pop("roles_now", None)
    actions.change(
        version, by=house.approver, at=NOON,
        written=(typed(version, "today", version.document["today"] | {"weight_fresh_days": 3}),),
    )  # fmt: skip
    protocols.submit(version, by=house.author, at=NOON)

    with pytest.raises(Refused) as refusal:
        protocols.publish(
            version, by=house.approver, at=NOON, confirmed=places(version),
            proof=proof(house.approver, NOON),
        )  # fmt: skip

    assert refusal.value.codes == ["published_by_author"]


def test_the_database_lets_nobody_publish_what_they_wrote(house):
    version = a_reviewed_version(house)
    PartChange.objects.create(
        version=version, place="events", changed_at=NOON, changed_by=house.approver
    )

    row = ProtocolVersion.objects.filter(pk=version.pk)
    signed = {"published_at": NOON, "published_by": house.approver}
    with pytest.raises(DatabaseError, match="wrote nothing of it"), transaction.atomic():
        row.update(status="published", **signed)


def test_a_draft_is_discarded_and_stays_readable(house, draft):
    actions.discard(draft, by=house.author, at=NOON)

    draft.refresh_from_db()
    assert (draft.status, draft.discarded_by) == ("discarded", house.author)
    assert trail()[-1] == "protocol draft discarded"


def test_an_incomplete_draft_is_not_sent_to_review(house, draft):
    with pytest.raises(Refused) as refusal:
        protocols.submit(draft, by=house.author, at=NOON)

    assert [str(o) for o in refusal.value.obstacles] == [
        "Screening form: This has to be said.",
        "Amounts and form: This has to be said.",
    ]


# -- Frozen against every door ------------------------------------------------------------------


def in_review(house):
    return a_reviewed_version(house)


def published(house):
    return house.version


def retired(house):
    protocols.retire(house.version, by=house.approver, at=NOON, reason="Superseded.")
    return house.version


def discarded(house):
    version = a_draft(house)
    actions.discard(version, by=house.author, at=NOON)
    return version


FROZEN = [in_review, published, retired, discarded]


@pytest.mark.parametrize("reach", FROZEN)
@pytest.mark.parametrize("act", ["change", "discard"])
def test_the_acts_leave_a_frozen_version_alone(house, reach, act):
    version = reach(house)
    acts = {
        "change": lambda: actions.change(version, by=house.author, at=NOON, written=()),
        "discard": lambda: actions.discard(version, by=house.author, at=NOON),
    }

    with pytest.raises(Refused) as refusal:
        acts[act]()

    assert refusal.value.codes == ["status"]


def by_save(version):
    version.document = {**version.document, "title": "Something else"}
    version.save()


def by_update(version):
    altered = {**version.document, "title": "Something else"}
    ProtocolVersion.objects.filter(pk=version.pk).update(document=altered)


def by_digest(version):
    ProtocolVersion.objects.filter(pk=version.pk).update(digest="0" * 64)


def by_sql(version):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("vigil_app",)
        cursor.execute(
            "UPDATE clinic_protocolversion SET document = jsonb_set(document, '{title}', '\"x\"')"
            " WHERE id = %s",
            [version.pk],
        )


def by_delete(version):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM clinic_protocolversion WHERE id = %s", [version.pk])


DOORS = [by_save, by_update, by_digest, by_sql, by_delete]


@pytest.mark.parametrize("reach", FROZEN)
@pytest.mark.parametrize("door", DOORS)
def test_the_database_leaves_a_frozen_version_as_it_is(house, reach, door):
    version = reach(house)
    before = ProtocolVersion.objects.values("document", "digest").get(pk=version.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        door(version)

    assert ProtocolVersion.objects.values("document", "digest").get(pk=version.pk) == before


def test_nobody_changes_who_wrote_what(house, draft):
    actions.change(draft, by=house.author, at=NOON, written=(an_event(draft),))

    for change in ("UPDATE clinic_partchange SET place = 'x'", "DELETE FROM clinic_partchange"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
