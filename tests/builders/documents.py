"""What was signed, by the acts of those who showed it."""

from clinic.documents import actions, queries
from clinic.people.queries import system_user
from tests.builders.house import DAY, NOON, proof


def the_texts(house, *, at=NOON - 50 * DAY):
    """The example texts, in force."""
    actions.add_examples(by=system_user(), at=at)


def a_newer_text(house, code="ketamine-consent", *, at=NOON, binding_from=None):
    """A version that binds from now on, or from a day to come."""
    return actions.add_text(
        by=house.approver,
        at=at,
        code=code,
        language="en",
        title="Consent to treatment",
        body="What we do, what may happen, and that you may stop at any moment.",
        binding_from=binding_from,
    )


def a_signature(house, case, code="ketamine-consent", *, at=NOON - DAY, by=None, **said):
    """One document the person signed before a witness."""
    witness = by or house.facilitator
    row = queries.row_of(case, code, at)
    said = {"printed_name": "Robin Marlow", "choice": "yes" if row.rule.widens else ""} | said
    return actions.sign(
        case, by=witness, at=at, code=code, text=row.text, proof=proof(witness, at), **said
    )


def everything_signed(house, case, *, at=NOON - DAY):
    """All documents without which there is no dose."""
    return [
        a_signature(house, case, row.rule.code, at=at)
        for row in queries.required(case, at)
        if row.is_missing
    ]
