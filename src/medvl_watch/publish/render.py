"""The one place where foreign text becomes Markdown, a title, a commit or a log line.

One encoder per context; each returns `Encoded`, and the templates' environment refuses to
print anything else. So a template that forgets its encoder fails instead of leaking markup.

On GitHub three things read a comment: the Markdown parser, filters that look at the text
*after* it (mentions, references, emoji), and those who answer by mail. Backslashes stop only
the first, so a zero-width space breaks what the others look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from urllib.parse import quote, unquote

import jinja2

from medvl_watch.publish import addresses
from medvl_watch.publish.characters import clean, shorten

ZWSP = "\u200b"
TITLE_LIMIT = 300
SUBJECT_LIMIT = 72
HEADLINE_LIMIT = 256

_BREAK_AFTER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"@(?=\S)",  # @user, @org/team, owner/repo@sha, mail addresses
        r"#(?=\d)",  # #1, owner/repo#1
        r"\bGH-(?=\d)",
        r":(?=//)",
        r"\b(?:mailto|xmpp):",
        r"\bwww(?=\.)",
        r":(?=[\w+-]+:)",  # :emoji:
    )
)
_COMMIT_ID = re.compile(r"(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])", re.IGNORECASE)
_SHORTEST_COMMIT_ID = 7
_ACTIVE = re.compile(r"[\\`*_\[\]<>|~&]")
_LEADING = re.compile(r"(?:(\d{1,9})([.)])|([-+#=:]))")


class Encoded(str):
    """Text that an encoder made safe for one context."""

    __slots__ = ()


# --- Markdown -------------------------------------------------------------------------


def md_inline(text: str, limit: int = TITLE_LIMIT) -> Encoded:
    """Plain words inside a Markdown paragraph, list item or link text."""
    return Encoded(_escape(_inert(clean(text, limit).text)))


def md_cell(text: str, limit: int = TITLE_LIMIT) -> Encoded:
    """Plain words inside a table cell; a dash where there are none.

    Renderers disagree on backslashes before a bar, so a bar is an entity here.
    """
    return Encoded(_escape(_inert(clean(text, limit).text)).replace("\\|", "&#124;") or "\u2013")


def md_code(text: str, limit: int = TITLE_LIMIT) -> Encoded:
    """A code span, also in a table (a bar becomes `¦`). Nothing is active inside, but mail
    programs take mentions out of it, so those are broken here too."""
    return md_code_line(text.replace("|", "¦"), limit)


def md_code_line(text: str, limit: int = 600) -> Encoded:
    """A code span outside of tables, with bars as they are: a line of a list."""
    body = clean(text, limit).text
    body = re.sub(r"@(?=\S)", f"@{ZWSP}", body) or " "
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if body.startswith("`") or body.endswith("`") else ""
    return Encoded(f"{fence}{pad}{body}{pad}{fence}")


def md_url(address: str) -> Encoded:
    """The destination of a link. Raises ValueError for an address that we do not link."""
    checked = addresses.safe(address)
    if checked is None:
        raise ValueError(f"not an address to link: {address[:80]!r}")
    return Encoded(checked)


def md_link(address: str, text: str) -> Encoded:
    """A link, with the host's name where readers do not know it; only the text where the
    address is none that we link."""
    label = md_inline(text) or Encoded("untitled")
    checked = addresses.safe(address)
    if checked is None:
        return label
    host = addresses.host_of(checked)
    beside = "" if addresses.is_known(host) else f" ({md_inline(host)})"
    return Encoded(f"[{label}]({checked}){beside}")


def html_comment_id(identifier: str) -> Encoded:
    """An identifier inside an HTML comment: it can neither end nor break the comment."""
    return Encoded(quote(identifier, safe="/:._-", errors="replace").replace("--", "-%2D"))


def read_html_comment_id(text: str) -> str:
    return unquote(text)


def _inert(text: str) -> str:
    """Break what GitHub turns into links and notices wherever it stands."""
    for pattern in _BREAK_AFTER:
        text = pattern.sub(rf"\g<0>{ZWSP}", text)
    return _COMMIT_ID.sub(lambda match: ZWSP.join(_pieces(match[0])), text)


def _pieces(commit_id: str) -> list[str]:
    """An id in pieces that are too short to be one."""
    length = _SHORTEST_COMMIT_ID - 1
    return [commit_id[at : at + length] for at in range(0, len(commit_id), length)]


def _escape(text: str) -> str:
    escaped = _ACTIVE.sub(r"\\\g<0>", text)
    first = _LEADING.match(escaped)
    if first:
        at = first.end() - 1
        escaped = f"{escaped[:at]}\\{escaped[at:]}"
    # Mathematics is looked for after the Markdown, so no escape but an element hides a dollar.
    return escaped.replace("$", "<span>$</span>")


# --- numbers and dates ----------------------------------------------------------------


def decimal(value: float, digits: int = 2) -> Encoded:
    return Encoded(f"{value:.{digits}f}")


def count(number: int, noun: str, plural: str = "") -> Encoded:
    """`1 paper`, `2 papers`; the nouns are ours."""
    return Encoded(f"{number:,} {noun if number == 1 else plural or noun + 's'}")


def day(value: date) -> Encoded:
    """A date as 2026-11-20; of a time, its date."""
    return Encoded((value.date() if isinstance(value, datetime) else value).isoformat())


def md_week(week: str) -> Encoded:
    """A week's name in a table or a chart: letters, digits and hyphens."""
    return Encoded(re.sub(r"[^0-9A-Za-z-]", "", week))


