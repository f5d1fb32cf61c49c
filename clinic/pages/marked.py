"""A text with a few marks as HTML: every word of it escaped, only the marks we know obeyed."""

from __future__ import annotations

from html import unescape
from xml.etree.ElementTree import Element

import markdown
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from markdown.treeprocessors import Treeprocessor

# What a text may hold, and what each may say of itself beside its words.
MARKS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "li", "blockquote", "strong", "em"), ()
    ),
    **dict.fromkeys(("table", "thead", "tbody", "tr", "th", "td", "code", "pre"), ()),
    "a": ("href",),
    "ol": ("start",),
}
ALONE = ("br", "hr")
# Patterns that would put a text's own markup, or letters named by number, on the page unseen.
UNHEARD = ("html", "entity", "autolink", "automail")


def as_html(text: str, *processors: Treeprocessor, tables: bool = False) -> SafeString:
    """A text for the screen; each processor has its say on the tree before it is written."""
    writer = markdown.Markdown(extensions=["sane_lists", *(["tables"] if tables else [])])
    writer.preprocessors.deregister("html_block")
    for name in UNHEARD:
        writer.inlinePatterns.deregister(name)
    for number, processor in enumerate(processors):
        writer.treeprocessors.register(processor, f"own-{number}", 1)  # after links are found
    kept = _Kept()
    writer.treeprocessors.register(kept, "kept", -1)
    writer.convert(text)
    return _inside(kept.root)


class _Kept(Treeprocessor):
    """The tree as it is when everybody else is done with it."""

    root = Element("div")

    def run(self, root: Element) -> None:
        self.root = root


def _inside(element: Element) -> SafeString:
    # The words of code were escaped for a writer that does not; they are escaped here again.
    words = element.text or ""
    within = format_html_join("", "{}{}", ((_written(each), each.tail or "") for each in element))
    return format_html("{}{}", unescape(words) if element.tag == "code" else words, within)


def _written(element: Element) -> SafeString:
    if element.tag in ALONE:
        return format_html("<{}>", element.tag)
    if element.tag not in MARKS:
        return format_html("{}{}", element.get("alt", ""), _inside(element))
    said = ((name, element.get(name)) for name in MARKS[element.tag])
    said = format_html_join("", ' {}="{}"', ((name, value) for name, value in said if value))
    return format_html("<{}{}>{}</{}>", element.tag, said, _inside(element), element.tag)
