"""What people type, paste and send that no form asked for, read from the files beside this module."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.builders.house import NOON

HERE = Path(__file__).parent
# What must be in the files, so that none is lost.
COUNTED = {
    "text": 56, "markup": 106, "days": 30, "moments": 18, "shapes": 34, "vitals": 36, "units": 20,
    "structure": 30, "identity": 24, "before": 12,
}  # fmt: skip
# The others of the 480: how many of each category meet no door of this module, and why.
NOT_HERE = {
    "vitals out of range": (18, "height, glucose and mean pressure are asked for nowhere"),
    "workflow": (34, "obstacles, each met by tests/gates"),
    "signatures": (18, "who signs is a rule: test_signed_is_frozen.py, test_signing.py"),
    "protocol templates": (26, "written in the admin site: tests/clinic/protocols"),
    "reminders": (18, "no message is written by hand: tests/clinic/messages"),
}  # fmt: skip


DETAILS = ("family_name", "given_name", "date_of_birth", "email", "phone")
LONG = {"long": "a" * 65_536}


@dataclass(frozen=True)
class Input:
    """One thing typed: its code, what it is, and the bytes a browser would send for it."""

    code: str
    what: str
    sent: bytes
    doubtful: bool = False

    def __str__(self):
        return self.code

    @property
    def text(self):
        """As letters, or None where these bytes are none."""
        try:
            return self.sent.decode()
        except UnicodeDecodeError:
            return None


def texts():
    """Everything that is text: pasted, broken, or written to do harm."""
    return [_input(each) for each in _file("text")["input"]] + [
        Input(f"{kind}-{number:02d}", value, value.encode())
        for kind, values in _file("markup").items()
        if isinstance(values, list)
        for number, value in enumerate(values, start=1)
    ]


def days():
    """Everything that is typed where a day is asked."""
    return [_input(each) for each in _file("days")["input"]]


def moments():
    """Everything that is typed where a time of day is asked, each with its day."""
    return [(_input(each), each.get("day", "2026-12-01")) for each in _file("moments")["input"]]


def numbers(kind):
    """What is typed where a number is asked: (input, of what, whether it is one)."""
    for number, each in enumerate(_file("numbers")[kind], start=1):
        typed = each["value"] * each.get("times", 1)
        told = Input(f"{kind}-{number:02d}", typed[:40], typed.encode())
        yield told, each.get("of", ""), each.get("kept", False)


def structures():
    """Forms in no shape a browser sends: (what, body, content type, headers, the name in it)."""
    form = "application/x-www-form-urlencoded"
    return [
        (
            f"{each['code']}, {each['what']}",
            bytes.fromhex(each["bytes"]) if "bytes" in each
            else (each["body"] * each.get("times", 1)).encode(),
            each.get("type", form),
            {name: LONG.get(value, value) for name, value in each.get("headers", {}).items()},
            each.get("name", "Kim"),
        )
        for each in _file("structure")["input"]
    ]  # fmt: skip


def identities():
    """People to register: (code, what is typed, whether somebody known may be this very person)."""
    for each in _file("identity")["input"]:
        typed = {name: each[name] for name in DETAILS if name in each}
        if "rest" in each:
            typed["email"] += each["rest"] * each["times"] + each["end"]
        yield f"{each['code']}, {each['what']}", typed, each.get("asks", False)


def _file(name):
    return tomllib.loads((HERE / f"{name}.toml").read_text())


def _input(each):
    if "bytes" in each:
        sent = bytes.fromhex(each["bytes"])
    elif "days_from_today" in each:
        sent = str((NOON + timedelta(days=each["days_from_today"])).date()).encode()
    else:
        sent = (each["value"] * each.get("times", 1)).encode()
    return Input(each["code"], each["what"], sent, each.get("doubtful", False))
