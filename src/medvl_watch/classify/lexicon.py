"""Terms that a curator can read, and finding them in text.

A term is one word or a phrase: `segmentation`, `report generation`. A star at the end or at
the beginning of a word stands for any letters or digits, none included: `segment*` finds
*segment*, *segments* and *segmentation*; `*clip` finds *CLIP* and *MedCLIP*. Case, hyphens,
dashes, line breaks and compatibility characters (ligatures, full-width letters) do not
matter; punctuation that ends a clause does: `vision language` is not found in
*computer vision, language*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_PATTERN = re.compile(r"\*?[^\W_]+\*?")
_CLAUSE_ENDS = frozenset(".,;:!?()[]")
_LONGEST_GAP = 2  # characters between two words of a phrase, blanks at the ends not counted
_LONGEST_WORD = 40  # longer runs are noise (hashes, base64) and would only fill the memory
_REMEMBERED = 200_000  # distinct words whose terms are kept: about 25 MB
_SHORTEST_STEM = 3  # letters beside a star; `a*` would match half the language


class Hit(NamedTuple):
    """Term number `term` occurs at text[start:end]."""

    term: int
    start: int
    end: int


class _Phrase(NamedTuple):
    term: int
    rest: tuple[str, ...]


class _Start(NamedTuple):
    """What may begin with a word: terms that are complete, and longer ones by their second
    word where that has no star."""

    complete: tuple[int, ...]
    followed_by: dict[str, list[_Phrase]]
    followed_by_starred: tuple[_Phrase, ...]


def _plain(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).lower()


def term_words(term: str) -> tuple[str, ...]:
    """The word patterns of a term. Raises ValueError with the reason if it is none."""
    parts = tuple(_plain(part) for part in re.split(r"[\s\-]+", term.strip()) if part)
    if not parts:
        raise ValueError("a term is empty (two commas in a row?)")
    for part in parts:
        if not _PATTERN.fullmatch(part):
            raise ValueError(
                f"the term {term.strip()!r} has {part!r}, which is no word; "
                "only letters, digits and a star at either end of a word are known"
            )
        if "*" in part and len(part.strip("*")) < _SHORTEST_STEM:
            raise ValueError(
                f"the term {term.strip()!r} has fewer than {_SHORTEST_STEM} letters beside a star"
            )
    return parts


def _fits(word: str, pattern: str) -> bool:
    if pattern[0] == "*":
        stem = pattern.strip("*")
        return stem in word if pattern[-1] == "*" else word.endswith(stem)
    return word.startswith(pattern[:-1]) if pattern[-1] == "*" else word == pattern


class _Starts(dict[str, "_Start | None"]):
    """For a word: the terms that may begin with it. Remembers what it has worked out."""

    def __init__(self, phrases: Iterable[tuple[str, _Phrase]]) -> None:
        super().__init__()
        self._exact: dict[str, list[_Phrase]] = {}
        self._prefixes: dict[str, list[_Phrase]] = {}
        self._others: list[tuple[str, _Phrase]] = []
        for first, phrase in phrases:
            if first[0] == "*":
                self._others.append((first, phrase))
            elif first[-1] == "*":
                self._prefixes.setdefault(first[:-1], []).append(phrase)
            else:
                self._exact.setdefault(first, []).append(phrase)
        self._lengths = tuple(sorted({len(prefix) for prefix in self._prefixes}))
        self._stems = frozenset(prefix[:_SHORTEST_STEM] for prefix in self._prefixes)

    def __missing__(self, word: str) -> _Start | None:
        if len(word) > _LONGEST_WORD:
            return None
        found = list(self._exact.get(word, ()))
        if word[:_SHORTEST_STEM] in self._stems:
            for length in self._lengths[: len(word)]:
                found += self._prefixes.get(word[:length], ())
        found += [phrase for pattern, phrase in self._others if _fits(word, pattern)]
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = start = _start(found) if found else None
        return start


def _start(phrases: list[_Phrase]) -> _Start:
    followed_by: dict[str, list[_Phrase]] = {}
    starred = []
    for phrase in phrases:
        if phrase.rest and "*" in phrase.rest[0]:
            starred.append(phrase)
        elif phrase.rest:
            followed_by.setdefault(phrase.rest[0], []).append(phrase)
    complete = tuple(phrase.term for phrase in phrases if not phrase.rest)
    return _Start(complete, followed_by, tuple(starred))


class Matcher:
    """Finds many terms in one pass; time grows with the text, not with the terms."""

    def __init__(self, terms: Sequence[tuple[str, ...]]) -> None:
        """`terms` are word patterns from `term_words`; hits carry their position here."""
        self._starts = _Starts(
            (patterns[0], _Phrase(number, patterns[1:])) for number, patterns in enumerate(terms)
        )

    def find(self, text: str) -> list[Hit]:
        """Every occurrence of every term, by where it begins. Offsets are those of the text
        as given, whatever its characters."""
        if text.isascii():
            found = list(_ASCII_WORD.finditer(text.lower()))
            words = [match[0] for match in found]
        else:
            found = list(_WORD.finditer(text))
            words = [_plain(match[0]) for match in found]
        words.append("")  # so that the last word, too, has one after it
        hits: list[Hit] = []
        starts = self._starts
        for first, word in enumerate(words):
            if (start := starts[word]) is None:
                continue
            if start.complete:
                begin, end = found[first].span()
                hits += [Hit(term, begin, end) for term in start.complete]
            phrases = start.followed_by.get(words[first + 1], ())
            for phrase in (*phrases, *start.followed_by_starred):
                if _goes_on(phrase.rest, first, words, found, text):
                    end = found[first + len(phrase.rest)].end()
                    hits.append(Hit(phrase.term, found[first].start(), end))
        return hits


def _goes_on(
    rest: tuple[str, ...], first: int, words: list[str], found: list[re.Match[str]], text: str
) -> bool:
    """Whether the words after number `first` are the rest of a phrase."""
    if first + len(rest) >= len(found):
        return False
    for number, pattern in enumerate(rest, start=first + 1):
        if not _fits(words[number], pattern):
            return False
        gap = text[found[number - 1].end() : found[number].start()].strip()
        if len(gap) > _LONGEST_GAP or not _CLAUSE_ENDS.isdisjoint(gap):
            return False
    return True
