"""Terms that a curator writes in a lexicon, and how they are found in a text.

A term is one word or a phrase: `segmentation`, `report generation`. A star at the beginning or
at the end of a word stands for any number of letters or digits, including none: `segment*`
matches *segment*, *segments* and *segmentation*; `*clip` matches *CLIP* and *MedCLIP*. Case,
hyphens, dashes, line breaks and compatibility characters (ligatures, full-width letters) do not
matter. Punctuation that ends a clause does: `vision language` does not match
*computer vision, language*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import NamedTuple

_NOT_IN_WORD = re.compile(r"[\W_]")
_SEPARATE_WORDS = "".join(c.lower() if c.isalnum() else " " for c in map(chr, range(128)))
_PATTERN = re.compile(r"\*?[^\W_]+\*?")
_CLAUSE_ENDS = frozenset(".,;:!?()[]")
_LONGEST_GAP = 2  # characters between two words of a phrase, without blanks at either end
_USUAL_GAPS = (" ", "-")  # nearly all gaps; they need no closer check
_LONGEST_WORD = 40  # characters; longer words are noise (hashes, base64) and would fill the memory
_MOST_CACHED_WORDS = 200_000  # distinct words whose terms are cached: about 25 MB
_SHORTEST_STEM = 3  # letters beside a star; `a*` would match half the language


class Hit(NamedTuple):
    """Term number `term` occurs at text[start:end]."""

    term: int
    start: int
    end: int


class _Phrase(NamedTuple):
    """The number of a term and its words after the first: `second`, then the `rest`."""

    term: int
    second: str
    rest: tuple[str, ...]


class _TermStart(NamedTuple):
    """The terms that may begin with a certain word.

    `complete` are the terms of one word. `longer` are phrases by the first letters of their
    second word, and `others` those whose second word begins with a star.
    """

    complete: tuple[int, ...]
    longer: dict[str, tuple[_Phrase, ...]]
    others: tuple[_Phrase, ...]


def _normalize(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).lower()


def term_words(term: str) -> tuple[str, ...]:
    """The word patterns of a term. Raises ValueError with the reason if it is not valid."""
    parts = tuple(_normalize(part) for part in re.split(r"[\s\-]+", term.strip()) if part)
    if not parts:
        raise ValueError("a term is empty (two commas in a row?)")
    for part in parts:
        if not _PATTERN.fullmatch(part):
            raise ValueError(
                f"the term {term.strip()!r} contains {part!r}, which is not a word; "
                "a word has letters, digits and possibly a star at either end"
            )
        if "*" in part and len(part.strip("*")) < _SHORTEST_STEM:
            raise ValueError(
                f"the term {term.strip()!r} has fewer than {_SHORTEST_STEM} letters beside a star"
            )
    return parts


def _matches(word: str, pattern: str) -> bool:
    if pattern[0] == "*":
        stem = pattern.strip("*")
        return stem in word if pattern[-1] == "*" else word.endswith(stem)
    return word.startswith(pattern[:-1]) if pattern[-1] == "*" else word == pattern


class _TermsByFirstWord(dict[str, _TermStart | None]):
    """For each word: the terms that may begin with it, or None. Serves as its own cache."""

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
        phrases = list(self._exact.get(word, ()))
        if word[:_SHORTEST_STEM] in self._stems:
            for length in self._lengths[: len(word)]:
                phrases += self._prefixes.get(word[:length], ())
        if self._inner.search(word):
            phrases += [phrase for pattern, phrase in self._others if _matches(word, pattern)]
        if len(self) >= _MOST_CACHED_WORDS:
            self.clear()
        self[word] = start = _group_phrases(phrases) if phrases else None
        return start


def _phrase(term: int, patterns: tuple[str, ...]) -> _Phrase:
    return _Phrase(term, patterns[1] if len(patterns) > 1 else "", patterns[2:])


def _group_phrases(phrases: list[_Phrase]) -> _TermStart:
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
    """Finds many terms in one pass; time grows with the text, not with the number of terms."""

    def __init__(self, terms: Sequence[tuple[str, ...]]) -> None:
        """`terms` are word patterns from `term_words`. A term's number is its index here."""
        self._starts = _TermsByFirstWord(
            (patterns[0], _phrase(number, patterns)) for number, patterns in enumerate(terms)
        )

    def find(self, text: str) -> list[Hit]:
        """Every occurrence of every term, in order of their start. Offsets refer to the
        unchanged text, whatever characters it has."""
        words = TextWords(text)
        return [
            Hit(term, *words.span(first, count)) for term, first, count in self.occurrences(words)
        ]

    def term_numbers(self, text: str) -> set[int]:
        """The numbers of the terms that occur in the text."""
        return {term for term, *_ in self.occurrences(TextWords(text), set())}

    def occurrences(
        self, words: TextWords, skip: set[int] | None = None
    ) -> list[tuple[int, int, int]]:
        """Every occurrence as (term, index of its first word, number of words).

        This is faster than `find` for callers that need the position of few occurrences: these
        get it from `TextWords.span`. If `skip` is given, the terms in it are left out, and each
        other term is returned once and added to `skip`.
        """
        normalized = words.normalized
        starts = list(map(self._starts.__getitem__, normalized))
        normalized = [*normalized, ""]  # so that the last word, too, has a following one
        once = skip is not None
        seen: set[int] = set() if skip is None else skip
        occurrences: list[tuple[int, int, int]] = []
        for index in compress(range(len(starts)), starts):
            complete, longer, others = starts[index]  # type: ignore[misc]  # compress skips None
            for term in complete:
                if term not in seen:
                    occurrences.append((term, index, 1))
                    if once:
                        seen.add(term)
            if not (longer or others):
                continue
            following = normalized[index + 1]
            for term, second, rest in longer.get(following[:_SHORTEST_STEM], others):
                if term in seen or not _matches(following, second):
                    continue
                after = index + 2 + len(rest)
                rest_matches = not rest or _all_match(normalized[index + 2 : after], rest)
                if rest_matches and words.in_one_clause(index, after):
                    occurrences.append((term, index, after - index))
                    if once:
                        seen.add(term)
        return occurrences


