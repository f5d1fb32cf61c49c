"""The gates only the day can answer: who is here, how the person is, what is about to be given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from clinic.audit.canonical import decimal_text
from clinic.booking.rules import acts_not_covered
from clinic.checklists.answers import value_of
from clinic.checklists.document import Meaning
from clinic.checklists.engine import Finding, findings
from clinic.checklists.queries import checklist_of
from clinic.protocols.calculators import (
    LicenceNeeded,
    amount_problems,
    another_form,
    band,
    first_given,
    group_problems,
    professions_for,
    staff_needed,
    supplement_problems,
    total_given,
)
from clinic.protocols.document import BandName, Phase, Presence
from sessions.preparation import barred as gates
from sessions.preparation import closing
from sessions.preparation.barred import Barred, barred
from sessions.preparation.facts import Attempt, Facts, Seen

NEAR_ENOUGH = {
    Presence.WITH_CLIENT: {"with_client"},
    Presence.ON_PREMISES: {"with_client", "on_premises"},
    Presence.REACHABLE: {"with_client", "on_premises", "reachable"},
}
NEARNESS = {
    Presence.WITH_CLIENT: "with the person",
    Presence.ON_PREMISES: "on the premises",
    Presence.REACHABLE: "reachable",
}
# Questions of today's checks about capacity have a gate of their own.
ABOUT_CAPACITY = "capacity"
WEIGHT, WEIGHED_ON = "weight_kg", "weighed_on"
SECOND_CHECK = "second_check"


def roles_present(facts: Facts) -> Iterator[Barred]:
    """Everybody the protocol wants is as near as it wants them."""
    for role in facts.document.roles:
        here = {
            each.user.pk
            for each in facts.day_facts.presences
            if each.capacity == role.capacity and each.where in NEAR_ENOUGH[role.presence]
        }
        if len(here) < role.count:
            yield barred(
                gates.ROLES_PRESENT,
                facts,
                f"{role.title}: {role.count} {NEARNESS[role.presence]} needed, {len(here)} here.",
                subject=facts.day_facts.session_key,
            )


def ratio(facts: Facts) -> Iterator[Barred]:
    """As many staff are with the people of the room as the largest total in it asks for."""
    people = 1 + len(facts.day_facts.totals_in_room)
    for words in group_problems(facts.document, people):
        yield barred(gates.RATIO, facts, words, subject=facts.day_facts.session_key)
    own = _total_after(facts.attempt) if facts.attempt else total_given(facts.day_facts.given)
    needed = staff_needed(facts.document, [own, *facts.day_facts.totals_in_room])
    if needed is None:
        return
    there = facts.day_facts.staff_in_room
    if there is None:
        there = len({e.user.pk for e in facts.day_facts.presences if e.where == "with_client"})
    if there < needed:
        yield barred(
            gates.RATIO,
            facts,
            f"{needed} staff in the room needed for {people} being dosed, {there} there.",
            clears="supervised:presence",
            subject=facts.day_facts.session_key,
        )


def todays_checks(facts: Facts) -> Iterator[Barred]:
    """Every one of today's checks is answered and free of a finding."""
    rule = facts.document.today
    if rule is None:
        return
    if facts.checks is None:
        yield _check(facts, gates.TODAYS_CHECKS, "Today's checks have not been made.")
        return
    for finding in _findings_today(facts):
        if not finding.item.startswith(ABOUT_CAPACITY):
            yield _found(facts, gates.TODAYS_CHECKS, finding)


def capacity(facts: Facts) -> Iterator[Barred]:
    """A clinician has established today that the person can decide for themselves."""
    if facts.checks is None:
        yield _check(facts, gates.CAPACITY, "Capacity has not been established today.")
        return
    checklist = checklist_of(facts.checks.form)
    asked = [item.code for item in checklist.items if item.code.startswith(ABOUT_CAPACITY)]
    if not any(code in facts.checks.answers for code in asked):
        yield _check(facts, gates.CAPACITY, "Capacity has not been established today.")
        return
    for finding in _findings_today(facts):
        if finding.item.startswith(ABOUT_CAPACITY):
            yield _found(facts, gates.CAPACITY, finding)


