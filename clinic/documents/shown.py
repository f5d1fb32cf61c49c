"""A text as the person reads it: paragraphs and lists, with any markup in it shown, not obeyed."""

import re
from xml.etree.ElementTree import Element

import markdown
from django.utils.safestring import mark_safe
from markdown.treeprocessors import Treeprocessor

LEADS_TO = ("http:", "https:", "mailto:", "tel:")
ADDRESSES = ("href", "src")
# Browsers skip these in an address, so "java\nscript:" is the same to them as "javascript:".
UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f]")


def as_html(body: str) -> str:
    """The body of a text for the screen; the digest is taken of the text itself."""
    html, _ = _rendered(body)
    return mark_safe(html)  # noqa: S308 -- escaped before it was rendered


def addresses_refused(body: str) -> list[str]:
    """The addresses in a text that lead to no page, letter or telephone: scripts and the like."""
    return _rendered(body)[1]


class _OnlyWhereOneMayGo(Treeprocessor):
    """A link that leads anywhere else keeps its words and leads nowhere."""

    def __init__(self, md: markdown.Markdown) -> None:
        super().__init__(md)
        self.refused: list[str] = []

    def run(self, root: Element) -> None:
        for element in root.iter():
            for name in ADDRESSES:
                address = element.get(name)
                if address is not None and not _is_allowed(address):
                    self.refused.append(address)
                    del element.attrib[name]


def _is_allowed(address: str) -> bool:
    return UNSEEN.sub("", address).casefold().startswith(LEADS_TO)


def _rendered(body: str) -> tuple[str, list[str]]:
    plain = body.replace("&", "&amp;").replace("<", "&lt;")
    writer = markdown.Markdown(extensions=["sane_lists"])
    watching = _OnlyWhereOneMayGo(writer)
    writer.treeprocessors.register(watching, "addresses", 1)  # after links have been found
    return writer.convert(plain), watching.refused
