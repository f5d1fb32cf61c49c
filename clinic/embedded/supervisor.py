"""Run everything one clinic needs on one machine, and keep it running: `make demo`, `make run`."""

import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

from clinic import embedded
from clinic.embedded.processes import MARK, Child, answers, listen_on, marked_processes
from clinic.embedded.shared import CannotStart, last_words, wait_for

FIRST_PORT = 8000
PORTS_TRIED = 100
SECONDS_TO_STOP = 10
SECONDS_TO_ANSWER = 60
LOOK_AFTER_SERVERS_EVERY = 5


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
        self._manage("prepare", VIGIL_DB_ROLE="owner")
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
