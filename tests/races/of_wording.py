"""The words of an instrument, by two at once."""

from clinic.checklists.wording.models import AcceptedTerms, InstrumentText
from tests.builders.wording import accepted_terms, load
from tests.races.harness import Start, race


@race("clinic.checklists.wording.actions.accept_terms")
def accept_terms(house):
    return Start(
        (house.manager, lambda: accepted_terms(house)),
        (house.manager, lambda: accepted_terms(house)),
        AcceptedTerms.objects.count,
    )


@race("clinic.checklists.wording.actions.load_words")
def load_words(house):
    accepted_terms(house)
    return Start(
        (house.manager, lambda: load(house, by=house.manager, seen=0)),
        (house.author, lambda: load(house, by=house.author, seen=0)),
        InstrumentText.objects.count,
    )
