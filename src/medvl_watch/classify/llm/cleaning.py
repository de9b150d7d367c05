"""Cleans untrusted text for a prompt: no hidden characters, one line per field, limited length."""

from __future__ import annotations

import re
import unicodedata

LONGEST_TEXT = 4_000
"""The number of characters of title, abstract and comment together that go into a prompt."""
_LONGEST_TITLE = 300
_LONGEST_COMMENT = 300
_LONGEST_INPUT = 40_000  # characters that are cleaned at all: an abstract may be a megabyte

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Letters and marks that are invisible although their Unicode category does not say so.
_HIDDEN_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TEX_COMMENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)


def clean_text(text: str) -> str:
    """The text as a reader sees it, on one line: without comments of HTML and TeX, and without
    invisible characters."""
    text = _TEX_COMMENT.sub(" ", _HTML_COMMENT.sub(" ", text[:_LONGEST_INPUT]))
    text = " ".join(text.split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", _HIDDEN_LETTERS.sub("", text))
    visible = (each for each in text if unicodedata.category(each) not in _HIDDEN_CATEGORIES)
    return " ".join("".join(visible).split())


def clean_fields(title: str, abstract: str, comment: str) -> tuple[dict[str, str], bool]:
    """The fields, cleaned and cut to `LONGEST_TEXT` together, and whether anything was cut."""
    whole = {
        "title": clean_text(title),
        "abstract": clean_text(abstract),
        "comment": clean_text(comment),
    }
    fields = {
        "title": whole["title"][:_LONGEST_TITLE],
        "comment": whole["comment"][:_LONGEST_COMMENT],
    }
    room = LONGEST_TEXT - sum(len(each) for each in fields.values())
    fields["abstract"] = whole["abstract"][:room]
    is_cut = fields != whole or max(map(len, (title, abstract, comment))) > _LONGEST_INPUT
    return {name: fields[name] for name in whole}, is_cut
