"""Several forms that went out as one link, and what came back of the screening."""

from clinic.checklists.queries import checklist_of
from clinic.links import actions as links
from clinic.links.models import PatientLink
from clinic.links.packets import actions
from clinic.people.queries import system_user
from sessions.rehearsal.answering import harmless
from tests.builders.house import NOON

BOTH = ("screening", "phq-9")


def a_packet(house, case, *, at=NOON, by=None, codes=BOTH, by_email=False):
    """A link that holds several forms of a case."""
    by = by or house.facilitator
    return actions.send_packet(case, by=by, at=at, codes=codes, by_email=by_email)


def links_in(link):
    """Every link of a packet, in the order of its forms."""
    return list(PatientLink.objects.filter(packet_key=link.packet_key).order_by("pk"))


def a_screening_sent_back(house, case, *, at=NOON, codes=("screening",), **chosen):
    """The screening as the person has filled it on their own phone and sent it back."""
    link = a_packet(house, case, at=at, codes=codes)
    answers = harmless(checklist_of(link.form), at.date(), **chosen)
    links.finish(link, by=system_user(), at=at, answers=answers, revision=0)
    return link.form
