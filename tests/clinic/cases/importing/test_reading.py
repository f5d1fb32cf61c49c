"""What can be read from a file, and in which words the rest is refused."""

import csv
import io
import json
from datetime import date

import pytest

from clinic.cases.importing import bundles, csv_files
from clinic.cases.importing.checking import check
from clinic.cases.importing.dates import day_of
from clinic.cases.importing.forms import ReadForm
from clinic.cases.importing.rows import COLUMNS, Row, Unreadable
from clinic.people.models import Site
from tests.builders.importing import a_bundle, a_table, an_upload

JULY = date(1985, 7, 14)


@pytest.mark.parametrize(
    "written",
    ["1985-07-14", "14.07.1985", "14.7.1985", "14/07/1985", "07/14/1985", "14 July 1985",
     "14 Jul 1985", "July 14, 1985", " 1985-07-14 ", "1985-07-14T00:00:00"],
)  # fmt: skip
def test_a_day_that_means_one_day_is_read(written):
    assert day_of(written) == JULY


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("03/04/1985", "may be 04 March 1985 or 03 April 1985"),
        ("3-4-1985", "may be"),
        ("14/07/85", "not a day that can be read without doubt"),
        ("31/02/1985", "no day of the calendar"),
        ("1985-02-30", "not a day"),
        ("31242", "a number of a spreadsheet"),
        ("1985", "a number of a spreadsheet or a year"),
        ("1985-07", "not a day"),
        ("١٤/٠٧/١٩٨٥", "not a day"),
        ("yesterday", "not a day"),
        ("1985-W28-7", "not a day"),
        ("485136000000", "not a day"),
    ],
)
def test_a_day_in_doubt_is_refused_in_words(written, says):
    with pytest.raises(ValueError, match=says):
        day_of(written)


def test_the_same_day_either_way_round_is_read():
    assert day_of("05/05/1985") == date(1985, 5, 5)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_table_is_read_whatever_separates_it(separator, ending):
    text = a_table().replace(",", separator).replace("\n", ending)

    rows = csv_files.rows_of(text)

    assert [(row.place, row.shown) for row in rows] == [(2, "Ashdown, Iris"), (3, "Bray, Tom")]


