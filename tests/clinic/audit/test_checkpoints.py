"""The heads of the trail go out every few minutes, signed; a place that has not had them is told."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse

from clinic.attention.models import Matter
from clinic.audit import checkpoints, places, signals
from clinic.audit.actions import record
from clinic.audit.models import Checkpoint
from clinic.audit.places import Place
from clinic.people.models import Site
from clinic.people.queries import system_user
from tests.builders.house import HOUR, MINUTE, NOON, a_house
from tests.database import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture(autouse=True)
def house(db):
    return a_house()


@pytest.fixture
def outside(settings, tmp_path):
    """One place: a file on a disk of the auditor's."""
    settings.CHECKPOINT_PLACES = [f"file://{tmp_path}/auditor/trail.jsonl"]
    return tmp_path / "auditor" / "trail.jsonl"


def something_happens():
    record("something happened", Site.objects.first(), by=system_user(), at=NOON)


def send(at):
    return [places.send_out(place, at=at) for place in places.places()]


def test_a_checkpoint_holds_the_heads_that_moved(outside):
    first = checkpoints.take(at=NOON)
    something_happens()
    second = checkpoints.take(at=NOON + 4 * MINUTE)
    send(NOON + 4 * MINUTE)

    one, two = checkpoints.read([outside])
    assert [one.line, two.line] == [first.line, second.line]
    assert [head.stream for head in two.heads] == [f"site:{Site.objects.first().key}"]
    assert len(one.heads) == json.loads(one.line)["streams"]


def test_a_checkpoint_holds_which_guards_were_down(outside):
    checkpoints.take(at=NOON)
    with as_owner() as owner:
        owner.execute("ALTER TABLE clinic_sessions_dose DISABLE TRIGGER vigil_append_only")
    try:
        checkpoints.take(at=NOON + HOUR)
    finally:
        with as_owner() as owner:
            owner.execute("ALTER TABLE clinic_sessions_dose ENABLE TRIGGER vigil_append_only")
    send(NOON + HOUR)

    one, two = checkpoints.read([outside])
    assert one.guards_down == ()
    assert two.guards_down == ("clinic_sessions_dose vigil_append_only",)


def test_where_nothing_moved_there_is_nothing_to_write_down_for_an_hour():
    checkpoints.take(at=NOON)

    assert checkpoints.take(at=NOON + 59 * MINUTE) is None
    assert checkpoints.take(at=NOON + HOUR).number == 2


def test_a_checkpoint_taken_out_of_the_file_is_missed(outside):
    for number in range(3):
        something_happens()
        checkpoints.take(at=NOON + number * MINUTE)
    send(NOON + 3 * MINUTE)
    lines = outside.read_text().splitlines()
    outside.write_text("\n".join([lines[0], lines[2]]) + "\n")

    with pytest.raises(checkpoints.CheckpointsAltered, match="what stood between them is missing"):
        checkpoints.read([outside])


def test_who_has_only_the_public_key_can_check_and_not_sign(outside, settings):
    checkpoints.take(at=NOON)
    send(NOON)
    settings.CHECKPOINT_PUBLIC_KEY = checkpoints.public_key().public_bytes_raw().hex()
    settings.CHECKPOINT_KEY = ""

    assert [each.number for each in checkpoints.read([outside])] == [1]
    with pytest.raises(Exception, match="CHECKPOINT_KEY is not set"):
        checkpoints.take(at=NOON + HOUR)


def test_by_mail_goes_what_is_new_once_an_hour(settings):
    settings.CHECKPOINT_PLACES = ["mailto:auditor@elsewhere.example"]
    for minutes in (0, 20, 40, 70):
        something_happens()
        checkpoints.take(at=NOON + minutes * MINUTE)
        send(NOON + minutes * MINUTE)

    assert [(m.to, m.subject) for m in mail.outbox] == [
        (["auditor@elsewhere.example"], "Vigil: checkpoints 1 to 1 of the trail"),
        (["auditor@elsewhere.example"], "Vigil: checkpoints 2 to 4 of the trail"),
    ]
    (name, content, _) = mail.outbox[1].attachments[0]
    assert name == "checkpoints-000000002-000000004.json"
    assert content.splitlines() == [c.line for c in Checkpoint.objects.filter(number__gt=1)]


def test_a_second_host_is_given_one_object_each(settings, tmp_path):
    class Keeper(BaseHTTPRequestHandler):
        def do_PUT(self):  # noqa: N802 -- the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            (tmp_path / Path(self.path).name).write_bytes(body)
            self.send_response(201)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Keeper) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        settings.CHECKPOINT_PLACES = [f"http://127.0.0.1:{host.server_port}/kept/"]
        checkpoints.take(at=NOON)
        something_happens()
        checkpoints.take(at=NOON + MINUTE)
        send(NOON + MINUTE)
        host.shutdown()

    assert [each.number for each in checkpoints.read([tmp_path])] == [1, 2]


@pytest.fixture
def no_place(settings, tmp_path):
    """A place that takes nothing: where the folder should be, there is a file."""
    (tmp_path / "full").write_text("")
    settings.CHECKPOINT_PLACES = [f"file://{tmp_path}/full/trail.jsonl"]
    return Place(settings.CHECKPOINT_PLACES[0])


def test_what_did_not_arrive_is_kept_in_words_and_goes_out_later(no_place, settings, tmp_path):
    checkpoints.take(at=NOON)
    (failed,) = send(NOON)
    (tmp_path / "full").unlink()
    (arrived,) = send(NOON + 4 * MINUTE)

    assert (failed.up_to, failed.error[:19]) == (0, "FileExistsError: [E")
    assert (arrived.up_to, arrived.error) == (1, "")
    assert send(NOON + 8 * MINUTE) == [None]


def test_a_checkpoint_that_is_late_stands_on_the_readiness_page(no_place, client, time_machine):
    checkpoints.take(at=NOON)
    send(NOON)
    said = []
    for minutes in (14, 16):
        time_machine.move_to(NOON + timedelta(minutes=minutes), tick=False)
        said.append(client.get(reverse("ready")).json()["checkpoints"])

    assert said == ["on time", "late"]


def test_where_none_is_taken_the_readiness_page_says_so(client, time_machine):
    checkpoints.take(at=NOON)
    time_machine.move_to(NOON + 76 * MINUTE, tick=False)

    assert client.get(reverse("ready")).json()["checkpoints"] == "not taken"


def test_a_late_checkpoint_asks_for_a_person_once_and_settles_by_itself(no_place, house):
    for _ in range(2):
        signals.checkpoint_late.send(None, place=no_place, since=NOON, at=NOON + HOUR)
    (matter,) = Matter.objects.filter(kind="checkpoint_late")
    signals.checkpoints_arrive.send(None, at=NOON + 2 * HOUR)

    assert matter.words == (
        "The trail has not been written down outside (a file) since 18 November 2026, 17:00 UTC."
        " Tell whoever runs the server."
    )
    assert matter.notices.count() == 1
    matter.refresh_from_db()
    assert (matter.status, matter.outcome) == ("closed", "It arrived after all.")
