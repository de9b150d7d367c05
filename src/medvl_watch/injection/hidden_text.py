"""Undoes disguises that hide words from a pattern but not from a language model.

They are: letters of another alphabet, combining marks over letters, letters separated by blanks
or dots, digits in place of letters, HTML character references, percent-encoding and base64.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

# Invisible characters; some of them have a legitimate use in names and formulas.
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
_HAS_CAMEL = re.compile(r"[A-Z](?<=[a-z]{2}[A-Z])[a-z]{2}")  # the same test, ten times as fast
_MAY_BE_SPACED = re.compile(r"[ ._*-][a-z][ ._*-][a-z][ ._*-]")  # part of every match of `_SPACED`
_GAPS = re.compile(r"[ ._*-]")
_WORDS_APART = re.compile(r"[ ]{2,}")
_WITH_DIGITS = re.compile(r"\b(?=[a-z]{0,30}\d)(?=\d{0,3}[a-z])[a-z\d]{4,30}\b")
_DIGIT = re.compile(r"\d")
_DIGITS = str.maketrans("013457", "oieast")
_BASE64 = re.compile(r"(?<![\w/+])[A-Za-z0-9+/]{24,4000}={0,2}(?![\w/+])")
_LEAST_WORDS = 3
_PRINTABLE = re.compile(r"[\x20-\x7e\s]+")


def normalize(sentence: str) -> str:
    """The sentence in lower case and NFKC, without invisible characters."""
    low = sentence.lower()
    if low.isascii():
        return low
    return unicodedata.normalize("NFKC", _BLANK.sub(" ", _HIDDEN.sub("", low))).lower()


def possible_readings(sentence: str) -> Iterator[str]:
    """The normalized sentence, then each text that a reader may see in it, all in lower case."""
    low = normalize(sentence)
    yield low
    bare = low
    if not low.isascii():
        yield (without_diacritics := _without_diacritics(low))
        yield (bare := without_diacritics.translate(_LOOKALIKES))
    if "&" in bare:
        yield normalize(html.unescape(bare))
    if "%" in bare:
        yield normalize(unquote(bare))
    if "_" in bare:
        yield bare.replace("_", " ")
    if _HAS_CAMEL.search(sentence):
        yield normalize(_CAMEL.sub(" ", sentence))
    if _MAY_BE_SPACED.search(bare) and _SPACED.search(bare):
        apart = (_SPACED_SHORT.sub(_join_letters, part) for part in _WORDS_APART.split(bare))
        yield " ".join(apart)
    if _DIGIT.search(bare) and _WITH_DIGITS.search(bare):
        yield _WITH_DIGITS.sub(lambda match: match[0].translate(_DIGITS), bare)


def contains_base64_text(sentence: str) -> bool:
    """Whether the sentence contains readable text that is encoded in base64."""
    return any(_is_text(match[0]) for match in _BASE64.finditer(sentence))


def _without_diacritics(low: str) -> str:
    """The text without combining marks over or under its letters."""
    decomposed = unicodedata.normalize("NFKD", low)
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _join_letters(match: re.Match[str]) -> str:
    return _GAPS.sub("", match[0])


def _is_text(encoded: str) -> bool:
    padding = "=" * (-len(encoded) % 4)
    try:
        text = base64.b64decode(encoded + padding, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return len(text.split()) >= _LEAST_WORDS and _PRINTABLE.fullmatch(text) is not None
