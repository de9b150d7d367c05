r"""The rule about brackets: `\[[code](url)]`, links that are not closed, one bracket too few."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, shortened
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.slots import MASK, hidden
from medvl_watch.lists.parsing.markup import LINK
from medvl_watch.lists.proving.changes import ChangeEffect, TextChange
from medvl_watch.lists.proving.inline import addresses_in, marks_of_line

_ESCAPED = re.compile(r"\\(?=\[\[(?P<label>[^\[\]\n]{1,40})\]\([^()\s]*\)\])")
_OPEN_LINK = re.compile(r"\]\((?P<url>https?://[^\s()\[\]]+)(?=\s*(?:$|\||\[))", re.MULTILINE)
_UNOPENED = re.compile(rf"(?<![\[!\]\w])(?P<label>[A-Za-z]{{3,12}})\]\({MASK}+\)")
_PLAIN = re.compile(r"(?<!\\)\[\[[^\[\]\n]{1,40}\]\([^()\s]*\)\]")


def find_brackets(subject: CheckedList) -> Iterator[Finding]:
    """Brackets of links that are escaped on one side, not closed, or without their partner."""
    usual = sum(len(_PLAIN.findall(work.text)) for work in subject.works)
    escaped = sum(len(_ESCAPED.findall(work.text)) for work in subject.works)
    for work in subject.works:
        if escaped < usual:  # else it is the list's own way
            yield from _escaped(subject, work)
        yield from _not_closed(subject, work)
        yield from _without_partner(subject, work)


def _escaped(subject: CheckedList, work: CheckedEntry) -> Iterator[Finding]:
    for match in _ESCAPED.finditer(work.text):
        at = work.start + match.start()
        yield Finding(
            line=subject.line_at(at),
            rule="brackets",
            what=f"\\[[{match['label']}](…)] has a backslash before it",
            fix="take the backslash out",
            changes=(TextChange(at, at + 1, "", ChangeEffect.BRACKETS),),
        )


def _not_closed(subject: CheckedList, work: CheckedEntry) -> Iterator[Finding]:
    """`[paper](https://… ` that the renderer shows as text, and as a link once it is closed."""
    for match in _OPEN_LINK.finditer(work.text):
        at = work.start + match.end("url")
        if _adds_link(subject, at, ")"):
            yield Finding(
                line=subject.line_at(at),
                rule="brackets",
                what=f"the link to {match['url'][:60]} is not closed",
                fix="put a closing parenthesis behind it",
                changes=(TextChange(at, at, ")", ChangeEffect.BRACKETS),),
            )


def _without_partner(subject: CheckedList, work: CheckedEntry) -> Iterator[Finding]:
    """One square bracket too many or too few, beside a link."""
    masked = hidden(LINK, work.text).replace("\\[", "  ").replace("\\]", "  ")
    for match in _UNOPENED.finditer(masked):
        at = work.start + match.start("label")
        if is_label(match["label"]) and _adds_link(subject, at, "["):
            yield Finding(
                line=subject.line_at(at),
                rule="brackets",
                what=f"{match['label']}](…) has no opening bracket",
                fix=f"write [{match['label']}](…)",
                changes=(TextChange(at, at, "[", ChangeEffect.BRACKETS),),
            )
    if masked.count("[") - masked.count("]") == 1:
        yield from _one_too_few(subject, work, masked)


def _one_too_few(subject: CheckedList, work: CheckedEntry, masked: str) -> Iterator[Finding]:
    """`[[code](url)` whose outer bracket is never closed. Where more links follow in the same
    brackets, the place of the closing one is not known."""
    for match in re.finditer(rf"\[({MASK}+)(?!\])", masked):
        link = work.text[match.start(1) : match.end(1)]
        rest = masked[match.end() :].partition("\n")[0].partition("|")[0]
        inside = rest.partition("[")[0]
        if "]" in inside or not link.startswith("["):
            continue
        at = work.start + match.end()
        certain = MASK not in inside
        yield Finding(
            line=subject.line_at(at),
            rule="brackets",
            what=f"the bracket before {shortened(link, 30)} is not closed",
            fix="put a closing bracket behind the link",
            changes=(TextChange(at, at, "]", ChangeEffect.BRACKETS),) if certain else (),
        )


def _adds_link(subject: CheckedList, at: int, sign: str) -> bool:
    """Whether a bracket at this offset makes the renderer show one link more on its line, and
    all those that it shows now."""
    number = subject.line_at(at) - 1
    start, line = subject.starts[number], subject.document.lines[number].rstrip("\r\n")
    mended = line[: at - start] + sign + line[at - start :]
    now, then = (
        Counter(addresses_in(marks_of_line(each, subject.references))) for each in (line, mended)
    )
    return not now - then and (then - now).total() == 1
