"""The clinic puts its texts in force by itself: first examples, then its own, then other languages."""

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.documents import actions, queries, rules
from clinic.documents.models import Text
from clinic.documents.texts.queries import kind
from clinic.people.models import RoleAtSite
from clinic.workflow import Refused
from tests.builders.documents import a_newer_text, a_signature
from tests.builders.house import DAY, HOUR, MINUTE, NOON, PASSWORD, a_house, codes, proof, sign_in
from tests.builders.preparation import a_preparing_case
from tests.database import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
CONSENT = "ketamine-consent"
DUTCH = {
    "seen": "0",
    "title": "Toestemming",
    "body": "Wat wij doen.\r\n\r\n- U stopt wanneer u wilt.",
}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def manager(client, house):
    return sign_in(client, house.manager)


def place(name, *args):
    return reverse(f"texts:{name}", args=args)


def says(client, name, *args):
    return client.get(place(name, *args)).content.decode()


def newest(language="en"):
    return Text.objects.filter(code=CONSENT, language=language).order_by("-version").first()


def test_a_text_in_a_second_language_is_written_and_signed(client, house):
    case = a_preparing_case(house, language="nl")
    written = sign_in(client, house.manager).post(place("write", CONSENT, "nl"), DUTCH)
    sign = reverse("documents:sign", args=[case.key, CONSENT])
    shown = sign_in(client, house.facilitator).get(sign).content.decode()

    client.post(sign, {"text": newest("nl").key, "printed_name": "Robin", "password": PASSWORD})

    assert (written.status_code, "U stopt wanneer u wilt." in shown) == (302, True)
    assert queries.standing(case, CONSENT, NOON).text == newest("nl")
    assert newest("nl").body == "Wat wij doen.\n\n- U stopt wanneer u wilt.\n"


def test_nobody_signs_a_version_before_it_binds(manager, house):
    case = a_preparing_case(house)
    shipped = newest()
    typed = {"seen": "1", "title": "Consent", "body": "Ours.", "binding_from": "2026-11-19T09:00"}

    manager.post(place("write", CONSENT, "en"), typed)

    assert queries.row_of(case, CONSENT, NOON).text == shipped
    assert queries.row_of(case, CONSENT, NOON + 2 * DAY).text == newest()
    found = rules.obstacles_to_sign_document(
        case, by=house.nurse, at=NOON, code=CONSENT, text=newest(), proof=proof(house.nurse, NOON)
    )
    assert [each.code for each in found] == ["text_not_binding"]


def test_the_page_says_since_when_each_version_binds_and_who_wrote_it(manager, house):
    a_newer_text(house, binding_from=NOON + DAY)

    page = says(manager, "show", CONSENT)
    old = says(manager, "read", CONSENT, "en", 1)

    assert "Not yet" in page
    assert "19 Nov 2026" in page
    assert f"<bdi>{house.approver}</bdi>" in page
    assert "An example, for practice." in old
    assert place("read", CONSENT, "en", 2) in old


def test_a_later_version_that_binds_sooner_replaces_one_that_waits(house):
    a_newer_text(house, binding_from=NOON + 9 * DAY)
    actions.add_text(
        by=house.manager, at=NOON, code=CONSENT, language="en", title="Consent", body="Ours.",
        binding_from=NOON + HOUR,
    )  # fmt: skip

    (english,) = kind(CONSENT, house.manager, NOON).tongues

    assert [line.word for line in english.lines] == ["Not yet", "Replaced", "Binds"]
    later = queries.binding_text(CONSENT, "en", NOON + 10 * DAY)
    assert later.body == "Ours."


def test_it_says_how_many_sign_again(manager, house):
    a_signature(house, a_preparing_case(house))

    before = says(manager, "show", CONSENT)
    a_newer_text(house)

    assert "sign version 2" not in before
    assert "1 person in care at your sites signed an older version" in says(
        manager, "show", CONSENT
    )


def test_who_signs_again_is_counted_at_ones_own_sites_alone(house):
    a_signature(house, a_preparing_case(house))
    a_newer_text(house)
    RoleAtSite.objects.create(
        user=house.stranger, site=house.other_site, role="manager", valid_from=NOON - DAY
    )

    (theirs,) = kind(CONSENT, house.stranger, NOON).tongues
    (ours,) = kind(CONSENT, house.manager, NOON).tongues

    assert (theirs.signing_again, ours.signing_again) == (0, 1)


def test_whoever_wrote_meanwhile_is_not_written_over(manager, house):
    a_newer_text(house)

    answer = manager.post(
        place("write", CONSENT, "en"), {"seen": "1", "title": "Consent", "body": "Mine."}
    )

    assert answer.status_code == 409
    assert "Mine." in answer.content.decode()
    assert newest().version == 2


def test_this_very_minute_is_now(house):
    at = NOON + MINUTE / 2

    text = actions.add_text(
        by=house.manager, at=at, code=CONSENT, language="en", title="Consent", body="Ours.",
        binding_from=NOON,
    )  # fmt: skip

    assert text.binding_from == at


def test_the_words_of_an_example_may_be_kept_as_the_clinics_own(house):
    shipped = newest()
    said = {"code": CONSENT, "language": "en", "title": shipped.title, "body": shipped.body}

    actions.add_text(by=house.manager, at=NOON, **said)

    assert (newest().version, newest().is_example) == (2, False)
    with pytest.raises(Refused) as refusal:
        actions.add_text(by=house.manager, at=NOON, **said)
    assert codes(refusal) == ["text_says_the_same"]


def test_who_may_write_is_led_to_the_page_and_who_may_not_is_told_who_does(house):
    case = a_preparing_case(house, language="nl")

    def met(by):
        found = rules.obstacles_to_sign_document(case, by=by, at=NOON, code=CONSENT)
        return next(each for each in found if each.code == "text_missing")

    assert (met(house.manager).clears, met(house.manager).subject) == ("texts:show", CONSENT)
    assert met(house.facilitator).clears == ""
    assert "A clinic manager or a protocol approver writes it." in met(house.facilitator).message


@pytest.mark.parametrize("who", ["nurse", "prescriber", "author", "privacy_officer"])
def test_only_who_answers_for_texts_opens_the_pages(client, house, who):
    sign_in(client, getattr(house, who))

    for url in (place("index"), place("show", CONSENT), place("write", CONSENT, "nl")):
        assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("show", ["sworn-oath"]),
        ("write", [CONSENT, "tlh"]),
        ("read", [CONSENT, "en", 2]),
        ("read", [CONSENT, "en", 99999999999999999999]),
    ],
)
def test_what_is_not_there_is_not_found(manager, name, args):
    assert manager.get(place(name, *args)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_clinic_without_texts_takes_the_examples_of_a_protocol_in():
    with transaction.atomic():
        house = a_house()
    with as_owner() as owner:
        owner.execute("DELETE FROM clinic_text")
    browser = sign_in(Client(), house.approver)
    empty = says(browser, "index")

    browser.post(place("take_in", house.version.key))

    page = says(browser, "index")
    assert ("No text" in empty, "No text" in page) == (True, False)
    assert (place("take_in", house.version.key) in empty) is True
    assert (place("take_in", house.version.key) in page) is False
    assert set(Text.objects.values_list("is_example", flat=True)) == {True}
