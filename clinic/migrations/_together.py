"""Several operations taken in one step."""

from typing import Any

from django.db.migrations.operations.base import Operation


class Together(Operation):
    """Tell the migration's state of every operation first, then take them in the database.

    One at a time, Django builds every model that has to do with the new one afresh at each step;
    where all belong to the same people and sites, that is most of the time a migration takes.
    """

    reversible = True

    def __init__(self, operations: list[Operation]):
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        # Without built models nothing is built afresh; they are built once, when first asked for.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        # Django hands the states over the other way round: what is undone stands in `from_state`.
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Take {len(self.operations)} operations in one step"
