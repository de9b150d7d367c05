"""Links that give a key instead of an address (`[paper][p1]`), and the definitions of the keys.

A list that writes its links so is read as if each address stood in its place. Definitions are
found as far as lists write them: one line each, not within a list or a quote.
https://spec.commonmark.org/0.31.2/#link-reference-definitions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

_DEFINITION = re.compile(
    r"(?P<head> {0,3})\[(?P<key>(?!\^)(?:[^\[\]\\]|\\.)+)\]:(?P<gap>[ \t]*)(?P<open><?)"
    r"(?P<url>[^\s<>]+)>?(?P<title>[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*\r?\n?"
)
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\[\]\s]+\]:")
_ENDS_TEXT = re.compile(r"\s*$| {0,3}(?:#{1,6}[ \t]|([-*_])[ \t]*(?:\1[ \t]*){2,}$)")
"""A line after which a definition may stand: within a paragraph it would be text."""

_REFERENCE = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))|(?P<escape>\\.)"
    r"|\[(?P<text>(?:[^\[\]\\]|\\.|\[[^\[\]]*\]){1,1000})\](?:\[(?P<key>[^\[\]]*)\]|(?![\[(:]))"
)

Form = Literal["full", "collapsed", "shortcut"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a key means: `address`, defined at `line` (0-based)."""

    key: str
    address: str
    line: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A link that gives a key: `source` as written, the span of its address in the text in
    which links are written out, and its form (`[text][key]`, `[key][]`, `[key]`)."""

    source: str
    key: str
    form: Form
    start: int
    end: int


def plain_key(key: str) -> str:
    """A key as it is compared: case and runs of blanks do not count."""
    return " ".join(key.split()).casefold()


def definition_lines(lines: Sequence[str], is_open: Callable[[int], bool]) -> Iterator[int]:
    """The lines, among those that are open, that define keys or footnotes."""
    is_last = False
    for number, line in enumerate(lines):
        if "]:" not in line or not is_open(number):
            is_last = False
            continue
        follows = is_last or number == 0 or bool(_ENDS_TEXT.match(lines[number - 1]))
        is_last = follows and bool(_DEFINITION.fullmatch(line) or _FOOTNOTE.match(line))
        if is_last:
            yield number


def definitions_at(lines: Sequence[str], numbers: Sequence[int]) -> dict[str, Definition]:
    """The definitions that stand on these lines, by their plain keys; the first of each."""
    found: dict[str, Definition] = {}
    for number in numbers:
        match = _DEFINITION.fullmatch(lines[number])
        if match:
            key = plain_key(match["key"])
            found.setdefault(key, Definition(match["key"], match["url"], number))
    return found


def definition_like(line: str, key: str, address: str) -> str:
    """A definition of another key, written as the one on this line is."""
    match = _DEFINITION.fullmatch(line)
    if match is None:
        raise ValueError(f"{line!r} defines no key")
    ending = "\r\n" if line.endswith("\r\n") else "\n"
    wrapped = f"<{address}>" if match["open"] else address
    return f"{match['head']}[{key}]:{match['gap'] or ' '}{wrapped}{ending}"


def write_out(text: str, definitions: Mapping[str, Definition]) -> tuple[str, list[Reference]]:
    """The text with the address in place of each key that is defined, and the references."""
    out = ""
    at = done = 0
    found: list[Reference] = []
    while match := _REFERENCE.search(text, at):
        shown = match["text"]
        definition = definitions.get(plain_key(match["key"] or shown)) if shown else None
        if shown is None or definition is None:  # what is in these brackets may be a reference
            at = match.end() if shown is None else match.start() + 1
            continue
        out += text[done : match.start()] + f"[{shown}]("
        form: Form = "full" if match["key"] else "shortcut" if match["key"] is None else "collapsed"
        span = len(out), len(out) + len(definition.address)
        found.append(Reference(match[0], definition.key, form, *span))
        out += f"{definition.address})"
        at = done = match.end()
    return out + text[done:], found
