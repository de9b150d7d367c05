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
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

_NO_WORD = re.compile(r"[\W_]")
_SPACED = "".join(c.lower() if c.isalnum() else " " for c in map(chr, range(128)))
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


class _Starts:
    """For a word: the terms that may begin with it. Remembers what it has worked out."""

    def __init__(self, phrases: Iterable[tuple[str, _Phrase]]) -> None:
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
        self._known: dict[str, _Start] = {}
        self._dull: set[str] = set()

    def among(self, words: Iterable[str]) -> Mapping[str, _Start]:
        """Those of these words that may begin a term. Most words may not, and sets tell so
        faster than a question for each."""
        found = {}
        for word in set(words) - self._dull:
            start = self._known.get(word) or self._learn(word)
            if start is not None:
                found[word] = start
        return found

    def _learn(self, word: str) -> _Start | None:
        if len(word) > _LONGEST_WORD:
            return None
        found = list(self._exact.get(word, ()))
        if word[:_SHORTEST_STEM] in self._stems:
            for length in self._lengths[: len(word)]:
                found += self._prefixes.get(word[:length], ())
        found += [phrase for pattern, phrase in self._others if _fits(word, pattern)]
        if len(self._dull) + len(self._known) >= _REMEMBERED:
            self._dull.clear()
            self._known.clear()
        if not found:
            self._dull.add(word)
            return None
        self._known[word] = start = _start(found)
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
        return [Hit(*each) for each in self.spans(text)]

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """The same as bare (term, start, end), for those who read thousands of texts."""
        if text.isascii():
            spaced = text.translate(_SPACED)
            raw = words = spaced.split()
        else:
            spaced = _NO_WORD.sub(" ", text)
            raw = spaced.split()
            words = [_plain(word) for word in raw]
        starts = self._starts.among(words)
        if not starts:
            return []
        spoken = [number for number, word in enumerate(words) if word in starts]
        words.append("")  # so that the last word, too, has one after it
        spaced = f" {spaced} "  # now a word's place in the text is that of the blank before it
        found: list[tuple[int, int, int]] = []
        end = -1
        for first in spoken:
            word = words[first]
            begin = spaced.find(f" {raw[first]} ", end + 1)
            end = begin + len(raw[first])
            complete, followed_by, starred = starts[word]
            for term in complete:
                found.append((term, begin, end))  # noqa: PERF401  called for every word
            for phrase in (*followed_by.get(words[first + 1], ()), *starred):
                following = slice(first + 1, first + 1 + len(phrase.rest))
                if _all_fit(words[following], phrase.rest):
                    last = _end_in_clause(raw[following], end, spaced, text)
                    if last is not None:
                        found.append((phrase.term, begin, last))
        return found


def _all_fit(words: list[str], rest: tuple[str, ...]) -> bool:
    """Whether these words are the rest of a phrase."""
    return words == [*rest] or (len(words) == len(rest) and all(map(_fits, words, rest)))


def _end_in_clause(following: Iterable[str], end: int, spaced: str, text: str) -> int | None:
    """Where the last of some words ends that follow on the one that ends at `end`, or None
    where they are too far apart or another clause begins."""
    for word in following:
        begin = spaced.find(word, end + 1) - 1
        gap = text[end:begin].strip()
        if len(gap) > _LONGEST_GAP or not _CLAUSE_ENDS.isdisjoint(gap):
            return None
        end = begin + len(word)
    return end