def vitals(facts: Facts) -> Iterator[Barred]:
    """Every vital sign the protocol wants is fresh and inside its limits."""
    rule = facts.document.today
    if rule is None:
        return
    fresh = _fresh_minutes(facts)
    for code in rule.vitals:
        parameter = facts.document.parameter(code)
        label = parameter.label if parameter else code
        seen = facts.day_facts.readings.get(code)
        if seen is None:
            yield _vital(facts, f"{label} has not been taken.")
        elif fresh is not None and facts.at - seen.at > timedelta(minutes=fresh):
            taken = seen.at.astimezone(facts.case.site.tz)
            yield _vital(facts, f"{label} was taken at {taken:%H:%M}; {fresh} minutes are allowed.")
        else:
            yield from _outside(facts, code, label, seen)


def vitals_moments(facts: Facts) -> Iterator[datetime]:
    """When the readings grow stale."""
    return closing.of_vitals(facts, _fresh_minutes(facts))


def amount_moments(facts: Facts) -> Iterator[datetime]:
    """When the weight grows too old or a further dose is too late."""
    return closing.of_amount(facts, weight_of(facts)[1])


def amount(facts: Facts) -> Iterator[Barred]:
    """An amount is ordered that every limit of the protocol allows after what was given."""
    attempt = facts.attempt
    if attempt is None or attempt.amount is None:
        yield barred(gates.AMOUNT, facts, "No amount is ordered.")
        return
    is_further = bool(facts.day_facts.given)
    weight, weighed_on = weight_of(facts)
    problems = list(
        amount_problems(
            facts.document,
            attempt.amount,
            attempt.given_before,
            weight,
            supplementary=is_further,
            session_number=facts.session_number,
            first=first_given(facts.day_facts.given),
        )
    )
    if is_further:
        problems += supplement_problems(facts.document, facts.day_facts.given, facts.at)
    problems += _weight_problems(facts, weight, weighed_on)
    for words in problems:
        yield barred(gates.AMOUNT, facts, words)


def lot(facts: Facts) -> Iterator[Barred]:
    """The dose comes from a lot of this substance that is in date, not recalled, and enough."""
    attempt = facts.attempt
    chosen = attempt.lot if attempt else None
    if attempt is None or chosen is None:
        yield barred(gates.LOT, facts, "No lot has been chosen.")
        return
    document = facts.document
    if (chosen.substance, chosen.unit) != (document.substance, document.unit):
        yield _lot(facts, f"Lot {chosen.number} is {chosen.substance} in {chosen.unit}.")
    elif words := another_form(document, chosen.presentation, chosen.salt):
        yield _lot(facts, f"Lot {chosen.number} is {words}.")
    if chosen.site_id != facts.case.site_id:
        yield _lot(facts, f"Lot {chosen.number} is kept at another site.")
    if chosen.expires_on < facts.day:
        yield _lot(facts, f"Lot {chosen.number} expired on {chosen.expires_on:%d %B %Y}.")
    if chosen.recalled_at is not None:
        yield _lot(facts, f"Lot {chosen.number} has been recalled.")
    if attempt.is_still_in_stock and chosen.balance < (attempt.amount or 0):
        held = f"{decimal_text(chosen.balance)} {chosen.unit}"
        yield _lot(facts, f"Lot {chosen.number} holds only {held}.")


def second_person(facts: Facts) -> Iterator[Barred]:
    """A second person, entitled and not the first, checks the dose."""
    attempt = facts.attempt
    if attempt is None or attempt.second is None:
        yield barred(gates.SECOND_PERSON, facts, "No second person has checked this dose.")
        return
    if attempt.by is not None and attempt.second.pk == attempt.by.pk:
        yield barred(gates.SECOND_PERSON, facts, "The second person must be somebody else.")
        return
    if not attempt.second_may_dose:
        words = f"{attempt.second} has no role at this site that checks doses."
        yield barred(gates.SECOND_PERSON, facts, words)
    needed = LicenceNeeded("", "", (SECOND_CHECK,), _checkers(facts), Presence.ON_PREMISES, None, 1)
    if acts_not_covered(attempt.second_licences, needed, facts.jurisdiction, facts.day):
        yield barred(
            gates.SECOND_PERSON,
            facts,
            f"{attempt.second} has no licence in {facts.jurisdiction} today to check a dose.",
        )


