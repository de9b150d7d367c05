"""What a reader sees of inline Markdown and of HTML: text, links, images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from markdown_it.common.utils import normalizeReference

from medvl_watch.lists.proving.blocks import renderer

Mark = tuple[str, str]
"""A piece of rendered inline text: its kind (`text`, `escaped`, `code`, `html`, `link`, `image`,
`alternative`, `open`, `close`, `in`, `break`), and what it holds (a text, an address, the name of
an emphasis)."""

_INLINE = renderer().disable("text_join")  # so that what was escaped is known
_KINDS = {"code_inline": "code", "html_inline": "html", "text_special": "escaped"}
_BARE_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s()\[\]<>\"'`|]+(?:\([^\s()]*\)[^\s()\[\]<>\"'`|]*)*", re.IGNORECASE
)
"""Bare addresses, which GitHub shows as links:
https://github.github.com/gfm/#autolinks-extension-"""

_VOID = frozenset({"br", "hr", "img", "input", "wbr", "source", "col"})
_APART = frozenset({"br", "td", "th", "tr", "li", "p", "div"})


def read_marks(content: str, definitions: Mapping[str, Any]) -> Iterator[Mark]:
    """The inline text of a block as its renderer understands it. `definitions` are the link
    definitions of the whole list, by their normalized labels."""
    [inline] = _INLINE.parseInline(content, {"references": dict(definitions)})
    for token in inline.children or []:
        if token.type in {"softbreak", "hardbreak"}:
            yield "break", ""
        elif token.type == "image":
            yield "image", str(token.attrs.get("src", ""))
            yield "alternative", token.content
        elif token.type == "link_open":
            yield "link", str(token.attrs.get("href", ""))
        elif token.nesting:
            yield ("open" if token.nesting > 0 else "close"), token.tag
        else:
            yield _KINDS.get(token.type, "text"), token.content


References = tuple[tuple[str, str], ...]
"""Keys that links may give, with their addresses."""


@lru_cache(maxsize=4096)
def marks_of_line(line: str, references: References = ()) -> tuple[Mark, ...]:
    """What one line of a block's text shows by itself."""
    definitions = {
        normalizeReference(key): {"href": address, "title": ""} for key, address in references
    }
    return tuple(read_marks(line, definitions))


def addresses_in(marks: Iterable[Mark]) -> list[str]:
    """Where the links lead, in order."""
    return [value for kind, value in marks if kind == "link"]


def text_in(marks: Iterable[Mark]) -> str:
    """The words that are shown, code included."""
    return "".join(value for kind, value in marks if kind in {"text", "escaped", "code"})


def marks_by_line(marks: Iterable[Mark]) -> list[tuple[Mark, ...]]:
    """The marks of each line. A line that begins inside of emphasis or a link says so (`in`)."""
    lines: list[tuple[Mark, ...]] = []
    line: list[Mark] = []
    opened: list[Mark] = []
    for kind, value in marks:
        if kind == "break":
            lines.append(tuple(line))
            line = [("in", name) for _, name in opened]
            continue
        line.append((kind, value))
        if kind in {"open", "link"}:
            opened.append((kind, value))
        elif kind == "close":
            opened.pop()
    return [*lines, tuple(line)]


@dataclass(slots=True)
class Shown:
    """What a reader sees: the text, the addresses that links lead to, and those of images; the
    `labels` are the texts of the links that have one.

    `words` is the text without code and addresses; `literal` is also without escaped characters:
    a mark of Markdown that is left over in it was not understood by the renderer. `unpaired`
    are HTML tags without their partner (`b` is not closed, `/b` was not opened).
    """

    text: str = ""
    words: str = ""
    literal: str = ""
    links: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    unpaired: list[str] = field(default_factory=list)

    def add(self, text: str, kind: str = "text") -> None:
        """Show a piece of text: of `text`, `escaped` or `code`."""
        self.text += text
        bare = " " if kind == "code" else text
        if kind == "text":
            self.links += _BARE_ADDRESS.findall(text)
            bare = _BARE_ADDRESS.sub(" ", text)
        self.words += bare
        self.literal += " " if kind == "escaped" else bare

    def add_marks(self, marks: Iterable[Mark]) -> None:
        """Show a line of inline text."""
        reader = _HtmlReader(self)
        opened: list[tuple[str, int]] = []
        for kind, value in marks:
            if kind in {"open", "link", "in"}:
                opened.append((kind, len(self.text)))
            elif kind == "close" and opened:
                was, start = opened.pop()
                self.labels += [self.text[start:]] if was == "link" else []
            if kind in {"text", "escaped", "code"}:
                self.add(value, kind)
            elif kind == "link":
                self.links.append(value)
            elif kind == "image":
                self.images.append(value)
            elif kind == "html":
                reader.feed(value)
        reader.finish()
        self.add("\n")

    def add_html(self, html: str) -> None:
        reader = _HtmlReader(self)
        reader.feed(html)
        reader.finish()
        self.add("\n")


class _HtmlReader(HTMLParser):
    """Reads HTML, piece by piece, into what it shows."""

    def __init__(self, shown: Shown) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = shown
        self.opened: list[str] = []

    def finish(self) -> None:
        self.close()
        self.shown.unpaired += self.opened
        self.opened = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get({"a": "href", "img": "src"}.get(tag, ""))
        if address:
            (self.shown.links if tag == "a" else self.shown.images).append(address)
        if tag not in _VOID:
            self.opened.append(tag)
        if tag in _APART:
            self.shown.add("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.opened.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.opened:
            last = len(self.opened) - 1 - self.opened[::-1].index(tag)
            del self.opened[last]
        elif tag not in _VOID:
            self.shown.unpaired.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.shown.add(data)
