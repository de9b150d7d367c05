"""The blocks that a Markdown renderer makes of a text: headings, lists with their items, tables.

markdown-it-py is the renderer (CommonMark with tables and strikethrough, as GitHub shows lists).
Blocks are found first and their inline text is left raw: reading the inline text takes nine
tenths of the time, and is only needed of the few blocks that are looked at (`inline.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LONE_RETURN = re.compile(r"\r(?!\n)")
_DEEPEST = 60
"""Blocks within blocks beyond which the renderer gives up; lists have at most about ten."""


def renderer() -> MarkdownIt:
    """CommonMark with the extensions that lists rely on."""
    return MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST}).enable(
        ["table", "strikethrough"]
    )


_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
_BLOCKS = renderer().disable(["inline", "text_join"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedBlock:
    """A block as rendered, of the lines `start` to `end` (0-based, exclusive, without blank
    lines at its end).

    `kind` is the renderer's word (`list_item`, `tr`, `paragraph`), `detail` what else is seen of
    it (a heading's level, a list's marker, a cell's alignment). `content` is the raw inline text,
    HTML or code of a block that holds no other blocks. The items of a list that is `tight` are
    shown without space between them.
    """

    kind: str
    start: int
    end: int
    detail: str = ""
    tight: bool = False
    content: str | None = None
    children: tuple[RenderedBlock, ...] = ()

    def walk(self) -> Iterator[RenderedBlock]:
        """The block and all that is in it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Opened:
    """A block that is being read."""

    token: Token
    children: list[RenderedBlock] = field(default_factory=list)
    content: str | None = None
    is_tight: bool = False


def normalized(line: str) -> str:
    r"""A line as it is given to the renderer: it ends in `\n`, and holds no other line end (a
    renderer takes a lone `\r` for one, a list's lines do not: see `parsing/document.py`)."""
    if "\r" not in line:
        return line
    return _LONE_RETURN.sub(" ", line).replace("\r\n", "\n")


def is_blank(line: str) -> bool:
    """Whether a line is empty for a renderer, which counts no other blanks than these."""
    return not line.strip(" \t\n")


def read_blocks(
    lines: Sequence[str], first: int, environment: MutableMapping[str, Any]
) -> list[RenderedBlock]:
    """The top-level blocks of these (normalized) lines, of which the first is line `first` of
    its text. The link definitions among them go into the environment, where one that is there
    already stays."""
    tokens = _BLOCKS.parse("".join(lines), environment)
    done: list[RenderedBlock] = []
    opened: list[_Opened] = []
    for token in tokens:
        if token.nesting > 0:
            if token.hidden:  # a paragraph in an item of a list
                opened[-2].is_tight = True
            opened.append(_Opened(token))
        elif token.nesting < 0:
            whole = opened.pop()
            above = opened[-1].children if opened else done
            above.append(_closed(whole, lines, first))
        elif token.type == "inline":
            holder = opened[-1]
            holder.content = token.content
            holder.token.map = holder.token.map or token.map  # a table's cell has none of its own
        else:
            above = opened[-1].children if opened else done
            above.append(_closed(_Opened(token, content=token.content), lines, first))
    return done


def _closed(whole: _Opened, lines: Sequence[str], first: int) -> RenderedBlock:
    token = whole.token
    start, end = token.map or (0, 0)
    while end > start + 1 and is_blank(lines[end - 1]):
        end -= 1
    return RenderedBlock(
        kind=token.type.removesuffix("_open"),
        start=start + first,
        end=end + first,
        detail=_detail(token),
        tight=token.type in _LISTS and whole.is_tight,
        content=whole.content,
        children=tuple(whole.children),
    )


def _detail(token: Token) -> str:
    if token.type == "heading_open":
        return token.tag
    if token.type in _LISTS:
        return token.markup
    return str(token.attrs.get("style", "")) if token.type in {"th_open", "td_open"} else ""
