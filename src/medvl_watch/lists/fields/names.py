"""The short names that works give themselves (`CT-CLIP`), in their titles and abstracts."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from medvl_watch.papers.identifiers import title_key

_PREFIX = re.compile(r"^([^\s:][^:]{0,28}?)\s*:\s+\S")
_IN_BRACKETS = re.compile(r"\(([A-Z][\w+-]*[A-Z0-9][\w+-]*)\)")
_INTRODUCED = re.compile(
    r"\b(?:introduc\w+|present\w*|propos\w+|develop\w*|call(?:ed)?|named?|dubbed|termed|release\w*)"
    r"\s+(?:the\s+|a\s+|an\s+)?([A-Z][\w+-]*[A-Z0-9][\w+-]*)\b"
)
GLUED_COLON = re.compile(r"(?<=[A-Za-z0-9]{3}):(?=[A-Z][A-Za-z-]*[a-z](?![\w:.]|\S*://))")
"""The colon behind a name, without the blank that belongs there: `MedM2G:Unifying …`."""
SAME_NAME = 75.0
"""Similarity (0..100) of two short names above which they are one."""
_INNER_CAPITAL = re.compile(r"(?<=[^\W_])[A-Z]|\d")
"""What marks a coined word among several: `MedSAM 2`, but no `Few-Shot Evaluation`."""
_MOST_WORDS = 3
_LEAST_WORDS_BEHIND = 3


def short_name(title: str, abstract: str) -> str:
    """The name a work gives itself, from its title, else from its abstract, if it is used
    there at least twice; empty where there is none."""
    prefix = _PREFIX.match(title)
    if prefix and _is_name(prefix[1]):
        return prefix[1]
    inside = _IN_BRACKETS.search(title)
    if inside:
        return inside[1]
    introduced = _INTRODUCED.search(abstract)
    if introduced and abstract.count(introduced[1]) >= 2:
        return introduced[1]
    return ""


def with_blank_after_name(title: str) -> str:
    """The title with the blank after a colon that a source has lost."""
    return GLUED_COLON.sub(": ", title)


def _is_name(text: str) -> bool:
    words = text.split()
    if len(words) > _MOST_WORDS:
        return False
    return len(words) == 1 or any(_INNER_CAPITAL.search(word) for word in words)


def name_apart(title: str) -> tuple[str, str]:
    """What stands before a title's colon and behind it: `CT-CLIP: Developing …`. The first is
    empty, and the second the whole title, unless a few words are followed by some more."""
    head, colon, rest = title.partition(":")
    few = len(head.split()) <= _MOST_WORDS
    if colon and few and len(rest.split()) >= _LEAST_WORDS_BEHIND:
        return head, rest
    return "", title


@lru_cache(maxsize=16_384)
def name_and_rest_keys(title: str) -> tuple[str, str]:
    """The keys of what `name_apart` gives. Every paper is compared with the same entries, so
    they are kept."""
    name, rest = name_apart(title)
    return title_key(name), title_key(rest)


def are_names_alike(one: str, other: str) -> bool:
    """Whether the keys of two short names are one name, perhaps with a slip in it."""
    return fuzz.ratio(one, other) >= SAME_NAME
