"""What the database itself refuses, whoever asks: built after every migration, as the owner.

The SQL files beside this module hold the functions; here stands which table gets which wall. An
app brings its own list in its `walls` package. A table nobody thought of is append-only and
behind a site's wall, or building fails: forgetting closes, it never opens.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.module_loading import module_has_submodule
from pghistory.models import Event

from clinic.access import ROLES, Permission
from clinic.records import AtSite
from clinic.walls import seals

APP, READER = "vigil_app", "vigil_reader"

# Tables the application may change, and why; a tuple narrows it to columns.
MAY_UPDATE: dict[str, tuple[str, ...] | None] = {
    "clinic_organisation": None,
    "clinic_site": None,
    "clinic_user": None,
    "clinic_roleatsite": None,
    "clinic_licence": None,
    "clinic_room": None,
    "clinic_dutyshift": None,
    "clinic_closedday": None,
    "clinic_absence": None,
    "clinic_invitation": None,
    "clinic_forgottenpassword": ("asked_at",),  # so that it can be locked and answered once
    "clinic_message": None,
    "clinic_chainhead": ("told",),  # how far checkpoints have come; the chain itself stays shut
    "clinic_matter": None,
    "clinic_form": None,
    "clinic_protocol": None,
    "clinic_protocolversion": None,
    "clinic_erratum": (
        "status",
        "approved_at",
        "approved_by_id",
        "refused_at",
        "refused_by_id",
        "refusal",
    ),
    "clinic_lot": (
        "recalled_at",
        "recalled_by_id",
        "presentation",
        "salt",
    ),  # its balance moves only by a movement
    "clinic_patient": None,
    "clinic_contact": None,
    "clinic_channelconsent": ("withdrawn_at", "withdrawn_by_id"),
    "clinic_case": None,
    "clinic_careteammember": None,
    "clinic_hold": ("lifted_at", "lifted_by_id"),
    "clinic_housevalue": ("approved_at", "approved_by_id", "ended_at", "ended_by_id"),
    "clinic_brokenglass": (
        "ended_at",
        "ended_by_id",
        "reviewed_at",
        "reviewed_by_id",
        "verdict",
        "review",
    ),
    "clinic_amendment": ("status", "decided_at", "decided_by_id", "answer", "acceptance_id"),
    "clinic_incident": (
        "owner_id",
        "due_on",
        "closed_at",
        "closed_by_id",
        "outcome",
        "learnt",
    ),
    "clinic_concern": ("heard_at", "heard_by_id", "closed_at", "closed_by_id", "outcome"),
    "clinic_signeddocument": (
        "withdrawn_at",
        "withdrawn_by_id",
        "withdrawn_words",
        "withdrawn_under_effects",
    ),
    "clinic_evidence": ("withdrawn_at", "withdrawn_by_id", "withdrawn_words"),
    "clinic_recordlink": ("ended_at", "ended_by_id", "ended_reason"),
    "clinic_toldapart": ("ended_at", "ended_by_id", "ended_reason"),
    "clinic_patientlink": None,
    "clinic_diaryfeed": ("ended_at", "ended_by_id"),
    "clinic_visit": None,
    "clinic_visitperson": None,
    "django_session": None,
    "vigil_cache": None,
    "account_emailaddress": None,
    "account_emailconfirmation": None,
    "mfa_authenticator": None,
    "usersessions_usersession": None,
}
MAY_DELETE = {
    "clinic_dutyshift",  # a rota is a plan
    "clinic_absence",
    "clinic_workinghours",  # a plan, as the rota
    "clinic_closedday",
    "clinic_forgottenpassword",  # what was typed is not kept
    "clinic_patientfile",  # a file that was looked at is not kept
    "clinic_visitperson",  # a planned visit's people are a plan; its history keeps them
    "django_session",
    "vigil_cache",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
}
NEVER_INSERT = {
    "clinic_trailentry",
    "clinic_chainhead",
    "clinic_sealshape",
    "django_migrations",
}

# Tables without a site's wall, each with its reason.
NO_WALL = {
    "django_migrations": "the schema's own history",
    "django_content_type": "names of models",
    "django_session": "sign-ins; a session id is the secret",
    "django_admin_log": "names protocol templates only; the admin holds nothing of patients",
    "auth_permission": "names of permissions",
    "auth_group": "unused: roles are held at a site",
    "auth_group_permissions": "unused: roles are held at a site",
    "vigil_cache": "counters of sign-in attempts",
    "account_emailaddress": "staff addresses, read before anybody is signed in",
    "account_emailconfirmation": "staff addresses, read before anybody is signed in",
    "mfa_authenticator": "second factors, read before anybody is signed in",
    "usersessions_usersession": "a person's own sign-ins, filtered by the library",
    "pghistory_context": "which request changed a row: no values",
    "clinic_user": "colleagues are known across sites",
    "clinic_roleatsite": "read to find out which sites a person may see",
    "clinic_roleatsiteevent": "who was what where is known across sites",
    "clinic_licence": "a licence belongs to a person, not to a site",
    "clinic_licenceevent": "a licence belongs to a person, not to a site",
    "clinic_absence": "an absence belongs to a person, not to a site",
    "clinic_invitation": "opened by its secret before anybody is signed in",
    "clinic_forgottenpassword": "an address typed before anybody is signed in",
    "clinic_organisation": "one row, read by every page",
    "clinic_site": "names of places",
    "clinic_protocol": "templates hold nothing of patients",
    "clinic_protocolversion": "templates hold nothing of patients",
    "clinic_partchange": "templates hold nothing of patients",
    "clinic_erratum": "templates hold nothing of patients",
    "clinic_text": "texts hold nothing of patients",
    "clinic_acceptedterms": "licences hold nothing of patients",
    "clinic_instrumenttext": "the words of questionnaires hold nothing of patients",
    "clinic_chainhead": "sequence numbers and digests",
    "clinic_sealshape": "names of columns",
    "clinic_checkpoint": "sequence numbers and digests",
    "clinic_dispatch": "where checkpoints went",
}

SEEN = "(SELECT NULLIF(current_setting('vigil.sites', true), '')::int[])::int[]"
WHOLE = "(SELECT NULLIF(current_setting('vigil.whole', true), '')::int[])::int[]"
PATIENTS = "(SELECT NULLIF(current_setting('vigil.patients', true), '')::bigint[])::bigint[]"
SIGNED_IN = "(SELECT NULLIF(current_setting('vigil.user', true), '')) IS NOT NULL"

ASKS = "(SELECT NULLIF(current_setting('vigil.user', true), '')::bigint)"

# Concerns are heard by their hearers alone, whatever else a person may see at the site. Whoever
# raises one reads back that very row while it is written: clinic.context.writing_unheard.
HEARS = (
    "((SELECT NULLIF(NULLIF(current_setting('vigil.hears', true), ''), '{}')) IS NOT NULL"
    f" AND {ASKS} IN (SELECT vigil_hearers(site_id, patient_id, about_user_id, false)))"
    " OR key = (SELECT NULLIF(current_setting('vigil.writes', true), '')::uuid)"
)
HEARD = "EXISTS (SELECT FROM clinic_concern c WHERE c.id = concern_id)"
# A diary's address is its person's alone, until their account is shut and it ends with it.
THEIR_OWN = (
    f"user_id = {ASKS} OR EXISTS (SELECT FROM clinic_user u"
    " WHERE u.id = clinic_diaryfeed.user_id AND NOT u.is_active)"
)
# That a site knows somebody of another is known to who may open both records, and to nobody else.
BOTH_RECORDS = (
    f"site_id = ANY ({SEEN}) AND EXISTS (SELECT FROM clinic_patient p WHERE p.id = first_id)"
    " AND EXISTS (SELECT FROM clinic_patient p WHERE p.id = second_id)"
)
WHOLE_SITE = f"site_id = ANY ({WHOLE})"
# Tables with a wall of their own in place of the site's: (who reads a row, who may write one).
OWN_WALL = {
    "clinic_concern": (HEARS, f"site_id = ANY ({SEEN}) OR {HEARS}"),
    "clinic_concernnote": (HEARD, HEARD),
    "clinic_diaryfeed": (THEIR_OWN, THEIR_OWN),
    # People nobody has registered yet are in nobody's care: who sees only their own sees none.
    "clinic_patientfile": (WHOLE_SITE, WHOLE_SITE),
    "clinic_recordlink": (BOTH_RECORDS, BOTH_RECORDS),
    "clinic_toldapart": (BOTH_RECORDS, BOTH_RECORDS),
}
# Tables of which a person also reads, at their site, what was given to them to look after.
ALSO_OF = {"clinic_incident": "owner_id"}

# What says of whom a row is, the surest first.
_REACHED = f"({{column}} = ANY ({PATIENTS}) OR vigil_waits_for_care({{column}}))"
ABOUT = {
    "id": _REACHED,  # of a patient's own row
    "case_id": "EXISTS (SELECT FROM clinic_case c WHERE c.id = {column})",
    "case_key": "EXISTS (SELECT FROM clinic_case c WHERE c.key = {column})",
    "patient_id": _REACHED,
}

# Tables that everybody with a role at the site sees, whoever cares for the patient; why.
SITE_ONLY = {
    "clinic_visit": "who books sees when a room, a person and a patient are taken, not for what",
    "clinic_visitevent": "as the visit",
    "clinic_visitperson": "as the visit",
    "clinic_careteammember": "names of staff; who cares decides who sees, so it is asked first",
    "clinic_careteammemberevent": "as the member",
    "clinic_room": "a place",
    "clinic_roomevent": "a place",
    "clinic_dutyshift": "who is on duty",
    "clinic_dutyshiftevent": "who is on duty",
    "clinic_workinghours": "when staff work",
    "clinic_closedday": "a day of the site",
    "clinic_hold": "whoever gives a dose reads every hold of the site",
    "clinic_holdevent": "as the hold",
    "clinic_housevalue": "numbers of a protocol; nothing of patients",
    "clinic_lot": "stock",
    "clinic_lotevent": "stock",
    "clinic_patientimport": "how many people a file had, and its name",
    "clinic_movement": "stock: amounts and who moved them",
}

# Who sees a row that stands at no site: whoever is signed in, but of the trail only one's own acts,
# unless one reads a trail somewhere.
_ME = "(SELECT NULLIF(current_setting('vigil.user', true), '')::bigint)"
_READERS = ", ".join(
    f"'{code}'" for code, role in ROLES.items() if Permission.READ_TRAIL in role[2]
)
WITHOUT_SITE = {
    "clinic_trailentry": f"""(by_id = {_ME}
        OR (SELECT EXISTS (SELECT FROM clinic_user u WHERE u.id = {_ME} AND u.is_system)
            OR EXISTS (SELECT FROM clinic_roleatsite r WHERE r.user_id = {_ME}
                AND r.role IN ({_READERS}) AND r.valid_from <= now()
                AND (r.valid_until IS NULL OR r.valid_until > now()))))"""
}


def lists(name: str) -> dict | set:
    """One list of this name from every app's walls, joined."""
    joined: Any = None
    for config in apps.get_app_configs():
        if config.module is None or not module_has_submodule(config.module, "walls"):
            continue
        found = getattr(import_module(f"{config.name}.walls"), name, None)
        if found is not None:
            joined = found | joined if joined is not None else found
    return joined if joined is not None else {}


