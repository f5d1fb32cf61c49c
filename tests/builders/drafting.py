"""Pages of a draft, and what a browser sends of them."""

import json

from django.http import QueryDict

from clinic.protocols.drafting import actions
from clinic.protocols.drafting.parts import Written
from clinic.protocols.drafting.places import groups_of_row, read_place, write_place
from clinic.protocols.drafting.sections import SECTIONS
from clinic.protocols.drafting.sheet import Sheet
from clinic.protocols.files import library, read


def a_document(code):
    """A shipped protocol as a draft writes it."""
    return json.loads(read(library()[code]).canonical())


def as_sent(sheet):
    """What a browser sends of a page nobody has typed into."""
    sent = {}
    for piece in sheet.pieces:
        sent[piece.seen] = [piece.carried]
        forms = [piece.form]
        if piece.is_list:
            forms = [piece.form.management_form, *piece.form.forms]
        for form in forms:
            for box in form:
                value = box.value()
                if value is None or value is False or value in ("", []):
                    continue
                sent[box.html_name] = [
                    "on" if value is True else str(v)
                    for v in (value if isinstance(value, list) else [value])
                ]
    return sent


def data_of(sent):
    data = QueryDict(mutable=True)
    for name, values in sent.items():
        data.setlist(name, values)
    return data


def every_page(document):
    """The groups of every page of a draft: its sections and the rows with pages of their own."""
    waiting = [section.groups for section in SECTIONS]
    while waiting:
        groups = waiting.pop()
        yield groups
        for group in groups:
            if group.rows_have_pages:
                for key, _ in group.rows(document):
                    at, model, is_named = read_place(write_place((*group.place, key)))
                    waiting.append(groups_of_row(at, model, is_named=is_named))


BEGUN = {
    "code": "ours",
    "title": "Our own way",
    "substance": "ketamine",
    "substance_label": "Ketamine",
    "substance_form": "Ketamine hydrochloride, racemic, solution",
    "route": "by mouth",
    "unit": "mg",
    "jurisdiction": "US",
    "indication": "Depression",
    "nouns": {
        "person": "patient",
        "people": "patients",
        "clinician": "clinician",
        "clinicians": "clinicians",
        "session": "session",
        "sessions": "sessions",
        "adverse_event": "adverse event",
        "adverse_events": "adverse events",
        "supporter": "escort",
    },
}


def an_empty_draft(house, *, at, **said):
    """A protocol that an author has just begun."""
    return actions.begin(by=house.author, at=at, **(BEGUN | said))


def typed(version, code, said):
    """One part as an author types it over what stands."""
    (group,) = [g for s in SECTIONS for g in s.groups if g.code == code]
    return Written(group, group.digest(version.document), said)


def a_sheet(version, groups):
    """What a browser sends of a page as it stands."""
    return as_sent(Sheet(None, groups=groups, document=version.document))
