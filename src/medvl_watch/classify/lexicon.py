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
from itertools import compress
from typing import NamedTuple

_NO_WORD = re.compile(r"[\W_]")
_SPACED = "".join(c.lower() if c.isalnum() else " " for c in map(chr, range(128)))
_PATTERN = re.compile(r"\*?[^\W_]+\*?")
_CLAUSE_ENDS = frozenset(".,;:!?()[]")
_LONGEST_GAP = 2  # characters between two words of a phrase, blanks at the ends not counted
_PLAIN_GAPS = (" ", "-")  # nearly all
_LONGEST_WORD = 40  # longer runs are noise (hashes, base64) and would only fill the memory
_REMEMBERED = 200_000  # distinct words whose terms are kept: about 25 MB
_SHORTEST_STEM = 3  # letters beside a star; `a*` would match half the language


class Hit(NamedTuple):
    """Term number `term` occurs at text[start:end]."""

    term: int
    start: int
    end: int


class _Phrase(NamedTuple):
    """A term's words after the first: the `second` by itself, then the `rest`."""

    term: int
    second: str
    rest: tuple[str, ...]


class _TermStart(NamedTuple):
    """What may begin with a word: terms that are complete, and longer ones by the first
    letters of the next word; `others` are those that any letters may be the next of."""

    complete: tuple[int, ...]
    longer: dict[str, tuple[_Phrase, ...]]
    others: tuple[_Phrase, ...]


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


class _TermsByFirstWord(dict[str, _TermStart | None]):
    """For a word: the terms that may begin with it, or None. Remembers what it worked out."""

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
        inner = sorted({pattern.strip("*") for pattern, _ in self._others})
        self._inner = re.compile("|".join(map(re.escape, inner)) or "(?!)")

    def __missing__(self, word: str) -> _TermStart | None:
        if len(word) > _LONGEST_WORD:
            return None
        found = list(self._exact.get(word, ()))
        if word[:_SHORTEST_STEM] in self._stems:
            for length in self._lengths[: len(word)]:
                found += self._prefixes.get(word[:length], ())
        if self._inner.search(word):
            found += [phrase for pattern, phrase in self._others if _fits(word, pattern)]
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = start = _start(found) if found else None
        return start


def _phrase(term: int, patterns: tuple[str, ...]) -> _Phrase:
    return _Phrase(term, patterns[1] if len(patterns) > 1 else "", patterns[2:])


def _start(phrases: list[_Phrase]) -> _TermStart:
    others = tuple(phrase for phrase in phrases if phrase.second[:1] == "*")
    longer: dict[str, list[_Phrase]] = {}
    for phrase in sorted(phrases, key=lambda each: each.second[-1:] == "*"):
        if phrase.second and phrase not in others:
            letters = phrase.second.rstrip("*")[:_SHORTEST_STEM]
            longer.setdefault(letters, []).append(phrase)
    return _TermStart(
        complete=tuple(phrase.term for phrase in phrases if not phrase.second),
        longer={letters: (*each, *others) for letters, each in longer.items()},
        others=others,
    )


class Matcher:
    """Finds many terms in one pass; time grows with the text, not with the terms."""

    def __init__(self, terms: Sequence[tuple[str, ...]]) -> None:
        """`terms` are word patterns from `term_words`; hits carry their position here."""
        self._starts = _TermsByFirstWord(
            (patterns[0], _phrase(number, patterns)) for number, patterns in enumerate(terms)
        )

    def find(self, text: str) -> list[Hit]:
        """Every occurrence of every term, by where it begins. Offsets are those of the text
        as given, whatever its characters."""
        words = TextWords(text)
        return [Hit(term, *words.span(first, count)) for term, first, count in self.found(words)]

    def terms(self, text: str) -> set[int]:
        """The terms that occur, for those who need no place."""
        return {term for term, *_ in self.found(TextWords(text), set())}

    def found(self, words: TextWords, known: set[int] | None = None) -> list[tuple[int, int, int]]:
        """The same as (term, number of its first word, how many words), for those who read
        thousands of texts and ask `Words.span` for the place of few terms. With `known`,
        terms in it are left out, and each other is added to it and told once."""
        plain = words.plain
        starts = list(map(self._starts.__getitem__, plain))
        plain = [*plain, ""]  # so that the last word, too, has one after it
        once = known is not None
        seen: set[int] = set() if known is None else known
        found: list[tuple[int, int, int]] = []
        for number in compress(range(len(starts)), starts):
            complete, longer, others = starts[number]  # type: ignore[misc]  # compress left None
            for term in complete:
                if term not in seen:
                    found.append((term, number, 1))
                    if once:
                        seen.add(term)
            if not (longer or others):
                continue
            following = plain[number + 1]
            for term, second, rest in longer.get(following[:_SHORTEST_STEM], others):
                if term in seen or not _fits(following, second):
                    continue
                after = number + 2 + len(rest)
                fits = not rest or _all_fit(plain[number + 2 : after], rest)
                if fits and words.in_one_clause(number, after):
                    found.append((term, number, after - number))
                    if once:
                        seen.add(term)
        return found


class TextWords:
    """The words of a text, and where they stand in it."""

    __slots__ = ("_raw", "_spaced", "plain", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if text.isascii():
            spaced = text.translate(_SPACED)
            self._raw = self.plain = spaced.split()
        else:
            spaced = _NO_WORD.sub(" ", text)
            self._raw = spaced.split()
            self.plain = [_plain(word) for word in self._raw]
        self._spaced = f" {spaced} "  # a word's place in the text is that of the blank before it

    def span(self, first: int, count: int = 1) -> tuple[int, int]:
        """Where `count` words stand in the text, the first being the number `first`."""
        word = self._raw[first]
        looked_for = f" {word} "
        begin = self._spaced.find(looked_for)
        for _ in range(self._raw[:first].count(word)):
            begin = self._spaced.find(looked_for, begin + 1)
        end = begin + len(word)
        if count > 1:
            for following in self._raw[first + 1 : first + count]:
                end = self._spaced.find(following, end + 1) - 1 + len(following)
        return begin, end

    def in_one_clause(self, first: int, after: int) -> bool:
        """Whether nothing parts these words, up to the one before `after`, but a hyphen."""
        _, end = self.span(first)
        for word in self._raw[first + 1 : after]:
            begin = self._spaced.find(word, end + 1) - 1
            gap = self.text[end:begin]
            if gap not in _PLAIN_GAPS:
                gap = gap.strip()
                if len(gap) > _LONGEST_GAP or not _CLAUSE_ENDS.isdisjoint(gap):
                    return False
            end = begin + len(word)
        return True


def _all_fit(words: list[str], rest: tuple[str, ...]) -> bool:
    """Whether these words are the rest of a phrase."""
    return len(words) == len(rest) and all(map(_fits, words, rest))