def weight_of(facts: Facts) -> tuple[Decimal | None, date | None]:
    """The weight the dose is worked out with, and the day it was taken."""
    answers = facts.checks.answers if facts.checks else {}
    said, when = answers.get(WEIGHT), answers.get(WEIGHED_ON)
    if said is None or said.value in (None, ""):
        seen = facts.day_facts.readings.get(WEIGHT)
        day = seen.at.astimezone(facts.case.site.tz).date() if seen else None
        return (seen.value, day) if seen else (None, None)
    item = checklist_of(facts.checks.form).item(WEIGHT) if facts.checks else None
    try:
        weighed_on = date.fromisoformat(str(when.value)) if when else None
        return (value_of(item, said), weighed_on) if item else (None, None)
    except ValueError:
        return None, None


def _weight_problems(
    facts: Facts, weight: Decimal | None, weighed_on: date | None
) -> Iterator[str]:
    rule = facts.document.today
    if rule is None or rule.weight_fresh_days is None or not facts.document.doses.needs_weight:
        return
    if weight is None or weighed_on is None:
        return
    if weighed_on + timedelta(days=rule.weight_fresh_days) < facts.day:
        yield f"The weight is of {weighed_on:%d %B %Y}; weigh again."


def _findings_today(facts: Facts) -> list[Finding]:
    if facts.checks is None:
        return []
    checklist = checklist_of(facts.checks.form)
    found = findings(checklist, facts.checks.answers, facts.day)
    return [finding for finding in found if finding.meaning != Meaning.INFO]


def _check(facts: Facts, which, words: str) -> Barred:
    return barred(
        which, facts, words, clears="supervised:checks", subject=facts.day_facts.session_key
    )


def _found(facts: Facts, which, finding: Finding) -> Barred:
    return barred(
        which,
        facts,
        finding.message,
        decider=finding.decider,
        basis=finding.basis,
        citation=finding.citation,
        clears="supervised:checks",
        subject=facts.day_facts.session_key,
    )


def _fresh_minutes(facts: Facts) -> int | None:
    rule, further = facts.document.today, facts.document.doses.supplementary
    if facts.day_facts.given and further is not None and further.vitals_fresh_minutes is not None:
        return further.vitals_fresh_minutes
    return rule.vitals_fresh_minutes if rule else None


def _outside(facts: Facts, code: str, label: str, seen: Seen) -> Iterator[Barred]:
    limit = facts.document.limit(code, Phase.BEFORE_DOSE)
    if limit is None or seen.value is None:
        return
    found = band(limit, seen.value)
    if found.name != BandName.NORMAL:
        read = seen.words or decimal_text(seen.value)
        unit = f" {limit.unit}" if limit.unit else ""
        what = f"{label} {read}{unit} is outside its limits. {found.words}".strip()
        yield barred(
            gates.VITALS,
            facts,
            what,
            decider=found.decider,
            basis=found.basis,
            citation=found.source,
            clears="supervised:observe",
            subject=facts.day_facts.session_key,
        )


def _vital(facts: Facts, words: str) -> Barred:
    return barred(
        gates.VITALS,
        facts,
        words,
        clears="supervised:observe",
        subject=facts.day_facts.session_key,
    )


def _lot(facts: Facts, words: str) -> Barred:
    return barred(gates.LOT, facts, words)


def _total_after(attempt: Attempt) -> Decimal | None:
    if attempt.given_before is None:
        return None
    return attempt.given_before + (attempt.amount or Decimal(0))


def _checkers(facts: Facts) -> tuple[str, ...]:
    """The professions that may check a dose: those of every capacity that has the act."""
    return professions_for(facts.document, SECOND_CHECK, facts.jurisdiction)
