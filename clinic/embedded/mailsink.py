"""A mail server that delivers nowhere: every message becomes a file one can open and read."""

import argparse
import asyncio
import os
import signal
import socket
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP


class WriteToFolder:
    """Keep each message as one .eml file, named by when it came."""

    def __init__(self, folder: Path):
        self.folder = folder

    async def handle_DATA(self, server, session, envelope):
        self.keep(envelope)
        return "250 Kept in a file"

    def keep(self, envelope):
        """Write the message whole before it is accepted, so that no accepted one is half a file."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        part = self.folder / f".{stamp}.part"
        with open(part, "wb") as file:
            file.write(b"X-Envelope-To: " + ", ".join(envelope.rcpt_tos).encode() + b"\r\n")
            file.write(envelope.content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self.folder / f"{stamp}.eml")


async def serve(listening: socket.socket, folder: Path) -> None:
    """Take mail until told to stop."""
    loop = asyncio.get_running_loop()
    told_to_stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, told_to_stop.set)
    server = await loop.create_server(
        lambda: SMTP(WriteToFolder(folder), hostname="localhost", loop=loop), sock=listening
    )
    async with server:
        await told_to_stop.wait()


def main() -> None:
    """Serve on a socket that whoever started this has opened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(serve(socket.socket(fileno=options.fd), options.folder))


if __name__ == "__main__":
    main()
