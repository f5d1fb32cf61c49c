"""Whatever was signed stays to the byte, by every door; who signed is who proved it, only."""

import ast
import uuid
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, connection, transaction

from clinic.audit.models import Signature
from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from tests.builders.house import PASSWORD, a_house, sign_in
from tests.clinic.audit.signing_forms import FORMS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]

CHECKOUT = Path(__file__).resolve().parents[3]
FORGED = "Mallory Meddler"
# What may still be written of a signed row, once: test_said_once.py.
MAY_MOVE = {
    "clinic.SignedDocument": {
        "withdrawn_at",
        "withdrawn_by_id",
        "withdrawn_words",
        "withdrawn_under_effects",
    },
    "clinic.RecordLink": {"ended_at", "ended_by_id", "ended_reason"},
    "clinic.ToldApart": {"ended_at", "ended_by_id", "ended_reason"},
    "clinic.ProtocolVersion": {"status", "retired_at", "retired_by_id"},
    "clinic.BrokenGlass": {
        "ended_at", "ended_by_id", "reviewed_at", "reviewed_by_id", "verdict", "review",
    },
}  # fmt: skip
# A session goes on after an order or a release; what the release says of it stays.
GOES_ON = "clinic_sessions.SupervisedSession"
ENDED = {"ended_at", "ended_by_id", "ended_as"}


# -- Which acts sign: counted from the code ----------------------------------------------------


def callers():
    """Every function that calls signing.sign, under whatever name it imported it."""
    for path in sorted(p for app in ("clinic", "sessions") for p in (CHECKOUT / app).rglob("*.py")):
        tree = ast.parse(path.read_text())
        names = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "clinic.audit.signing":
                names |= {a.asname or a.name for a in node.names if a.name == "sign"}
            if isinstance(node, ast.ImportFrom) and node.module == "clinic.audit":
                names |= {f"{a.asname or a.name}.sign" for a in node.names if a.name == "signing"}
        for function in [n for n in tree.body if isinstance(n, ast.FunctionDef)]:
            called = {ast.unparse(n.func) for n in ast.walk(function) if isinstance(n, ast.Call)}
            if called & names:
                yield f"{'.'.join(path.relative_to(CHECKOUT).with_suffix('').parts)}.{function.name}"


def test_every_act_that_signs_is_met_here():
    assert sorted(callers()) == sorted(FORMS)


# -- Signing through the page -------------------------------------------------------------------


@pytest.fixture(params=sorted(FORMS))
def ready(request):
    return FORMS[request.param](a_house())


def press(client, ready, **more):
    """Send the form, and look at everything there is from then on."""
    sign_in(client, ready.user)
    with time_machine.travel(ready.at, tick=False):
        answer = client.post(ready.post, ready.data | more)
    set_context(user_id=system_user().pk, sites=every_site())
    return answer


def sign_by_the_page(client, ready, **more):
    last = Signature.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    answer = press(client, ready, **more)
    assert answer.status_code == 302, answer.content.decode()
    return Signature.objects.get(pk__gt=last)


def forged(ready):
    """What somebody adds to a form to sign as another, or to have said something else."""
    other = type(ready.by).objects.exclude(pk__in=[ready.by.pk, ready.user.pk]).first()
    names = {"by", "user", "signer", "signed_by", "decided_by", "witnessed_by", "proof"}
    extra = dict.fromkeys(names | {"by_id", "user_id", "signature", "site_id"}, other.pk)
    words = {"meaning", "licence", "digest", "content", "subject_kind", "signature_name"}
    extra |= dict.fromkeys(words, FORGED) | {"key": str(other.key), "at": "2001-01-01T00:00Z"}
    if "printed_name" not in ready.data:  # under a document it is the patient's own
        extra["printed_name"] = FORGED
    return extra


def test_who_signed_and_what_it_means_is_never_a_matter_of_what_is_sent(client, ready):
    signature = sign_by_the_page(client, ready, **forged(ready))

    assert signature.by == ready.by
    assert signature.printed_name == ready.by.name
    assert signature.at == ready.at
    assert signature.licence in {str(each) for each in ready.by.licences.all()} | {""}
    assert FORGED not in " ".join([signature.meaning, signature.content, signature.digest])


def test_two_passwords_sign_nothing_in_whichever_order_they_come(client, ready):
    field = "second_password" if ready.signer else "password"
    for passwords in ([FORGED, PASSWORD], [PASSWORD, FORGED]):
        last = Signature.objects.count()

        answer = press(client, ready, **{field: passwords})

        assert answer.status_code == 422
        assert "Two answers were sent to this one question." in answer.content.decode()
        assert Signature.objects.count() == last


# -- The doors ----------------------------------------------------------------------------------


def signed_rows(signature):
    """The signature, the record it stands under and every row that names it, each with the columns
    that must stay."""
    subject = apps.get_model(signature.subject_kind).objects.get(key=signature.subject_key)
    rows = [signature, subject]
    for relation in Signature._meta.related_objects:
        rows += relation.related_model.objects.filter(**{relation.field.name: signature})
    for row in {(r._meta.label, r.pk): r for r in rows}.values():
        columns = {field.column for field in row._meta.concrete_fields}
        if row._meta.label == GOES_ON and row.status != "signed":
            columns = ENDED if row.ended_at else set()
        yield row, sorted(columns - MAY_MOVE.get(row._meta.label, set()))


def as_it_lies(row, columns):
    """What the owner reads of a row, told apart by every byte."""
    listed = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT row({listed})::text FROM "{row._meta.db_table}" WHERE id = %s', [row.pk]
        )
        return cursor.fetchone()


