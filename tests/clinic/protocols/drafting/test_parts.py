"""Parts of a draft without a database: what is typed where, and what a form puts back."""

import pytest

from clinic.protocols.document import ProtocolDocument
from clinic.protocols.drafting.parts import inside
from clinic.protocols.drafting.sections import KEPT, SECTIONS
from clinic.protocols.drafting.sheet import Sheet
from clinic.protocols.files import library
from tests.builders.drafting import a_document, as_sent, data_of, every_page

FILES = sorted(library())


def test_every_field_of_a_protocol_is_typed_in_one_section():
    shown = [
        each.path[0] for s in SECTIONS for g in s.groups if not g.place for each in g.typed
    ] + [name for section in SECTIONS for name in section.holds]

    fields = dict.fromkeys(shown)
    assert sorted(fields) == sorted(set(ProtocolDocument.model_fields) - set(KEPT))
    held = [name for section in SECTIONS for name in section.holds]
    assert len(held) == len(set(held)) == len(inside(ProtocolDocument))


@pytest.mark.parametrize("code", FILES)
def test_a_page_saved_as_it_is_changes_nothing(code):
    document = a_document(code)

    for groups in every_page(document):
        sheet = Sheet(data_of(as_sent(Sheet(None, groups=groups, document=document))),
                      groups=groups, document=document)  # fmt: skip
        assert sheet.is_valid(), (groups[0].code, sheet.errors, sheet.mistyped)
        assert [each.group.code for each in sheet.cleaned_data["written"]] == []
