import re

import pytest
from django.urls import reverse
from django.utils.timezone import now

from clinic.attention.models import Matter
from clinic.checklists.models import Form
from clinic.links.models import PatientLink
from clinic.people.models import DutyShift
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, HOUR, a_house, sign_in
from tests.builders.links import a_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house_today")]
ITEMS = [f"phq{n}" for n in range(1, 10)]


@pytest.fixture
def house(db):
    return a_house(at=now() - 60 * DAY)


@pytest.fixture
def case(house):
    return a_referred_case(house, at=now() - DAY)


@pytest.fixture
def link(house, case):
    link, token = a_link(house, case, at=now() - HOUR)
    link.token = token
    return link


def address(link):
    return reverse("links:open", args=[link.token])


def sent(link, each="not-at-all", **changes):
    """What the page sends: its hidden fields and one choice a question."""
    answers = {f"q_{item}": each for item in ITEMS}
    shown = " ".join(item["code"] for item in link.form.definition["items"])
    codes = {o["code"] for o in link.form.definition["items"][-1]["options"]}
    answers["q_difficulty"] = sorted(codes)[0]
    return {"revision": 0, "shown": shown} | answers | changes


# -- For the person --------------------------------------------------------------------------


def test_before_the_first_question_stands_whom_to_call_and_whether_anybody_watches(link, client):
    page = client.get(address(link)).content.decode()

    crisis, cover = page.index("call or text 988"), page.index("Somebody is on duty.")
    assert crisis < cover < page.index("q_phq1")


def test_where_nobody_watches_the_page_says_from_when(house, link, client):
    DutyShift.objects.all().delete()
    DutyShift.objects.create(
        site=house.site,
        user=house.nurse,
        duty="charge",
        starts_at=now() + 10 * HOUR,
        ends_at=now() + 20 * HOUR,
    )

    page = client.get(address(link)).content.decode()

    assert "Nobody reads this right now." in page
    assert "next on duty from" in page


def test_a_look_changes_nothing(link, client, seeing, house):
    for _ in range(3):
        client.get(address(link))
        client.head(address(link))

    seeing(house.site)
    fresh = PatientLink.objects.get(pk=link.pk)
    assert (fresh.opened_at, fresh.finished_at, fresh.form.revision) == (None, None, 0)
    assert "sessionid" not in client.cookies


def test_answers_are_kept_and_the_person_may_go_on_later(link, client):
    client.post(address(link), {"revision": 0, "shown": "phq1", "q_phq1": "several-days"})

    page = client.get(address(link)).content.decode()

    assert 'value="several-days" id="id_q_phq1_1" checked' in page
    assert "Kept" in page


def kept(client, link, **answers):
    """One answer as it is given, before any button."""
    facts = {"revision": 0, "shown": " ".join(f"{item}" for item in ITEMS)} | answers
    return client.post(reverse("links:save", args=[link.token]), facts)


def test_each_answer_is_kept_as_it_is_given(link, client):
    answer = kept(client, link, q_phq1="several-days")

    assert 'id="id_revision" value="1"' in answer.content.decode()


def test_answers_sent_while_the_same_were_being_kept_are_taken(link, client):
    kept(client, link, q_phq1="not-at-all")

    answer = client.post(address(link), sent(link, complete="yes"))

    assert answer.url == reverse("links:thanks", args=[link.token])


def test_at_the_flag_stands_again_who_will_see_it_and_whom_to_call(link, client, seeing, house):
    answer = kept(client, link, q_phq9="several-days")

    page = answer.content.decode()
    assert answer["HX-Reswap"] == "none show:#told:top"
    assert "Thank you for telling us" in page
    assert "has just been told" in page
    seeing(house.site)
    assert Matter.objects.filter(kind="red_flag").count() == 1


def test_finishing_leads_to_thanks_with_whom_to_call(link, client):
    answer = client.post(address(link), sent(link, complete="yes"))

    thanks = client.get(answer.url).content.decode()

    assert answer.url == reverse("links:thanks", args=[link.token])
    assert "Thank you" in thanks
    assert "988" in thanks


