"""The fourteen ways to tamper with a record: each is done by its owner, found, and it is said
where, and before what moment it cannot have been."""

from dataclasses import replace

import pytest

CHANGED = "the entry was changed after it was written."
UNLINKED = "it does not follow from the entry before it."
ANEW = "the chain up to it was written anew after a checkpoint wrote it down outside."
GONE = "a checkpoint wrote it down outside, and it is gone."
ROW_CHANGED = "it was changed after it was written (sealed by {}, entry {})."
ENTRY = "WHERE stream = %s AND sequence = 20"


def at(stream, sequence):
    return f"{stream}, entry {sequence}"


def written(console, stream, sequence):
    """When the database had an entry, as it says before anybody tampers."""
    return console.one(
        "SELECT received_at FROM clinic_trailentry WHERE stream = %s AND sequence = %s",
        stream, sequence,
    )  # fmt: skip


def last(console, stream):
    return console.one("SELECT max(sequence) FROM clinic_trailentry WHERE stream = %s", stream)


def sealing(console, table, row):
    """The stream and number of the entry that sealed a row."""
    return console.run(
        "SELECT stream, sequence FROM clinic_trailentry, jsonb_array_elements(seals::jsonb) s"
        ' JOIN clinic_sealshape h ON h.id = (s ->> 0)::int WHERE h."table" = %s'
        " AND (s ->> 1)::bigint = %s",
        [table, row],
    ).fetchone()


def test_what_nobody_touched_is_whole(console, found):
    assert found(console.connection) == []


# -- 1 to 3: a value, a time, an author ------------------------------------------------------


def test_a_changed_value_is_found(console, found, signed):
    since = written(console, signed.stream, 20)
    console.tamper(f"UPDATE clinic_trailentry SET payload = '{{}}' {ENTRY}", signed.stream)

    assert found(console.connection) == [
        (at(signed.stream, 20), "what it says was changed after it was written.", since)
    ]


@pytest.mark.parametrize("time", ["at", "received_at"])
def test_a_changed_time_is_found(console, found, signed, time):
    """Its own time is no longer believed: the entry before it gives the bound."""
    since = written(console, signed.stream, 19)
    console.tamper(
        f"UPDATE clinic_trailentry SET {time} = {time} - interval '1 s' {ENTRY}", signed.stream
    )

    assert found(console.connection) == [(at(signed.stream, 20), CHANGED, since)]


def test_a_changed_author_is_found(console, found, signed):
    since = written(console, signed.stream, 19)
    console.tamper(
        "UPDATE clinic_trailentry SET by_id = (SELECT id FROM clinic_user"
        f" WHERE id <> by_id ORDER BY id LIMIT 1) {ENTRY}",
        signed.stream,
    )

    assert found(console.connection) == [(at(signed.stream, 20), CHANGED, since)]


# -- 4 to 8: swapped, put in, taken out ------------------------------------------------------


def test_two_swapped_entries_are_found(console, found, signed):
    since = written(console, signed.stream, 19)
    with console.guards_down():
        for was, becomes in [(20, -1), (21, 20), (-1, 21)]:
            console.run(
                "UPDATE clinic_trailentry SET sequence = %s WHERE stream = %s AND sequence = %s",
                [becomes, signed.stream, was],
            )

    swapped = {(at(signed.stream, number), CHANGED, since) for number in (20, 21)}
    assert swapped <= set(found(console.connection))


def test_an_entry_put_in_between_is_found(console, found, signed):
    since = written(console, signed.stream, 19)
    with console.guards_down():
        console.run(
            "UPDATE clinic_trailentry SET sequence = -sequence - 1"
            " WHERE stream = %s AND sequence >= 20",
            [signed.stream],
        )
        console.run(
            "UPDATE clinic_trailentry SET sequence = -sequence WHERE stream = %s AND sequence < 0",
            [signed.stream],
        )
        copy_entry(console, signed.stream, 19, into=signed.stream, sequence=20)
        console.fit_head(signed.stream)

    assert (at(signed.stream, 20), UNLINKED, since) in found(console.connection)


