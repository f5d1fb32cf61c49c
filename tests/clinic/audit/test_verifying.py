import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from clinic.audit import anchors, queries
from clinic.audit.actions import record
from clinic.audit.queries import Head
from clinic.people.models import Site
from clinic.people.queries import system_user
from tests.builders.house import NOON
from tests.database import CHECKOUT, as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stream(db):
    site = Site.objects.create(name="Quiet House", zone="Europe/Oslo", jurisdiction="NO")
    for number in range(4):
        record("something happened", site, by=system_user(), at=NOON, number=number)
    return f"site:{site.key}"


def tamper(statement, *parameters):
    with as_owner() as owner:
        owner.execute("ALTER TABLE clinic_trailentry DISABLE TRIGGER USER")
        owner.execute(statement, parameters)
        owner.execute("ALTER TABLE clinic_trailentry ENABLE TRIGGER USER")


def found():
    with as_owner() as owner:
        cursor = owner.cursor()
        wrong = [*queries.wrong_entries(cursor), *queries.wrong_heads(cursor)]
    return [(each.stream, each.sequence, each.words) for each in wrong]


def heads():
    with as_owner() as owner:
        return queries.heads(owner.cursor())


def test_a_trail_nobody_touched_is_whole(stream):
    assert found() == []


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("payload = '{}'", "what it says was changed after it was written."),
        ("act = 'nothing happened'", "the entry was changed after it was written."),
        ("at = at - interval '1 hour'", "the entry was changed after it was written."),
        (
            "received_at = received_at - interval '1 s'",
            "the entry was changed after it was written.",
        ),
        ("origin = 'elsewhere'", "the entry was changed after it was written."),
    ],
)
def test_an_edited_entry_is_named(stream, edit, words):
    tamper(f"UPDATE clinic_trailentry SET {edit} WHERE stream = %s AND sequence = 2", stream)

    assert found() == [(stream, 2, words)]


def test_a_payload_destroyed_by_the_list_leaves_a_tombstone_that_verifies(stream):
    tamper("UPDATE clinic_trailentry SET payload = NULL WHERE stream = %s AND sequence = 2", stream)

    assert found() == []


def test_an_entry_removed_from_the_middle_is_missed(stream):
    tamper("DELETE FROM clinic_trailentry WHERE stream = %s AND sequence IN (2, 3)", stream)

    assert found() == [(stream, 4, "2 entries before it was removed.")]


def test_a_cut_tail_is_missed(stream):
    tamper("DELETE FROM clinic_trailentry WHERE stream = %s AND sequence > 2", stream)

    assert found() == [(stream, 2, "the tail was cut: 2 of 4 entries are gone.")]


def test_a_stream_that_is_gone_whole_is_missed(stream):
    tamper("DELETE FROM clinic_trailentry WHERE stream = %s", stream)

    assert found() == [(stream, 0, "the tail was cut: 4 of 4 entries are gone.")]


def test_a_head_that_was_removed_is_missed(stream):
    tamper("DELETE FROM clinic_chainhead WHERE stream = %s", stream)

    assert found() == [(stream, 4, "the stream's head was removed.")]


def test_an_entry_rehashed_on_its_own_breaks_the_chain(stream):
    tamper(
        "UPDATE clinic_trailentry e SET act = 'x', hash = vigil_link(ROW(e.id, e.key, e.stream,"
        " e.sequence, e.at, e.received_at, e.case_key, 'x', e.subject_kind, e.subject_key, e.origin,"
        " e.payload, e.payload_digest, e.previous_hash, e.hash, e.by_id, e.site_id, e.seals"
        ")::clinic_trailentry) WHERE stream = %s AND sequence = 2",
        stream,
    )

    assert found() == [(stream, 3, "it does not follow from the entry before it.")]


def rewrite_from(stream, sequence):
    """As the owner: change an entry and hash everything after it anew, the head too."""
    with as_owner() as owner:
        owner.execute("ALTER TABLE clinic_trailentry DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE clinic_trailentry SET act = 'never happened' WHERE stream = %s AND sequence = %s",
            [stream, sequence],
        )
        for number in range(sequence, 5):
            owner.execute(
                "UPDATE clinic_trailentry e SET previous_hash = COALESCE((SELECT hash FROM"
                " clinic_trailentry b WHERE b.stream = e.stream AND b.sequence = e.sequence - 1), '')"
                " WHERE stream = %s AND sequence = %s",
                [stream, number],
            )
            owner.execute(
                "UPDATE clinic_trailentry e SET hash = vigil_link(e)"
                " WHERE stream = %s AND sequence = %s",
                [stream, number],
            )
        owner.execute(
            "UPDATE clinic_chainhead SET hash = (SELECT hash FROM clinic_trailentry"
            " WHERE stream = %s AND sequence = 4) WHERE stream = %s",
            [stream, stream],
        )
        owner.execute("ALTER TABLE clinic_trailentry ENABLE TRIGGER USER")


def test_a_chain_written_anew_no_longer_fits_what_was_anchored_outside(stream, tmp_path):
    anchors.add(tmp_path / "anchors", heads(), at=NOON)

    rewrite_from(stream, 2)

    assert found() == []
    with as_owner() as owner:
        wrong = list(
            queries.wrong_against_anchors(owner.cursor(), anchors.read(tmp_path / "anchors"))
        )
    assert [(w.stream, w.sequence) for w in wrong] == [(stream, 4)]


def test_an_altered_file_of_anchors_names_its_line(stream, tmp_path):
    path = tmp_path / "anchors"
    anchors.add(path, [Head("a", 1, "1"), Head("b", 1, "2")], at=NOON)
    path.write_text(path.read_text().replace('"hash":"2"', '"hash":"3"'))

    with pytest.raises(anchors.AnchorsAltered, match="line 2 is not as it was written"):
        anchors.read(path)


def test_heads_are_written_down_once_until_they_move(tmp_path):
    path = tmp_path / "anchors"

    assert anchors.add(path, [Head("a", 1, "1"), Head("b", 1, "2")], at=NOON) == 2
    assert anchors.add(path, [Head("a", 2, "3"), Head("b", 1, "2")], at=NOON) == 1
    assert anchors.read(path) == [Head("a", 1, "1"), Head("b", 1, "2"), Head("a", 2, "3")]


def run_command(tmp_path):
    database = connections.settings["default"]["NAME"]
    before, _, options = os.environ["DATABASE_READER_URL"].partition("?")
    url = f"{before.rsplit('/', 1)[0]}/{database}" + (f"?{options}" if options else "")
    return subprocess.run(
        [sys.executable, "manage.py", "verify_audit", "--anchors", str(tmp_path / "anchors")],
        cwd=CHECKOUT,
        env=os.environ | {"VIGIL_DB_ROLE": "reader", "DATABASE_READER_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_it_counted_and_then_what_was_cut(stream, tmp_path):
    whole = run_command(tmp_path)
    tamper("DELETE FROM clinic_trailentry WHERE stream = %s AND sequence > 2", stream)
    cut = run_command(tmp_path)

    assert (whole.returncode, whole.stderr) == (0, "")
    assert "The trail is whole: " in whole.stdout
    assert cut.returncode == 1
    assert f"{stream}, entry 2" in cut.stderr
    assert "the tail was cut: 2 of 4 entries are gone." in cut.stderr


def test_a_trail_that_cannot_be_read_is_not_whole(tmp_path):
    (tmp_path / "anchors").write_text("not what was written\n")

    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_audit", anchors=tmp_path / "anchors")