def build_after_migrate(sender: Any, **kwargs: Any) -> None:
    """Build the walls once, after the last app has migrated; only the owner can."""
    if sender.label != "clinic_sessions" or kwargs.get("plan") is None:
        return
    build()


def build() -> None:
    """Put up every wall, grant and trigger. Building twice changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS vigil_cache (cache_key varchar(255) PRIMARY KEY,"
            " value text NOT NULL, expires timestamptz NOT NULL)"
        )
        cursor.execute("CREATE INDEX IF NOT EXISTS vigil_cache_expires ON vigil_cache (expires)")
        for path in sql_files():
            cursor.execute(path.read_text())
        tables = _tables(cursor)
        for table, columns in tables.items():
            _grant(cursor, table)
            _wall(cursor, table, columns)
            _clock(cursor, table, columns)
        for model in apps.get_models():
            _parent(cursor, model)
            _moves(cursor, model)
        seals.put_up(cursor, _append_only(cursor, tables), lists("MAY_UPDATE"))
        for table, name, when, function in lists("TRIGGERS"):
            _trigger(cursor, table, name, when, function)


def sql_files() -> list[Path]:
    """The functions of every app's walls, in the order of their names."""
    folders = [Path(config.path) / "walls" for config in apps.get_app_configs()]
    return [path for folder in folders for path in sorted(folder.glob("*.sql"))]


