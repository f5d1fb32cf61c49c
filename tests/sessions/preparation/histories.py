"""What may happen to somebody between the decision and the dose, by the real acts, in any order.

Each happening takes the life and a number that chooses among what it could do; one that is refused
has not happened. A history is played in a savepoint and rolled back.
"""

from contextlib import contextmanager
from datetime import date, timedelta
from uuid import uuid4

import time_machine
from django.db import transaction
from django.urls import reverse

from clinic.booking import actions as booking
from clinic.booking.models import Stage, Visit
from clinic.cases import actions as cases
from clinic.cases.models import Case, Contact, Hold, Patient
from clinic.checklists.document import Kind
from clinic.checklists.engine import Answer
from clinic.documents import actions as documents
from clinic.documents.models import SignedDocument, Text
from clinic.people import actions as people
from clinic.people.models import Duty, DutyShift, Licence, User
from clinic.protocols.queries import document_of
from clinic.screening import actions as screening
from clinic.screening.queries import open_findings, screening_of
from clinic.stock import actions as stock
from clinic.workflow import Refused
from sessions.preparation import actions as preparation
from sessions.preparation import rules
from sessions.rehearsal import walk
from sessions.supervised import actions as supervised
from sessions.supervised.models import Order, SupervisedSession
from tests.builders.house import DAY, HOUR, MINUTE, proof, sign_in

PASSES = [MINUTE, 29 * MINUTE, 31 * MINUTE, 3 * HOUR, DAY, 7 * DAY, 29 * DAY, 60 * DAY, 120 * DAY]


