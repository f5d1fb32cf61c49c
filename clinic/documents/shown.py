"""A text as the person reads it: paragraphs and lists, with any markup in it shown, not obeyed."""

import markdown
from django.utils.safestring import mark_safe


def as_html(body):
    """The body of a text for the screen; the digest is taken of the text itself."""
    plain = body.replace("&", "&amp;").replace("<", "&lt;")
    html = markdown.markdown(plain, extensions=["sane_lists"])
    return mark_safe(html)  # noqa: S308 -- escaped before it was rendered
