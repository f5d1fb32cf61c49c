"""A text as the person reads it: paragraphs and lists, with any markup in it shown, not obeyed."""

import re
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString
from markdown.treeprocessors import Treeprocessor

from clinic.pages import marked

LEADS_TO = ("http:", "https:", "mailto:", "tel:")
ADDRESSES = ("href", "src")
# Browsers skip these in an address, so "java\nscript:" is the same to them as "javascript:".
UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f]")


def as_html(body: str) -> SafeString:
    """The body of a text for the screen; the digest is taken of the text itself."""
    return marked.as_html(body, _OnlyWhereOneMayGo())


def addresses_refused(body: str) -> list[str]:
    """The addresses in a text that lead to no page, letter or telephone: scripts and the like."""
    watching = _OnlyWhereOneMayGo()
    marked.as_html(body, watching)
    return watching.refused


class _OnlyWhereOneMayGo(Treeprocessor):
    """A link that leads anywhere else keeps its words and leads nowhere."""

    def __init__(self) -> None:
        super().__init__()
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
