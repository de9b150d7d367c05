"""Searches a sentence for instructions to a machine."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

from medvl_watch.injection.demands import ANSWER_INSTRUCTIONS, PAPER_INSTRUCTIONS
from medvl_watch.injection.other_languages import CHAT_MARKUP, OTHER_LANGUAGES
from medvl_watch.injection.reader_address import FORGET_INSTRUCTIONS, MACHINE_ADDRESSES
from medvl_watch.injection.vocabulary import SENTENCE_START


class _InstructionPattern(NamedTuple):
    """A pattern with its remaining groups of cue words.

    It can match only a sentence that has the cue word under which the pattern is filed and at
    least one word of each group in `other_cues`.
    """

    instruction: str
    other_cues: tuple[frozenset[str], ...]


def compile_pattern(instruction: str) -> re.Pattern[str]:
    """The regular expression for a pattern in the notation of `reader_address`."""
    start = r"(?:\b|(?=\W))" if instruction.isascii() else ""
    normalized = unicodedata.normalize("NFKC", instruction)
    with_gaps = re.sub(r"<(\d)>", r"(?:\\w{1,30}\\W{1,5}){0,\1}?", normalized)
    return re.compile(f"{start}(?:{with_gaps.replace(' ', _BETWEEN_WORDS)})")


@cache
def _finder(instruction: str) -> Callable[[str], re.Match[str] | None]:
    """A function that searches a sentence for the pattern, or only the sentence's start where
    the pattern begins with `SENTENCE_START`.

    A pattern is compiled when a sentence first has its cue words: to classify a single paper
    takes few of the patterns.
    """
    compiled = compile_pattern(instruction)
    return compiled.match if instruction.startswith(SENTENCE_START) else compiled.search


@cache
def _markup_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{markup})" for markup in CHAT_MARKUP))


def _group_by_cue(
    instructions: Iterable[tuple[str, str]],
) -> Mapping[str, list[_InstructionPattern]]:
    by_cue: dict[str, list[_InstructionPattern]] = defaultdict(list)
    for cues, instruction in instructions:
        first_cues, *other_cues = (frozenset(group.split()) for group in cues.split("&"))
        for cue in first_cues:
            by_cue[cue].append(_InstructionPattern(instruction, tuple(other_cues)))
    return by_cue


_BETWEEN_WORDS = r"\W{1,5}"
_INSTRUCTIONS_BY_CUE = _group_by_cue(
    (
        *FORGET_INSTRUCTIONS,
        *MACHINE_ADDRESSES,
        *PAPER_INSTRUCTIONS,
        *ANSWER_INSTRUCTIONS,
        *OTHER_LANGUAGES,
    )
)
# All of these are tried on a sentence that is not ASCII: their cues are ASCII words only.
_OTHER_LANGUAGES = tuple(dict.fromkeys(instruction for _, instruction in OTHER_LANGUAGES))
_MAY_HAVE_MARKUP = re.compile(r"[<>\[\]\\#:=]|t\(")  # part of every match of `CHAT_MARKUP`
_WORD = re.compile(r"[a-z]+")


def contains_instruction(low: str) -> bool:
    """Whether a sentence, in lower case and NFKC, contains an instruction or the markup of a
    chat model or a script."""
    if _MAY_HAVE_MARKUP.search(low) and _markup_pattern().search(low):
        return True
    if not low.isascii() and any(_finder(instruction)(low) for instruction in _OTHER_LANGUAGES):
        return True
    words = set(_WORD.findall(low))
    candidates = {
        pattern
        for cue in _INSTRUCTIONS_BY_CUE.keys() & words
        for pattern in _INSTRUCTIONS_BY_CUE[cue]
    }
    return any(
        _finder(instruction)(low)
        for instruction, other_cues in candidates
        if not any(map(words.isdisjoint, other_cues))
    )
