"""What was signed, by the acts of those who showed it."""

from clinic.cases.channels import actions as channels
from clinic.documents import actions, queries
from clinic.documents.capacity import actions as capacity
from clinic.people.queries import system_user
from tests.builders.cases import a_contact
from tests.builders.house import DAY, NOON, proof
from tests.builders.protocols import a_published_version, a_shipped_text


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


def a_refusal(house, case, code="ketamine-consent", *, at=NOON, by=None, words="Not today."):
    """The nurse asked the person to sign, and they declined."""
    return actions.decline(
        case, by=by or house.nurse, at=at, code=code, asked_by=house.nurse, words=words
    )


def an_assessment(case, decision="ketamine-consent", outcome="lacks", *, by, at=NOON - DAY):
    """What somebody found of the capacity to decide one thing."""
    return capacity.assess(
        case, by=by, at=at, decision=decision, outcome=outcome, assessed_at=at,
        rests_on="Could not say back what the treatment is for.",
    )  # fmt: skip


def a_guardian(house, case, *, covers=("care", "records"), ends_on=None, at=NOON - 2 * DAY):
    """A guardian whose document was seen."""
    contact = a_contact(house, case.patient, role="guardian", name="Gil Guard")
    return channels.see_guardianship(
        contact, by=house.intake, at=at, document="Court order", scope="Consents to treatment",
        covers=covers, ends_on=ends_on,
    )  # fmt: skip


CONSENT = "title: Consent to treatment with ketamine\n    kind: consent\n"


def where_a_guardian_may_sign(house, *more):
    """The house works by a version under which a guardian may sign the consent to treatment."""
    said = CONSENT + "".join(f"    {each}\n" for each in ("guardian_scope: care", *more))
    text = a_shipped_text("ketamine-im", (CONSENT, said))
    house.version = a_published_version(house, text, at=NOON - 50 * DAY)
    return house
