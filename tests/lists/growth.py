"""Fifty of everything: rows that are there already, copied as owner beside what they came from.

The rows copied were all made by the real acts. A copy differs from its first in what must be its
own: its id, its key, and whatever the database lets only one row have.
"""

from dataclasses import dataclass
from itertools import groupby

from tests.database import as_owner

STEP = 10_000_000  # copy number k of a row has its id and k times this
# What is never copied: what there is one of, what belongs to nobody, and the trail.
ONE_OF_A_KIND = {
    "clinic_organisation",
    "clinic_site",
    "clinic_protocol",
    "clinic_protocolversion",
    "clinic_text",
    "clinic_acceptedterms",
    "clinic_instrumenttext",
    "clinic_trailentry",
    "clinic_chainhead",
}
# Where fifty are to hang beneath one person, that person and the stations of their way stay one.
ONE_PERSONS = {
    "clinic_user",
    "clinic_room",
    "clinic_lot",
    "clinic_patient",
    "clinic_case",
    "clinic_cycle",
    "clinic_visit",
    "clinic_channelconsent",  # one in force a person and channel
    "clinic_sessions_supervisedsession",
}
# Words a protocol, the house or the calendar knows: another would name nothing.
WORDS = {"channel", "code", "item", "parameter", "role", "stage", "weekday"}
COLUMNS = """
SELECT c.table_name, c.column_name, c.udt_name, c.character_maximum_length
  FROM information_schema.columns c
 WHERE c.table_schema = 'public' AND c.table_name LIKE 'clinic\\_%'
   AND c.is_generated = 'NEVER'
 ORDER BY 1, c.ordinal_position
"""
POINTERS = """
SELECT conrelid::regclass::text, a.attname, confrelid::regclass::text
  FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
 WHERE contype = 'f'
"""
UNIQUES = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
 WHERE i.indisunique AND NOT i.indisprimary
 ORDER BY 1, 2
"""
TEXTS, NUMBERS, TIMES = (
    {"text", "varchar", "citext"},
    {"int2", "int4", "int8"},
    {"date", "timestamptz"},
)


@dataclass
class Table:
    columns: dict[str, tuple[str, int | None]]
    pointers: dict[str, str]
    uniques: list[set[str]]

    def own(self, copied):
        """What must differ in each copy, by column; None where a copy cannot be told apart."""
        differ = {name for name, (kind, _) in self.columns.items() if kind == "uuid"}
        differ = {name for name in differ if name in {"key", "client_key", "packet_key"}} | {"id"}
        differ |= {name for name, table in self.pointers.items() if table in copied}
        for unique in self.uniques:
            if not unique & differ:
                free = sorted(unique - set(self.pointers) - WORDS, key=self._how_freely)
                if not free or self._how_freely(free[0]) == len(FREELY):
                    return None
                differ.add(free[0])
        return differ

    def _how_freely(self, name):
        kind = self.columns[name][0]
        return next((n for n, kinds in enumerate(FREELY) if kind in kinds), len(FREELY))

    def value(self, name, copied):
        """The SQL for one column of copy number k."""
        kind, longest = self.columns[name]
        if name == "id" or self.pointers.get(name) in copied:
            return f'"{name}" + k * {STEP}'
        if kind == "uuid":
            return "gen_random_uuid()"
        if kind in TEXTS:
            # A text that is unique only where there is one stays empty where there is none.
            some = f"left(\"{name}\", {(longest or 200) - 4}) || '~' || k"
            return f"CASE WHEN \"{name}\" = '' THEN '' ELSE {some} END"
        if kind in NUMBERS:
            return f'"{name}" + k * 100'
        return f"\"{name}\" + k * interval '7 days'"


FREELY = (TEXTS, NUMBERS, TIMES)


def grow(times, *, beneath_one=False):
    """Copy everything so many times: beside one another, or beneath one person's way."""
    with as_owner() as owner, owner.transaction():
        tables = _tables(owner)
        copied = set(tables) - ONE_OF_A_KIND - (ONE_PERSONS if beneath_one else set())
        while lone := {name for name in copied if tables[name].own(copied) is None}:
            copied -= lone
        # A trigger guards what people do; these rows went past it when they were made.
        for name in copied:
            owner.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        for name in sorted(copied):
            _copy(owner, name, tables[name], copied, times)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in copied:
            owner.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        owner.execute("ANALYZE")
    return copied


def _tables(owner):
    rows = owner.execute(COLUMNS).fetchall()
    pointers, uniques = owner.execute(POINTERS).fetchall(), owner.execute(UNIQUES).fetchall()
    found = {
        name: Table(
            {column: (kind, longest) for _, column, kind, longest in columns},
            {column: target for table, column, target in pointers if table == name},
            [
                {column for _, _, column in index}
                for (table, _), index in groupby(uniques, key=lambda row: row[:2])
                if table == name
            ],
        )
        for name, columns in groupby(rows, key=lambda row: row[0])
    }
    # Histories are written by triggers, and nobody lists them.
    return {name: table for name, table in found.items() if "pgh_id" not in table.columns}


def _copy(owner, name, table, copied, times):
    differ = table.own(copied)
    into = ", ".join(f'"{column}"' for column in table.columns)
    values = ", ".join(
        table.value(column, copied) if column in differ else f'"{column}"'
        for column in table.columns
    )
    owner.execute(
        f'INSERT INTO "{name}" ({into}) OVERRIDING SYSTEM VALUE SELECT {values}'
        f' FROM "{name}" CROSS JOIN generate_series(1, {times}) AS k WHERE id < {STEP}'
    )
