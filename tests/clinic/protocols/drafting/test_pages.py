"""The pages on which a protocol is written, through the client."""

import re

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.canonical import digest
from clinic.protocols.drafting import actions
from clinic.protocols.drafting.parts import Row
from clinic.protocols.drafting.places import groups_of_row, read_place
from clinic.protocols.drafting.sections import SECTIONS, section
from clinic.protocols.models import PartChange, ProtocolVersion
from clinic.protocols.rules import obstacles_to_publish
from tests.builders.drafting import BEGUN, a_sheet, an_empty_draft, typed
from tests.builders.house import NOON, a_house, sign_in, trail
from tests.builders.protocols import a_draft, a_reviewed_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def author(client, house):
    with time_machine.travel(NOON, tick=False):
        yield sign_in(client, house.author)


def at(name, version, *args):
    return reverse(f"admin:clinic_protocolversion_{name}", args=[version.key, *args])


def sent(version, code, **changes):
    """The page of a section as a browser sends it, with some fields typed into."""
    return a_sheet(version, section(code).groups) | {k: [v] for k, v in changes.items()}


def text(answer):
    return answer.content.decode()


def test_an_author_begins_a_protocol(author, house):
    said = {k: v for k, v in BEGUN.items() if k not in {"nouns", "code", "substance"}}

    answer = author.post(reverse("admin:clinic_protocol_begin"), said | {"nouns": "client"})

    version = ProtocolVersion.objects.get(protocol__code="our-own-way")
    assert (answer.status_code, answer.url) == (302, at("write", version))
    assert version.document["nouns"]["clinician"] == "facilitator"
    assert version.document["substance"] == "ketamine"


def test_the_overview_lists_every_section_with_what_is_missing(author, house):
    version = an_empty_draft(house, at=NOON)

    page = author.get(at("write", version))

    shown = {each.section.code: each for each in page.context["sections"]}
    assert list(shown) == [each.code for each in SECTIONS]
    (told,) = shown["screening"].mistakes
    assert (told.words, told.what) == ("This has to be said.", "Screening form")
    assert told.url.startswith(at("section", version, "screening"))


def a_wrong_draft(house):
    """A draft with a band that leaves a hole, a check nobody does, and a role nobody has."""
    document = a_draft(house).document
    document["limits"][0]["bands"][1]["starts"] = "1"
    document["visits"][0]["checklist"] = "gone"
    document["visits"][0]["staff"] = ["nobody"]
    return ProtocolVersion.objects.create(
        protocol=house.version.protocol, number=77, document=document, digest=digest(document),
        drafted_at=NOON, drafted_by=house.author,
    )  # fmt: skip


def test_every_page_of_a_draft_tells_the_same_mistakes_in_the_same_words(author, house):
    version = a_wrong_draft(house)

    overview = author.get(at("write", version))
    before = author.get(at("submit", version))
    sent = author.post(at("submit", version))
    asked = obstacles_to_publish(version, by=house.approver, at=NOON)

    told = [str(t) for each in overview.context["sections"] for t in each.mistakes]
    assert len(told) == 3
    assert sorted(o.message for o in before.context["obstacles"]) == sorted(told)
    assert sorted(sent.context["form"].non_field_errors()) == sorted(told)
    assert sorted(o.message for o in asked if o.code == "file_mistake") == sorted(told)
    assert not [words for words in told if re.search(r"\[\d+\]|\w\.\w", words)]


def test_before_it_is_sent_every_mistake_leads_to_where_it_is_mended(author, house):
    version = a_wrong_draft(house)

    page = author.get(at("submit", version)).content.decode()
    approver = obstacles_to_publish(version, by=house.approver, at=NOON)

    for url in (at("part", version, "limits.0"), at("section", version, "people")):
        assert f'href="{url}#' in page
    assert not [each.clears for each in approver if each.code == "file_mistake" and each.clears]


def test_a_draft_whose_form_has_no_text_is_not_called_ready(author, house):
    document = a_draft(house).document
    document["measures"] = [
        {"instrument": "audit", "at_baseline": True, "basis": "house", "source": "Ours"}
    ]
    version = ProtocolVersion.objects.create(
        protocol=house.version.protocol, number=77, document=document, digest=digest(document),
        drafted_at=NOON, drafted_by=house.author,
    )  # fmt: skip

    page, before = author.get(at("write", version)), author.get(at("submit", version))

    said = [each.message for each in before.context["obstacles"]]
    assert [each.message for each in page.context["texts"]] == said
    assert "is not loaded, so nobody could be asked it." in said[0]
    assert "It can be sent to review." not in text(page)


@pytest.mark.parametrize("code", [each.code for each in SECTIONS])
def test_every_section_of_an_empty_and_of_a_full_draft_opens(author, house, code):
    for version in (an_empty_draft(house, at=NOON), a_draft(house)):
        assert author.get(at("section", version, code)).status_code == 200


