"""What does not arrive becomes a matter for a person: a message, a checkpoint of the trail."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from clinic.attention import actions, kinds
from clinic.attention.models import Matter, Status, Urgency
from clinic.audit import signals as trail
from clinic.messages import signals
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.people.door.ties import HOLDINGS, Holding
from clinic.people.models import Site
from clinic.people.queries import system_user


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


@receiver(trail.checkpoint_late, dispatch_uid="attention.checkpoint_late")
def ask_about_the_checkpoint(sender: Any, place: Any, since: Any, at: Any, **kwargs: Any) -> None:
    """The trail belongs to the whole organisation; its first site asks for a person."""
    if site := Site.objects.filter(closed_at__isnull=True).order_by("pk").first():
        actions.raise_matter(
            by=system_user(),
            at=at,
            kind="checkpoint_late",
            words=f"The trail has not been written down outside ({place.label})"
            f" since {since:%d %B %Y, %H:%M} UTC. Tell whoever runs the server.",
            urgency=Urgency.AMBER,
            occurrence=f"checkpoint/{place.address}/{since.isoformat()}",
            site=site,
        )


@receiver(trail.checkpoints_arrive, dispatch_uid="attention.checkpoints_arrive")
def checkpoints_arrive_again(sender: Any, at: Any, **kwargs: Any) -> None:
    """Every place has what it should have: nobody needs to look any more."""
    for matter in Matter.objects.filter(kind="checkpoint_late", status=Status.WAITING):
        actions.settle(
            occurrence=matter.occurrence, by=system_user(), at=at, outcome="It arrived after all."
        )


def matters_taken(user: Any, at: Any) -> list[Holding]:
    """How many matters somebody has taken and not closed."""
    count = Matter.objects.filter(status=Status.TAKEN, taken_by=user).count()
    if not count:
        return []
    words = "One matter" if count == 1 else f"{count} matters"
    return [Holding(f"{words} taken and not closed", reverse("attention:index"))]


HOLDINGS.append(matters_taken)
