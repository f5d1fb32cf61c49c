"""What each kind of matter is called and where one acts on it; and the message that tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from clinic.attention.models import Matter, Status, Urgency
from clinic.messages import kinds as messages


@dataclass(frozen=True)
class Kind:
    """One kind of matter, as the slice that raises it describes it."""

    code: str
    label: str
    still_wanted: Callable[[Matter, datetime], bool]
    words: Callable[[Matter], str]
    leads_to: str  # the URL name of the page on which one acts
    takes_case: bool  # that page takes the case's key, not the key of what the matter is about


KINDS: dict[str, Kind] = {}


def register(
    code: str,
    *,
    label: str = "",
    still_wanted: Callable[[Matter, datetime], bool] = lambda matter, at: True,
    words: Callable[[Matter], str] = lambda matter: matter.words,
    leads_to: str = "",
    takes_case: bool = False,
) -> Kind:
    """Make a kind of matter known: `still_wanted` says at each climb whether it still stands."""
    if code in KINDS:
        raise ValueError(f"the kind of matter '{code}' is taken")
    KINDS[code] = Kind(
        code,
        label or code.replace("_", " ").capitalize(),
        still_wanted,
        words,
        leads_to,
        takes_case,
    )
    return KINDS[code]


def kind_of(matter: Matter) -> Kind:
    """The kind of a matter; one nobody described stands for itself."""
    return KINDS.get(matter.kind) or Kind(
        matter.kind,
        matter.kind.replace("_", " ").capitalize(),
        lambda matter, at: True,
        lambda matter: matter.words,
        "",
        False,
    )


# -- The message to the person who is told ---------------------------------------------------

TOLD = "attention_told"


def _matter_of(message: Any) -> Matter | None:
    return Matter.objects.filter(key=message.about_key).first()


def _still_waits(message: Any, at: datetime) -> bool:
    matter = _matter_of(message)
    return matter is not None and matter.status == Status.WAITING


def _words(message: Any) -> tuple[str, str]:
    matter = Matter.objects.get(key=message.about_key)
    when = "now" if matter.urgency == Urgency.RED else "today"
    address = settings.BASE_URL + reverse("attention:show", args=[matter.key])
    return (
        f"Something needs a person {when}",
        f"Something at {message.site.name} needs a person {when}, and you are the one asked.\n\n"
        f"Read it and take it here:\n{address}\n\n"
        "Until somebody takes it, the next person in line is asked.\n",
    )


messages.register(
    TOLD,
    still_wanted=_still_waits,
    words=_words,
    label="Asks a colleague to look",
    keeps_quiet_hours=False,
    may_be_stopped=False,
)
register(
    "message_not_delivered",
    label="Message not delivered",
    leads_to="messages:index",
    takes_case=True,
)
register("checkpoint_late", label="Trail not written down outside")