def copy_entry(console, stream, number, *, into, sequence):
    """Put a copy of an entry elsewhere, hashed as an entry of that place."""
    entry = console.one(
        "INSERT INTO clinic_trailentry (key, stream, sequence, at, received_at, by_id, site_id,"
        " case_key, act, subject_kind, subject_key, origin, payload, payload_digest, previous_hash,"
        " hash, seals) SELECT gen_random_uuid(), %s, %s, at, received_at, by_id, site_id, case_key,"
        " act, subject_kind, subject_key, origin, payload, payload_digest, previous_hash, '', seals"
        " FROM clinic_trailentry WHERE stream = %s AND sequence = %s RETURNING id",
        into, sequence, stream, number,
    )  # fmt: skip
    console.run("UPDATE clinic_trailentry e SET hash = vigil_link(e) WHERE id = %s", [entry])


def test_an_entry_removed_from_the_middle_is_found(console, found, signed):
    since = written(console, signed.stream, 19)
    console.tamper(f"DELETE FROM clinic_trailentry {ENTRY}", signed.stream)

    removed = (at(signed.stream, 21), "the entry before it was removed.", since)
    assert removed in found(console.connection)


def test_a_cut_tail_whose_head_was_made_to_fit_is_found(console, found, signed):
    end = last(console, signed.stream)
    with console.guards_down():
        console.run(
            "DELETE FROM clinic_trailentry WHERE stream = %s AND sequence > %s",
            [signed.stream, end - 3],
        )
        console.fit_head(signed.stream)

    assert (at(signed.stream, end), GONE, signed.told[0].at) in found(console.connection)


def test_a_whole_session_taken_out_is_found(console, found, signed):
    end = last(console, signed.stream)
    with console.guards_down():
        for table in ["sessionevent", "presence", "dose", "reading"]:
            console.run(f"DELETE FROM clinic_sessions_{table}")
        for table in ["trailentry", "chainhead"]:
            console.run(f"DELETE FROM clinic_{table} WHERE stream = %s", [signed.stream])

    assert (at(signed.stream, end), GONE, signed.told[0].at) in found(console.connection)


# -- 9 to 11: another stream, another chain, another week ------------------------------------


def test_an_entry_played_into_another_session_is_found(console, found, signed):
    end = last(console, signed.other) + 1
    since = written(console, signed.other, end - 1)
    with console.guards_down():
        copy_entry(console, signed.stream, 20, into=signed.other, sequence=end)
        console.fit_head(signed.other)

    assert (at(signed.other, end), UNLINKED, since) in found(console.connection)


def test_a_chain_written_anew_from_end_to_end_is_found(console, found, signed):
    end = last(console, signed.stream)
    with console.guards_down():
        console.run(f"UPDATE clinic_trailentry SET act = 'never was' {ENTRY}", [signed.stream])
        console.write_anew(signed.stream)

    assert found(console.connection) == [(at(signed.stream, end), ANEW, signed.told[0].at)]


def test_a_chain_written_anew_fits_in_itself_where_nothing_stands_outside(console, found, signed):
    """Why there are checkpoints: without one, and only then, such a chain passes."""
    with console.guards_down():
        console.run(f"UPDATE clinic_trailentry SET act = 'never was' {ENTRY}", [signed.stream])
        console.write_anew(signed.stream)

    assert found(console.connection, told=[]) == []


def test_a_database_put_back_to_last_week_is_found(signed, found):
    from tests.database import as_owner  # noqa: PLC0415 -- beside its only use

    with as_owner(signed.last_week) as owner, owner.transaction():
        assert found(owner, told=signed.told[:1]) == []
        wrong = found(owner)

    assert (
        "checkpoint 2",
        "it stands outside and not in the database, which was put back or cut.",
        signed.told[1].at,
    ) in wrong
    assert {since for _, words, since in wrong if words == GONE} == {signed.told[1].at}


# -- 12 to 14: guards off, a backup, a signature ---------------------------------------------

ROWS = {
    "an observation": ("clinic_sessions_reading", "value = value + 1"),
    "a set of observations": ("clinic_sessions_observationset", "note = 'never said'"),
    "a dose": ("clinic_sessions_dose", "amount = amount + 1"),
    "a signed decision": ("clinic_screeningdecision", "reason = 'never said'"),
    "a signed session": (
        "clinic_sessions_supervisedsession",
        "ended_at = ended_at - interval '1 h'",
    ),
    "a frozen protocol version": (
        "clinic_protocolversion",
        "document = jsonb_set(document, '{title}', '\"Never published\"')",
    ),
    "who published it": ("clinic_protocolversion", "confirmed = '[]'::jsonb || '[\"x\"]'::jsonb"),
    "what was consented to": ("clinic_signeddocument", "code = 'never-signed'"),
}


