"""Reads a case of a list from a Markdown file that anybody can write: see cases/README.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from medvl_watch.changes import Addition
from medvl_watch.papers.recordfile import record_from_line

GIVEN = ("List", "Section", "Papers")
OUTCOMES = ("Result", "Refused", "Already listed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A list, papers for one of its sections, and what is to become of them: `result` is the
    whole list afterwards, `refused` and `already_listed` a clause for each paper that is not
    added."""

    title: str
    before: str
    additions: tuple[Addition, ...]
    result: str
    refused: tuple[str, ...]
    already_listed: tuple[str, ...]


def read_case(text: str) -> Case:
    """The case that a file's text describes. Raises ValueError that says what is wrong."""
    title, parts = parts_of(text)
    unknown = parts.keys() - {*GIVEN, *OUTCOMES}
    if unknown:
        raise ValueError(f"no part of a case is called {min(unknown)}")
    for name in GIVEN:
        if name not in parts:
            raise ValueError(f"the part {name} is missing")
    if not parts.keys() & set(OUTCOMES):
        raise ValueError(f"none of the parts {', '.join(OUTCOMES)} says what should come of it")
    section = tuple(parts["Section"].rstrip("\n").split(" > "))
    papers = [record_from_line(line, "Papers") for line in parts["Papers"].splitlines()]
    return Case(
        title=title,
        before=parts["List"],
        additions=tuple(Addition(paper=paper, section=section) for paper in papers),
        result=parts.get("Result", parts["List"]),
        refused=tuple(parts.get("Refused", "").splitlines()),
        already_listed=tuple(parts.get("Already listed", "").splitlines()),
    )


def parts_of(text: str) -> tuple[str, dict[str, str]]:
    """The title of a case, and the code block below each heading of the second level. Raises
    ValueError that says what is wrong."""
    tokens = MarkdownIt("commonmark").parse(text)
    title, name = "", ""
    parts: dict[str, str] = {}
    for level, content in _headings_and_blocks(tokens):
        if level == 1 and not title:
            title = content
        elif level == 2 and content not in parts and (not name or name in parts):
            name = content
        elif level == 0 and content and name and name not in parts:
            parts[name] = content
        else:
            raise ValueError(
                f"a case is one title, then parts with one code block each: {content!r}"
            )
    if not title or (name and name not in parts):
        raise ValueError(f"the part {name} has no code block" if title else "the title is missing")
    return title, parts


def _headings_and_blocks(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Each heading with its level, each fenced block with level 0."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            yield int(token.tag[1]), tokens[place + 1].content
        elif token.type == "fence":
            yield 0, token.content
