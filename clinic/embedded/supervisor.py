"""Run everything one clinic needs on one machine, and keep it running: `make demo`, `make run`."""

import ctypes
import fcntl
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from clinic import embedded
from clinic.embedded.shared import CannotStart, last_words, wait_for

FIRST_PORT = 8000
PORTS_TRIED = 100
SECONDS_TO_STOP = 10
SECONDS_TO_ANSWER = 60
LONGEST_PAUSE = 30  # between two attempts to start what keeps ending
STEADY_AFTER = 60  # seconds of life after which earlier failures are forgotten
LOOK_AFTER_SERVERS_EVERY = 5
LARGEST_LOG = 5_000_000
MARK = "VIGIL_CHILD_OF"
PR_SET_PDEATHSIG = 1


class Supervisor:
    """Starts the servers, prepares the database, runs the processes and restarts what falls."""

    def __init__(self, *, mode: str, commands: set[str], port: int | None = None, out=print):
        self.mode = mode
        self.commands = commands
        self.home = embedded.home()
        self.first_port = port or int(os.environ.get("VIGIL_PORT", FIRST_PORT))
        self.out = out
        self.children = []
        self.stopping = False

    def run(self) -> int:
        """Run until told to stop; the answer is the exit code."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / "static").mkdir(exist_ok=True)
        with self._only_one() as free:
            if not free:
                self.say(f"Vigil already runs from this checkout: {self._address_file_says()}")
                self.say("Stop it there with Ctrl-C before starting it again.")
                return 1
            try:
                self._end_orphans()
                self._start_servers()
                self._prepare_database()
                with self._signals() as awake:
                    self._start_children()
                    self._watch(awake)
            except KeyboardInterrupt:
                self.say("Stopped before everything was up.")
                return 130
            except subprocess.CalledProcessError as failed:
                self.say(
                    f"It did not work: manage.py {failed.cmd[2]} ended with {failed.returncode}."
                )
                return 1
            finally:
                self._stop_children()
                (self.home / "address").unlink(missing_ok=True)
        self.say("Stopped. Everything is kept in " + str(self.home))
        return 0

    def say(self, sentence: str) -> None:
        self.out(sentence, flush=True)

    # -- before the processes start

    @contextmanager
    def _only_one(self):
        with open(self.home / "supervisor.lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _address_file_says(self):
        with suppress(OSError):
            return (self.home / "address").read_text()
        return "it is just starting"

    def _end_orphans(self):
        """End what a killed supervisor left behind: nobody else carries this home's mark."""
        orphans = marked_processes(self.home)
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if orphans:
            self.say(f"Ending {len(orphans)} processes that an earlier start left behind …")
            wait_for(lambda: not marked_processes(self.home), seconds=SECONDS_TO_STOP)

    def _start_servers(self):
        if not os.environ.get("DATABASE_URL"):
            self.say("Starting the database …")
        embedded.ensure_database()
        if not os.environ.get("BROKER_URL"):
            self.say("Starting the message broker …")
        embedded.ensure_broker()

    def _prepare_database(self):
        self.say("Bringing the database up to date …")
        # The cache's table comes first: migrating is followed by granting rights on every table.
        self._manage("createcachetable", "--verbosity=0", VIGIL_DB_ROLE="owner")
        self._manage("migrate", "--verbosity=0", VIGIL_DB_ROLE="owner")
        self._manage("load_library")
        if self.mode == "demo":
            self._manage("seed_demo")

    def _manage(self, command, *arguments, **environment):
        if command in self.commands:
            subprocess.run(
                [sys.executable, "manage.py", command, *arguments],
                cwd=embedded.CHECKOUT,
                env=os.environ | {"VIGIL_MODE": self.mode} | environment,
                check=True,
            )

    # -- the processes

    def _start_children(self):
        web, port = self._listen(self.first_port)
        if port != self.first_port:
            self.say(f"Port {self.first_port} is in use by another program, so this takes {port}.")
        self.port = port
        self.address = os.environ.setdefault("BASE_URL", f"http://localhost:{port}")
        (self.home / "address").write_text(self.address)

        if not os.environ.get("EMAIL_URL"):
            mail, mail_port = self._listen(2525)
            os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
            self._add(
                "mail sink",
                *("-m", "clinic.embedded.mailsink"),
                *("--fd", mail.fileno(), "--folder", self.home / "mail"),
                inherits=mail,
            )
        self._add(
            "web server",
            *("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"),
            *("--bind", f"fd://{web.fileno()}", "clinic.wsgi:application"),
            inherits=web,
            DATABASE_POOL="true",
        )
        celery = ("-m", "celery", "--app", "clinic.celery:app", "--quiet")
        self._add(
            "worker",
            *(*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"),
            *("--without-gossip", "--without-mingle"),
        )
        self._add(
            "scheduler",
            *(*celery, "beat", "--loglevel", "WARNING", "--pidfile="),
            *("--schedule", self.home / "beat-schedule"),
        )
        self.say("Starting web server, worker, scheduler and mail …")
        for child in self.children:
            child.start()

    def _add(self, name, *command, inherits=None, **environment):
        environment |= {"VIGIL_MODE": self.mode, MARK: str(self.home)}
        self.children.append(Child(name, command, self.home / "logs", environment, inherits))

    def _listen(self, first):
        for port in range(first, first + PORTS_TRIED):
            if listening := listen_on(port):
                return listening, port
        raise CannotStart(f"Every port from {first} to {first + PORTS_TRIED - 1} is in use.")

    # -- watching over them

    @contextmanager
    def _signals(self):
        """Let signals wake the loop instead of breaking into it."""
        awake, wake = socket.socketpair()
        wake.setblocking(False)
        awake.setblocking(False)
        before = signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        stop = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        former = {number: signal.signal(number, self._told_to_stop) for number in stop}
        former[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            yield awake
        finally:
            signal.set_wakeup_fd(before)
            for number, handler in former.items():
                signal.signal(number, handler)
            awake.close()
            wake.close()

    def _told_to_stop(self, number, frame):
        if self.stopping:  # a second Ctrl-C: no more patience
            for child in self.children:
                child.kill()
        self.stopping = True

    def _watch(self, awake):
        answers_by = time.monotonic() + SECONDS_TO_ANSWER
        look_at = time.monotonic() + LOOK_AFTER_SERVERS_EVERY
        waiting_for_web = True
        while not self.stopping:
            select.select([awake], [], [], 0.2 if waiting_for_web else 1)
            with suppress(BlockingIOError):
                awake.recv(4096)
            for child in self.children:
                for sentence in child.look_after():
                    self.say(sentence)
            if waiting_for_web and answers(self.port):
                waiting_for_web = False
                self._welcome()
            elif waiting_for_web and time.monotonic() > answers_by:
                waiting_for_web = False
                self.say(f"The web server does not answer. Its last words, from {self.home}/logs:")
                self.say(last_words(self.home / "logs" / "web-server.log"))
            if time.monotonic() > look_at:
                look_at = time.monotonic() + LOOK_AFTER_SERVERS_EVERY
                self._look_after_servers()
        self.say("Stopping …")
        self._stop_children()

    def _look_after_servers(self):
        try:
            for sentence in embedded.look_after_servers():
                self.say(sentence)
        except CannotStart as failed:
            self.say(f"{failed}\nTrying again in {LOOK_AFTER_SERVERS_EVERY} s.")

    def _welcome(self):
        self.say("")
        self.say(f"Vigil is ready: {self.address}")
        if self.mode == "demo":
            with suppress(subprocess.CalledProcessError):
                self._manage("demo_people")
        if "127.0.0.1" in os.environ["EMAIL_URL"]:
            self.say(
                f"Mail it sends is kept in {self.home / 'mail'}; logs in {self.home / 'logs'}."
            )
        self.say("Ctrl-C stops it.")

    def _stop_children(self):
        self.stopping = True
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + SECONDS_TO_STOP
        for child in self.children:
            child.wait(until)
        self.children = []


class Child:
    """One process, its log, and how often it fell."""

    def __init__(self, name, command, logs: Path, environment: dict, inherits=None):
        self.name = name
        self.command = [sys.executable, *map(str, command)]
        self.environment = environment
        self.inherits = inherits
        self.log = logs / f"{name.replace(' ', '-')}.log"
        self.process = None
        self.falls = 0
        self.start_again_at = None

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.rename(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=embedded.CHECKOUT,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self.inherits.fileno()] if self.inherits else [],
                start_new_session=True,  # Ctrl-C is for the supervisor, which then asks them
                preexec_fn=end_with_parent(),  # noqa: PLW1509 -- this process has one thread
            )
        self.started_at = time.monotonic()
        self.start_again_at = None

    def look_after(self):
        """Notice a fall, start again after a pause, and say so."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
                yield f"The {self.name} was started again."
        elif (code := self.process.poll()) is not None:
            self.kill()  # whatever it had started itself
            self.falls = 1 if now - self.started_at > STEADY_AFTER else self.falls + 1
            pause = min(2 ** (self.falls - 1), LONGEST_PAUSE)
            self.start_again_at = now + pause
            how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
            yield f"The {self.name} {how}; starting it again in {pause} s. Its log: {self.log}"
            if code > 0:
                yield last_words(self.log, lines=3)

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if not self.process:
            return
        try:
            self.process.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def end_with_parent():
    """What a new process does first, so that it cannot outlive a supervisor that is killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def before_exec():
        prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != parent:  # it died before we had asked
            os._exit(1)

    return before_exec


def marked_processes(home: Path) -> list[int]:
    """The living processes that a supervisor of this home started, and theirs."""
    mark = f"{MARK}={home}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


def listen_on(port: int) -> socket.socket | None:
    """A socket that listens on this machine's port, or None if another program has it."""
    # `localhost` may mean ::1 to a browser: a stranger there would get our people's requests.
    with suppress(OSError), socket.create_connection(("::1", port), timeout=1):
        return None
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except OSError:
        listening.close()
        return None
    return listening


def answers(port: int) -> bool:
    """Whether the web server answers a request, whatever it answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health", headers={"Host": "localhost"})
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
