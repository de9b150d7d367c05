"""Headings of every notation that list maintainers use, real and pseudo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medvl_watch.lists.parsing.markup import plain
from medvl_watch.records import Headings

REAL_KINDS = frozenset({"atx", "setext", "html"})
"""Notations that a renderer takes for headings, and gives an anchor."""

SUMMARY_LEVEL = 7
BOLD_LEVEL = 8
BULLET_LEVEL = 9

_ATX = re.compile(r"^ {0,3}(#{1,6})[ \t]*(\S.*)$")
_SETEXT = re.compile(r"^ {0,3}(=+|-{3,})[ \t]*$")
_HTML = re.compile(r"^\s*(?:<(?:div|center|p)\b[^>]*>\s*)?<h([1-6])\b[^>]*>(.*)", re.IGNORECASE)
_SUMMARY = re.compile(
    r"^\s*(?:<details\b[^>]*>)?\s*<summary\b[^>]*>(.*?)(?:</summary>|$)", re.IGNORECASE
)
_BOLD = re.compile(
    r"^[ \t]*(?P<bullet>[-*+][ \t]+)?(?P<mark>\*\*|__)(?P<text>[^*\n]{1,80}?)(?P=mark)[ \t]*:?"
    r"[ \t]*(?:\\|<br\s*/?>)?[ \t]*$"
)
_ITALIC = re.compile(r"\*(?![\s*])[^*\n]+\*(?!\*)")
"""A line that begins in italics: authors below a title, linked or not, no bullet."""
_BREAK = re.compile(r"(?:  |\\|<br\s*/?>[ \t]*)$", re.IGNORECASE)
"""A line broken by hand."""

_ITEM = re.compile(r"\d{1,4}[.)]\s")
_ANCHOR = re.compile(r"\{#[\w-]+\}|<a\s+(?:name|id)=[^>]*>\s*(?:</a>)?", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:summary|bold|bullet):", re.IGNORECASE)
COUNTED = r"(?:\s(?:papers?|entries|works?|items?))?"
"""What may stand behind a number of entries in brackets: `Agents (39 papers)`."""

_COUNT = re.compile(
    rf"(?<=\S)\s*[(\[](?!(?:19|20)\d\d\b)\d{{1,4}}{COUNTED}[)\]]\W*$", re.IGNORECASE
)
_CLOSED = re.compile(
    r"^\W*(?:(?:table of )?contents?|toc|index|outline|citations?|citing.*|cite.*|bibtex"
    r"|acknowledge?ments?|star[- ]history|stargazers.*|contribut\w+|how to (?:cite|contribute)"
    r"|contact( us| me)?|licen[cs]e|(?:latest |recent )?(?:news|updates?)|change ?log|to-?do.*"
    r"|other awesome.*|related (?:repo|awesome).*|sponsors?|disclaimer|join us|maintainers?)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading found at `line`; its body begins at `body` (0-based)."""

    line: int
    body: int
    level: int
    kind: str
    text: str


def atx(line: str) -> tuple[int, str] | None:
    """Level and raw text of an ATX heading; `##Title` without a blank counts, as it does for
    the maintainers who write it."""
    if "#" not in line[:4]:
        return None
    match = _ATX.match(line.rstrip("\r\n"))
    if not match or not match[2].strip("# \t"):
        return None
    return len(match[1]), match[2].rstrip(" \t").rstrip("#").rstrip(" \t")


def setext(lines: Sequence[str], number: int) -> int:
    """The level if the next line underlines this one, and this is not a list, table or quote."""
    following = lines[number + 1] if number + 1 < len(lines) else ""
    match = _SETEXT.match(following.rstrip("\r\n")) if following[:4].strip() else None
    text = lines[number].strip()
    if not match or not text or text.startswith(("|", "-", "*", "+", ">", "#", "<", "=")):
        return 0
    before = lines[number - 1].strip() if number else ""
    if before or len(text.split()) > 12 or "](" in text or "|" in text or text.endswith("\\"):
        return 0
    return 1 if "=" in match[1] else 2


def html_heading(line: str) -> tuple[int, str] | None:
    match = _HTML.match(line) if "<" in line else None
    return (int(match[1]), match[2]) if match and plain(match[2]) else None


def summary(line: str) -> str | None:
    match = _SUMMARY.match(line) if "<" in line else None
    return plain(match[1]) if match else None


def bold_line(line: str, following: str) -> tuple[bool, str] | None:
    """(in a bullet?, text) of a line that is nothing but a short bold text and stands above
    entries or apart from what follows."""
    if "**" not in line and "__" not in line:
        return None
    match = _BOLD.match(line.rstrip("\r\n"))
    if not match:
        return None
    text = match["text"].strip().rstrip(":").strip()
    words = len(text.split())
    if not text or words > 6 or (match["bullet"] and words > 3) or "](" in text:
        return None
    following = following.strip()
    if _goes_on(line) and _ITALIC.match(following):
        return None
    apart = not following or (following[0] in "-*+|<" and not _ITALIC.match(following))
    apart = apart or (
        following[0].isdigit() and (_ITEM.match(following) is not None or not _goes_on(line))
    )
    return (bool(match["bullet"]), plain(text)) if apart or words <= 3 else None


def _goes_on(line: str) -> bool:
    """Whether a line ends in a hard break, so that the next line continues it."""
    return _BREAK.search(line.rstrip("\r\n")) is not None


def heading_text(raw: str) -> str:
    """A heading as its reader sees it."""
    return plain(_ANCHOR.sub("", raw)).strip()


def is_closed(title: str) -> bool:
    """Whether a section of this name holds something else than entries (news, citation, …)."""
    return bool(_CLOSED.match(title))


def slug_of(title: str) -> str:
    """The anchor that GitHub gives a heading which occurs once."""
    return re.sub(r"[^\w\- ]", "", title.casefold()).strip().replace(" ", "-")


# --- comparing paths ------------------------------------------------------------------


def path_key(path: Iterable[str]) -> tuple[str, ...]:
    """A path for comparison: case, punctuation, emoji, dressing and a number of entries
    (`Agents (39)`) do not count."""
    return tuple(_heading_key(title) for title in path)


def plain_path(path: Headings) -> Headings:
    """A path as a reader sees it: without the notation that some tools write before a pseudo
    heading (`bold:2023`)."""
    return tuple(_PREFIX.sub("", title) for title in path)


def _heading_key(title: str) -> str:
    title = _COUNT.sub("", _PREFIX.sub("", title))
    folded = unicodedata.normalize("NFKC", plain(title)).casefold()
    key = "".join(char for char in folded if char.isalnum())
    return key or folded.strip()
