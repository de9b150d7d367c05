"""Text that speaks to a machine instead of to readers: found, set aside and reported.

A title or abstract may carry instructions to a model, by mischief or as a trial. Sentences
that do are left out of every score, so they can neither raise nor lower it; the paper is
flagged and goes to a person. This is a net for the usual forms, not a proof: that is why a
flagged paper is never proposed by itself, and why a model never reads such text unfenced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from medvl_watch.injection.hidden_text import holds_a_message, plain, unmasked
from medvl_watch.injection.matching import holds_an_order
from medvl_watch.records import SET_ASIDE, Evidence

FLAG = "suspicious-text"
ONE_SENTENCE = "rests-on-one-sentence"
"""The flag of a paper that would be rejected but for one sentence: perhaps a heap of keywords."""

LONGEST_QUOTE = 160
"""Characters of a sentence that was set aside which are quoted."""
_QUOTES_EACH = 2

# Characters that show nothing and have no place in these fields.
_TELLTALE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")

# No end of a sentence: "0.9", "i.g.n.o.r.e", "<!--", a line that goes on in small letters. Three
# marks end those of the East.
_SENTENCE = re.compile(
    r"[^.!?\n\u3002\uff01\uff1f]+"
    r"(?:(?:\.(?=[\d.]|[a-zA-Z]\.)|!(?=--)|\n(?=[a-z]))[^.!?\n\u3002\uff01\uff1f]*)*"
    r"(?:[.!?\n\u3002\uff01\uff1f]+|$)"
)

_ITEMS = (
    *("paper", "work", "article", "submission", "abstract", "record", "entry", "preprint"),
    "manuscript",
)
_ACTS = (
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
    *(f"{act} {which}" for act in _ACTS for which in ("this", "the present", "the above", "it")),
    *(f"{act} {which}" for act in _ACTS for which in ("the following", "the current")),
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
"""Terms one of which is in every suspicious text that is plain ASCII and has none of the marks
of `deserves_a_look`: a cheap first look, for those who look for terms anyway."""

_LONGEST = [max(trigger.split(), key=len) for trigger in TRIGGERS]
_QUICK_CUES = frozenset(word for word in _LONGEST if "*" not in word)
_CUE_STEMS = tuple(sorted({word.strip("*") for word in _LONGEST if "*" in word}))
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
    """text[start:end] is set aside."""

    start: int
    end: int


def suspicious_spans(text: str, *, closely: bool = False) -> tuple[Span, ...]:
    """The sentences that speak to a model or hide characters, as spans of the text as given.

    A close look sees through disguises, and knows forms without a trigger. Time is linear in
    the text: repeats in the patterns are bounded.
    """
    return tuple(
        Span(match.start(), match.end())
        for match in _SENTENCE.finditer(text)
        if (closely or _has_a_cue(match.group())) and _suspicious(match.group(), closely=closely)
    )


def _has_a_cue(sentence: str) -> bool:
    """Whether the sentence may be suspicious, as far as can be told without its patterns: it
    has a word of a trigger or one of the marks."""
    if deserves_a_look(sentence):
        return True
    low = sentence.lower()
    words = _WORDS.findall(low)
    return not _QUICK_CUES.isdisjoint(words) or any(stem in low for stem in _CUE_STEMS)


def deserves_a_look(text: str) -> bool:
    """Whether the text's characters alone are reason enough to look closely."""
    if not text.isascii():
        return True
    low = text.lower()
    return (
        "##" in low
        or ("<" in low and any(tag in low for tag in _TAGS))
        or ("[" in low and any(bracket in low for bracket in _BRACKETS))
        or (":" in low and _has_telling_colon(low))
        or ("=" in low and any(low.endswith(_SPEAKERS, 0, at) for at in _places("=", low)))
    )


def _has_telling_colon(low: str) -> bool:
    return any(
        low.endswith(_BEFORE_COLON, 0, at) or low.startswith(_AFTER_COLON, at + 1)
        for at in _places(":", low)
    )


def _places(mark: str, text: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _suspicious(sentence: str, *, closely: bool = False) -> bool:
    if not sentence.isascii() and _TELLTALE.search(sentence):
        return True
    if closely:
        return holds_a_message(sentence) or any(map(holds_an_order, unmasked(sentence)))
    return holds_an_order(plain(sentence))


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text."""
    return tuple(Span(*match.span()) for match in _SENTENCE.finditer(text))


def without(text: str, spans: tuple[Span, ...]) -> str:
    """The text with those spans blanked out; every other character keeps its place."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def quoted(given: Mapping[str, str], clean: Mapping[str, str]) -> tuple[Evidence, ...]:
    """The first sentences of each field that the clean texts lack, cut to a length, for a
    person to see what was set aside."""
    return tuple(
        Evidence(quote=quote[:LONGEST_QUOTE], field=name, speaks_for=SET_ASIDE, weight=0.0)
        for name, text in given.items()
        for quote in islice(_lost(text, clean[name]), _QUOTES_EACH)
    )


def _lost(given: str, clean: str) -> Iterator[str]:
    for start, end in sentences(given):
        if given[start:end] != clean[start:end]:
            yield given[start:end].strip()
