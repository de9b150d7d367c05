"""Titles of one paper, compared: the same, written otherwise, cut off, of a series, or another."""

from __future__ import annotations

import re
from enum import IntEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.withdrawal import notice_in, without_withdrawal_mark

NEAR = 65.0
NEAR_IN_WORDS = 80.0
"""Of unrelated titles, 1 in 10,000 is this near."""
_FEWEST_WORDS = 4
_FEWEST_LETTERS = 24
_SPELLING = 2
_NUMBER = re.compile(
    r".*\d.*|i|ii|iii|iv|v|vi|vii|viii|ix|x|one|two|three|first|second|third|part|supplement|"
    r"supplementary|addendum|extended|revisited|updated?|reply|response|comments?|rebuttal|"
    r"discussion|version|edition|volume|workshop|challenge"
)
"""Words that tell the parts of a series, or a paper and what was written about it, apart."""
_SMALL = re.compile("an?|the|of|for|in|on|with|and|to|from|by|via|using|at|as|towards?")


class TitleMatch(IntEnum):
    """How two titles agree, best last."""

    DIFFERENT = 0
    SERIES = 1
    """Similar, but for what tells parts, versions and years, or a notice from its paper."""
    NEAR = 2
    FRAME = 3
    """One or two words are exchanged in the same frame, as in titles of one group's papers."""
    VARIANT = 4
    """The same words in another spelling, or one title is a part of the other."""
    SAME = 5


def match_titles(one: str, other: str) -> TitleMatch:
    """How two titles agree. A notice about a paper (`Correction: …`) is never that paper."""
    one, other = without_withdrawal_mark(one), without_withdrawal_mark(other)
    first, second = title_key(one), title_key(other)
    if first == second:
        return TitleMatch.SAME
    words = [re.findall(r"\w+", title.casefold()) for title in (one, other)]
    if not _is_near(*words) and not _is_part(first, second, words):
        return TitleMatch.DIFFERENT
    is_one_notice = (notice_in(one) is None) != (notice_in(other) is None)
    if is_one_notice or _numbers(words[0]) != _numbers(words[1]):
        return TitleMatch.SERIES
    if _is_part(first, second, words) or _is_respelled(first, second, words):
        return TitleMatch.VARIANT
    return TitleMatch.FRAME if _is_frame(*words) else TitleMatch.NEAR


def _numbers(words: list[str]) -> list[str]:
    return sorted(filter(_NUMBER.fullmatch, words))


def _is_part(first: str, second: str, words: list[list[str]]) -> bool:
    """`Seeing Radiographs` of `SeeRad: Seeing Radiographs`, or a title that was cut off."""
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) < _FEWEST_LETTERS or min(map(len, words)) < _FEWEST_WORDS:
        return False
    return longer.startswith(shorter) or longer.endswith(shorter)


def _is_respelled(first: str, second: str, words: list[list[str]]) -> bool:
    """`Tumour` for `tumor`, a plural, a typing error: no word is another one, but small ones."""
    if min(len(first), len(second)) < _FEWEST_LETTERS:
        return False
    one, other = ([word for word in some if not _SMALL.fullmatch(word)] for some in words)
    if len(one) != len(other):
        return Levenshtein.distance(first, second, score_cutoff=1) <= 1
    return all(
        a == b
        or (min(len(a), len(b)) > 4 and Levenshtein.distance(a, b, score_cutoff=2) <= _SPELLING
            and a[:3] == b[:3])
        for a, b in zip(one, other, strict=True)
    )  # fmt: skip


def _is_near(one: list[str], other: list[str]) -> bool:
    first, second = " ".join(one), " ".join(other)
    if fuzz.ratio(first, second, score_cutoff=NEAR):
        return True
    shorter = min(len(one), len(other))
    return (
        shorter >= _FEWEST_WORDS
        and fuzz.token_set_ratio(first, second, score_cutoff=NEAR_IN_WORDS) > 0
    )


def _is_frame(one: list[str], other: list[str]) -> bool:
    """Whether as many words stand in the same places, one or two of them exchanged."""
    if len(one) != len(other):
        return False
    changed = sum(a != b for a, b in zip(one, other, strict=True))
    return changed <= 2 and changed * 3 <= len(one)
