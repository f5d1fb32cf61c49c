"""The embedded PostgreSQL: one cluster in one folder, reached through a unix socket only."""

import os
import pwd
import re
import shutil
import time
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg

from clinic.embedded import roles
from clinic.embedded.programs import find_binaries, server_account
from clinic.embedded.shared import (
    START_SECONDS,
    CannotStart,
    SharedServer,
    last_words,
    make_private,
    run,
    wait_for,
)

DATABASE = "vigil"
SUPERUSER = "postgres"
PORT = 5432  # only a part of the socket's name
LINGERING = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')
NO_SUCH_PROCESS = 2**31 - 1  # larger than any kernel's highest pid


class PostgreSQL(SharedServer):
    """The database server of one home."""

    name = "embedded PostgreSQL"
    socket_name = f".s.PGSQL.{PORT}"
    hello = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # SSLRequest: every state of the server answers it

    def __init__(self, home: Path, *, survives_power_cuts: bool = True):
        self.account = server_account()
        self.binaries = find_binaries(self.account)
        super().__init__(self.account.reachable_part_of(home) / f"postgres-{self.major_version}")
        self.home = home
        self.survives_power_cuts = survives_power_cuts
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"

    @cached_property
    def major_version(self) -> int:
        said = run([self.binaries / "postgres", "--version"]).stdout
        found = re.search(r"\d+", said)
        if not found:
            raise CannotStart(f"The PostgreSQL in {self.binaries} does not run: {said.strip()}")
        return int(found[0])

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder))}"

    def prepare_folder(self) -> None:
        make_private(self.folder, self.account.uid, self.account.gid)

    def make_socket_folder(self, path: Path) -> None:
        make_private(path, self.account.uid, self.account.gid)

    # -- starting

    def start(self) -> None:
        """Start the server, waiting for what a killed one left behind to go away."""
        self._stop_one_without_socket()
        if not self.data.exists():
            self._make_cluster()
        self._write_configuration()
        until = time.monotonic() + START_SECONDS
        while not self._start_once():
            tail = last_words(self.log)
            if time.monotonic() > until or not any(reason in tail for reason in LINGERING):
                raise CannotStart(
                    f"The embedded PostgreSQL does not start. Its last words, from {self.log}:\n"
                    f"{tail}"
                )
            wait_for(lambda: False, seconds=0.2)

    def _start_once(self):
        self._disown_reused_pids()
        self.log.unlink(missing_ok=True)
        started = self._as_server(
            [
                *(self.binaries / "pg_ctl", "start", "--silent", "--wait"),
                *("--pgdata", self.data.name),
                *("--log", self.log.name),
                *("--timeout", START_SECONDS),
            ]
        )
        return started.returncode == 0

    def _make_cluster(self):
        # Made under another name: one that was interrupted halfway is never taken for a cluster.
        making = self.folder / "data.making"
        shutil.rmtree(making, ignore_errors=True)
        made = self._as_server(
            [
                *(self.binaries / "initdb", "--pgdata", making.name, "--username", SUPERUSER),
                *("--auth", "peer", "--encoding", "UTF8", *self._locale()),
                *(() if self.survives_power_cuts else ("--no-sync",)),
            ]
        )
        if made.returncode:
            raise CannotStart(
                f"The embedded PostgreSQL cannot be set up in {making}:\n{made.stdout}"
            )
        making.rename(self.data)

    def _locale(self):
        # The build has no ICU; the built-in provider sorts alike on every machine, from 17 on.
        if self.major_version >= 17:
            return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        return ("--locale=C",)

    def _write_configuration(self):
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": '"{}"'.format(str(self.socket_folder).replace('"', '""')),
            "unix_socket_permissions": "0700",
            "max_connections": 120,
            # Containers have 64 MB of /dev/shm, too little for the default.
            "dynamic_shared_memory_type": "mmap",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            "jit": "off",
        }
        if not self.survives_power_cuts:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        lines = [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
        self._write("vigil.conf", lines)
        main = (self.data / "postgresql.conf").read_text()
        if "include = 'vigil.conf'" not in main:
            self._write("postgresql.conf", [main, "include = 'vigil.conf'"])
        self._write("pg_hba.conf", ["local all all peer map=vigil"])
        accounts = {pwd.getpwuid(os.getuid()).pw_name, self.account.name}
        self._write(
            "pg_ident.conf",
            [
                f'vigil "{name}" {role}'
                for name in sorted(accounts)
                for role in (SUPERUSER, *roles.ROLES)
            ],
        )

    def _write(self, name, lines):
        path = self.data / name
        path.write_text("\n".join(lines) + "\n")
        self.account.own(path)

    # -- stopping, and what a killed server leaves

    def stop(self) -> None:
        """End every connection and stop, leaving nothing to recover."""
        self._as_server(
            [
                *(self.binaries / "pg_ctl", "stop", "--silent", "--wait", "--mode", "fast"),
                *("--pgdata", self.data.name),
                *("--timeout", START_SECONDS),
            ]
        )

    def _stop_one_without_socket(self):
        """Stop a server whose socket was cleared away with the temporary files."""
        pid = recorded_pid(self.data / "postmaster.pid")
        if pid and self._is_ours(pid) and not self.socket_path.exists():
            self.stop()

    def _disown_reused_pids(self):
        """Keep stale lock files from naming a stranger's or an unburied process as the server.

        Only the pid is changed. The shared memory key beside it stays, by which PostgreSQL itself
        sees children that outlived a killed server and refuses to start beside them.
        """
        for path in (self.data / "postmaster.pid", Path(f"{self.socket_path}.lock")):
            pid = recorded_pid(path)
            if pid and not self._is_ours(pid):
                rest = path.read_text().split("\n", 1)[1]
                path.write_text(f"{NO_SUCH_PROCESS}\n{rest}")

    def _is_ours(self, pid):
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", self.data)
        except FileNotFoundError:
            # Gone, or a system without /proc, where PostgreSQL's own judgement has to do.
            return not Path("/proc/self").exists()
        except PermissionError:
            return False

    def _as_server(self, command):
        # Paths are given from the folder: pg_ctl hands them to a shell.
        return run(command, cwd=self.folder, **self.account.for_subprocess())

    # -- what its users expect inside

    def prepare(self) -> None:
        """Make roles, database and extensions, unless this very description made them already."""
        mark = self.data / "vigil.prepared"
        wanted = roles.digest()
        if mark.exists() and mark.read_text() == wanted:
            return
        with self._as_superuser("postgres") as connection:
            roles.make_roles(connection)
            if not connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER vigil_owner")
        # Test databases and restored ones start from template1.
        for database in ("template1", DATABASE):
            with self._as_superuser(database) as connection:
                roles.prepare_database(connection)
        mark.write_text(wanted)
        self.account.own(mark)

    def _as_superuser(self, database):
        return psycopg.connect(self.url(SUPERUSER, database), autocommit=True)


def recorded_pid(path: Path) -> int | None:
    """The process that a lock file of PostgreSQL names."""
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _quoted(value):
    return str(value).replace("'", "''")
