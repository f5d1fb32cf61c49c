"""Put several forms before a person as one address."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.checklists import actions as checklists
from clinic.checklists.queries import form_for_case
from clinic.links.actions import make_link
from clinic.links.kinds import SENT
from clinic.links.models import PatientLink
from clinic.links.packets.queries import SCREENING, purpose_of
from clinic.links.rules import obstacles_to_offer
from clinic.messages import actions as messages
from clinic.protocols.queries import document_of
from clinic.workflow import refuse_unless_clear


@transaction.atomic
def send_packet(
    case: Any, *, by: Any, at: datetime, codes: Sequence[str], by_email: bool
) -> PatientLink:
    """Put several forms before a person as one address: by e-mail, or handed over on the spot.

    Each is a form of its own, apart from what staff have written: nothing of theirs is touched.
    """
    case.lock()
    refuse_unless_clear(obstacles_to_offer(case, by=by, at=at, by_email=by_email))
    packet_key, links = uuid.uuid4(), []
    for code in codes:
        form = checklists.open_form(
            case,
            by=by,
            at=at,
            checklist=_checklist(case, code),
            purpose=purpose_of(code),
            about_key=packet_key,
            by_patient=True,
        )
        links.append(make_link(form, by=by, at=at, packet_key=packet_key)[0])
    if by_email:
        messages.queue(
            by=by,
            at=at,
            kind=SENT,
            occurrence=f"link/{links[0].key}",
            due_at=at,
            case=case,
            about_key=links[0].key,
        )
    record("packet of forms made", links[0], by=by, at=at, forms=list(codes), by_email=by_email)
    return links[0]


def _checklist(case: Any, code: str) -> Any:
    if code == SCREENING:
        return document_of(case.protocol_version).screening.persons_part()
    return form_for_case(case, code)