OTHER = {
    "boolean": "NOT {c}",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "COALESCE({c}, now()) + interval '1 day'",
    "date": "COALESCE({c}, current_date) + 1",
    "jsonb": "'{{}}'::jsonb",
    "ARRAY": "'{{}}'",
}
NUMBERS = {"bigint", "integer", "numeric", "smallint"}


def tries_in_sql(row, columns):
    """Raw statements that would change or remove the row."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s AND column_name = ANY (%s)",
            [table, columns],
        )
        kinds = dict(cursor.fetchall())
    for column in columns:
        number = "COALESCE({c}, 0) + 1" if kinds[column] in NUMBERS else "'x'"
        value = OTHER.get(kinds[column], number).format(c=f'"{column}"')
        yield f'UPDATE "{table}" SET "{column}" = {value} WHERE id = {row.pk}'
    yield f'DELETE FROM "{table}" WHERE id = {row.pk}'
    yield f'TRUNCATE "{table}" CASCADE'


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def tries_in_python(row):
    """save(), update(), a bulk update and both ways to delete."""
    everyone, other = type(row)._default_manager, uuid.uuid4()
    changed = everyone.get(pk=row.pk)
    changed.key = other
    return [
        changed.save,
        lambda: changed.save(update_fields=["key"]),
        lambda: everyone.filter(pk=row.pk).update(key=other),
        lambda: everyone.bulk_update([changed], ["key"]),
        lambda: everyone.get(pk=row.pk).delete(),
        lambda: everyone.filter(pk=row.pk).delete(),
    ]


def is_refused(attempt):
    try:
        with transaction.atomic():
            attempt()
    except DatabaseError:
        return True
    return False


def test_no_statement_and_no_method_changes_what_was_signed(client, ready):
    rows = [
        (row, columns) for row, columns in signed_rows(sign_by_the_page(client, ready)) if columns
    ]
    before = [as_it_lies(row, columns) for row, columns in rows]

    tries = [
        (str(row._meta.label), statement, lambda s=statement: run(s))
        for row, columns in rows
        for statement in tries_in_sql(row, columns)
    ] + [
        (str(row._meta.label), "method", attempt)
        for row, _ in rows
        for attempt in tries_in_python(row)
        if row._meta.label != GOES_ON or row.status == "signed"
    ]

    assert [f"{label}: {what}" for label, what, attempt in tries if not is_refused(attempt)] == []
    assert [as_it_lies(row, columns) for row, columns in rows] == before


def test_neither_its_own_page_nor_the_admin_changes_what_was_signed(client, ready):
    rows = [
        (row, columns) for row, columns in signed_rows(sign_by_the_page(client, ready)) if columns
    ]
    before = [as_it_lies(row, columns) for row, columns in rows]

    press(client, ready)
    press(client, ready, **forged(ready))
    for row, _ in rows:
        for address, typed in doors_in_the_admin(row):
            client.post(address, typed)

    set_context(user_id=system_user().pk, sites=every_site())
    assert [as_it_lies(row, columns) for row, columns in rows] == before


def doors_in_the_admin(row):
    """The admin's own ways to a row, where it knows the model at all."""
    if type(row) not in admin.site._registry:
        return
    models = f"/admin/{row._meta.app_label}/{row._meta.model_name}/"
    for key in (row.key, row.pk):
        yield f"{models}{key}/", {"document": "{}", "number": 99, "status": "draft"}
        yield f"{models}{key}/change/", {"document": "{}", "number": 99, "status": "draft"}
        yield f"{models}{key}/delete/", {"post": "yes"}
    bulk = {"action": "delete_selected", "_selected_action": [row.pk, row.key], "post": "yes"}
    yield models, bulk


def test_the_admin_knows_no_signed_record_but_protocols():
    known = {model._meta.label for model in admin.site._registry}

    assert known & {Signature._meta.label, *MAY_MOVE} == {"clinic.ProtocolVersion"}


# -- What may still be said, is said once -------------------------------------------------------


def test_a_lifted_hold_is_not_lifted_again_nor_by_somebody_else(client):
    house = a_house()
    signature = sign_by_the_page(client, FORMS["clinic.cases.actions.lift_hold"](house))
    holds = apps.get_model("clinic", "Hold").objects.filter(key=signature.subject_key)

    for change in ({"lifted_by": house.nurse}, {"lifted_at": None, "lifted_by": None}):
        assert is_refused(lambda change=change: holds.update(**change))


def test_a_document_is_taken_back_once_with_its_words(client):
    house = a_house()
    signature = sign_by_the_page(client, FORMS["clinic.documents.actions.sign"](house))
    documents = apps.get_model("clinic", "SignedDocument").objects.filter(key=signature.subject_key)

    assert is_refused(lambda: documents.update(withdrawn_words="Before anybody took it back."))
    documents.update(
        withdrawn_at=signature.at, withdrawn_by=house.nurse, withdrawn_words="Said so."
    )
    assert is_refused(lambda: documents.update(withdrawn_words="Said otherwise."))
    assert is_refused(lambda: documents.update(withdrawn_by=house.facilitator))


def test_an_answered_amendment_is_not_answered_otherwise(client):
    house = a_house()
    signature = sign_by_the_page(client, FORMS["clinic.cases.signatures.actions.accept"](house))
    amendments = apps.get_model("clinic", "Amendment").objects.filter(key=signature.subject_key)

    assert is_refused(lambda: amendments.update(status="refused", answer="No.", acceptance=None))
    assert is_refused(lambda: amendments.update(answer="Yes, but."))
    assert amendments.get().status == "accepted"