def test_a_mistake_is_linked_to_its_very_row(author, house):
    version = a_draft(house)
    bands = version.document["limits"][0]["bands"]
    row = groups_of_row(*read_place("limits.0")[:2], is_named=False)
    form = a_sheet(version, row) | {"limits-0-bands-1-starts": ["1"]}
    author.post(at("part", version, "limits.0"), form)

    page = author.get(at("write", version))

    told = [t for each in page.context["sections"] for t in each.mistakes]
    assert len(bands) > 2
    assert {t.url for t in told} == {
        at("part", version, "limits.0") + "#id_limits-0-bands-1-starts"
    }
    shown = text(author.get(told[0].url))
    assert 'id="id_limits-0-bands-1-starts"' in shown
    assert told[0].words in shown


def test_a_row_is_added_without_a_script_and_what_was_typed_stays(author, house):
    version = an_empty_draft(house, at=NOON)
    form = sent(version, "events", do="add:events")

    page = author.post(at("section", version, "events"), form)

    shown = text(page)
    assert page.status_code == 200
    assert 'name="events-0-label"' in shown
    assert shown.count("autofocus") == 1
    assert PartChange.objects.count() == 0


def test_a_row_is_written_and_gets_a_short_name(author, house):
    version = an_empty_draft(house, at=NOON)
    form = sent(version, "events") | {"events-TOTAL_FORMS": "1", "events-0-label": "Drank water"}

    answer = author.post(at("section", version, "events"), form)

    version.refresh_from_db()
    assert answer.status_code == 302
    assert version.document["events"] == [{"code": "drank-water", "label": "Drank water"}]
    assert trail()[-1] == "protocol part changed"


def test_a_decimal_is_kept_exactly(author, house):
    version = an_empty_draft(house, at=NOON)
    form = sent(version, "dose") | {
        "doses-single-TOTAL_FORMS": "1",
        "doses-single-0-minimum": "0.10",
        "doses-single-0-maximum": "1.5",
    }

    author.post(at("section", version, "dose"), form)

    version.refresh_from_db()
    assert version.document["doses"]["single"] == [{"minimum": "0.1", "maximum": "1.5"}]


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("doses-single-0-minimum", "much", "Enter a number."),
        ("doses-single-0-minimum", "-1", "This has to be 0 or more."),
        ("doses-single-0-minimum", "1e999999999", "Ensure that there are no more than"),
        ("today-vitals_fresh_minutes", "999999", "This has to be 20160 or less."),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_kept(author, house, field, words, said):
    version = an_empty_draft(house, at=NOON)
    form = sent(version, "dose") | {"doses-single-TOTAL_FORMS": "1", field: words}

    answer = author.post(at("section", version, "dose"), form)

    shown = text(answer)
    version.refresh_from_db()
    assert answer.status_code == 422
    assert said in shown
    assert f'value="{words}"' in shown
    assert f'href="#id_{field}"' in shown
    assert "doses" not in version.document


def test_a_row_is_moved_and_one_is_removed(author, house):
    version = an_empty_draft(house, at=NOON)
    rows = [Row(None, {"code": c, "label": c.upper()}) for c in ("one", "two", "three")]
    actions.change(version, by=house.author, at=NOON, written=(typed(version, "events", rows),))
    form = sent(version, "events", do="up:events:2") | {"events-0-DELETE": "on"}

    author.post(at("section", version, "events"), form)

    version.refresh_from_db()
    assert [each["code"] for each in version.document["events"]] == ["three", "two"]


def test_what_lies_inside_a_row_stays_with_it_when_it_moves(author, house):
    version = a_draft(house)
    first, second = version.document["limits"][:2]

    author.post(at("section", version, "limits"), sent(version, "limits", do="down:limits:0"))

    version.refresh_from_db()
    assert version.document["limits"][:2] == [second, first]


def test_two_who_change_the_same_part_and_the_second_reads_both(author, house):
    version = an_empty_draft(house, at=NOON)
    form = sent(version, "events") | {"events-TOTAL_FORMS": "1", "events-0-label": "Drank water"}
    tea = typed(version, "events", (Row(None, {"code": "tea", "label": "Drank tea"}),))
    actions.change(version, by=house.author, at=NOON, written=(tea,))

    answer = author.post(at("section", version, "events"), form)

    shown = text(answer)
    version.refresh_from_db()
    assert answer.status_code == 409
    assert [row["label"] for row in version.document["events"]] == ["Drank tea"]
    assert "Drank tea" in shown
    assert 'value="Drank water"' in shown
    assert "Somebody else has changed “One-tap events” meanwhile." in shown
    assert trail()[-1] == "refused"


def test_after_reading_both_the_second_may_put_theirs(author, house):
    version = an_empty_draft(house, at=NOON)
    form = sent(version, "events") | {"events-TOTAL_FORMS": "1", "events-0-label": "Drank water"}
    tea = typed(version, "events", (Row(None, {"code": "tea", "label": "Drank tea"}),))
    actions.change(version, by=house.author, at=NOON, written=(tea,))
    author.post(at("section", version, "events"), form)

    group = section("events").groups[0]
    version.refresh_from_db()
    again = form | {"seen-events": group.digest(version.document)}
    author.post(at("section", version, "events"), again)

    version.refresh_from_db()
    assert [row["label"] for row in version.document["events"]] == ["Drank water"]


