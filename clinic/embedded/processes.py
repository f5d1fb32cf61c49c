"""One process of a clinic on one machine, and the ports such processes listen on."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from clinic.embedded.shared import last_words

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LONGEST_PAUSE = 30  # between two attempts to start what keeps ending
STEADY_AFTER = 60  # seconds of life after which earlier failures are forgotten
LARGEST_LOG = 5_000_000
MARK = "VIGIL_CHILD_OF"
PR_SET_PDEATHSIG = 1


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
                cwd=CHECKOUT,
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
