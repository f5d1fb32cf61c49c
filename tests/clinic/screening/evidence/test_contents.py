"""A file is what stands in it, not what its name says."""

import pytest

from clinic.screening.evidence.contents import read
from tests.builders.evidence import a_jpeg, a_pdf, a_png


@pytest.mark.parametrize(
    ("content", "kind"), [(a_pdf(), "pdf"), (a_jpeg(), "jpeg"), (a_png(), "png")]
)
def test_a_whole_file_is_known_by_its_content(content, kind):
    assert read(content).kind == kind


@pytest.mark.parametrize("whole", [a_pdf(), a_jpeg(), a_png()])
def test_a_file_cut_short_anywhere_behind_its_head_is_refused(whole):
    lengths = range(10, len(whole) - 2)

    for length in lengths:
        with pytest.raises(ValueError, match="cut short or damaged"):
            read(whole[:length])


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00 a program called ecg.pdf",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b" %PDF-1.7 one space before",
        b"PK\x03\x04 an archive",
    ],
)
def test_anything_else_is_refused_whatever_its_name(content):
    with pytest.raises(ValueError, match="no PDF, JPEG or PNG"):
        read(content)


def test_a_picture_of_which_one_byte_was_changed_is_refused():
    picture = bytearray(a_png())
    picture[-20] ^= 1

    with pytest.raises(ValueError, match="damaged"):
        read(bytes(picture))
