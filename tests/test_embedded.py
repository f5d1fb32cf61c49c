"""The database, the broker and the processes of one machine, started and killed for real."""

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from clinic.embedded import CHECKOUT, processes
from clinic.embedded.broker import Broker
from clinic.embedded.postgres import PostgreSQL
from clinic.embedded.shared import wait_for
from tests.database import as_app, as_owner

JOINS = """
import os, sys
from clinic.embedded import ensure_services
ensure_services()
print("joined", flush=True)
{then}
sys.stdin.read()
"""


@contextmanager
def a_folder():
    # Not pytest's own: where we are root, the database runs as nobody and must get in.
    folder = Path(tempfile.mkdtemp(prefix="vigil-home-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def empty_home():
    with a_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def home():
    # Shared, because setting up a cluster takes longest; each test leaves it as it found it.
    with a_folder() as folder:
        yield folder


@contextmanager
def joined(home, then=""):
    """Another process that uses the servers of this home until its input ends."""
    environment = {
        name: value for name, value in os.environ.items() if not name.endswith(("_URL", "_HOME"))
    }
    process = subprocess.Popen(
        [sys.executable, "-c", JOINS.format(then=then)],
        cwd=CHECKOUT,
        env=environment | {"VIGIL_HOME": str(home), "VIGIL_MODE": "run"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout.readline() == "joined\n"
        yield process
        process.stdin.close()


def ended(process, by=signal.SIGKILL):
    process.send_signal(by)
    return process.wait(timeout=30)


def servers(home):
    return PostgreSQL(home), Broker(home)


def alive(home):
    return [server.is_alive() for server in servers(home)]


# -- Sharing ---------------------------------------------------------------------------------


def test_the_last_process_to_leave_stops_the_servers(home):
    with joined(home) as last:
        with joined(home):
            pass
        assert alive(home) == [True, True]
        last.stdin.close()
        last.wait(timeout=30)

    assert alive(home) == [False, False]


def test_a_killed_process_does_not_keep_the_servers_running(home):
    with joined(home) as killed, joined(home):
        ended(killed)

    assert alive(home) == [False, False]


def test_sigterm_is_an_ordinary_end(home):
    with joined(home) as process:
        code = ended(process, by=signal.SIGTERM)

    assert (code, alive(home)) == (128 + signal.SIGTERM, [False, False])


def test_a_forked_child_stops_nothing_when_it_ends(home):
    forks = (
        "pid = os.fork()\nif not pid: sys.exit()\nos.waitpid(pid, 0)\nprint('forked', flush=True)"
    )
    with joined(home, then=forks) as process:
        process.stdout.readline()

        assert alive(home) == [True, True]


# -- What a kill leaves ----------------------------------------------------------------------


def test_nothing_committed_is_lost_when_the_database_is_killed(home):
    database, _ = servers(home)
    with joined(home):
        with psycopg.connect(database.url("vigil_owner")) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        kill_postmaster(database)

    with joined(home), psycopg.connect(database.url("vigil_owner")) as owner:
        assert owner.execute("SELECT answer FROM kept").fetchone() == (42,)
        owner.execute("DROP TABLE kept")


def test_nothing_queued_is_lost_when_the_broker_is_killed(home):
    _, broker = servers(home)
    with joined(home):
        assert tell(broker, "RPUSH tasks one two") == ":2"
        os.kill(int((broker.folder / "broker.pid").read_text()), signal.SIGKILL)

    with joined(home):
        assert tell(broker, "LLEN tasks") == ":2"


def test_a_lock_file_that_names_a_strangers_process_is_disowned(home):
    database, _ = servers(home)
    with joined(home):
        kill_postmaster(database)
    lock_files = (database.data / "postmaster.pid", Path(f"{database.socket_path}.lock"))
    for path in lock_files:
        _, rest = path.read_text().split("\n", 1)
        path.write_text(f"{os.getpid()}\n{rest}")

    with joined(home):
        assert alive(home) == [True, True]


def test_a_setup_that_was_interrupted_is_begun_again(empty_home):
    database, _ = servers(empty_home)
    (database.folder / "data.making").mkdir(parents=True)
    (database.folder / "data.making" / "PG_VERSION").write_text("half")
    shutil.chown(database.folder / "data.making", database.account.uid, database.account.gid)

    with joined(empty_home):
        assert alive(empty_home) == [True, True]


def kill_postmaster(database):
    pid = int((database.data / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: not database.is_alive(), seconds=10)


def tell(broker, command):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(broker.socket_path))
        line.sendall(f"{command}\r\n".encode())
        return line.recv(100).decode().strip()


# -- Where it lives --------------------------------------------------------------------------


def test_a_home_too_deep_for_a_socket_gets_a_short_folder_elsewhere(empty_home):
    deep = empty_home / ("a folder's long name " * 5)

    with joined(deep):
        short = [server.socket_folder for server in servers(deep)]
        assert alive(deep) == [True, True]

    assert [len(str(folder)) < 60 for folder in short] == [True, True]
    for folder in short:
        folder.rmdir()


def test_only_the_servers_own_account_may_enter_its_folder(home):
    with joined(home):
        modes = [server.socket_folder.stat().st_mode & 0o777 for server in servers(home)]

    assert modes == [0o700, 0o700]


def test_the_database_listens_on_no_network(home):
    database, _ = servers(home)
    with joined(home), psycopg.connect(database.url("vigil_reader")) as reader:
        assert reader.execute("SHOW listen_addresses").fetchone() == ("",)


# -- The roles -------------------------------------------------------------------------------


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_each_role_has_the_powers_it_needs_and_no_more():
    with as_owner() as owner:
        rows = owner.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
            " WHERE rolname LIKE 'vigil\\_%' ORDER BY rolname"
        ).fetchall()

    assert rows == [
        ("vigil_app", False, False, False, False),
        ("vigil_owner", False, False, True, False),
        ("vigil_reader", False, False, False, True),
    ]


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_table_nobody_thought_of_is_append_only():
    with as_owner() as owner:
        owner.execute("CREATE TABLE forgotten (id bigserial, words text)")
        powers = owner.execute(
            "SELECT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) AS p"
            " WHERE has_table_privilege('vigil_app', 'forgotten', p)"
        ).fetchall()

    assert powers == [("SELECT",), ("INSERT",)]


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_the_application_makes_no_tables():
    with as_app() as app:
        for kind in ("TABLE", "TEMPORARY TABLE"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(f"CREATE {kind} mine (id int)")
            app.rollback()


# -- The tests' own ground -------------------------------------------------------------------


def test_tests_run_as_the_application(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("vigil_app",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_commits_no_other_sees(time):
    with as_owner() as owner:
        owner.execute("CREATE TABLE committed ()")  # would be there already the second time


def test_tests_reach_nothing_beyond_this_machine():
    with pytest.raises(PermissionError), socket.create_connection(("192.0.2.1", 80), timeout=1):
        pass


# -- The processes ---------------------------------------------------------------------------


def test_a_busy_port_is_left_to_the_program_that_has_it():
    with processes.listen_on(0) as busy:
        assert processes.listen_on(busy.getsockname()[1]) is None


def test_a_process_that_falls_is_started_again_after_a_pause(home, monkeypatch):
    child = processes.Child("worker", ["-c", "exit(3)"], home, {})
    child.start()
    child.process.wait(timeout=30)

    said = list(child.look_after())
    pause = child.start_again_at - child.started_at
    child.start_again_at = 0
    said += list(child.look_after())
    child.process.wait(timeout=30)

    assert said[0].startswith("The worker ended with code 3; starting it again in 1 s.")
    assert said[-1] == "The worker was started again."
    assert pause >= 1


def test_each_further_fall_waits_longer(home):
    child = processes.Child("worker", ["-c", "exit(3)"], home, {})
    pauses = []
    for _ in range(3):
        child.start()
        child.process.wait(timeout=30)
        pauses.append(next(child.look_after()).split(" in ")[1].split(".")[0])

    assert pauses == ["1 s", "2 s", "4 s"]


def test_a_process_does_not_outlive_a_killed_supervisor(home):
    starts = (
        "from pathlib import Path\n"
        "from clinic.embedded.supervisor import Child, MARK\n"
        f"home = Path({str(home)!r})\n"
        "Child('sleeper', ['-c', 'import signal; signal.pause()'], home, {MARK: str(home)}).start()\n"
        "print('started', flush=True)"
    )
    with joined(home, then=starts) as process:
        process.stdout.readline()
        assert len(processes.marked_processes(home)) == 1
        ended(process)

        assert wait_for(lambda: processes.marked_processes(home) == [], seconds=10)
    with joined(home):
        pass


def test_mail_is_kept_as_a_file(home):
    listening = processes.listen_on(0)
    child = processes.Child(
        "mail sink",
        *[
            [
                "-m",
                "clinic.embedded.mailsink",
                "--fd",
                listening.fileno(),
                "--folder",
                home / "mail",
            ]
        ],
        home,
        {},
        inherits=listening,
    )
    child.start()
    with listening, smtplib.SMTP("127.0.0.1", listening.getsockname()[1], timeout=30) as client:
        client.sendmail("clinic@example.org", ["one@example.org"], "Subject: Tomorrow\n\nAt ten.")
    child.ask_to_stop()
    child.process.wait(timeout=30)

    (letter,) = (home / "mail").glob("*.eml")
    assert letter.read_text().splitlines() == [
        "X-Envelope-To: one@example.org",
        "Subject: Tomorrow",
        "",
        "At ten.",
    ]


class Running:
    """`manage.py run` in a home of its own."""

    def __init__(self, home):
        environment = {name: value for name, value in os.environ.items() if "_URL" not in name}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", "8460"],
            cwd=CHECKOUT,
            env=environment | {"VIGIL_HOME": str(home), "VIGIL_MODE": "run"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def says(self, words):
        """Everything it said up to these words."""
        said = []
        for line in self.process.stdout:
            said.append(line)
            if words in line:
                return "".join(said)
        raise AssertionError(f"It never said {words!r}, but:\n{''.join(said)}")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, rest


def test_the_whole_thing_survives_what_people_do_to_it(home):
    first = Running(home)
    address = first.says("Vigil is ready").split()[-1]
    second = Running(home)
    refusal = second.process.communicate(timeout=60)[0]
    first.process.kill()
    first.process.communicate(timeout=60)

    third = Running(home)
    third.says("Ctrl-C stops it.")
    code, farewell = third.stop()

    assert f"Vigil already runs from this checkout: {address}" in refusal
    assert (code, farewell.splitlines()[0]) == (0, "Stopping …")
    assert processes.marked_processes(home) == []
    assert alive(home) == [False, False]
