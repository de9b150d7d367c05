"""Refuses answers that cannot be a feed, by their bytes, before a parser sees them.

Parsers are lenient: from a login page, an empty body or half a feed they read no entries or a
few, which looks like a quiet day.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from medvl_watch.errors import SourceError, SourceLimited

if TYPE_CHECKING:
    from lxml.etree import _Element

_PROLOG = 8_192
# arXiv's whole answer is `Rate exceeded.`: https://github.com/arXiv/html_feedback/issues/2363
_LIMITED = re.compile(rb"^\s*(?:Rate exceeded|Too Many Requests|429 )", re.IGNORECASE)
_BEFORE_ROOT = re.compile(rb"^\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*", re.DOTALL)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_PUBLIC_DOCTYPE = re.compile(
    r"^((?:\s|<\?[^>]*>|<!--.*?-->)*)<!DOCTYPE\s+\S+\s+PUBLIC\s[^\[>]*>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(rb"<([A-Za-z_][\w.\-]*(?::[\w.\-]+)?)")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xff\xfe", b"\xfe\xff")


def refuse_non_feed(body: bytes, where: str) -> None:
    """Raise SourceError for an empty body, a web page, plain text, or a document type
    definition; SourceLimited if the text is a rate limit message.

    A DTD is refused because entities can name files and grow without bound, and no feed of
    a venue needs one.
    """
    start = _plain(body[:_PROLOG])
    if not start.strip():
        raise SourceError("the answer is empty", where=where, remedy="it is tried again next time")
    if _LIMITED.match(start):
        raise SourceLimited("the service reports too many requests", where=where)
    head = start[_end_of_prolog(start) :]
    if _HTML.match(head):
        raise SourceError(
            "the answer is a web page instead of a feed", where=where,
            remedy="open the address in a browser: it may have moved, or ask for a login",
        )  # fmt: skip
    if head[:9].upper() == b"<!DOCTYPE":
        raise SourceError("the feed has a document type definition, which we refuse", where=where)
    if not _ROOT.match(head):
        raise SourceError("the answer is not XML", where=where)


def root_of_whole_xml(body: bytes, where: str) -> _Element:
    """The root of an answer that is well-formed to its end. No entity is resolved and nothing is
    fetched. Raises SourceError for another answer."""
    from lxml import etree  # noqa: PLC0415 - heavy, so late

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(
            f"the answer is cut off or damaged ({error})", where=where,
            remedy="it is tried again next time",
        ) from error  # fmt: skip


def without_public_doctype(text: str) -> str:
    """The text of a feed without a reference to a public document type, as RSS 0.91 has it. One
    with definitions of its own stays, and is refused."""
    return _PUBLIC_DOCTYPE.sub(r"\1", text, count=1)


def is_cut_off(body: bytes) -> bool:
    """Whether the end tag of the document's root is missing. What follows it does not count:
    caches and scripts are put there (https://github.com/FreshRSS/FreshRSS/issues/8326)."""
    text = _plain(body)
    root = _ROOT.match(text, _end_of_prolog(text))
    if root is None:
        return True
    name = re.escape(root.group(1))
    if re.fullmatch(rb"<" + name + rb"[^<>]*/>\s*", text[root.start() : root.start() + _PROLOG]):
        return False
    last = text.rfind(b"</" + root.group(1))
    return last < 0 or not re.match(rb"</" + name + rb"\s*>", text[last : last + 200])


def _end_of_prolog(text: bytes) -> int:
    found = _BEFORE_ROOT.match(text)
    return found.end() if found else 0


def _plain(body: bytes) -> bytes:
    """The body without byte order mark and zero bytes, so that tags show in UTF-16 and UTF-32."""
    for mark in _BOMS:
        body = body.removeprefix(mark)
    return body.replace(b"\0", b"")