def joined(parts: Iterable[Encoded], separator: str = ", ") -> Encoded:
    """Encoded parts in a row; the separator is ours."""
    texts = list(parts)
    for text in texts:
        _only_encoded(text)
    return Encoded(separator.join(texts))


# --- titles, commits, logs ------------------------------------------------------------


def title(text: str) -> Encoded:
    """The title of a pull request or an issue: one line without references."""
    return Encoded(shorten(_inert(clean(text).text), HEADLINE_LIMIT))


def commit_subject(text: str) -> Encoded:
    """A commit's first line. Keywords such as "fixes" act only on references: broken."""
    return Encoded(shorten(_inert(clean(text).text), SUBJECT_LIMIT))


def commit_line(text: str) -> Encoded:
    """A line of a commit's body: an identifier or a trailer's value."""
    return Encoded(_inert(clean(text, TITLE_LIMIT).text))


def terminal(text: str, limit: int | None = None) -> Encoded:
    """Words for a terminal: no escape sequences, no line ends, no hidden characters."""
    return Encoded(clean(text, limit).text)


def log(text: str, limit: int | None = 500) -> Encoded:
    """Words for a log that a workflow runner reads: no line can begin with its commands."""
    line = clean(text, limit).text
    return Encoded(re.sub(r"^(?=::|##\[)", ".", line))


# --- templates ------------------------------------------------------------------------


def _only_encoded(value: object) -> object:
    if isinstance(value, (Encoded, int, jinja2.Undefined)):
        return value
    raise TypeError(f"{type(value).__name__} printed without an encoder: {str(value)[:80]!r}")


def environment(loader: jinja2.BaseLoader) -> jinja2.Environment:
    """Templates that can print only what an encoder returned, or a whole number."""
    made = jinja2.Environment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        finalize=_only_encoded,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # not HTML: every value has its own encoder
    )
    encoders = (
        md_inline, md_cell, md_code, md_code_line, md_url, md_link, html_comment_id, decimal,
        count, day, md_week,
    )  # fmt: skip
    made.filters.update({encoder.__name__: encoder for encoder in encoders})
    return made


@cache
def templates() -> jinja2.Environment:
    """The templates that ship with medvl-watch."""
    return environment(jinja2.PackageLoader("medvl_watch", "templates"))
