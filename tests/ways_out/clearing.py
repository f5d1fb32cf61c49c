"""How each kind of obstacle is cleared by hand, and the few that rightly nobody clears."""

CLEARS = {}
CLEAR_OTHERS = set()  # codes whose hand may clear more than the one obstacle

# Nobody clears these. Each has its reason, and what is done instead.
NOBODYS = {
    "status": "The step belongs to another stage: it comes when the case gets there, or never.",
    "no_order": "The dose was given, and the minutes in which a second may follow are over.",
}


class StopsForGood(Exception):
    """Nobody may go past this one: the honest way on is another outcome."""


def clears(code, *, and_others=False):
    """The hand that clears obstacles of this code: it takes the house and the obstacle."""

    def keep(hand):
        assert code not in CLEARS, code
        CLEARS[code] = hand
        if and_others:
            CLEAR_OTHERS.add(code)
        return hand

    return keep
