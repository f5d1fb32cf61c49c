"""The words of an invitation, for the outbox."""

from django.conf import settings
from django.urls import reverse

from clinic.messages import kinds
from clinic.people.door.ties import HOLDINGS, Holding
from clinic.people.models import Invitation
from clinic.people.queries import organisation, token_of


def _invitation(message):
    return Invitation.objects.select_related("site", "invited_by").get(key=message.about_key)


def is_wanted(message, at):
    """An invitation is sent while it can still be used."""
    invitation = _invitation(message)
    return (
        invitation.accepted_at is None
        and invitation.revoked_at is None
        and invitation.expires_at > at
    )


def words(message):
    """Who invites, to what, and the link; good once, for a week."""
    invitation = _invitation(message)
    link = settings.BASE_URL + reverse("people:accept", args=[token_of(invitation)])
    house = organisation()
    until = invitation.expires_at.astimezone(invitation.site.tz)
    if not invitation.role:
        return (
            f"Your way back into {house}",
            f"Dear {invitation.name},\n\n"
            f"{invitation.invited_by} has reset your second factor at {house}. Your password opens"
            " nothing any more.\n\n"
            f"Open this link to set both up anew:\n{link}\n\n"
            f"It can be used once, until {until:%d %B %Y, %H:%M} ({until:%Z}). If you did not ask"
            " for it, tell the clinic at once.\n",
        )
    return (
        f"Your invitation to {house}",
        f"Dear {invitation.name},\n\n"
        f"{invitation.invited_by} invites you to work with Vigil at {invitation.site} ({house}),"
        f" as {invitation.get_role_display().lower()}.\n\n"
        f"Open this link to set your password:\n{link}\n\n"
        f"It can be used once, until {until:%d %B %Y, %H:%M} ({until:%Z}). If you did not expect"
        " it, delete this message.\n",
    )


def duties(user, at):
    """The duties somebody has still to do."""
    shifts = user.shifts.filter(ends_at__gt=at).select_related("site")[:20]
    return [
        Holding(
            f"{shift.get_duty_display()} at {shift.site}, "
            f"{shift.starts_at.astimezone(shift.site.tz):%d %b %Y, %H:%M}",
            f"{reverse('people:rota')}?site={shift.site.key}"
            f"&week={shift.starts_at.astimezone(shift.site.tz):%Y-%m-%d}",
        )
        for shift in shifts
    ]


HOLDINGS.append(duties)
kinds.register("invitation", still_wanted=is_wanted, words=words, label="Invitation")
