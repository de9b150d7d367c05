"""The short names that works give themselves (`CT-CLIP`), in their titles and abstracts."""

from __future__ import annotations

import re

_PREFIX = re.compile(r"^([^\s:][^:]{0,28}?)\s*:\s+\S")
_IN_BRACKETS = re.compile(r"\(([A-Z][\w+-]*[A-Z0-9][\w+-]*)\)")
_INTRODUCED = re.compile(
    r"\b(?:introduc\w+|present\w*|propos\w+|develop\w*|call(?:ed)?|named?|dubbed|termed|release\w*)"
    r"\s+(?:the\s+|a\s+|an\s+)?([A-Z][\w+-]*[A-Z0-9][\w+-]*)\b"
)
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


def _is_name(text: str) -> bool:
    words = text.split()
    if len(words) > _MOST_WORDS:
        return False
    marked = sum(
        any(c.isupper() for c in word[1:]) or any(c.isdigit() for c in word) for word in words
    )
    return marked > 0 or len(words) == 1


def name_apart(title: str) -> tuple[str, str]:
    """What stands before a title's colon and behind it: `CT-CLIP: Developing …`. The first is
    empty, and the second the whole title, unless a few words are followed by some more."""
    head, colon, rest = title.partition(":")
    few = len(head.split()) <= _MOST_WORDS
    if colon and few and len(rest.split()) >= _LEAST_WORDS_BEHIND:
        return head, rest
    return "", title
