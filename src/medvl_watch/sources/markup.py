"""Plain text from the markup that publishers put into titles and descriptions: HTML, JATS, MathML,
TeX, and any of them escaped several times.

Only what is known to be markup goes: `[CLS]`, `R&D`, `x < y` and `p < 0.05` are text.
"""

from __future__ import annotations

import html
import re

from medvl_watch.sources.decoding import undo_double_encoding
from medvl_watch.sources.tex import without_tex

_LONGEST = 50_000
_LONGEST_TITLE = 2_000
_ROUNDS = 4
"""How often a text is unescaped at most: real ones were escaped up to three times."""
_NAMES = (
    r"p|b|i|u|s|em|strong|su[bp]|span|div|br|h\d|a|img|font|small|big|scp|tt|inf|sc|italic|bold|"
    r"strike|underline|roman|monospace|sans-serif|inline-formula|disp-formula|tex-math|alternatives|"
    r"named-content|styled-content|ext-link|xref|fixed-case|nobr|wbr|cite|code|kbd|mark|del|ins|"
    r"abbr|li|ul|ol|title|sec|section|abstract|label|math|mi|mo|mn|mrow|msub|msup|msubsup|mfrac|"
    r"msqrt|mroot|mtext|mspace|mover|munder|munderover|mfenced|mstyle|mtable|mtr|mtd|mpadded|"
    r"mphantom|menclose|mmultiscripts|mprescripts|none|semantics|annotation|annotation-xml"
)
_TAG = re.compile(
    rf"</?(?:[a-z]\w{{0,15}}:)?(?:{_NAMES})(?:\s[^<>]{{0,500}})?/?>"
    r"|</?(?:jats|mml|ce|sb|xhtml|xlink|m):[\w-]{1,40}(?:\s[^<>]{0,500})?/?>|<!--.{0,500}?-->",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_SILENT = re.compile(
    r"<(script|style|head|template)\b[^<>]*>.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)",
    re.IGNORECASE | re.DOTALL,
)
# A quoted value may contain `>`.
_VALUES = r"(?:[^<>\"']|\"[^\"<]{0,1000}\"|'[^'<]{0,1000}'|[\"'])*?"
_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|th|table|section|jats:p|jats:sec|jats:title)"
    rf"(?:\s{_VALUES})?/?>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(rf"<[a-zA-Z/!?]{_VALUES}>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|$)", re.DOTALL)
_MATH = re.compile(
    r"<((?:\w{1,15}:)?)math\b[^<>]{0,500}>.{0,2000}?</\1math\s*>", re.IGNORECASE | re.DOTALL
)
# The same formula once more, in another language.
_COPY = re.compile(
    r"<((?:\w{1,15}:)?annotation(?:-xml)?)\b[^<>]{0,500}>.{0,2000}?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_TEX_COPY = re.compile(
    r"<tex-math\b[^<>]{0,500}>.{0,2000}?</tex-math\s*>", re.IGNORECASE | re.DOTALL
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INVISIBLE = re.compile(
    "[\ufeff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u00ad\x00-\x08\x0e-\x1f]"
)


def plain(text: str) -> str:
    """HTML as one line of text. Text without tags stays as it is, `p < 0.05` included."""
    text = text[:_LONGEST]
    if "<" in text or "&" in text:
        if "CDATA[" in text:
            text = _CDATA.sub(r"\1", _unescaped_cdata(text))
        if "math" in text:
            text = _MATH.sub(_formula, text)
        if "<" in text and _ANY_TAG.search(text):
            text = _ANY_TAG.sub("", _BLOCK.sub(" ", _SILENT.sub("", text)))
        for _ in range(_ROUNDS - 1):
            if not _ENTITY.search(text):
                break
            text = _ENTITY.sub(_letters, text)
    return _on_one_line(text)


def plain_abstract(text: str) -> str:
    """The same, with formulas in TeX as text."""
    line = plain(text)
    without = without_tex(line)
    return line if without is line and line.isascii() else _on_one_line(without)


def plain_title(text: str) -> str:
    """A title on one line, without markup and without the section's name in front
    (`[Articles]`)."""
    text = text[:_LONGEST_TITLE]
    for _ in range(_ROUNDS):
        before = text
        if "<" in text:
            text = _CDATA.sub(r"\1", text)
            if _MATH.search(text):
                text = _MATH.sub(_formula, _TEX_COPY.sub("", text))
            text = _TAG.sub("", _BREAK.sub(" ", text))
        if "&" in text:
            text = _ENTITY.sub(_letters, text)
        if text == before:
            break
    text = _on_one_line(without_tex(text))
    return _without_section(text)


def _unescaped_cdata(text: str) -> str:
    """With the marks of a CDATA section as such, where they were escaped."""
    return re.sub(r"&lt;!\[CDATA\[(.*?)\]\](?:&gt;|>)", r"\1", text, flags=re.DOTALL)


def _formula(found: re.Match[str]) -> str:
    """A formula without copies, and without the white space between its elements."""
    return re.sub(r">\s+<", "><", _COPY.sub("", found.group())).replace("\u2062", "")


def _letters(found: re.Match[str]) -> str:
    return html.unescape(found.group())


def _on_one_line(text: str) -> str:
    if not text.isascii():
        text = undo_double_encoding(_INVISIBLE.sub("", text))
    return " ".join(text.split())


_SECTION = re.compile(
    r"^[\[\u3010]([A-Za-z][A-Za-z0-9 &/,-]{1,40})[\]\u3011]\s*[:\u2013-]?\s*(?=\S)"
)
_SECTION_WORDS = frozenset(
    [
        word
        for line in (
            "accepted advance ahead and article articles asap asset brief case clinical",
            "comment commentary comments communication communications correspondence early",
            "editorial education educational essay feature featured focus full guideline",
            "guidelines health in-press insight insights invited issue letter letters",
            "manuscript methodology methods mini minireview new news note notes of online",
            "open opinion original paper papers perspective perspectives personal policy",
            "practice preprint press print protocol protocols regular report reports",
            "research resource resources review reviews short software special spotlight",
            "study technical the to tools tutorial update viewpoint view views",
        )
        for word in line.split()
    ]
)


def _without_section(title: str) -> str:
    """Without the name of a journal's section, each word of which is one of those that sections
    are named with: `[18F]FDG` and `[CLS]` are parts of titles."""
    found = _SECTION.match(title)
    if found is None:
        return title
    words = re.split(r"[\s&/,]+", found.group(1).lower())
    is_section = all(word in _SECTION_WORDS for word in words if word)
    return title[found.end() :] if is_section else title
