"""Confirm a form that an authority prescribes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.cases.models import Case
from clinic.screening import queries
from clinic.screening.official.models import OfficialFormConfirmation
from clinic.screening.official.queries import what_is_confirmed
from clinic.screening.official.rules import obstacles_to_confirm
from clinic.workflow import refuse_unless_clear


@transaction.atomic
def confirm(
    case: Case,
    *,
    by: Any,
    at: datetime,
    edition: str,
    language: str,
    proof: signing.Proof | None,
    seen: str = "",
) -> OfficialFormConfirmation:
    """Confirm, signed, that an authority's own form was gone through with the person."""
    case.lock()
    refuse_unless_clear(obstacles_to_confirm(case, by=by, at=at, seen=seen))
    on = at.astimezone(case.site.tz).date()
    screening = queries.screening_of(case, on=on)
    assert screening is not None  # the rules have refused otherwise
    assert screening.official_form is not None
    licence = queries.deciding_licence(by, case, on=on)
    confirmation = OfficialFormConfirmation(
        case=case,
        site_id=case.site_id,
        form=screening.form,
        form_revision=screening.form.revision,
        title=screening.official_form.title,
        edition=edition,
        language=language,
        confirmed_at=at,
        confirmed_by=by,
    )
    confirmation.signature = signing.sign(
        confirmation,
        by=by,
        at=at,
        meaning=screening.official_form.statement,
        content=what_is_confirmed(screening, confirmation),
        proof=proof,
        licence=str(licence),
    )
    confirmation.save()
    record(
        "official form confirmed",
        confirmation,
        by=by,
        at=at,
        title=confirmation.title,
        edition=edition,
        language=language,
        revision=confirmation.form_revision,
        digest=confirmation.signature.digest,
    )
    return confirmation
