"""Every file of the library: it loads, is written out, and loads again as the same document."""

import pytest
from django.core.management import call_command

from clinic.protocols.files import check, library, numbers_to_confirm, read, write
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.reading import sections, to_confirm

FILES = sorted(library())


@pytest.mark.parametrize("code", FILES)
def test_a_file_is_read_written_and_read_again_as_the_same_document(code):
    document = read(library()[code])

    again = read(write(document))

    assert (document.code, again.digest(), write(again)) == (
        code,
        document.digest(),
        write(document),
    )


@pytest.mark.parametrize("code", FILES)
def test_a_file_contradicts_itself_nowhere(code):
    assert check(read(library()[code])) == ()


@pytest.mark.parametrize("code", FILES)
def test_every_uncertain_number_of_a_file_is_asked_of_the_approver_once(code):
    document = read(library()[code])
    asked = [each.place for group in to_confirm(document) for each in group.asked]

    assert sorted(asked) == sorted(number.place for number in numbers_to_confirm(document))


@pytest.mark.parametrize("code", FILES)
def test_everything_sourced_in_a_file_is_read_out_to_a_clinician(code):
    document = read(library()[code])
    read_out = " ".join(
        cell
        for section in sections(document)
        for table in section.tables
        for line in table.lines
        for cell in (*line.cells, line.source)
    )

    parts = [*document.denial_reasons]
    parts += [*document.open_points, *document.course, *document.enrolments]
    parts += document.doses.by_session
    parts += [each for each in (document.group, document.doses.pieces) if each]
    assert [part.source for part in parts if part.source not in read_out] == []
    for washout in document.washouts:
        assert washout.clear_for in read_out


@pytest.mark.parametrize("code", FILES)
def test_every_answer_that_excludes_is_a_reason_to_decline_on_the_same_authority(code):
    document = read(library()[code])
    said = {
        item: (reason.basis, reason.source)
        for reason in document.denial_reasons
        for item in reason.given_by
    }

    for item in document.screening.items:
        for rule in item.consequences:
            if rule.meaning == "exclude":
                basis, source = said[item.code]
                assert (basis, rule.citation in source) == (rule.basis, True)


def test_the_shipped_files_are_loaded_once_as_drafts(db):
    versions = {v.protocol.code: v for v in ProtocolVersion.objects.select_related("protocol")}

    assert set(versions) == set(library())
    assert {(v.status, v.number) for v in versions.values()} == {("draft", 1)}
    call_command("load_library")
    assert ProtocolVersion.objects.count() == len(library())