def test_finishing_too_early_says_which_question_waits(link, client):
    answer = client.post(
        address(link), {"revision": 0, "shown": "phq1", "q_phq1": "not-at-all", "complete": "yes"}
    )

    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_what_was_answered_elsewhere_meanwhile_is_shown_again(link, client):
    client.post(address(link), {"revision": 0, "shown": "phq1", "q_phq1": "several-days"})

    answer = client.post(address(link), {"revision": 0, "shown": "phq1", "q_phq1": "not-at-all"})

    assert answer.status_code == 409
    assert "Answered meanwhile by somebody else" in answer.content.decode()


@pytest.mark.parametrize("way", ["finished", "expired", "revoked", "unknown"])
def test_whatever_became_of_a_link_the_same_calm_page_says_so(house, link, client, way):
    changes = {
        "finished": {"finished_at": now()},
        "expired": {"expires_at": now() - HOUR},
        "revoked": {"revoked_at": now(), "revoked_by": house.nurse},
        "unknown": {"token_digest": "of another"},
    }
    PatientLink.objects.filter(pk=link.pk).update(**changes[way])

    answer = client.get(address(link))

    assert answer.status_code == (404 if way == "unknown" else 410)
    assert "This link no longer works" in answer.content.decode()
    assert "988" in answer.content.decode()
    assert "Marlow" not in answer.content.decode()


def test_a_used_link_takes_no_second_set_of_answers(link, client, seeing, house):
    client.post(address(link), sent(link, complete="yes"))

    answer = client.post(address(link), sent(link, each="several-days", complete="yes"))

    seeing(house.site)
    assert answer.status_code == 410
    assert Form.objects.get(pk=link.form_id).total == 0


def test_the_page_says_nothing_of_what_for_and_is_kept_nowhere(link, client):
    answer = client.get(address(link))

    assert "no-store" in answer["Cache-Control"]
    assert "ketamine" not in answer.content.decode().lower()


# -- For staff -------------------------------------------------------------------------------


def staff_address(case):
    return reverse("links:index", args=[case.key])


def test_a_link_handed_over_is_shown_once(house, case, client):
    sign_in(client, house.facilitator)

    shown = client.post(staff_address(case), {"code": "gad-7", "by_email": "no"}).content.decode()
    later = client.get(staff_address(case)).content.decode()

    (path,) = re.findall(r'value="http://localhost:8000(/f/[^"]+)"', shown)
    assert "data:image/svg+xml;base64," in shown
    assert path not in later
    assert client.get(path).status_code == 200


def test_a_link_by_mail_is_queued(house, case, client):
    answer = sign_in(client, house.facilitator).post(
        staff_address(case), {"code": "gad-7", "by_email": "yes"}
    )

    assert answer.url == staff_address(case)
    assert case.messages.get().kind == "form_link"


def test_a_link_is_taken_back_with_one_tap(house, case, link, client):
    answer = sign_in(client, house.facilitator).post(reverse("links:revoke", args=[link.key]))

    assert answer.url == staff_address(case)
    assert PatientLink.objects.get(pk=link.pk).revoked_by == house.facilitator


@pytest.mark.parametrize(("part", "status"), [("manager", 403), ("stranger", 404)])
@pytest.mark.parametrize("route", ["links:index", "links:revoke"])
def test_the_links_of_a_case_are_for_its_own_staff(house, case, link, client, part, status, route):
    key = case.key if route == "links:index" else link.key

    answer = sign_in(client, house.people[part]).post(reverse(route, args=[key]))

    assert answer.status_code == status


def test_the_links_cost_the_same_with_one_and_with_fifty(
    house, case, link, client, django_assert_num_queries, django_assert_max_num_queries
):
    sign_in(client, house.facilitator)
    client.get(staff_address(case))
    with django_assert_max_num_queries(40) as one:
        client.get(staff_address(case))
    for _ in range(49):
        a_link(house, case, at=now())

    with django_assert_num_queries(len(one)):
        client.get(staff_address(case))
