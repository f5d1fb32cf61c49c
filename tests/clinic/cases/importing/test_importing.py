"""People registered from a file: all of them or nobody, and nobody twice."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.access import ROLES, Permission
from clinic.cases.importing import actions, queries, rules
from clinic.cases.importing.models import ImportedRow, Kind, PatientFile
from clinic.cases.importing.queries import Outcome
from clinic.cases.models import Patient
from clinic.workflow import Refused
from tests.builders.cases import BORN, a_patient
from tests.builders.house import NOON, a_house, codes, trail
from tests.builders.importing import ASH, BRAY, a_bundle, a_file_read, a_table, an_import

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
LIKE_MARLOW = "M-1,Marlowe,Robyn,1985-07-14,"


@pytest.fixture
def house():
    return a_house()


def outcomes(file):
    return [line.outcome for line in queries.report(file, at=NOON)]


def test_every_role_that_registers_may_read_who_is_here():
    registering = [role for role, (*_, may) in ROLES.items() if Permission.REGISTER in may]

    assert registering == [r for r in registering if Permission.SEE_CASE in ROLES[r][2]] != []


def test_everybody_of_a_table_is_registered_by_the_real_act(house):
    before = trail()

    done = an_import(house)

    ash, bray = Patient.objects.order_by("number")
    assert (str(ash), ash.date_of_birth, ash.phone) == (
        "Ashdown, Iris", date(1979, 2, 3), "+44 20 7946 0001",
    )  # fmt: skip
    assert (str(bray), bray.zone, bray.registered_by) == (
        "Bray, Tom",
        house.site.zone,
        house.intake,
    )
    assert (done.added, done.left_out) == (2, 0)
    assert trail() == [
        *before, "file of people read", "patient registered", "patient registered",
        "people imported",
    ]  # fmt: skip


def test_everybody_of_a_bundle_is_registered(house):
    ana = {"name": [{"family": "Núñez", "given": ["Ana"]}], "birthDate": "1979-02-03"}

    an_import(house, a_bundle(ana), kind=Kind.FHIR)

    assert str(Patient.objects.get()) == "Núñez, Ana"


def test_of_the_file_nothing_is_kept_but_digests(house):
    an_import(house)

    rows = str(list(ImportedRow.objects.values()))
    assert PatientFile.objects.count() == 0
    assert not [word for word in ("Ashdown", "A-1", "7946") if word in rows]


def test_the_same_file_twice_makes_no_doubles(house):
    an_import(house)
    file = a_file_read(house)

    assert outcomes(file) == [Outcome.HERE, Outcome.HERE]
    with pytest.raises(Refused) as refusal:
        actions.import_people(file, by=house.intake, at=NOON, choices={})
    assert codes(refusal) == ["import_nobody_new"]
    assert Patient.objects.count() == 2


def test_somebody_new_in_a_file_that_was_imported_is_alone_registered(house):
    an_import(house)

    done = an_import(house, a_table(ASH, BRAY, "A-3,Quist,Ada,1990-12-31,"))

    assert (done.added, done.left_out, Patient.objects.count()) == (1, 2, 3)


def test_the_same_rows_in_another_order_and_spelling_of_the_day_are_here(house):
    an_import(house)

    file = a_file_read(house, a_table(BRAY.replace("4 March 1981", "1981-03-04"), ASH))

    assert outcomes(file) == [Outcome.HERE, Outcome.HERE]


def test_a_row_that_says_something_else_of_the_same_identifier_changes_nobody(house):
    an_import(house)
    changed = a_table("A-1,Ashdown,Iris,1979-02-03,+44 20 7946 9999", "A-3,Quist,Ada,1990-12-31,")

    assert outcomes(a_file_read(house, changed)) == [Outcome.CHANGED, Outcome.NEW]
    an_import(house, changed)

    assert Patient.objects.get(family_name="Ashdown").phone == "+44 20 7946 0001"


@pytest.mark.parametrize("bad", ["A-3,,Ada,1990-12-31,", "A-3,Quist,Ada,03/04/1990,",
                                 "A-3,Quist,Ada,2090-12-31,", "A-1,Quist,Ada,1990-12-31,"])  # fmt: skip
def test_one_wrong_row_and_nobody_is_registered(house, bad):
    file, before = a_file_read(house, a_table(ASH, BRAY, bad)), trail()

    with pytest.raises(Refused) as refusal:
        actions.import_people(file, by=house.intake, at=NOON, choices={})

    assert codes(refusal) == ["import_row_wrong"]
    assert str(refusal.value.obstacles[0]).startswith("Row 4, ")
    assert (Patient.objects.count(), trail()) == (0, before)


def test_who_may_be_here_already_is_named_with_whom(house):
    there = a_patient(house)

    (line,) = queries.report(a_file_read(house, a_table(LIKE_MARLOW)), at=NOON)

    assert (line.outcome, [each.patient for each in line.alike]) == (Outcome.ALIKE, [there])
    assert line.alike[0].words == (
        "Marlow, Robin, born 14 Jul 1985, ID 000001, has a similar name, born the same day"
    )


def test_nobody_is_imported_before_it_is_said_who_is_who(house):
    a_patient(house)
    file = a_file_read(house, a_table(ASH, LIKE_MARLOW))

    with pytest.raises(Refused) as refusal:
        actions.import_people(file, by=house.intake, at=NOON, choices={})

    assert codes(refusal) == ["import_row_undecided"]
    assert Patient.objects.count() == 1


def test_whoever_is_the_same_person_is_left_as_they_are_and_known_from_then_on(house):
    there = a_patient(house)

    done = an_import(house, a_table(ASH, LIKE_MARLOW), row_3=str(there.key))

    assert (done.added, Patient.objects.count()) == (1, 2)
    assert done.rows.get(place=3).patient == there
    assert outcomes(a_file_read(house, a_table(LIKE_MARLOW))) == [Outcome.HERE]


def test_whoever_is_somebody_else_is_registered(house):
    a_patient(house)

    done = an_import(house, a_table(LIKE_MARLOW), row_2=rules.SOMEBODY_ELSE)

    assert (done.added, Patient.objects.count()) == (1, 2)


def test_two_rows_of_one_file_that_are_one_person_are_asked_about(house):
    twins = a_table("A-1,Ashdown,Iris,1979-02-03,", "A-9,Ashdown,Iris,1979-02-03,")
    first, second = queries.report(a_file_read(house, twins), at=NOON)

    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.ALIKE)
    assert second.alike[0].words == "Row 2, Ashdown, Iris, has the same name and birth date"


def test_rows_that_are_one_person_become_one_patient(house):
    text = a_table(*(f"A-{n},Ashdown,Iris,1979-02-03," for n in (1, 2, 3)))
    file = a_file_read(house, text)
    first, second, third = queries.report(file, at=NOON)
    despite = {str(each.key) for line in (second, third) for each in line.alike}

    done = actions.import_people(
        file, by=house.intake, at=NOON, despite=despite,
        choices={second.place: str(first.key), third.place: str(second.key)},
    )  # fmt: skip

    assert {row.patient for row in done.rows.all()} == {Patient.objects.get()}


def test_somebody_registered_since_the_report_was_read_is_asked_about(house):
    file = a_file_read(house, a_table(LIKE_MARLOW))
    a_patient(house)

    with pytest.raises(Refused) as refusal:
        actions.import_people(file, by=house.intake, at=NOON, choices={2: rules.SOMEBODY_ELSE})

    assert codes(refusal) == ["import_row_undecided"]
    assert "was registered meanwhile" in str(refusal.value.obstacles[0])


def test_an_import_sent_twice_is_done_once(house):
    file = a_file_read(house)
    first = actions.import_people(file, by=house.intake, at=NOON, choices={})

    second = actions.import_people(file, by=house.intake, at=NOON, choices={})

    assert (first, Patient.objects.count()) == (second, 2)


def test_only_intake_staff_of_the_site_import(house):
    file = a_file_read(house)

    for act in (
        lambda: a_file_read(house, by=house.nurse),
        lambda: actions.import_people(file, by=house.manager, at=NOON, choices={}),
        lambda: actions.set_aside(file, by=house.manager, at=NOON),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert codes(refusal) == ["role"]


def test_a_file_read_is_seen_by_nobody_else(house):
    file = a_file_read(house)

    assert list(queries.visible_files(house.intake)) == [file]
    assert list(queries.visible_files(house.manager)) == []


def test_another_file_takes_the_place_of_the_one_before(house):
    a_file_read(house)

    second = a_file_read(house)

    assert PatientFile.objects.get() == second


def test_a_file_set_aside_is_gone_and_nobody_of_it_registered(house):
    file = a_file_read(house)

    actions.set_aside(file, by=house.intake, at=NOON)

    assert (PatientFile.objects.count(), Patient.objects.count()) == (0, 0)
    assert trail()[-1] == "file of people set aside"


def test_people_of_another_site_are_neither_named_nor_known(house):
    an_import(house)
    house.intake.roles.create(site=house.other_site, role="intake", valid_from=house.at)
    house.intake.__dict__.pop("roles_now", None)

    file = actions.read(by=house.intake, at=NOON, site=house.other_site, kind=Kind.CSV,
                        file_name="people.csv", text=a_table(), key=uuid.uuid4())  # fmt: skip

    assert outcomes(file) == [Outcome.NEW, Outcome.NEW]


def test_a_report_asks_as_often_for_fifty_rows_as_for_one(house):
    a_patient(house)
    many = [f"A-{n},Person{n},Ada,1970-01-{n % 28 + 1:02d},+44 20 7946 {n:04d}" for n in range(50)]
    asked = []
    for rows in (many[:1], many):
        file = a_file_read(house, a_table(*rows, LIKE_MARLOW))
        with CaptureQueriesContext(connection) as seen:
            queries.report(file, at=NOON)
        asked.append(len(seen))

    assert asked[0] == asked[1]


def test_born_as_the_registration_knows_it(house):
    an_import(house, a_table("A-1,Only,,14.07.1985,"))

    assert Patient.objects.get().date_of_birth == BORN