@contextmanager
def rolled_back():
    """Whatever happens in here has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Life:
    """One person of one protocol, and everything that may happen to them and around them.

    `giver` gives the dose and reads the page; `team` are those booked, with their capacities;
    `readings` are taken before the dose; once there is an `order` the dose only has to be given.
    """

    def __init__(self, house, session, *, at, giver, team, readings, screener):
        self.house, self.at, self.giver, self.team = house, at, giver, team
        self.readings, self.screener, self.order_pk = readings, screener, None
        self.case_pk, self.cycle, self.session_pk = session.case_id, session.cycle, session.pk

    @property
    def case(self):
        return Case.objects.get(pk=self.case_pk)

    @property
    def session(self):
        return SupervisedSession.objects.get(pk=self.session_pk)

    @property
    def visit(self):
        return Visit.objects.filter(cycle=self.cycle, stage=Stage.DOSING).latest("pk")

    # -- The two that must agree

    def page(self, client):
        """The ready page as it is sent to this very person at this moment: its gates, its words."""
        with rolled_back(), time_machine.travel(self.at, tick=False):
            sign_in(client, User.objects.get(pk=self.giver.pk))
            answer = client.get(reverse("preparation:ready", args=[self.case.key]))
            assert answer.status_code == 200
            steps = [step for _, group in answer.context["groups"] for step in group]
            return steps, answer.content.decode()

    def refusal(self, at):
        """What the act says no with: the dose, or before there is one the check-in."""
        house, giver = self.house, User.objects.get(pk=self.giver.pk)
        with rolled_back():
            walk.clock(house, at)
            try:
                if self.order_pk is None:
                    supervised.check_in(self.session, by=giver, at=at)
                else:
                    order = Order.objects.get(pk=self.order_pk)
                    supervised.give(
                        order, by=giver, at=at, client_key=uuid4(), given_at=at, amount=order.amount
                    )
            except Refused as refused:
                return refused.obstacles
        return []

    @property
    def acts_at(self):
        """The moment the page speaks of: now once the person is here, else when they are expected."""
        if self.order_pk is not None:
            return self.at
        expected = Visit.objects.filter(
            cycle=self.cycle, stage=Stage.DOSING, status__in=["planned", "arrived"]
        ).last()
        return max(self.at, expected.starts_at) if expected else self.at

    # -- What happens

    def happens(self, name, number):
        """Let one thing happen; give back whether it did."""
        walk.clock(self.house, self.at)
        try:
            with transaction.atomic():
                getattr(self, name)(number)
        except Refused:
            return False
        return True

    def time_passes(self, number):
        self.at += PASSES[number % len(PASSES)]

    def an_answer_is_changed(self, number):
        found = screening_of(self.case, on=self.at.date())
        items = [i for i in found.checklist.items if i.kind == Kind.YES_NO and i.code in found.rows]
        item = items[number % len(items)]
        value = [Answer("known", True), Answer("known", False), Answer("not_known")][number % 3]
        screening.save(
            self.case, by=self.screener, at=self.at, form=found.form, answers={item.code: value},
            revision=found.form.revision,
        )  # fmt: skip

    def the_screening_is_opened_again(self, number):
        screening.open_again(self.case, by=self.screener, at=self.at, reason="Something new.")
        if number % 2:
            self.it_is_decided_again(number)

    def a_finding_is_settled(self, number):
        on = self.at.date()
        found = list(open_findings(self.case, on=on)) or list(screening_of(self.case, on=on).found)
        if found:
            one = found[number % len(found)]
            screening.rule_on(
                screening_of(self.case, on=on).form, by=self.house.prescriber, at=self.at,
                item=one.item, ruling=["cleared", "accepted", "excluded"][number % 3],
                reason="Looked at with the person.", evidence_on=on - number % 50 * DAY,
                approval_reference="IRB 2026/114", approval_on=on,
                proof=proof(self.house.prescriber, self.at),
            )  # fmt: skip

    def it_is_decided_again(self, number):
        walk.reviewed(self.house, self.case, at=self.at)
        walk.decided(self.house, self.case, at=self.at)
        preparation.begin(self.case, by=self.house.facilitator, at=self.at)

    def a_document_is_taken_back(self, number):
        signed = SignedDocument.objects.filter(case=self.case_pk, withdrawn_at=None).order_by("pk")
        documents.withdraw(_one(signed, number), by=self.house.facilitator, at=self.at)

    def what_is_missing_is_signed(self, number):
        walk.consented(self.house, self.case, at=self.at)

    def a_new_text_is_written(self, number):
        rule = document_of(self.case.protocol_version).documents
        code = rule[number % len(rule)].code
        documents.add_text(
            by=self.house.approver, at=self.at, code=code, language="en",
            title=Text.objects.filter(code=code).last().title, body=f"Other words, {number}.",
            binding_from=self.at + (number % 4) * 12 * HOUR,
        )  # fmt: skip

    def the_session_is_moved(self, number):
        starts_at = self.visit.starts_at + [-DAY, -HOUR, HOUR, DAY, 9 * DAY, 80 * DAY][number % 6]
        length = self.visit.ends_at - self.visit.starts_at
        booking.reschedule(
            self.visit, by=self.house.intake, at=self.at, starts_at=starts_at,
            ends_at=starts_at + length, room=self.house.second_room, people=self.team,
        )  # fmt: skip

    def the_session_is_called_off(self, number):
        booking.cancel(self.visit, by=self.house.intake, at=self.at, reason="A storm.")

    def a_licence_is_suspended(self, number):
        licences = Licence.objects.filter(user__in=[u for u, _ in self.team]).order_by("pk")
        licence = _one(licences, number)
        people.suspend_licence(licence, by=self.house.manager, at=self.at, reason="Asked.")

    def a_licence_is_restored(self, number):
        suspended = Licence.objects.filter(suspended_at__isnull=False)
        for licence in suspended:
            people.restore_licence(licence, by=self.house.manager, at=self.at, reason="Settled.")

    def a_licence_is_recorded(self, number):
        user = self.team[number % len(self.team)][0]
        old = Licence.objects.filter(user=user).first()
        licence = people.add_licence(
            User.objects.get(pk=user.pk), by=self.house.manager, at=self.at,
            profession=old.profession, jurisdiction=old.jurisdiction, number=f"N-{uuid4()}",
            valid_from=date(2026, 1, 1), valid_until=self.at.date() + (number % 90) * DAY,
            acts=old.acts,
        )  # fmt: skip
        people.verify_licence(licence, by=self.house.manager, at=self.at)

    def something_is_held(self, number):
        version, case = self.case.protocol_version, self.case
        room = self.visit.room
        targets = [
            ("version", version.key, ""), ("lot", self.house.lot.key, ""), ("room", room.key, ""),
            ("person", self.team[number % len(self.team)][0].key, ""),
            ("rule", version.key, f"washouts[{number % 3}]"),
            ("rule", version.key, "doses.supplementary"), ("site", case.site.key, ""),
            ("patient", case.patient.key, ""),
        ]  # fmt: skip
        on, key, rule = targets[number % len(targets)]
        cases.place_hold(
            case.site, by=self.house.safety_lead, at=self.at, on=on, target_key=key, rule=rule,
            words="this", reason="Looked into.",
        )  # fmt: skip

    def every_hold_is_lifted(self, number):
        lead = self.house.safety_lead
        for hold in Hold.objects.filter(lifted_at=None):
            cases.lift_hold(
                hold, by=lead, at=self.at, reason="Nothing was found.", proof=proof(lead, self.at)
            )

    def a_contact_is_ended(self, number):
        contact = Contact.objects.filter(
            patient=self.case.patient_id, ended_at=None, role=Contact.Role.EMERGENCY
        ).first()
        if contact:
            cases.end_contact(contact, by=self.house.intake, at=self.at)

    def a_contact_is_named(self, number):
        cases.add_contact(
            self.case.patient, by=self.house.intake, at=self.at, role=Contact.Role.EMERGENCY,
            name="Alder", relation="sibling", phone="+1 212 555 0143",
        )  # fmt: skip

    def the_birth_date_is_corrected(self, number):
        patient = Patient.objects.get(pk=self.case.patient_id)
        born = self.at.date() - timedelta(days=[17 * 365, 40 * 365, 80 * 365][number % 3] + number)
        cases.correct(patient, by=self.house.intake, at=self.at, date_of_birth=born)

    def the_way_home_changes(self, number):
        kind = ["adult_present", "adult_reachable", "stays_the_night"][number % 3]
        preparation.plan_way_home(
            self.cycle, by=self.house.facilitator, at=self.at, kind=kind, escort_name="Alder",
            escort_phone="+1 212 555 0143", pickup_at=None, will_not_drive=bool(number % 4),
        )  # fmt: skip

    def nobody_is_on_call(self, number):
        for shift in DutyShift.objects.filter(duty=Duty.ON_CALL):
            people.take_off_duty(shift, by=self.house.manager, at=self.at)

    def somebody_is_put_on_call(self, number):
        people.put_on_duty(
            self.case.site, by=self.house.manager, at=self.at, user=self.house.medical_lead,
            duty=Duty.ON_CALL, starts_at=self.at - HOUR,
            ends_at=self.at + [20 * HOUR, 3 * DAY, 30 * DAY][number % 3],
        )  # fmt: skip

    def somebody_decides_past(self, number):
        shut = [step for step in rules.gates(self.cycle, at=self.at) if step.may_be_decided_past]
        if shut:
            step = shut[number % len(shut)]
            by = [self.house.prescriber, self.house.medical_lead, self.house.safety_lead][
                number % 3
            ]
            preparation.decide_past(
                self.cycle, by=by, at=self.at, code=step.code, reason="Weighed with the person.",
                approval_reference="IRB 2026/114", approval_on=self.at.date() - DAY,
                proof=proof(by, self.at),
            )  # fmt: skip

    def vital_signs_are_taken(self, number):
        if self.order_pk is not None and self.readings:
            supervised.observe(
                self.session, by=self.team[0][0], at=self.at, client_key=uuid4(),
                readings=self.readings | {"systolic": ["118", "152", "171"][number % 3]},
                stated_at=self.at,
            )  # fmt: skip

    def somebody_leaves_the_room(self, number):
        if self.order_pk is not None:
            user, capacity = self.team[number % len(self.team)]
            supervised.come(
                self.session, by=self.giver, at=self.at, user=user, capacity=capacity,
                where=["with_client", "on_premises", "away"][number % 3], stated_at=self.at,
            )  # fmt: skip

    def the_lot_is_recalled(self, number):
        if number % 4 == 0 and self.house.lot:
            stock.recall(self.house.lot, by=self.house.manager, at=self.at, reason="A letter.")


HAPPENINGS = [
    name
    for name, value in vars(Life).items()
    if callable(value) and not name.startswith("_")
    and name not in {"page", "refusal", "happens"}
]  # fmt: skip


def _one(rows, number):
    rows = list(rows)
    return rows[number % len(rows)]
