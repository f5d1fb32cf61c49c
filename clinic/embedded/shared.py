"""A server that several processes share: the first starts it, the last one to leave stops it.

Who uses the server is known to the kernel and nobody else: each process holds a shared lock on
one file. A killed process lets go by being dead, so there is no count to repair afterwards.
"""

import atexit
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 120  # a database that was killed may have minutes of log to replay
ANSWER_SECONDS = 5
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes


class CannotStart(SystemExit):
    """A server could not be started; the message is one sentence for whoever started it."""


class SharedServer:
    """One server in one folder, and this process's place among its users."""

    name = "server"
    socket_name = "socket"
    hello = b""

    def __init__(self, folder: Path):
        self.folder = folder
        self._place = None
        self._joined_by = None

    # -- what each server says for itself

    def prepare_folder(self) -> None:
        """Make the folder, private to the account the server runs under."""
        make_private(self.folder)

    def start(self) -> None:
        """Start the server in the background."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Bring a running server to the state its users expect; doing it twice changes nothing."""

    # -- joining and leaving

    def join(self) -> None:
        """Start the server unless it runs, and hold a place among its users until this process ends."""
        self.prepare_folder()
        with self._alone():
            self._place = os.open(self.folder / "users.lock", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._place, fcntl.LOCK_SH)
            try:
                self._bring_up()
            except BaseException:
                self._give_up_place()
                raise
        self._joined_by = os.getpid()
        atexit.register(self.leave)
        leave_on_sigterm()

    def start_if_dead(self) -> None:
        """Start the server again if it is gone, for one who already has a place."""
        with self._alone():
            self._bring_up()

    def _bring_up(self):
        if not self.is_alive():
            self.start()
        self.prepare()

    def leave(self) -> None:
        """Let go of the server, and stop it if nobody else holds on to it."""
        if self._joined_by != os.getpid():  # a forked child shares the lock, but not the duty
            return
        self._joined_by = None
        try:
            fcntl.flock(self._place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            self.stop()
        self._give_up_place()

    def _give_up_place(self):
        os.close(self._place)
        self._place = None

    @contextmanager
    def _alone(self):
        with open(self.folder / "start.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # -- its socket

    def is_alive(self) -> bool:
        """Whether a server answers on the socket: a pid file may name somebody else's process."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            try:
                connection.connect(str(self.socket_path))
                connection.sendall(self.hello)
                return bool(connection.recv(1))
            except TimeoutError:
                return True  # something listens there and is only slow
            except OSError:
                return False

    @property
    def socket_path(self) -> Path:
        return self.socket_folder / self.socket_name

    @property
    def socket_folder(self) -> Path:
        """The server's own folder, or a short one elsewhere if the path would be too long."""
        if len(os.fsencode(self.folder / self.socket_name)) <= LONGEST_SOCKET_PATH:
            return self.folder
        # The link keeps processes together whose temporary folders differ.
        link = self.folder / "socket-folder"
        if not link.is_symlink():
            digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
            link.symlink_to(Path(tempfile.gettempdir()) / f"vigil-{digest}")
        elsewhere = Path(os.readlink(link))
        self.make_socket_folder(elsewhere)
        return elsewhere

    def make_socket_folder(self, path: Path) -> None:
        make_private(path)


def make_private(folder: Path, uid: int | None = None, gid: int = -1) -> None:
    """Make a folder that only one account may enter, and refuse one that somebody else prepared."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen = folder.lstat()
    wanted = os.getuid() if uid is None else uid
    if seen.st_uid not in {wanted, os.getuid()} or folder.is_symlink():
        raise CannotStart(
            f"{folder} belongs to another account. Remove it, or set VIGIL_HOME to another folder."
        )
    if seen.st_uid != wanted:
        os.chown(folder, wanted, gid)
    if seen.st_mode & 0o777 != 0o700:
        folder.chmod(0o700)


def leave_on_sigterm() -> None:
    """Make SIGTERM end this process the ordinary way, so that it lets go of its servers."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end_ordinarily)


def _end_ordinarily(number, frame):
    sys.exit(128 + number)


def wait_for(is_so, *, seconds: float = START_SECONDS, every: float = 0.05) -> bool:
    """Whether something becomes so within the time given."""
    until = time.monotonic() + seconds
    pause = threading.Event()
    while not is_so():
        if time.monotonic() > until:
            return False
        pause.wait(every)
    return True


def run(command, **options) -> subprocess.CompletedProcess:
    """Run a command to its end, out of the way of the terminal."""
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        **options,
    )


def last_words(log: Path, lines: int = 8) -> str:
    """The end of a log file, for a message about what went wrong."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "It left no log."
