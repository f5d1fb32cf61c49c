"""A message that does not arrive becomes a matter for a person."""

from typing import Any

from django.dispatch import receiver

from clinic.attention import actions, kinds
from clinic.attention.models import Matter, Status, Urgency
from clinic.messages import signals
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message


def occurrence_of(message: Message) -> str:
    return f"message/{message.key}"


@receiver([signals.stuck, signals.failed], sender=Message, dispatch_uid="attention.not_delivered")
def ask_somebody(sender: Any, message: Message, by: Any, at: Any, **kwargs: Any) -> None:
    """Staff learn within minutes of what could not be sent; a lost page asks the next rung."""
    if message.kind == kinds.TOLD:
        _ask_the_next_rung(message, by=by, at=at)
        return
    label = KINDS[message.kind].label if message.kind in KINDS else message.kind
    actions.raise_matter(
        by=by,
        at=at,
        kind="message_not_delivered",
        words=f"Not delivered: {label.lower()}. {message.last_error}",
        urgency=Urgency.AMBER,
        occurrence=occurrence_of(message),
        case=message.case,
        site=message.site,
        about_key=message.key,
    )


def _ask_the_next_rung(message: Message, *, by: Any, at: Any) -> None:
    matter = Matter.objects.filter(key=message.about_key, status=Status.WAITING).first()
    # At the top the matter's own clock asks again; hurrying it here would never come to rest.
    if matter is None or matter.rung >= actions.queries.TOP:
        return
    Matter.objects.filter(pk=matter.pk).update(climbs_at=at)
    actions.climb(matter, by=by, at=at)


@receiver(signals.sent, sender=Message, dispatch_uid="attention.delivered_after_all")
def delivered_after_all(sender: Any, message: Message, by: Any, at: Any, **kwargs: Any) -> None:
    """What arrived in the end needs nobody any more."""
    actions.settle(occurrence=occurrence_of(message), by=by, at=at, outcome="Delivered after all.")
