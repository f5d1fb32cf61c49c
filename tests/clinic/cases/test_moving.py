import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import Signature
from clinic.audit.queries import OPENED
from clinic.cases.models import Case, Status
from clinic.cases.moving import actions, queries
from clinic.cases.moving.models import CaseMove
from clinic.context import set_context
from clinic.protocols import actions as protocols
from clinic.workflow import Refused
from sessions.preparation.rules import gates
from tests.builders.cases import a_case_in, a_referred_case
from tests.builders.house import DAY, HOUR, NOON, PASSWORD, a_house, codes, proof, sign_in, trail
from tests.builders.preparation import a_prepared_case
from tests.builders.protocols import TEXT, TITLE, a_published_version, a_reviewed_version, a_text
from tests.builders.supervised import a_dosed_session, a_signed_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
STRICTER = (
    (f"title: {TITLE}", "title: Ketamine, our way"),
    ("  - code: ketamine-consent\n", "  - code: sitter-agreement\n"
     "    title: Agreement with a sitter\n    kind: agreement\n    basis: house\n"
     "    source: Ours\n  - code: ketamine-consent\n"),
)  # fmt: skip


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def move(house, case, to, *, by=None, at=NOON, reason="The stay is longer now.", proved=None):
    by = by or house.prescriber
    return actions.move_to_version(
        case, by=by, at=at, to=to, reason=reason, proof=proof(proved or by, at)
    )


def refused(house, case, to, **how):
    before = trail()
    with pytest.raises(Refused) as refusal:
        move(house, case, to, **how)
    assert (trail(), CaseMove.objects.count()) == (before, 0)
    return codes(refusal)


def test_an_open_case_stays_pinned_when_another_version_is_published(house):
    case = a_referred_case(house)

    a_published_version(house, a_text())

    case.refresh_from_db()
    assert case.protocol_version == house.version


def test_a_moved_case_is_on_the_new_version_signed_and_in_the_trail(house):
    case = a_referred_case(house)
    to = a_published_version(house, a_text())

    moved = move(house, case, to)

    signature = Signature.objects.get(subject_key=moved.key)
    assert Case.objects.get(pk=case.pk).protocol_version == to
    assert (signature.by, signature.case) == (house.prescriber, case)
    assert "Ketamine, our way" in signature.content
    assert trail()[-1] == "case moved to another version"


def test_what_it_changes_for_the_case_is_read_before_and_kept(house):
    case = a_prepared_case(house)
    text = TEXT
    for former, now in STRICTER:
        assert former in text
        text = text.replace(former, now, 1)
    to = a_published_version(house, text)

    read = dict(queries.changes_for(case, to, at=NOON - DAY))
    moved = move(house, case, to, at=NOON)

    assert read["Documents"] == ["To be signed: Agreement with a sitter."]
    assert read["Gates to the next dose"] == [
        "Closes: Documents signed. Agreement with a sitter: there is no text of it in the"
        " person's language (English). A clinic manager or a protocol approver writes it."
    ]
    assert [line for title, lines in moved.listed["for this case"] for line in lines
            if title == "Documents"] == read["Documents"]  # fmt: skip
    asked = {step.code: bool(step.obstacles) for step in gates(case.cycles.get(), at=NOON)}
    assert asked["consent"]


def test_reading_what_would_change_moves_nothing(house):
    case = a_prepared_case(house)
    to = a_published_version(house, a_text())

    queries.listed(case, to, at=NOON)

    assert Case.objects.get(pk=case.pk).protocol_version == house.version


def test_whoever_was_declared_ready_is_so_no_longer(house):
    case = a_case_in(house, Status.READY)
    to = a_published_version(house, a_text())

    move(house, case, to)

    assert Case.objects.get(pk=case.pk).status == Status.PREPARING


@pytest.mark.parametrize("who", ["intake", "nurse", "facilitator", "manager", "author", "stranger"])
def test_only_who_decides_eligibility_here_moves_a_case(house, who):
    case, to = a_referred_case(house), a_published_version(house, a_text())

    assert refused(house, case, to, by=house.people[who]) == ["role"]


def test_nobody_moves_a_case_under_somebody_elses_name(house):
    case, to = a_referred_case(house), a_published_version(house, a_text())

    assert refused(house, case, to, proved=house.medical_lead) == ["signer_unproved"]


def test_a_move_has_its_reason(house):
    case, to = a_referred_case(house), a_published_version(house, a_text())

    assert refused(house, case, to, reason="  ") == ["reason_missing"]


@pytest.mark.parametrize("status", [Status.CLOSED, Status.WITHDRAWN, Status.DECLINED])
def test_a_case_that_has_ended_stays_where_it_is(house, status):
    case, to = a_case_in(house, status), a_published_version(house, a_text())

    assert refused(house, case, to) == ["status"]


def test_a_case_is_moved_to_no_version_that_is_not_published(house):
    case = a_referred_case(house)
    in_review = a_reviewed_version(house)
    assert refused(house, case, in_review) == ["move_target"]

    protocols.retire(house.version, by=house.approver, at=NOON, reason="Old.")
    assert refused(house, case, house.version) == ["move_target"]


def test_during_a_session_and_until_it_is_signed_a_case_stays_where_it_is(house):
    session = a_dosed_session(house, at=NOON - HOUR)
    to = a_published_version(house, a_text())

    assert refused(house, session.case, to) == ["move_in_session"]


def test_after_the_record_is_signed_it_may_be_moved(house):
    session = a_signed_session(house, at=NOON - DAY)
    to = a_published_version(house, a_text())

    move(house, session.case, to)

    assert Case.objects.get(pk=session.case_id).protocol_version == to


def test_somebody_moves_a_case_on_its_page_and_the_case_file_says_so_for_ever(client, house):
    case = a_referred_case(house)
    to = a_published_version(house, a_text())
    url = reverse("cases:move", args=[case.key])
    sign_in(client, house.prescriber)

    file = client.get(case.get_absolute_url()).content.decode()
    read = client.get(url).content.decode()
    answer = client.post(url, {"to": to.key, "reason": "Longer stay.", "password": PASSWORD})
    after = client.get(case.get_absolute_url()).content.decode()

    assert f'href="{url}"' in file
    assert "Ketamine, our way" in read
    assert (answer.status_code, answer.url) == (302, case.get_absolute_url())
    assert f"From version {house.version.number} to version {to.number}" in after
    assert OPENED in trail()


def test_a_page_without_a_version_to_move_to_says_so(client, house):
    case = a_referred_case(house)

    page = sign_in(client, house.prescriber).get(reverse("cases:move", args=[case.key]))

    assert "No other version of this protocol is in force." in page.content.decode()


def test_the_database_shows_a_move_at_its_own_site_alone(house):
    move(house, a_referred_case(house), a_published_version(house, a_text()))

    def seen_at(site):
        set_context(user_id=house.nurse.pk, sites=[site.pk])
        return CaseMove.objects.count()

    assert (seen_at(house.site), seen_at(house.other_site)) == (1, 0)


def test_a_stranger_finds_no_such_case(client, house):
    url = reverse("cases:move", args=[a_referred_case(house).key])

    assert sign_in(client, house.stranger).get(url).status_code == 404
