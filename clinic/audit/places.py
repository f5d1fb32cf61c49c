"""Where checkpoints go: a file on another machine's disk, another host, somebody's mail.

A place is an address: `file:///mnt/auditor/trail.jsonl` is added to line by line;
`https://host/folder/` gets one object each by PUT (what WebDAV, nginx's dav module and object
stores with a lock understand); `mailto:auditor@example.org` gets what is new once an hour.
"""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from clinic.audit.models import Checkpoint, Dispatch

SECONDS = 10
AT_A_TIME = 200
GRACE = timedelta(minutes=15)  # house: three checkpoints of five minutes may miss their way
HOURLY = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """One place outside, by its address."""

    address: str

    @property
    def scheme(self) -> str:
        return urlsplit(self.address).scheme

    @property
    def label(self) -> str:
        """What a person reads: no path, no password."""
        parts = urlsplit(self.address)
        if self.scheme == "mailto":
            return f"mail to {parts.path}"
        return "a file" if self.scheme == "file" else f"the host {parts.hostname}"

    @property
    def every(self) -> timedelta:
        return HOURLY if self.scheme == "mailto" else timedelta(0)


@dataclass(frozen=True)
class Late:
    """A place that has not had a checkpoint for longer than it may be without one."""

    place: Place
    since: datetime


def places() -> list[Place]:
    """Every place the operator has named."""
    return [Place(address) for address in settings.CHECKPOINT_PLACES]


def send_out(place: Place, *, at: datetime) -> Dispatch | None:
    """Write down in one place what it has not had yet; a failure is kept in words and told."""
    waiting = list(_waiting(place)[:AT_A_TIME])
    last = _arrived(place)
    if not waiting or (last and at - last.at < place.every):
        return None
    try:
        _WAYS[place.scheme](place.address, waiting)
        error = ""
    except Exception as failed:  # noqa: BLE001 -- every way has errors of its own; all mean: not there
        error = f"{type(failed).__name__}: {failed}"
    up_to = waiting[-1].number if not error else (last.up_to if last else 0)
    return Dispatch.objects.create(place=place.address, at=at, up_to=up_to, error=error)


def late_places(*, at: datetime) -> list[Late]:
    """The places in which a checkpoint that was taken has not arrived in time."""
    found = []
    for place in places():
        oldest = _waiting(place).first()
        if oldest and at - oldest.at > place.every + GRACE:
            found.append(Late(place, oldest.at))
    return found


def is_silent(*, at: datetime) -> bool:
    """Whether nobody has taken a checkpoint for so long that the schedule must have stopped."""
    last = Checkpoint.objects.order_by("number").last()
    return last is None or at - last.at > HOURLY + GRACE


def _arrived(place: Place) -> Dispatch | None:
    return Dispatch.objects.filter(place=place.address, error="").order_by("up_to", "pk").last()


def _waiting(place: Place):
    last = _arrived(place)
    return Checkpoint.objects.filter(number__gt=last.up_to if last else 0).order_by("number")


def _to_file(address: str, checkpoints: list[Checkpoint]) -> None:
    path = Path(urlsplit(address).path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(checkpoint.line + "\n" for checkpoint in checkpoints)
        file.flush()
        os.fsync(file.fileno())


def _to_host(address: str, checkpoints: list[Checkpoint]) -> None:
    for checkpoint in checkpoints:
        request = urllib.request.Request(
            f"{address.rstrip('/')}/{checkpoint.number:09}.json",
            data=checkpoint.line.encode(),
            method="PUT",
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=SECONDS):  # an answer of 400 and more raises
            pass


def _to_mail(address: str, checkpoints: list[Checkpoint]) -> None:
    first, last = checkpoints[0].number, checkpoints[-1].number
    message = EmailMessage(
        f"Vigil: checkpoints {first} to {last} of the trail",
        "Keep the attached file. It shows whether the trail was changed after these moments;\n"
        "it holds no name and nothing about anybody.\n",
        to=[urlsplit(address).path],
    )
    lines = "".join(checkpoint.line + "\n" for checkpoint in checkpoints)
    message.attach(f"checkpoints-{first:09}-{last:09}.json", lines, "application/json")
    message.send()


_WAYS: dict[str, Callable[[str, list[Checkpoint]], None]] = {
    "file": _to_file,
    "http": _to_host,
    "https": _to_host,
    "mailto": _to_mail,
}
