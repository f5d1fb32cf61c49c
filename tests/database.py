"""The databases tests run on: one migrated template, made once, and cheap copies of it.

Everything in them is as in production: the role is the application's, every trigger, grant and
policy is on. Nothing is ever flushed, for that would need rights the application must not have.
"""

import fcntl
import hashlib
import os
import secrets
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.core.management import get_commands
from django.db import connections
from psycopg import sql

from clinic.embedded import home, roles

CHECKOUT = Path(__file__).resolve().parent.parent
# Whatever changes what a migrated database holds. Models do so only through migrations.
SOURCES = (
    "clinic/migrations/*.py",
    "sessions/migrations/*.py",
    "clinic/walls/**/*",
    "sessions/walls/**/*",
    "clinic/settings.py",
    "clinic/checklists/document.py",
    "clinic/checklists/instruments/**/*",
    "clinic/documents/library/**/*",
    "clinic/protocols/**/*",
    "clinic/management/commands/load_library.py",
    "clinic/management/commands/prepare.py",
    "deploy/*.sql",
    "requirements.txt",
)
# What is run as owner, as far as the project has it.
COMMANDS = (("prepare",),)
SPARE_TEMPLATES = 4  # kept for going back and forth between branches


def digest_of_sources() -> str:
    """What the template is made from, in short; workers take the answer of the process above."""
    if "VIGIL_TEST_SOURCES" not in os.environ:
        digest = hashlib.sha256()
        for pattern in SOURCES:
            for path in sorted(CHECKOUT.glob(pattern)):
                if path.is_file() and path.suffix != ".pyc":
                    digest.update(
                        os.fsencode(path.relative_to(CHECKOUT)) + b"\0" + path.read_bytes()
                    )
        os.environ["VIGIL_TEST_SOURCES"] = digest.hexdigest()[:16]
    return os.environ["VIGIL_TEST_SOURCES"]


@contextmanager
def as_owner(database=None):
    """A connection as the owner, to the test's own database unless another is named."""
    database = database or connections.settings["default"]["NAME"]
    url = os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(url, dbname=database, autocommit=True) as connection:
        yield connection


@contextmanager
def as_app():
    """A second connection as the application, beside the one the test runs on."""
    database = connections.settings["default"]["NAME"]
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=database) as connection:
        yield connection


class TestRun:
    """The databases of one test process: its own copy, and a fresh one for each test that commits."""

    __test__ = False

    def __init__(self):
        self.name = f"{os.getpid()}_{secrets.token_hex(3)}"
        self.template = f"vigil_template_{digest_of_sources()}"
        self.locks = home() / "test-locks"
        self.locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._held = []
        self._made = 0
        self._source = self.template  # what a fresh database is a copy of
        self._furnished = {}  # by name: a database, and what its furnishing gave back
        self._maintenance = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)

    def begin(self):
        """Make sure of the template and point Django at a copy of it."""
        with open(self.locks / "one-at-a-time", "w") as alone:
            fcntl.flock(alone, fcntl.LOCK_EX)
            self._hold(f"run-{self.name}", fcntl.LOCK_EX)
            self._hold(self.template, fcntl.LOCK_SH)
            self._clear_what_nobody_uses()
            if self.template not in self._databases():
                self._make_template()
        self.shared = self.copy()
        point_django_at(self.shared)

    def end(self):
        """Drop this process's databases and let go of the template."""
        connections.close_all()
        self.drop(self.shared)
        for furnished, _ in self._furnished.values():
            self.drop(furnished)
        self._maintenance.close()
        (self.locks / f"run-{self.name}").unlink()
        for held in self._held:
            held.close()

    def begin_fresh(self):
        """Give one test a database of its own, in which it may commit."""
        self._fresh = self.copy(self._source)
        point_django_at(self._fresh)

    def end_fresh(self):
        """Drop the test's own database and go back to the one the others share."""
        point_django_at(self.shared)
        self.drop(self._fresh)

    def move_in(self, furnish):
        """Stand on databases that hold what `furnish` puts there, once a process; give its answer."""
        self._bare = self.shared
        name = f"{furnish.__module__}.{furnish.__qualname__}"
        if name not in self._furnished:
            database = self.copy()
            point_django_at(database)
            answer = furnish()
            point_django_at(self._bare)  # a connected database cannot be copied
            self._furnished[name] = database, answer
        self._source, answer = self._furnished[name]
        self.shared = self.copy(self._source)
        point_django_at(self.shared)
        return answer

    def move_out(self):
        """Stand on bare databases again."""
        point_django_at(self._bare)
        self.drop(self.shared)
        self._source, self.shared = self.template, self._bare

    def copy(self, source=None):
        """A new database, like the template down to its grants."""
        self._made += 1
        name = f"vigil_test_{self.name}_{self._made}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, source or self.template)
        self._execute("REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        for role in roles.ROLES:
            self._execute("GRANT CONNECT ON DATABASE {} TO {}", name, role)
        return name

    def drop(self, name):
        """Drop a database, whoever is still connected to it."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _make_template(self):
        making = f"{self.template}_making"
        self.drop(making)
        self._execute("CREATE DATABASE {}", making)
        with as_owner(making) as connection:
            roles.prepare_database(connection)
        for command in COMMANDS:
            if command[0] in get_commands():
                run_as_owner(*command, database=making)
        self._execute("ALTER DATABASE {} RENAME TO {}", making, self.template)
        # A connected template cannot be copied.
        self._execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", self.template)

    def _clear_what_nobody_uses(self):
        spare = 0
        for lock in sorted(
            self.locks.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True
        ):
            if lock.name == "one-at-a-time" or not is_free(lock):
                continue
            if lock.name.startswith("vigil_template_"):
                spare += 1
                if spare <= SPARE_TEMPLATES:
                    continue
                doomed = [lock.name, f"{lock.name}_making"]
            else:
                prefix = f"vigil_test_{lock.name.removeprefix('run-')}_"
                doomed = [name for name in self._databases() if name.startswith(prefix)]
            for name in doomed:
                self.drop(name)
            lock.unlink()

    def _hold(self, name, how):
        path = self.locks / name
        held = open(path, "a")  # noqa: SIM115 -- held until the process ends
        fcntl.flock(held, how)
        os.utime(path)
        self._held.append(held)

    def _databases(self):
        return {name for (name,) in self._maintenance.execute("SELECT datname FROM pg_database")}

    def _execute(self, statement, *names):
        self._maintenance.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def is_free(lock):
    """Whether no living process holds this lock file."""
    with open(lock) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def point_django_at(name):
    """Make every thread's next connection one to this database."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    # Connections of all threads share this one dictionary.
    connections.settings["default"]["NAME"] = name


def run_as_owner(*command, database):
    """Run a command of manage.py as owner in another process, on this database."""
    addresses = {
        name: _with_database(os.environ[name], database)
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=CHECKOUT,
        env=os.environ | addresses | {"VIGIL_DB_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _with_database(url, database):
    before, _, options = url.partition("?")
    return before.rsplit("/", 1)[0] + f"/{database}" + (f"?{options}" if options else "")
