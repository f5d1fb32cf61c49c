"""A text with a few marks: they are obeyed, everything else is words."""

import pytest

from clinic.pages.marked import as_html

WORDS = [
    "<script>alert(1)</script>",
    "<b onmouseover=alert(1)>x</b>",
    "&#60;script&#62;",
    "a & b &amp; c",
    "<https://vigil.example>",
    '![a "picture"](https://vigil.example/a.png)',
    "\x02wzxhzdk:0\x03",
]


@pytest.mark.parametrize("words", WORDS)
def test_a_text_brings_no_markup_of_its_own(words):
    for body in (words, f"- {words}", f"`{words}`", f"**{words}**", f"    {words}"):
        shown = as_html(body).replace("<p>", "").replace("</p>", "")

        for mark in ("ul", "li", "strong", "pre", "code"):
            shown = shown.replace(f"<{mark}>", "").replace(f"</{mark}>", "")
        assert "<" not in shown


def test_code_is_shown_to_the_letter():
    assert "<code>a&lt;b &amp; &amp;amp;</code>" in as_html("`a<b & &amp;`")


def test_a_quotation_mark_in_an_address_stays_in_it():
    shown = as_html("[x](<https://vigil.example/\"onclick='y'>)")

    assert 'href="https://vigil.example/&quot;onclick=&#x27;y&#x27;"' in shown


def test_the_marks_we_know_are_obeyed():
    text = "## H\n\n1. **a**\n2. *b*\n\nx  \ny\n\n---\n\n|p|q|\n|-|-|\n|1|2|"
    shown = as_html(text, tables=True)

    for mark in ("h2", "ol", "li", "strong", "em", "table", "th", "td"):
        assert f"</{mark}>" in shown
    assert "<br>" in shown
    assert "<hr>" in shown
