"""Records of two sites, linked or told apart by two at once, and either ended by two at once."""

from clinic.cases.two_sites.models import RecordLink, ToldApart
from clinic.context import set_context_of
from tests.builders.two_sites import (
    linked,
    records_at_two_sites,
    retracted,
    told_apart,
    unlinked,
    who_decides_at_both,
)
from tests.races.harness import Start, race


@race("clinic.cases.two_sites.actions.link")
def link(house):
    return _raced(house, linked)


@race("clinic.cases.two_sites.actions.unlink")
def unlink(house):
    return _raced(house, unlinked)


@race("clinic.cases.two_sites.actions.tell_apart")
def tell_apart(house):
    return _raced(house, told_apart)


@race("clinic.cases.two_sites.actions.retract")
def retract(house):
    return _raced(house, retracted)


# What each ending act ends.
ENDS = {unlinked: linked, retracted: told_apart}


def _raced(house, act):
    here, there = records_at_two_sites(house)
    lead = who_decides_at_both(house)
    if act in ENDS:
        ENDS[act](here, there, by=lead)

    def do(*pair):
        set_context_of(lead)
        act(*(type(each).objects.get(pk=each.pk) for each in pair), by=lead)

    def rows():
        set_context_of(lead)
        return RecordLink.objects.count() + ToldApart.objects.count()

    return Start((lead, lambda: do(here, there)), (lead, lambda: do(there, here)), rows)
