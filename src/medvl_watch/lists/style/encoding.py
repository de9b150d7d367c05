"""Untrusted text and addresses, made safe for the place in a list where they go.

Only what would change the rendering is escaped, so that what a reader sees is the title.
Characters that are not seen (controls, zero width, direction marks) are dropped.
"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urlsplit

from medvl_watch.lists.parsing.markup import WIDE_STOPS

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SHORTCODE = re.compile(r":(?=[a-z0-9_+-]+:)")
_AUTOLINK = re.compile(r"\b(?:(https?|ftp)(?=://)|(www)(?=\.))", re.IGNORECASE)
_LINE_START = re.compile(r"^(?:([#>+=~*-])|(\d{1,9})(?=[.)](?:\s|$)))")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_WIDE_END = re.compile(rf"(?<![{WIDE_STOPS}])[{WIDE_STOPS}]+$")
"""What a source took along that stood behind the address."""

_KEPT_IN_URL = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&*+,;=%]")


def seen(text: str) -> str:
    """The text without what is never seen, on one line."""
    spaced = "".join(" " if char in "\r\n\t\v\f\x85\u2028\u2029" else char for char in text)
    kept = (char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    return " ".join("".join(kept).split())


def encode_text(text: str, *, cell: bool = False, line_start: bool = False) -> str:
    """Markdown that renders as `text`, inline; in a table's cell, or opening a line."""
    text = seen(text)
    out = [_encoded(text, at, cell=cell) for at in range(len(text))]
    encoded = "".join(out)
    encoded = _SHORTCODE.sub(r"\\:", encoded)
    encoded = _AUTOLINK.sub(_without_autolink, encoded)
    if line_start:
        encoded = _LINE_START.sub(_without_block, encoded)
    return encoded


def encode_html(text: str) -> str:
    """HTML that renders as `text`, for lists whose entries are HTML."""
    return html.escape(seen(text), quote=False)


def _encoded(text: str, at: int, *, cell: bool) -> str:
    char = text[at]
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    special = (
        char in "[]`$"
        or (char == "*" and not (before == " " and after == " "))
        or (char == "_" and not (before.isalnum() and after.isalnum()))
        or (char == "<" and not after.isspace())
        or (char == "|" and cell)
        or (char == "~" and text.count("~") > 1)
        or (char == "&" and bool(_ENTITY.match(text, at)))
        or (char == "\\" and (after in _PUNCTUATION or at + 1 == len(text) or cell))
    )
    return "\\" + char if special else char


def _without_autolink(match: re.Match[str]) -> str:
    return match[0] + "\\"


def _without_block(match: re.Match[str]) -> str:
    return "\\" + match[1] if match[1] else match[2] + "\\"


def safe_url(url: str | None) -> str | None:
    """The address if it is plain http or https, with what would break a link encoded."""
    if not url or len(url) > 2000:
        return None
    url = "".join(char for char in url.strip() if unicodedata.category(char)[0] != "C")
    url = _WIDE_END.sub("", url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or "." not in (parts.hostname or ""):
        return None
    if parts.username or parts.password or any(char.isspace() for char in url):
        return None
    return _KEPT_IN_URL.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), url)
