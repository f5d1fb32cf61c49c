import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.checklists.files import parse
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import library, read
from clinic.protocols.writing import write
from tests.clinic.protocols.builders import a_checklist, a_protocol, protocols


@pytest.mark.parametrize("code", library())
def test_a_shipped_file_written_out_and_read_again_is_the_same(code):
    document = read(library()[code])

    again = read(write(document, heading=f"{document.title}\nEdition {document.edition}"))

    assert again.digest() == document.digest()
    assert write(again) == write(document)


@settings(max_examples=40, deadline=None)
@given(protocols(), st.text(min_size=1).filter(lambda text: text.strip()))
def test_whatever_is_valid_is_read_again_as_it_was(document, words):
    said = document.model_copy(update={"summary": words.strip()})

    content = ProtocolDocument.model_validate_json(said.canonical())
    from_file = read_plainly(write(said))

    assert from_file.digest() == content.digest() == said.digest()


@pytest.mark.parametrize(
    "words", ["yes", "12:30", "1.50", "007", "null", "~", "# not a comment", "a: b", "2026-11", "-"]
)
def test_words_that_look_like_something_else_stay_words(words):
    document = a_protocol(
        edition=words, screening=a_checklist(title=words, introduction=f"{words}\n\n  {words}")
    )

    assert read_plainly(write(document)).digest() == document.digest()


@pytest.mark.parametrize("words", ["kept\x85", "one\u2028two", "one\u2029\n two"])
def test_the_line_ends_of_other_alphabets_stay(words):
    document = a_protocol(screening=a_checklist(introduction=words))

    assert read_plainly(write(document)).digest() == document.digest()


def read_plainly(text):
    """As the reader does, without asking whether it makes sense."""
    return ProtocolDocument.model_validate(parse(text).content)
