"""Sees through what hides words from a pattern, but not from a model that reads them.

Letters of another alphabet, marks that overlay them, letters set apart, digits for letters,
character references of HTML, per cent signs of addresses, base64.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

# Characters that show nothing, though some have their place in names and formulas.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_BLANK = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u0432\u043a\u043c\u043d\u0442"
    "\u03bf\u03b1\u03b5\u03b9\u03ba\u03bd\u03c1\u03c4\u03c5\u03c7",
    "aeopcyxijsdhbkmhtoaeikvptux",
)
_SPACED = re.compile(r"\b[a-z](?:[ ._*-][a-z]\b){3,40}")
_SPACED_SHORT = re.compile(r"\b[a-z](?:[ ._*-][a-z]\b){1,40}")
_CAMEL = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z]{2})")
_HAS_CAMEL = re.compile(r"[A-Z](?<=[a-z]{2}[A-Z])[a-z]{2}")  # tells whether, in a tenth of the time
_MAY_BE_SPACED = re.compile(r"[ ._*-][a-z][ ._*-][a-z][ ._*-]")  # is in all that `_SPACED` finds
_GAPS = re.compile(r"[ ._*-]")
_WORDS_APART = re.compile(r"[ ]{2,}")
_WITH_DIGITS = re.compile(r"\b(?=[a-z]{0,30}\d)(?=\d{0,3}[a-z])[a-z\d]{4,30}\b")
_DIGIT = re.compile(r"\d")
_DIGITS = str.maketrans("013457", "oieast")
_BASE64 = re.compile(r"(?<![\w/+])[A-Za-z0-9+/]{24,4000}={0,2}(?![\w/+])")
_LEAST_WORDS = 3
_PRINTED = re.compile(r"[\x20-\x7e\s]+")


def plain(sentence: str) -> str:
    """In lower case, compatible forms made one, without what shows nothing."""
    low = sentence.lower()
    if low.isascii():
        return low
    return unicodedata.normalize("NFKC", _BLANK.sub(" ", _HIDDEN.sub("", low))).lower()


def unmasked(sentence: str) -> Iterator[str]:
    """What the sentence may be read as, all in lower case: itself first."""
    low = plain(sentence)
    yield low
    bare = low
    if not low.isascii():
        yield (unmarked := _unmarked(low))
        yield (bare := unmarked.translate(_LOOKALIKES))
    if "&" in bare:
        yield plain(html.unescape(bare))
    if "%" in bare:
        yield plain(unquote(bare))
    if "_" in bare:
        yield bare.replace("_", " ")
    if _HAS_CAMEL.search(sentence):
        yield plain(_CAMEL.sub(" ", sentence))
    if _MAY_BE_SPACED.search(bare) and _SPACED.search(bare):
        apart = (_SPACED_SHORT.sub(_joined, part) for part in _WORDS_APART.split(bare))
        yield " ".join(apart)
    if _DIGIT.search(bare) and _WITH_DIGITS.search(bare):
        yield _WITH_DIGITS.sub(lambda match: match[0].translate(_DIGITS), bare)


def holds_a_message(sentence: str) -> bool:
    """Whether something in it is text in base64."""
    return any(_is_text(match[0]) for match in _BASE64.finditer(sentence))


def _unmarked(low: str) -> str:
    """Without marks over or under letters."""
    decomposed = unicodedata.normalize("NFKD", low)
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _joined(match: re.Match[str]) -> str:
    return _GAPS.sub("", match[0])


def _is_text(run: str) -> bool:
    try:
        said = base64.b64decode(run + "=" * (-len(run) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return len(said.split()) >= _LEAST_WORDS and _PRINTED.fullmatch(said) is not None
