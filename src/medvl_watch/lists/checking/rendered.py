"""What a reader sees of a list: its blocks, their text and their links, as a renderer shows them.

Pieces of a block are pairs of a kind and a value: `("text", "Title")`, `("link", address)`,
`("/link", "")`. GitHub's own additions to CommonMark that matter here are tables and struck-out
text; bare addresses stay text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token
from markdown_it.utils import EnvType

from medvl_watch.lists.proving.blocks import renderer

Piece: TypeAlias = tuple[str, str]
References: TypeAlias = tuple[tuple[str, str], ...]


_KINDS = {
    "text_special": "text",
    "softbreak": "break",
    "hardbreak": "break",
    "link_open": "link",
    "link_close": "/link",
    "code_inline": "code",
    "html_inline": "html",
}


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """The opening, the closing or the text of a block; `lines` are the whole block's in the
    source (0-based, end exclusive), a table's cell has those of its row."""

    kind: str
    pieces: tuple[Piece, ...]
    lines: range


_RENDERER = renderer()


@lru_cache(maxsize=4)
def rendered(text: str) -> tuple[ShownBlock, ...]:
    """The blocks of a text in order."""
    found: list[ShownBlock] = []
    open_blocks: list[range] = []
    for token in _RENDERER.parse(text):
        if token.nesting < 0 and open_blocks:
            lines = open_blocks.pop()
        elif token.map:
            lines = range(*token.map)
        else:
            lines = open_blocks[-1] if open_blocks else range(0)
        if token.nesting > 0:
            open_blocks.append(lines)
        found.append(_block(token, lines))
    return tuple(found)


@lru_cache(maxsize=4096)
def pieces_of_line(line: str, references: References = ()) -> tuple[Piece, ...]:
    """What one line of a block's text shows by itself. `references` are the keys that links may
    give, with their addresses."""
    env: EnvType = {
        "references": {label: {"href": href, "title": ""} for label, href in references}
    }
    tokens = _RENDERER.parseInline(line, env)
    return tuple(piece for token in tokens for piece in _pieces(token.children or ()))


def addresses_in(pieces: Iterable[Piece]) -> list[str]:
    """Where the links lead, in order."""
    return [value for kind, value in pieces if kind == "link"]


def text_in(pieces: Iterable[Piece]) -> str:
    """The words that are shown, code included."""
    return "".join(value for kind, value in pieces if kind in {"text", "code", "break"})


def address_as_rendered(url: str) -> str:
    """An address written in a list, as a link's target."""
    return _RENDERER.normalizeLink(unescapeAll(url))


def _block(token: Token, lines: range) -> ShownBlock:
    if token.type == "inline":
        return ShownBlock("text", tuple(_pieces(token.children or ())), lines)
    attributes = " ".join(f"{name}={value}" for name, value in token.attrs.items())
    content = (("raw", token.content),) if token.content else ()
    return ShownBlock(f"{token.type} {token.tag} {attributes}".strip(), content, lines)


def _pieces(tokens: Iterable[Token]) -> list[Piece]:
    found: list[Piece] = []
    for token in tokens:
        for kind, value in _pieces_of_token(token):
            if kind == "text" and found and found[-1][0] == "text":
                found[-1] = ("text", found[-1][1] + value)
            elif kind != "text" or value:
                found.append((kind, value))
    return found


def _pieces_of_token(token: Token) -> list[Piece]:
    if token.type == "image":
        return [("image", str(token.attrs.get("src", ""))), ("alternative", token.content)]
    kind = _KINDS.get(token.type, token.type)
    values = {"link": str(token.attrs.get("href", "")), "break": "\n"}
    return [(kind, values.get(kind, token.content))]
