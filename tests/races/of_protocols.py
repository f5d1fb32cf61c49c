"""Protocol templates, changed by two at once."""

from clinic.protocols import actions
from clinic.protocols.drafting import actions as drafting
from clinic.protocols.drafting.parts import Row
from clinic.protocols.models import PartChange, ProtocolVersion
from tests.builders.drafting import an_empty_draft, typed
from tests.builders.house import NOON, proof
from tests.builders.protocols import a_draft, a_reviewed_version, places
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def versions(**which):
    return ProtocolVersion.objects.filter(protocol__code="ketamine-im", **which).count


@race("clinic.protocols.actions.load")
def load(house):
    return Start(
        (house.author, lambda: a_draft(house)),
        (house.author, lambda: a_draft(house)),
        versions(document__title="Ketamine, our way"),
    )


@race("clinic.protocols.actions.submit")
def submit(house):
    version = a_draft(house)

    def send():
        actions.submit(fresh(version), by=house.author, at=NOON)

    return Start((house.author, send), (house.author, send), versions(status="in_review"))


@race("clinic.protocols.actions.send_back")
def send_back(house):
    version = a_reviewed_version(house)

    def back(by):
        return lambda: actions.send_back(fresh(version), by=by, at=NOON, reason="A wrong total")

    return Start(
        (house.author, back(house.author)),
        (house.approver, back(house.approver)),
        versions(status="draft", document__title="Ketamine, our way"),
    )


def _publish(house, version):
    def sign():
        actions.publish(
            fresh(version),
            by=house.approver,
            at=NOON,
            confirmed=places(version),
            proof=proof(house.approver, NOON),
        )

    return house.approver, sign


@race("clinic.protocols.actions.publish")
def publish(house):
    version = a_reviewed_version(house)
    once = _publish(house, version)
    return Start(once, once, versions(status="published", document__title="Ketamine, our way"))


@race("clinic.protocols.actions.publish")
def publish_while_it_is_sent_back(house):
    version = a_reviewed_version(house)

    def back():
        actions.send_back(fresh(version), by=house.author, at=NOON, reason="A wrong total")

    return Start(_publish(house, version), (house.author, back), versions(status="published"))


@race("clinic.protocols.actions.publish")
def publish_two_versions(house):
    # Both stand, one after the other; only the later is in force.
    first = a_reviewed_version(house)
    second = a_reviewed_version(house, title="Ketamine, another way")
    return Start(
        _publish(house, first),
        _publish(house, second),
        versions(status="published"),
        both_done=True,
    )


@race("clinic.protocols.actions.retire")
def retire(house):
    def take_out():
        actions.retire(fresh(house.version), by=house.approver, at=NOON, reason="Superseded")

    return Start((house.approver, take_out), (house.approver, take_out), versions(status="retired"))


@race("clinic.protocols.drafting.actions.begin")
def begin(house):
    def one():
        an_empty_draft(house, at=NOON)

    ours = ProtocolVersion.objects.filter(protocol__code="ours")
    return Start((house.author, one), (house.author, one), ours.count)


@race("clinic.protocols.drafting.actions.copy")
def copy(house):
    def one():
        drafting.copy(fresh(house.version), by=house.author, at=NOON)

    later = versions(status="draft", number__gt=house.version.number)
    return Start((house.author, one), (house.author, one), later)


@race("clinic.protocols.drafting.actions.change")
def change(house):
    version = a_draft(house)
    written = typed(version, "events", (Row(None, {"code": "water", "label": "Drank water"}),))

    def put():
        drafting.change(fresh(version), by=house.author, at=NOON, written=(written,))

    return Start((house.author, put), (house.author, put), PartChange.objects.count)


@race("clinic.protocols.drafting.actions.discard")
def discard(house):
    version = a_draft(house)

    def give_up():
        drafting.discard(fresh(version), by=house.author, at=NOON)

    return Start((house.author, give_up), (house.author, give_up), versions(status="discarded"))