def test_a_wrong_field_does_not_make_an_old_page_new(author, house):
    version = an_empty_draft(house, at=NOON)
    form = sent(version, "events") | {
        "events-TOTAL_FORMS": "1", "events-0-label": "Drank water", "events-0-code": "Not One",
    }  # fmt: skip
    before = form["seen-events"][0]
    tea = typed(version, "events", (Row(None, {"code": "tea", "label": "Drank tea"}),))
    actions.change(version, by=house.author, at=NOON, written=(tea,))

    answer = author.post(at("section", version, "events"), form)

    assert answer.status_code == 422
    assert f'name="seen-events" value="{before}"' in text(answer)


@pytest.mark.parametrize(("page", "args"), [("section", ["events"]), ("part", ["limits.0"])])
def test_a_page_of_a_version_in_review_says_why_nothing_is_written(author, house, page, args):
    version = a_reviewed_version(house)

    shown = author.get(at(page, version, *args))
    answer = author.post(at(page, version, *args), {"do": "up:events:0"})

    assert "This is in review. Only a draft is written in." in text(shown)
    assert 'name="csrfmiddlewaretoken"' not in text(shown).partition("<main")[2]
    assert answer.status_code in {409, 422}
    before = version.digest
    version.refresh_from_db()
    assert version.digest == before


@pytest.mark.parametrize(
    ("page", "args"),
    [
        ("section", ["nothing"]),
        ("part", ["limits.99"]),
        ("part", ["limits.x"]),
        ("part", ["screening"]),
        ("part", ["checklists.none"]),
        ("part", ["limits.0.bands"]),
    ],
)
def test_a_place_that_is_not_there_is_not_found(author, house, page, args):
    assert author.get(at(page, a_draft(house), *args)).status_code == 404


@pytest.mark.parametrize("part", ["approver", "nurse", "manager"])
def test_other_roles_do_not_write(client, house, part):
    version = a_draft(house)
    signed_in = sign_in(client, getattr(house, part))

    for address in (at("write", version), at("section", version, "events"),
                    reverse("admin:clinic_protocol_begin")):  # fmt: skip
        assert signed_in.get(address).status_code in {302, 403}


def test_words_are_found_in_a_draft(author, house):
    version = a_draft(house)

    page = author.get(at("write", version), {"q": "hyperthyroidism"})

    urls = [hit.url for hit in page.context["found"]]
    assert urls
    assert author.get(urls[0]).status_code == 200


def test_a_shipped_file_is_loaded_by_its_button(author, house):
    shipped = ProtocolVersion.objects.filter(protocol__code="ketamine-iv")
    actions.discard(shipped.get(), by=house.author, at=NOON)

    page = author.get(reverse("admin:clinic_protocol_library"))
    answer = author.post(reverse("admin:clinic_protocol_library"), {"text": "ketamine-iv"})

    assert "Load as a draft" in text(page)
    assert answer.status_code == 302
    assert [version.status for version in shipped] == ["draft", "discarded"]


def test_an_incomplete_draft_is_read_and_refused_without_an_error(author, house):
    version = an_empty_draft(house, at=NOON)

    for page in ("change", "submit", "discard", "differences", "export"):
        assert author.get(at(page, version)).status_code == 200
    assert author.post(at("submit", version)).status_code == 422
    for kind in ("yaml", "fhir"):
        assert author.post(at("export", version), {"kind": kind}).status_code == 422
    for page in ("publish", "retire"):
        approver = sign_in(author, house.approver)
        assert approver.get(at(page, version)).status_code == 200


def test_a_row_that_was_taken_away_meanwhile_is_not_lost(author, house):
    version = a_draft(house)
    last = len(version.document["limits"]) - 1
    place = f"limits.{last}"
    groups = groups_of_row(*read_place(place)[:2], is_named=False)
    form = a_sheet(version, groups) | {f"limits-{last}-unit": ["mmol/L"]}
    kept = [Row(n, row) for n, row in enumerate(version.document["limits"][:-1])]
    shown = [typed(version, "limits", [Row(r.was, _own(r.said)) for r in kept])]
    actions.change(version, by=house.author, at=NOON, written=shown)

    answer = author.post(at("part", version, place), form)

    assert answer.status_code == 409
    assert 'value="mmol/L"' in text(answer)
    assert "Nothing stands here any more." in text(answer)
    version.refresh_from_db()
    assert len(version.document["limits"]) == last


def _own(row):
    return {name: value for name, value in row.items() if name != "bands"}


def test_a_draft_is_compared_only_when_it_is_complete(author, house):
    copied = actions.copy(house.version, by=house.author, at=NOON)
    section_form = sent(copied, "screening") | {"screening-title": [""]}
    author.post(at("section", copied, "screening"), section_form)

    shown = text(author.get(at("differences", copied)))

    assert "something has yet to be said" in shown
