"""Finds, excludes and reports sentences that address a machine instead of human readers.

A title or abstract may carry instructions to a language model, as an attack or as an
experiment. Sentences that do are excluded from every score, so they can neither raise nor lower
it. The paper is flagged and referred to a person. Detection covers the usual forms of such
text and proves nothing. Therefore a flagged paper is never proposed automatically, and a
language model never reads such text without fences around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from medvl_watch.injection.hidden_text import contains_base64_text, normalize, possible_readings
from medvl_watch.injection.matching import contains_instruction
from medvl_watch.records import SET_ASIDE, Evidence

SUSPICIOUS_TEXT = "suspicious-text"
"""The flag of a paper with a sentence that addresses a machine."""
RESTS_ON_ONE_SENTENCE = "rests-on-one-sentence"
"""The flag of a paper that would be rejected without one sentence, which may be mere keywords."""

LONGEST_QUOTE = 160
"""The number of characters to which the quote of an excluded sentence is cut."""
_MOST_QUOTES_PER_FIELD = 2

# Invisible characters that have no legitimate use in a title, abstract or comment.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")

# The full stops in "0.9" and "i.g.n.o.r.e", the "!" in "<!--", and a line break before a
# lower-case letter do not end a sentence. U+3002, U+FF01 and U+FF1F end Chinese and Japanese ones.
_SENTENCE = re.compile(
    r"[^.!?\n\u3002\uff01\uff1f]+"
    r"(?:(?:\.(?=[\d.]|[a-zA-Z]\.)|!(?=--)|\n(?=[a-z]))[^.!?\n\u3002\uff01\uff1f]*)*"
    r"(?:[.!?\n\u3002\uff01\uff1f]+|$)"
)

_ITEMS = (
    *("paper", "work", "article", "submission", "abstract", "record", "entry", "preprint"),
    "manuscript",
)
_VERBS = (
    *("include", "accept", "propose", "approve", "recommend", "add", "list", "select", "merge"),
    *("keep", "admit", "classify", "label", "rate", "score", "rank", "mark", "tag", "judge"),
    *("categorize", "categorise", "treat", "consider", "assign", "give", "set", "return"),
    *("report", "output"),
)

TRIGGERS = (
    *("ignorier*", "vergiss", "missachte*", "ignorez", "ignorer", "oublie*", "ignora*", "ignore*"),
    *(
        "olvid*",
        "haz caso omiso",
        "disregard",
        "forget",
        "override",
        "bypass",
        "you",
        "dear",
        "as an ai",
    ),
    *("instruct* above", "prompt* above", "rules above", "guidelines above", "criteria above"),
    *("instruct* given above", "prompt* given above", "rules given above"),
    *("note to", "note for", "message to", "message for", "instruct* to", "instruct* for"),
    *("set the", "return the", "output the", "report the", "set relevance", "return relevance"),
    *(f"{verb} {which}" for verb in _VERBS for which in ("this", "the present", "the above", "it")),
    *(f"{verb} {which}" for verb in _VERBS for which in ("the following", "the current")),
    *(f"{item} {must}" for item in _ITEMS for must in ("must", "should", "has to", "needs to")),
    *(f"{item} {must}" for item in _ITEMS for must in ("shall", "is to")),
    *(
        f"{say} {how}"
        for say in ("answer", "respond", "reply", "output")
        for how in ("only", "with")
    ),
    *(f"{say} {how}" for say in ("return", "print", "say", "write") for how in ("only", "with")),
    *(f"{say} the word" for say in ("answer", "respond", "reply", "output", "say", "write")),
    *(
        f"{say} {how}"
        for say in ("answer", "reply", "output", "return")
        for how in ("just", "exactly")
    ),
)
"""Terms for a cheap first check. Every suspicious text that is plain ASCII and does not pass
`has_suspicious_characters` contains at least one of them. Whoever matches many terms against a
text anyway can match these in the same pass."""

_TRIGGER_WORDS = [max(trigger.split(), key=len) for trigger in TRIGGERS]
_CUE_WORDS = frozenset(word for word in _TRIGGER_WORDS if "*" not in word)
_CUE_STEMS = tuple(sorted({word.strip("*") for word in _TRIGGER_WORDS if "*" in word}))
_WORDS = re.compile(r"[a-z0-9]+")

_TAGS = (
    *("<|", "</", "<<", "<sys", "<user", "<assis", "<instr", "<prompt", "<tool", "<script"),
    *("<paper", "<untrusted", "<im_", "<end", "<start"),
)
_BRACKETS = ("[inst", "[sys", "[/", "[assis")
_SPEAKERS = (
    *("prompt", "instruction", "instructions", "message", "override", "note", "system"),
    *("assistant", "human", "user", "relevance", "decision"),
)
_BEFORE_COLON = tuple(speaker + mark for speaker in _SPEAKERS for mark in ("", " ", '"', "'"))
_AFTER_COLON = (" answer", " respond", " reply", " output", " return", " print")


class Span(NamedTuple):
    """A sentence: text[start:end]."""

    start: int
    end: int


def suspicious_spans(text: str, *, thorough: bool = False) -> tuple[Span, ...]:
    """The sentences that address a model or hide characters, as spans of the unchanged text.

    A `thorough` search also tries possible readings of disguised text (see `hidden_text`) and
    patterns that contain no trigger. Time is linear in the length of the text, since all
    repetitions in the patterns are bounded.
    """
    return tuple(
        Span(match.start(), match.end())
        for match in _SENTENCE.finditer(text)
        if (thorough or _has_cue(match.group()))
        and _is_suspicious(match.group(), thorough=thorough)
    )


def _has_cue(sentence: str) -> bool:
    """Whether the sentence may be suspicious: it has a word of a trigger or suspicious
    characters. This is cheaper than to try the patterns."""
    if has_suspicious_characters(sentence):
        return True
    low = sentence.lower()
    words = _WORDS.findall(low)
    return not _CUE_WORDS.isdisjoint(words) or any(stem in low for stem in _CUE_STEMS)


def has_suspicious_characters(text: str) -> bool:
    """Whether the characters of the text alone are reason enough to search it for patterns."""
    if not text.isascii():
        return True
    low = text.lower()
    return (
        "##" in low
        or ("<" in low and any(tag in low for tag in _TAGS))
        or ("[" in low and any(bracket in low for bracket in _BRACKETS))
        or (":" in low and _has_speaker_colon(low))
        or ("=" in low and any(low.endswith(_SPEAKERS, 0, at) for at in _positions("=", low)))
    )


def _has_speaker_colon(low: str) -> bool:
    return any(
        low.endswith(_BEFORE_COLON, 0, at) or low.startswith(_AFTER_COLON, at + 1)
        for at in _positions(":", low)
    )


def _positions(mark: str, text: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _is_suspicious(sentence: str, *, thorough: bool = False) -> bool:
    if not sentence.isascii() and _INVISIBLE.search(sentence):
        return True
    if thorough:
        return contains_base64_text(sentence) or any(
            map(contains_instruction, possible_readings(sentence))
        )
    return contains_instruction(normalize(sentence))


def sentence_spans(text: str) -> tuple[Span, ...]:
    """All sentences of a text."""
    return tuple(Span(*match.span()) for match in _SENTENCE.finditer(text))


def blank_out(text: str, spans: tuple[Span, ...]) -> str:
    """The text with blanks in place of these spans; every other character keeps its position."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def quote_excluded(original: Mapping[str, str], clean: Mapping[str, str]) -> tuple[Evidence, ...]:
    """Quotes of the sentences that were blanked out, so that a person can see them.

    `original` and `clean` map the name of a field to its text. The first sentences of each
    field are quoted, each cut to `LONGEST_QUOTE` characters.
    """
    return tuple(
        Evidence(quote=quote[:LONGEST_QUOTE], field=name, speaks_for=SET_ASIDE, weight=0.0)
        for name, text in original.items()
        for quote in islice(_changed_sentences(text, clean[name]), _MOST_QUOTES_PER_FIELD)
    )


def _changed_sentences(original: str, clean: str) -> Iterator[str]:
    for start, end in sentence_spans(original):
        if original[start:end] != clean[start:end]:
            yield original[start:end].strip()