def _tables(cursor: Any) -> dict[str, dict[str, bool]]:
    cursor.execute(
        "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    tables: dict[str, dict[str, bool]] = {}
    for table, column, nullable in cursor.fetchall():
        tables.setdefault(table, {})[column] = nullable
    return tables


def _grant(cursor: Any, table: str) -> None:
    may_update, may_delete = lists("MAY_UPDATE"), lists("MAY_DELETE")
    cursor.execute(f'REVOKE ALL ON "{table}" FROM {APP}, {READER}')
    cursor.execute(f'GRANT SELECT ON "{table}" TO {APP}, {READER}')
    if table not in lists("NEVER_INSERT"):
        cursor.execute(f'GRANT INSERT ON "{table}" TO {APP}')
    if table in may_update:
        columns = may_update[table]
        narrowed = f" ({', '.join(columns)})" if columns else ""
        cursor.execute(f'GRANT UPDATE{narrowed} ON "{table}" TO {APP}')
    if table in may_delete:
        cursor.execute(f'GRANT DELETE ON "{table}" TO {APP}')


def _wall(cursor: Any, table: str, columns: dict[str, bool]) -> None:
    if table in lists("NO_WALL"):
        return
    if table in lists("OWN_WALL"):
        _put_up(cursor, table, *lists("OWN_WALL")[table])
        return
    if "site_id" not in columns:
        raise RuntimeError(f"{table} has neither a site nor a reason in NO_WALL to have none")
    condition = at_site = f"site_id = ANY ({SEEN})"
    about = _about(table, columns)
    if about:
        whose = [f"site_id = ANY ({WHOLE})", about]
        if owner := lists("ALSO_OF").get(table):
            whose.append(f"{owner} = {ASKS}")
        condition = f"{at_site} AND ({' OR '.join(whose)})"
    if columns["site_id"]:
        condition = f"{condition} OR (site_id IS NULL AND {WITHOUT_SITE.get(table, SIGNED_IN)})"
    # A row may be written at one's site though only who cares for its patient may read it back.
    written = f" OR site_id IS NULL AND {SIGNED_IN}" if columns["site_id"] else ""
    _put_up(cursor, table, condition, f"{at_site}{written}")


def _put_up(cursor: Any, table: str, read: str, written: str) -> None:
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute(f'DROP POLICY IF EXISTS site_wall ON "{table}"')
    cursor.execute(f'CREATE POLICY site_wall ON "{table}" USING ({read}) WITH CHECK ({written})')


def _about(table: str, columns: dict[str, bool]) -> str:
    """The condition that a row is about a patient whom the one who asks reaches.

    Raises RuntimeError for a table that leads to no patient and gives no reason in SITE_ONLY.
    """
    if table in lists("SITE_ONLY"):
        return ""
    for column, words in ABOUT.items():
        if column in columns and (column != "id" or table == "clinic_patient"):
            condition = words.format(column=f'"{table}".{column}')
            nullable = columns[column]
            return f'("{table}".{column} IS NULL OR {condition})' if nullable else condition
    column, parent = _leads_to(table)
    return (
        f'EXISTS (SELECT FROM "{parent}" parent WHERE parent.id = "{table}".{column})'
        if parent
        else ""
    )


def _leads_to(table: str) -> tuple[str, str]:
    """The column and table by which a row is its parent's: the row it records, or SITE_FROM."""
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    if issubclass(model, Event):
        return "pgh_obj_id", model.pgh_tracked_model._meta.db_table
    parent = getattr(model, "SITE_FROM", None)
    if not parent:
        raise RuntimeError(f"{table} leads to no patient and has no reason in SITE_ONLY")
    field = model._meta.get_field(parent)
    return field.attname, field.related_model._meta.db_table


def _clock(cursor: Any, table: str, columns: dict[str, bool]) -> None:
    """When the database had it is the database's to say; the trail's own function says it there."""
    if "received_at" in columns and table != "clinic_trailentry":
        _trigger(cursor, table, "received", "BEFORE INSERT", "vigil_received()")


def _parent(cursor: Any, model: type[models.Model]) -> None:
    """A row and its parent stand behind the same wall."""
    parent = getattr(model, "SITE_FROM", None)
    if not parent or not issubclass(model, AtSite):
        return
    field = model._meta.get_field(parent)
    table = field.related_model._meta.db_table
    _trigger(
        cursor,
        model._meta.db_table,
        "same_site",
        "BEFORE INSERT OR UPDATE",
        f"vigil_same_site('{table}', '{field.attname}')",
    )


def _moves(cursor: Any, model: type[models.Model]) -> None:
    """The workflow's own table of steps, held by the database as well."""
    if issubclass(model, Event) or not any(f.name == "status" for f in model._meta.fields):
        return
    steps = getattr(import_module(model.__module__), "STEPS", None)
    if steps is None:
        return
    table = json.dumps({str(a): sorted(map(str, b)) for a, b in steps.items()})
    _trigger(
        cursor,
        model._meta.db_table,
        "legal_move",
        "BEFORE UPDATE OF status",
        f"vigil_legal_move('{table}')",
    )


def _append_only(cursor: Any, tables: dict) -> list[str]:
    changeable = set(lists("MAY_UPDATE")) | set(lists("MAY_DELETE")) | set(lists("NO_WALL"))
    frozen = sorted(set(tables) - changeable)
    for table in frozen:
        _trigger(cursor, table, "append_only", "BEFORE UPDATE OR DELETE", "vigil_append_only()")
        _trigger(
            cursor, table, "no_truncate", "BEFORE TRUNCATE", "vigil_append_only()", each="STATEMENT"
        )
    return frozen


def _trigger(
    cursor: Any, table: str, name: str, when: str, function: str, each: str = "ROW"
) -> None:
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER vigil_{name} {when} ON "{table}"'
        f" FOR EACH {each} EXECUTE FUNCTION {function}"
    )


