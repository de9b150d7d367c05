"""Untrusted text made fit for a prompt: nothing hidden, nothing long, one line a field."""

from __future__ import annotations

import re
import unicodedata

LONGEST_TEXT = 4_000
"""Characters of title, abstract and comment together that a model gets to read."""
_LONGEST_TITLE = 300
_LONGEST_COMMENT = 300
_LONGEST_RAW = 40_000  # what is cleaned at all: an abstract may be a megabyte

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Letters and marks that show nothing, though their category does not say so.
_HIDDEN_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TEX_COMMENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)


def cleaned(text: str) -> str:
    """The text as a reader sees it, on one line: comments of HTML and TeX and all characters
    that show nothing are gone."""
    text = _TEX_COMMENT.sub(" ", _HTML_COMMENT.sub(" ", text[:_LONGEST_RAW]))
    text = " ".join(text.split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", _HIDDEN_LETTERS.sub("", text))
    shown = (each for each in text if unicodedata.category(each) not in _HIDDEN_CATEGORIES)
    return " ".join("".join(shown).split())


def shortened(title: str, abstract: str, comment: str) -> tuple[dict[str, str], bool]:
    """The fields, cleaned and cut to `LONGEST_TEXT` together, and whether anything was cut."""
    whole = {"title": cleaned(title), "abstract": cleaned(abstract), "comment": cleaned(comment)}
    fields = {
        "title": whole["title"][:_LONGEST_TITLE],
        "comment": whole["comment"][:_LONGEST_COMMENT],
    }
    room = LONGEST_TEXT - sum(len(each) for each in fields.values())
    fields["abstract"] = whole["abstract"][:room]
    cut = fields != whole or max(map(len, (title, abstract, comment))) > _LONGEST_RAW
    return {name: fields[name] for name in whole}, cut
