"""What is put beside a signed record, by two at once."""

from clinic.cases.signatures import actions
from clinic.cases.signatures.models import Amendment, CounterSignature
from tests.builders.house import NOON, proof
from tests.builders.signatures import WORDS, a_signed_decision, an_amendment, fresh
from tests.races.harness import Start, race


@race("clinic.cases.signatures.actions.countersign")
def countersign(house):
    signature, lead = a_signed_decision(house), house.medical_lead

    def act():
        return actions.countersign(fresh(signature), by=lead, at=NOON, proof=proof(lead, NOON))

    return Start((lead, act), (lead, act), CounterSignature.objects.count)


@race("clinic.cases.signatures.actions.propose")
def propose(house):
    signature = a_signed_decision(house)

    def act(by):
        return lambda: actions.propose(
            fresh(signature), by=by, at=NOON, words=WORDS, reason=f"{by} saw the slip."
        )

    people = [(by, act(by)) for by in (house.facilitator, house.nurse)]
    return Start(*people, Amendment.objects.count, leaves=2, both_done=True)


@race("clinic.cases.signatures.actions.accept")
def accept(house):
    amendment = an_amendment(house)

    def act(by):
        return lambda: actions.accept(fresh(amendment), by=by, at=NOON, proof=proof(by, NOON))

    people = [(by, act(by)) for by in (house.prescriber, house.medical_lead)]
    return Start(*people, Amendment.objects.filter(status="accepted").count)


@race("clinic.cases.signatures.actions.refuse")
def refuse(house):
    amendment = an_amendment(house)

    def act(by):
        return lambda: actions.refuse(fresh(amendment), by=by, at=NOON, answer=f"{by} says no.")

    people = [(by, act(by)) for by in (house.prescriber, house.medical_lead)]
    return Start(*people, Amendment.objects.filter(status="refused").count)
