"""The message that tells of a record opened outside its patient's care."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from clinic.messages import kinds

GLASS_BROKEN = "glass_broken"


def _words(message: Any) -> tuple[str, str]:
    address = settings.BASE_URL + reverse("break_glass:index")
    return (
        "A record was opened outside its care",
        f"At {message.site.name} a colleague opened the record of somebody who is not in their"
        " care, and gave a reason. You are told because you care for that person, or review such"
        f" openings.\n\nWho, whose and why you read in Vigil:\n{address}\n",
    )


def _still_wanted(message: Any, at: datetime) -> bool:
    return True


kinds.register(
    GLASS_BROKEN,
    still_wanted=_still_wanted,
    words=_words,
    label="Tells of a record opened outside its care",
    keeps_quiet_hours=False,
    may_be_stopped=False,
)