def test_cells_in_quotes_hold_separators_line_ends_and_quotes():
    text = 'Family name;Birth date;Address\n"O""Hara; Jo";1980-01-01;"1 Road\nTown"\n'

    (row,) = csv_files.rows_of(text)

    assert (row.typed["family_name"], row.typed["address"]) == ('O"Hara; Jo', "1 Road\nTown")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is nothing in this file."),
        ("Family name,Birth date\n", "There is nobody in this file"),
        ("a,b\n1,2\n", "names none of the columns"),
        ("Family name,Birth date,Diagnosis\nA,1980-01-01,x\n", "not known: “Diagnosis”"),
        ("Family name,Birth date,\nA,1980-01-01,x\n", "one without a name"),
        ("Family name,Surname,Birth date\nA,B,1980-01-01\n", "there twice: Family name"),
        ("Given name\nA\n", "missing: Family name, Birth date"),
        ('Family name,Birth date\n"A,1980-01-01\n', "breaks off at line"),
        ('Family name,Birth date\n"A"b,1980-01-01\n', "breaks off at line 2"),
        ("Family name,Birth date\n" + "A,1980-01-01\n" * 501, "at most 500 at a time"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_told_is_refused_in_words(text, says):
    with pytest.raises(Unreadable, match=says.replace("(", r"\(")):
        csv_files.rows_of(text)


@pytest.mark.parametrize(
    ("typed", "column", "says"),
    [
        ({"family_name": ""}, "Family name", "Fill this in."),
        ({"date_of_birth": ""}, "Birth date", "Fill this in."),
        ({"date_of_birth": "03/04/1985"}, "Birth date", "may be"),
        ({"email": "robin at example"}, "E-mail", "valid email"),
        ({"zone": "Mars/Olympus"}, "Time zone", "is not a time zone"),
        ({"language": "Klingon"}, "Language", "none of the languages"),
        ({"may_email": "perhaps"}, "May be written to by e-mail", "neither yes nor no"),
        ({"family_name": "A" * 121}, "Family name", "at most 120"),
        ({"family_name": "A\x07"}, "Family name", "control sign"),
        ({"family_name": "A\ud800"}, "Family name", "half a letter"),
        ({"family_name": "A\0"}, "Family name", "Null characters"),
        ({"identifier": "9" * 201}, "Identifier", "at most 200"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_at_the_cell(typed, column, says):
    row = Row(2, {"family_name": "Ashdown", "date_of_birth": "1979-02-03"} | typed)

    check(row)

    ((named, sentence),) = [(each.column, each.sentence) for each in row.wrong]
    assert (named, says in sentence) == (column, True), sentence


def test_a_row_with_a_cell_too_many_is_wrong():
    (row,) = csv_files.rows_of(a_table("A-1,Ash,down,Iris,1979-02-03,+44"))

    assert row.wrong[0].sentence == "It has 6 cells; the first row has 5."


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "\t=1"])
def test_a_formula_is_a_name_like_any_other(formula):
    row = Row(2, {"family_name": formula, "date_of_birth": "1979-02-03"})

    check(row)

    assert row.details["family_name"] == formula.strip()


def test_the_template_names_every_column_and_holds_no_formula():
    (cells,) = csv.reader(io.StringIO(csv_files.template()))

    assert cells == [words[0] for words in COLUMNS.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


# -- Bundles


def test_a_patient_of_a_bundle_is_read_and_what_is_left_is_named():
    text = a_bundle(
        {
            "id": "p1",
            "identifier": [{"system": "urn:mrn", "value": "77"}],
            "name": [
                {"use": "official", "family": "Núñez", "given": ["Ana", "María"]},
                {"use": "nickname", "given": ["Anita"]},
                {"use": "maiden", "family": "Ruiz"},
            ],
            "telecom": [
                {"system": "phone", "value": "+34 600 000 001", "rank": 2},
                {"system": "phone", "value": "+34 600 000 000", "rank": 1},
                {"system": "email", "value": "ana@example.org"},
                {"system": "email", "value": "old@example.org", "use": "old"},
            ],
            "birthDate": "1979-02-03",
            "address": [{"line": ["Calle 1"], "postalCode": "28001", "city": "Madrid"}],
            "communication": [
                {"language": {"coding": [{"code": "en"}]}},
                {"language": {"coding": [{"code": "es-ES"}]}, "preferred": True},
            ],
            "gender": "female",
        }
    )

    (row,) = bundles.rows_of(text)
    check(row)

    assert row.wrong == []
    assert row.identifier == "urn:mrn|77"
    assert row.details == {
        "family_name": "Núñez", "given_name": "Ana María", "known_as": "Anita",
        "date_of_birth": date(1979, 2, 3), "phone": "+34 600 000 000",
        "email": "ana@example.org", "may_email": False, "address": "Calle 1\n28001 Madrid",
        "language": "es", "interpreter_language": "", "zone": "", "channel": "", "allergies": "",
    }  # fmt: skip
    assert row.not_taken == [
        "gender", "the name used as maiden", "another phone: +34 600 000 001", "also speaks en",
    ]  # fmt: skip


def test_somebody_with_one_name_has_it_as_family_name():
    rows = bundles.rows_of(a_bundle({"name": [{"given": ["Suharto"]}], "birthDate": "1950-01-01"}))

    assert rows[0].shown == "Suharto"


@pytest.mark.parametrize(
    ("patient", "column", "says"),
    [
        ({"birthDate": "1979-02", "name": [{"family": "A"}]}, "Birth date", "not a day"),
        ({"birthDate": "1979-02-31"}, "birthDate", "date"),
        ({"birthDate": "1979-02-03", "name": "Ann"}, "name", "list"),
        ({"birthDate": "1979-02-03", "name": []}, "Family name", "Fill this in."),
        ({"birthDate": "1979-02-03", "name": [{"family": "A"}], "deceasedBoolean": True},
         "deceased", "has died"),
        ({"birthDate": "1979-02-03", "name": [{"family": "A"}], "active": False},
         "active", "no longer in use"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_entry_is_said_where_it_is_wrong(patient, column, says):
    (row,) = bundles.rows_of(a_bundle(patient))
    check(row)

    assert [(each.column, says in each.sentence) for each in row.wrong][-1] == (column, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "breaks off at line 1"),
        ('{"resourceType": "Patient", "a": NaN}', "not whole JSON"),
        ('{"resourceType": "Observation"}', "no FHIR Bundle"),
        ("[1, 2]", "no FHIR Bundle"),
        ('{"resourceType": "Bundle"}', "nobody in this bundle"),
        ('{"resourceType": "Bundle", "entry": {}}', "nobody in this bundle"),
        ("[" * 100_000, "not whole JSON"),
    ],
)
def test_json_that_is_no_bundle_is_refused_in_words(text, says):
    with pytest.raises(Unreadable, match=says):
        bundles.rows_of(text)


@pytest.mark.parametrize("entry", [None, 7, {}, {"resource": {"resourceType": "Observation"}}])
def test_an_entry_that_is_nobody_is_wrong(entry):
    bundle = f'{{"resourceType": "Bundle", "entry": [{json.dumps(entry)}]}}'

    (row,) = bundles.rows_of(bundle)

    assert "only Patient is read" in row.wrong[0].sentence


# -- Files


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The submitted file is empty."),
        (b"PK\x03\x04rest", "This is a workbook"),
        (b"\xd0\xcf\x11\xe0rest", "This is an old workbook"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"\x1f\x8b\x08", "This file is packed"),
        (a_table().encode("utf-16"), "This file is written in UTF-16"),
        ("Family name,Birth date\nMüller,1980-01-01\n".encode("latin-1"), "Line 2 is not written"),
        (b"Family name,Birth date\n\xed\xa0\x80,1980-01-01\n", "Line 2 is not written"),
        (b"Family name,Birth date\nA\0,1980-01-01\n", "Line 2 holds a sign"),
        (b"Family name,Birth date\n" + b"A" * 1_000_000, "at most 1 MB"),
    ],
)
def test_a_file_that_is_no_text_of_ours_is_refused_in_words(content, says):
    form = ReadForm({}, {"file": an_upload(content)}, sites=Site.objects.none())

    assert says in form.errors["file"][0]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["people.csv", "people.json", "=cmd.exe", "x"])
def test_what_a_file_is_called_says_nothing(mark, name):
    form = ReadForm(
        {}, {"file": an_upload(mark + a_table().encode(), name)}, sites=Site.objects.none()
    )

    form.is_valid()

    assert (form.cleaned_data["kind"], form.cleaned_data["text"]) == ("csv", a_table())
