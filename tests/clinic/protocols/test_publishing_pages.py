import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import document_of
from clinic.protocols.reading import sections, to_confirm
from tests.builders.house import NOON, PASSWORD, a_house, sign_in, trail
from tests.builders.protocols import a_draft, a_reviewed_version, a_text, places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
PAGES = ["change", "submit", "send_back", "publish", "retire"]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def at(name, version):
    return reverse(f"admin:clinic_protocolversion_{name}", args=[version.key])


def upload(client, text):
    file = SimpleUploadedFile("ours.yaml", text.encode())
    return client.post(reverse("admin:clinic_protocol_upload"), {"file": file})


def test_an_author_loads_a_file_and_reads_it(client, house, noon):
    sign_in(client, house.author)

    answer = upload(client, a_text())

    version = ProtocolVersion.objects.get(drafted_by=house.author, status="draft")
    assert (answer.status_code, answer.url) == (302, at("change", version))
    assert "Ketamine, our way" in client.get(answer.url).content.decode()


def test_a_wrong_file_is_refused_on_the_page_with_every_place(client, house, noon):
    text = a_text().replace("\nunit: mg", "\nunit: 7").replace("code: ketamine-im", "code: Ket IM")

    answer = upload(sign_in(client, house.author), text)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "code, line 8:" in shown
    assert "unit, line " in shown
    assert trail()[-1] == "refused"


def test_a_file_that_is_no_text_is_refused(client, house, noon):
    sign_in(client, house.author)
    file = SimpleUploadedFile("ours.yaml", b"\xff\xfe\x00")

    answer = client.post(reverse("admin:clinic_protocol_upload"), {"file": file})

    assert answer.status_code == 422
    assert "This is not a text file in UTF-8." in answer.content.decode()


def test_the_page_shows_every_source_of_the_document_and_no_json(client, house, noon):
    page = sign_in(client, house.approver).get(house.version.get_absolute_url())

    shown = page.context["sections"]
    lines = [line for section in shown for table in section.tables for line in table.lines]
    assert sum(line.confirm for line in lines) == page.context["to_confirm"]
    assert "{&quot;" not in page.content.decode()
    for source in _sources(house.version.document):
        assert any(source in (line.source, *line.cells) or source in " ".join(line.cells)
                   for line in lines), source  # fmt: skip


def _sources(part):
    if isinstance(part, dict):
        for name, value in part.items():
            if (
                name in {"source", "citation"}
                and isinstance(value, str)
                and value
                and "basis" in part
            ):
                yield value
            else:
                yield from _sources(value)
    elif isinstance(part, list):
        for each in part:
            yield from _sources(each)


def test_the_document_reads_in_words(house):
    shown = {section.anchor: section for section in sections(document_of(house.version))}
    limits = next(t for t in shown["watching"].tables if t.title == "Limits")

    assert list(shown)[:3] == ["overview", "screening", "before"]
    assert any("systolic" in line.cells[0].lower() for line in limits.lines)
    assert "None" not in " ".join(cell for line in limits.lines for cell in line.cells)


def test_every_uncertain_number_is_asked_once_in_the_words_of_its_table(client, house, noon):
    version = a_reviewed_version(house)
    page = sign_in(client, house.approver).get(at("publish", version))

    groups = to_confirm(document_of(version))
    asked = [each for group in groups for each in group.asked]
    assert sorted(each.place for each in asked) == sorted(places(version))
    assert all(each.words and each.source for each in asked)
    assert page.content.decode().count('name="confirmed"') == len(asked)


def test_an_approver_ticks_signs_and_publishes(client, house, noon):
    version = a_reviewed_version(house)
    page = sign_in(client, house.approver).get(at("publish", version))
    assert page.status_code == 200

    answer = client.post(
        at("publish", version), {"confirmed": places(version), "password": PASSWORD}
    )

    version.refresh_from_db()
    assert (answer.status_code, version.status) == (302, "published")
    assert trail()[-1] == "protocol published"


