"""The letter that carries a link: neutral words, for it may lie open on a kitchen table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clinic.links.models import PatientLink
from clinic.links.tokens import address_of
from clinic.messages import kinds

SENT = "form_link"


def link_of(message: Any) -> PatientLink | None:
    """The link a letter carries."""
    return PatientLink.objects.filter(key=message.about_key).first()


def still_open(message: Any, at: datetime) -> bool:
    """Whether the link still opens a form that is not finished, or a packet that holds one."""
    link = link_of(message)
    if link is None:
        return False
    links = PatientLink.objects.filter(packet_key=link.packet_key) if link.packet_key else [link]
    return any(each.state_at(at) in {"open", "begun"} for each in links)


def words(message: Any) -> tuple[str, str]:
    """What the letter says."""
    site = message.site
    return (
        f"A few questions from {site.name}",
        "Please answer a few questions when you have ten quiet minutes:\n\n"
        f"{address_of(link_of(message))}\n\n"
        "The address is meant for you alone. It works on any phone, and you can stop and go on "
        f"later.\n\nIf you need us, call {site.phone or site.name}.\n"
        "If you are in danger, call your local emergency number.\n",
    )


kinds.register(SENT, still_wanted=still_open, words=words, label="Questions by link")
