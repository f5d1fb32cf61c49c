"""Files of people, as another system hands them over."""

import json
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.cases.importing import actions, queries
from clinic.cases.importing.models import Kind
from tests.builders.house import NOON

HEADING = "Identifier,Family name,Given name,Birth date,Telephone"
ASH = "A-1,Ashdown,Iris,1979-02-03,+44 20 7946 0001"
BRAY = "A-2,Bray,Tom,4 March 1981,"


def a_table(*rows, heading=HEADING):
    """A table of people, with these rows or two of its own."""
    return "\n".join([heading, *(rows or (ASH, BRAY))]) + "\n"


def a_bundle(*patients):
    """A FHIR bundle with these resources."""
    entries = [{"resource": {"resourceType": "Patient", **each}} for each in patients]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def a_file_read(house, text=None, *, kind=Kind.CSV, by=None, at=NOON):
    """A file that intake staff have read and not imported."""
    by, text = by or house.intake, a_table() if text is None else text
    return actions.read(
        by=by,
        at=at,
        site=house.site,
        kind=kind,
        file_name="people.csv",
        text=text,
        key=uuid.uuid4(),
    )


def an_import(house, text=None, *, kind=Kind.CSV, **choices):
    """Everybody of a file registered; of those alike these were chosen, by row."""
    file = a_file_read(house, text, kind=kind)
    lines = queries.report(file, at=NOON)
    return actions.import_people(
        file,
        by=house.intake,
        at=NOON,
        choices={int(name.removeprefix("row_")): chosen for name, chosen in choices.items()},
        despite=[str(each.key) for line in lines for each in line.alike],
    )


def an_upload(content, name="people.csv"):
    """The file as a browser sends it."""
    content = content.encode() if isinstance(content, str) else content
    return SimpleUploadedFile(name, content)
