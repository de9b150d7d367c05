"""A list's bytes as text, or one clear sentence why they are left alone."""

from __future__ import annotations

import re

from medvl_watch.errors import ListError

LONGEST_LINE = 1_000_000
LARGEST_LIST = 30_000_000
_GENERATED = re.compile(
    r"this (?:file|readme|document|page|list) (?:is|was|has been) (?:auto(?:matically)?[- ]?)?"
    r"generated|do not edit (?:this file|by hand|directly|manually)",
    re.IGNORECASE,
)
"""What a generated file says of itself."""
_GENERATED_COMMENT = re.compile(
    r"<!--(?:(?!-->).){0,200}?auto(?:matically)?[- ]generated (?:file|by|from)",
    re.IGNORECASE | re.DOTALL,
)
"""In a comment no subject is needed: it speaks of the file, not of a sentence in it."""
_HEAD = 4_000


def decode(content: bytes, where: str) -> str:
    """The text of a list, exact to the byte (`encode(decode(content, where)) == content`).

    Raises ListError for bytes that are not valid UTF-8, for NUL, for lines longer than any list
    has, and for files that say of themselves that they are generated from data.
    """
    if len(content) > LARGEST_LIST:
        raise ListError(
            f"the file has {len(content):,} bytes, which no list has",
            where=where,
            remedy="check that the path names the list",
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ListError(
            f"line {line} is not UTF-8 (byte {error.start})",
            where=where,
            remedy="save the list as UTF-8",
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ListError(
            f"line {line} holds a NUL character", where=where, remedy="remove it from the list"
        )
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise ListError(
            f"a line has {longest:,} characters, which no list has",
            where=where,
            remedy="check that the path names the list",
        )
    found = _GENERATED.search(text[:_HEAD]) or _GENERATED_COMMENT.search(text[:_HEAD])
    if found:
        raise ListError(
            f"the list says that it is generated ({' '.join(found[0].split())!r})",
            where=where,
            remedy="propose papers to the data it is made from",
        )
    return text


def encode(text: str) -> bytes:
    return text.encode("utf-8")
