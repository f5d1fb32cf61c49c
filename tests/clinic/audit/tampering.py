"""Somebody with a database console: what they change as the owner, with the guards switched off."""

from contextlib import contextmanager


class Console:
    """The owner of the tables, who may switch any trigger off and on again."""

    def __init__(self, connection):
        self.connection = connection

    @contextmanager
    def guards_down(self):
        """Every trigger of the record switched off, and on again after."""
        tables = [
            name
            for (name,) in self.run(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'vigil%'"
            ).fetchall()
        ]
        for table in tables:
            self.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        self.run("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            self.run(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def run(self, statement, parameters=None):
        return self.connection.execute(statement, parameters)

    def tamper(self, statement, *parameters):
        """One statement with the guards down; it must have changed something."""
        with self.guards_down():
            assert self.run(statement, parameters or None).rowcount, "nothing was tampered with"

    def one(self, statement, *parameters):
        """The single value a question answers with."""
        return self.run(statement, parameters or None).fetchone()[0]

    def write_anew(self, stream):
        """Number and hash a stream anew, head and all, so that it fits in itself again."""
        entries = self.run(
            "SELECT id FROM clinic_trailentry WHERE stream = %s ORDER BY abs(sequence)", [stream]
        ).fetchall()
        self.run("UPDATE clinic_trailentry SET sequence = -id WHERE stream = %s", [stream])
        before = ""
        for number, (entry,) in enumerate(entries, start=1):
            self.run(
                "UPDATE clinic_trailentry SET sequence = %s, previous_hash = %s WHERE id = %s",
                [number, before, entry],
            )
            before = self.one(
                "UPDATE clinic_trailentry e SET hash = vigil_link(e) WHERE id = %s RETURNING hash",
                entry,
            )
        self.fit_head(stream)

    def fit_head(self, stream):
        """Make a stream's head say what its last entry says."""
        self.run(
            "UPDATE clinic_chainhead h SET sequence = e.sequence, hash = e.hash"
            " FROM clinic_trailentry e WHERE h.stream = %s AND e.stream = h.stream AND e.sequence ="
            " (SELECT max(sequence) FROM clinic_trailentry WHERE stream = h.stream)",
            [stream],
        )