@pytest.mark.parametrize(
    ("password", "ticked", "reason"),
    [
        ("wrong", True, "That is not right: e-mail, password or code. Nothing was signed."),
        (PASSWORD, False, "Not confirmed: "),
    ],
)
def test_publishing_is_refused_in_words(client, house, noon, password, ticked, reason):
    version = a_reviewed_version(house)
    sign_in(client, house.approver)
    said = {"confirmed": places(version) if ticked else [], "password": password}

    answer = client.post(at("publish", version), said)

    version.refresh_from_db()
    assert (answer.status_code, version.status) == (422, "in_review")
    assert reason in answer.content.decode()
    assert trail()[-1] == "refused"


def test_the_author_reads_why_they_cannot_publish_their_own(client, house, noon):
    version = a_reviewed_version(house)
    house.author.roles.create(site=house.site, role="protocol_approver", valid_from=house.at)

    page = sign_in(client, house.author).get(at("publish", version)).content.decode()

    assert "You wrote this version or sent it to review." in page
    assert 'name="password"' not in page


def test_review_and_back_by_buttons(client, house, noon):
    version = a_draft(house)
    client_of_author = sign_in(client, house.author)

    client_of_author.post(at("submit", version))
    client_of_author.post(at("send_back", version), {"reason": "A slip of the pen."})

    version.refresh_from_db()
    assert (version.status, trail()[-1]) == ("draft", "protocol sent back")


@pytest.mark.parametrize("page", ["change", "write"])
def test_the_author_reads_why_a_version_was_sent_back(client, house, noon, page):
    version = a_reviewed_version(house)
    sign_in(client, house.approver).post(at("send_back", version), {"reason": "A slip of the pen."})

    read = sign_in(client, house.author).get(at(page, version)).content.decode()

    assert "A slip of the pen." in read
    assert house.approver.name in read


def test_a_published_version_is_retired_by_a_button(client, house, noon):
    sign_in(client, house.approver).post(at("retire", house.version), {"reason": "Superseded."})

    house.version.refresh_from_db()
    assert house.version.status == "retired"
    read = sign_in(client, house.author).get(at("change", house.version)).content.decode()
    assert "Superseded." in read


@pytest.mark.parametrize("part", ["nurse", "manager", "medical_lead"])
@pytest.mark.parametrize("name", PAGES)
def test_the_admin_site_is_closed_to_other_roles(client, house, noon, part, name):
    answer = sign_in(client, getattr(house, part)).get(at(name, house.version))

    assert answer.status_code in {302, 403}
    if answer.status_code == 302:
        assert answer.url.startswith("/admin/login/")


@pytest.mark.parametrize(
    ("part", "name"), [("author", "publish"), ("author", "retire"), ("approver", "submit")]
)
def test_an_act_of_the_other_role_is_forbidden(client, house, noon, part, name):
    assert sign_in(client, getattr(house, part)).post(at(name, house.version)).status_code == 403


def test_nobody_signed_in_is_led_to_the_door_of_the_house(client, house):
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/account/login/")


def test_protocols_are_listed_and_searched(client, house, noon, django_assert_num_queries):
    sign_in(client, house.approver)
    listed = reverse("admin:clinic_protocol_changelist")
    a_draft(house)

    assert "Ketamine-assisted" in client.get(listed, {"q": "ketamine"}).content.decode()
    assert "No template answers to this." in client.get(listed, {"q": "aspirin"}).content.decode()
    assert client.get(reverse("admin:clinic_protocolversion_changelist")).status_code == 200
    assert (
        client.get(
            reverse("admin:clinic_protocol_change", args=[house.version.protocol.key])
        ).status_code
        == 200
    )
    assert client.get("/admin/").status_code == 200


def test_a_key_nobody_has_is_not_found(client, house, noon):
    version = ProtocolVersion(key=house.site.key)

    assert sign_in(client, house.author).get(at("change", version)).status_code == 404