class TextWords:
    """The words of a text and their positions in it. `normalized` are the words in lower case
    and NFKC."""

    __slots__ = ("_as_written", "_padded", "normalized", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if text.isascii():
            separated = text.translate(_SEPARATE_WORDS)
            self._as_written = self.normalized = separated.split()
        else:
            separated = _NOT_IN_WORD.sub(" ", text)
            self._as_written = separated.split()
            self.normalized = [_normalize(word) for word in self._as_written]
        # The blank before a word has the index here that the word has in the text.
        self._padded = f" {separated} "

    def span(self, first: int, count: int = 1) -> tuple[int, int]:
        """Start and end in the text of `count` words, beginning with the word at index `first`."""
        word = self._as_written[first]
        padded_word = f" {word} "
        start = self._padded.find(padded_word)
        for _ in range(self._as_written[:first].count(word)):
            start = self._padded.find(padded_word, start + 1)
        end = start + len(word)
        if count > 1:
            for following in self._as_written[first + 1 : first + count]:
                end = self._padded.find(following, end + 1) - 1 + len(following)
        return start, end

    def in_one_clause(self, first: int, after: int) -> bool:
        """Whether the words with index `first` to `after - 1` are in one clause: no punctuation
        that ends a clause separates them, and no gap is longer than two characters."""
        _, end = self.span(first)
        for word in self._as_written[first + 1 : after]:
            start = self._padded.find(word, end + 1) - 1
            gap = self.text[end:start]
            if gap not in _USUAL_GAPS:
                gap = gap.strip()
                if len(gap) > _LONGEST_GAP or not _CLAUSE_ENDS.isdisjoint(gap):
                    return False
            end = start + len(word)
        return True


def _all_match(words: list[str], patterns: tuple[str, ...]) -> bool:
    """Whether there are as many words as patterns, and each word matches its pattern."""
    return len(words) == len(patterns) and all(map(_matches, words, patterns))
