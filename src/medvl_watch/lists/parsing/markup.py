"""What a reader sees of a piece of Markdown: links and plain text. Best effort, never raises."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

WIDE_STOPS = "\u3001\u3002\u300a-\u300f\u3010\u3011\uff08\uff09\uff0c\uff1b"
"""Brackets and stops of Chinese and Japanese, in a class of characters: they end an address that
stands by itself."""

LINK = re.compile(
    r"""(?=[!\[<h])(?:  # what a link begins with, looked for first: far less is tried then
      (?P<image>!\[[^\]\n]{0,300}\]
        \([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"\n]*")?\))
    | \[(?P<label>(?:[^\[\]]|!\[[^\[\]]{0,1500}\](?:\([^()\s]{0,1500}\))?
        |\[[^\[\]]{0,1500}\](?!\()){0,1500})\]\ ?
      \(\s*<?(?P<url>[^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+"[^"\n]*")?\s*\)
    | <a\s[^<>]{0,300}?href\s*=\s*["']?(?P<href>[^"'\s>]*)["']?[^<>]{0,500}>
        (?P<text>(?:(?!<a\s).){0,2000}?)</a>
    | (?P<img><img\b[^<>]{0,2000}>)
    | (?P<bare>"""
    rf"""https?://[^\s()\[\]<>"'|\\{WIDE_STOPS}]+"""
    rf"""(?:\([^\s()]*\)[^\s()\[\]<>"'|\\{WIDE_STOPS}]*)*)
    )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
TAG = re.compile(r"<!--.{0,2000}?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
_EMPHASIS = re.compile(r"\*+|~~|`+|(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class MarkdownLink:
    """A link with the spans, in the text searched, of itself and of its address."""

    start: int
    end: int
    label: str
    label_start: int
    url: str
    url_start: int

    @property
    def url_end(self) -> int:
        return self.url_start + len(self.url)


def links_in(text: str) -> Iterator[MarkdownLink]:
    """Links of every notation, images left out. Never nested."""
    if "](" not in text and "] (" not in text and "http" not in text and "<a" not in text.lower():
        return
    for match in LINK.finditer(text):
        for label, address in (("label", "url"), ("text", "href"), ("bare", "bare")):
            if match[address] is not None and match[label] is not None:
                shown = "" if address == "bare" else match[label]
                yield MarkdownLink(
                    *match.span(), shown, match.start(label), match[address], match.start(address)
                )
                break


def without_links(text: str) -> str:
    """Images and bare addresses dropped, links replaced by their labels."""

    def shown(match: re.Match[str]) -> str:
        label = match["label"] if match["label"] is not None else match["text"]
        return without_links(label) if label else ""

    return LINK.sub(shown, text)


def plain(text: str) -> str:
    """The text as a reader sees it, on one line: no links, tags, emphasis or entities."""
    text = TAG.sub("", without_links(text)) if "<" in text or "[" in text else text
    text = _EMPHASIS.sub("", text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "&" in text:
        text = html.unescape(text)
    return " ".join(text.split())
