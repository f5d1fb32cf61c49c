"""Messages in the outbox, by the real act."""

from clinic.messages import actions, kinds
from clinic.people.queries import system_user
from tests.builders.house import NOON

PLAIN = "plain_words"
if PLAIN not in kinds.KINDS:
    kinds.register(
        PLAIN,
        still_wanted=lambda message, at: not message.context.get("over"),
        words=lambda message: ("A word from us", "Please call when it suits you.\n"),
        label="A word",
    )


def a_message(house, *, at=NOON, due_at=None, **facts):
    """A message to the nurse, due now, unless said otherwise."""
    facts = {"kind": PLAIN, "occurrence": f"plain/{due_at or at}", "site": house.site} | facts
    if not facts.get("case") and not facts.get("patient"):
        facts.setdefault("user", house.nurse)
    return actions.queue(by=system_user(), at=at, due_at=due_at or at, **facts)


def claimed(house, *, at=NOON, **facts):
    """A message that a sweep has just claimed."""
    a_message(house, at=at, **facts)
    return actions.claim_next(by=system_user(), at=at)
