"""What people type, paste and send that no form asked for, read from the files beside this module."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.builders.house import NOON

HERE = Path(__file__).parent
COUNTED = {"text": 56, "markup": 106, "days": 30}  # what must be in the files, so none is lost
# The others of the 480: how many of each category meet no door of this module, and why.
NOT_HERE = {
    "vitals out of range": (66, "no vital sign is asked for at these doors"),
    "units mixed": (20, "no amount is asked for at these doors"),
    "number shapes": (34, "no number is asked for at these doors; questionnaires ask for them"),
    "times of day": (18, "a birth date has none; of the 48 about time 30 are about a day"),
    "identity": (24, "who is whom is a rule: test_registration.py, test_importing.py"),
    "structure": (30, "of every form alike: tests/matrix/test_forms.py, test_formsets.py"),
    "workflow": (34, "obstacles, each met by tests/gates"),
    "signatures": (18, "nothing is signed at these doors"),
    "protocol templates": (26, "no template is written at these doors"),
    "reminders": (18, "no message is written at these doors"),
}


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