@pytest.mark.parametrize("what", ROWS)
def test_a_row_changed_while_its_guard_was_off_is_found(console, found, what):
    table, change = ROWS[what]
    seals = "SELECT s.* FROM clinic_trailentry, jsonb_array_elements(seals::jsonb) s"
    row = console.one(
        f"SELECT (s ->> 1)::bigint FROM ({seals}) AS each (s) JOIN clinic_sealshape h"
        f" ON h.id = (s ->> 0)::int WHERE h.\"table\" = '{table}' LIMIT 1"
    )
    sealed_by = sealing(console, table, row)
    since = written(console, *sealed_by)
    console.tamper(f"UPDATE {table} SET {change} WHERE id = %s", row)

    assert found(console.connection) == [
        (f"{table}, row {row}", ROW_CHANGED.format(*sealed_by), since)
    ]


GUARD = "clinic_sessions_dose vigil_append_only"
OFF = ("clinic_sessions_dose", "its guard vigil_append_only is switched off.")


def test_a_guard_left_switched_off_is_found(console, found, signed):
    console.run("ALTER TABLE clinic_sessions_dose DISABLE TRIGGER vigil_append_only")

    assert found(console.connection) == [(*OFF, signed.told[-1].at)]


def test_a_guard_is_off_since_the_last_checkpoint_that_saw_it_stand(console, found, signed):
    first, second = signed.told
    console.run("ALTER TABLE clinic_sessions_dose DISABLE TRIGGER vigil_append_only")

    for told, since in [
        ([first, replace(second, guards_down=(GUARD,))], first.at),
        ([first, replace(second, guards_down=None)], first.at),
        ([replace(each, guards_down=(GUARD,)) for each in (first, second)], None),
    ]:
        assert found(console.connection, told=told) == [(*OFF, since)]


def test_a_guard_taken_away_is_found(console, found, signed):
    console.run("DROP TRIGGER vigil_seal ON clinic_sessions_dose")

    words = "its rows are no longer sealed: the guard vigil_seal was removed."
    assert found(console.connection) == [("clinic_sessions_dose", words, signed.told[-1].at)]


def test_a_reading_edited_in_a_backup_and_put_back_is_found(console, found):
    table = "clinic_sessions_reading"
    columns = columns_of(console, table)
    with console.connection.cursor().copy(f"COPY {table} ({columns}) TO STDOUT") as out:
        first, *others = b"".join(out).decode().splitlines(keepends=True)
    values = dict(zip(columns.split(", "), first.rstrip("\n").split("\t"), strict=True))
    values["value"] = "99"
    edited = "\t".join(values.values()) + "\n"
    assert edited != first
    sealed_by = sealing(console, table, int(values["id"]))
    since = written(console, *sealed_by)
    with console.guards_down():
        console.run(f"DELETE FROM {table}")
        with console.connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as back:
            back.write(edited + "".join(others))

    assert found(console.connection) == [
        (f"{table}, row {values['id']}", ROW_CHANGED.format(*sealed_by), since)
    ]


def columns_of(console, table, *, but=()):
    """The names of a table's columns, with commas between."""
    rows = console.run(
        "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = %s"
        " AND column_name <> ALL (%s)",
        [table, list(but)],
    )
    return ", ".join(name for (name,) in rows.fetchall())


@pytest.mark.parametrize(
    "change",
    [
        "subject_key = gen_random_uuid()",
        "meaning = 'Something else'",
        "printed_name = 'Somebody Else'",
        "content = content || ' '",
    ],
)
def test_a_moved_signature_is_found(console, found, change):
    row = console.one("SELECT max(id) FROM clinic_signature")
    sealed_by = sealing(console, "clinic_signature", row)
    since = written(console, *sealed_by)
    console.tamper(f"UPDATE clinic_signature SET {change} WHERE id = %s", row)

    assert found(console.connection) == [
        (f"clinic_signature, row {row}", ROW_CHANGED.format(*sealed_by), since)
    ]


def test_a_row_that_no_act_wrote_is_found(console, found):
    """Whoever put it in chose its number and its times: it says nothing of when."""
    table = "clinic_sessions_presence"
    columns = columns_of(console, table, but=["id", "key"])
    with console.guards_down():
        row = console.one(
            f"INSERT INTO {table} (key, {columns}) SELECT gen_random_uuid(), {columns}"
            f" FROM {table} LIMIT 1 RETURNING id"
        )

    assert found(console.connection) == [(f"{table}, row {row}", "no act wrote it.", None)]