TRIGGERS = {
    (
        "clinic_protocolversion",
        "frozen",
        "BEFORE UPDATE OR DELETE",
        "vigil_frozen_version()",
    ),
    ("clinic_erratum", "frozen", "BEFORE INSERT OR UPDATE OR DELETE", "vigil_frozen_erratum()"),
    ("clinic_erratum", "binds", "AFTER UPDATE OF status", "vigil_erratum_binds()"),
    ("clinic_patient", "merged_stays", "BEFORE UPDATE", "vigil_merged_stays()"),
    ("clinic_answer", "form_is_open", "BEFORE INSERT", "vigil_form_is_open()"),
    ("clinic_movement", "balance", "BEFORE INSERT", "vigil_balance()"),
    ("clinic_visitperson", "a_times", "BEFORE INSERT", "vigil_times_of_visit()"),
    (
        "clinic_visitperson",
        "at_one_visit",
        "AFTER INSERT OR UPDATE",
        "vigil_person_at_one_visit()",
    ),
    (
        "clinic_visit",
        "people_follow",
        "AFTER UPDATE",
        "vigil_people_follow()",
    ),
    (
        "clinic_countersignature",
        "another_signs",
        "BEFORE INSERT",
        "vigil_another_signs()",
    ),
    # What may still be written of a signed row is written once.
    ("clinic_hold", "once", "BEFORE UPDATE", "vigil_once('lifted_at,lifted_by_id')"),
    ("clinic_diaryfeed", "once", "BEFORE UPDATE", "vigil_once('ended_at,ended_by_id')"),
    (
        "clinic_housevalue",
        "once",
        "BEFORE UPDATE",
        "vigil_once('approved_at,approved_by_id', 'ended_at,ended_by_id')",
    ),
    (
        "clinic_signeddocument",
        "once",
        "BEFORE UPDATE",
        "vigil_once('withdrawn_at,withdrawn_by_id,withdrawn_words,withdrawn_under_effects')",
    ),
    (
        "clinic_evidence",
        "once",
        "BEFORE UPDATE",
        "vigil_once('withdrawn_at,withdrawn_by_id,withdrawn_words')",
    ),
    (
        "clinic_recordlink",
        "once",
        "BEFORE UPDATE",
        "vigil_once('ended_at,ended_by_id,ended_reason')",
    ),
    (
        "clinic_toldapart",
        "once",
        "BEFORE UPDATE",
        "vigil_once('ended_at,ended_by_id,ended_reason')",
    ),
    (
        "clinic_brokenglass",
        "once",
        "BEFORE UPDATE",
        "vigil_once('ended_at,ended_by_id', 'reviewed_at,reviewed_by_id,verdict,review')",
    ),
    (
        "clinic_protocolversion",
        "once",
        "BEFORE UPDATE",
        "vigil_once('retired_at,retired_by_id', 'discarded_at,discarded_by_id')",
    ),
    (
        "clinic_amendment",
        "once",
        "BEFORE UPDATE",
        "vigil_once('decided_at,decided_by_id,status,answer,acceptance_id')",
    ),
}


def refuse_unsafe_role() -> None:
    """Stop a server whose database role could undo the record.

    Raises RuntimeError when the role owns a table, bypasses row-level security or may truncate.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls,"
            " EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = rolname),"
            " EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            "  WHERE nspname = 'public' AND relkind = 'r'"
            "  AND has_table_privilege(rolname, c.oid, 'TRUNCATE'))"
            " FROM pg_roles WHERE rolname = current_user"
        )
        found = cursor.fetchone()
    reasons = [
        "is a superuser",
        "passes row-level security",
        "owns a table",
        "may truncate a table",
    ]
    wrong = [reason for reason, is_so in zip(reasons, found, strict=True) if is_so]
    if wrong:
        raise RuntimeError(f"The database role of this server {' and '.join(wrong)}.")
