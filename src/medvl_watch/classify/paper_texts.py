"""The texts of a paper that the lexicons score, and flags about them."""

from __future__ import annotations

import re

from medvl_watch.records import Record

LONGEST_TEXT = 20_000
"""The number of characters of a field that are read. Abstracts on arXiv have at most 1,920
(https://info.arxiv.org/help/prep.html#abstracts)."""

NOT_ENGLISH = "not-english"
"""The flag of a paper with an abstract in another language, to which the lexicons do not apply."""
_SHORTEST_ABSTRACT = 40  # characters; a shorter one that is ASCII counts as English
_ENGLISH = re.compile(
    r"\b(?:the|of|and|to|for|with|that|this|are|by|from|on|an|as)\b", re.IGNORECASE
)
"""Frequent English words: each of 78,694 English abstracts from arXiv has at least two of them."""


def fields_to_score(facts: Record) -> dict[str, str]:
    """The texts to score, each cut to `LONGEST_TEXT` characters. A term counts in the first of
    them in which it occurs."""
    texts = {"title": facts.title, "abstract": facts.abstract, "comment": facts.comment or ""}
    return {name: text[:LONGEST_TEXT] for name, text in texts.items()}


def text_flags(facts: Record) -> tuple[str, ...]:
    """Flags for an abstract that is missing or in another language, and for texts that are cut."""
    flags = []
    if not facts.abstract.strip():
        flags.append("no-abstract")
    elif not _is_english(facts.abstract[:LONGEST_TEXT]):
        flags.append(NOT_ENGLISH)
    if len(facts.abstract) > LONGEST_TEXT or len(facts.title) > LONGEST_TEXT:
        flags.append("text-cut")
    return tuple(flags)


def _is_english(abstract: str) -> bool:
    if " the " in abstract or (len(abstract) < _SHORTEST_ABSTRACT and abstract.isascii()):
        return True
    return len({word.lower() for word in _ENGLISH.findall(abstract)}) > 1
