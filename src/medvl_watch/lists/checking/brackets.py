r"""The rule about brackets: `\[[code](url)]`, links that are not closed, one bracket too few."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, TextChange
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.slots import MASK, hidden
from medvl_watch.lists.parsing.markup import LINK

_ESCAPED = re.compile(r"\\(?=\[\[(?P<label>[^\[\]\n]{1,40})\]\([^()\s]*\)\])")
_OPEN_LINK = re.compile(r"\]\((?P<url>https?://[^\s()\[\]]+)(?=\s*(?:$|\||\[))", re.MULTILINE)
_CLOSED_LATER = re.compile(r"[^\s()|]*\)")
"""Brackets within an address that ends further on (`…/[CVPR24]0.pdf)`)."""

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
            changes=(TextChange(at, at + 1, ""),),
        )


def _not_closed(subject: CheckedList, work: CheckedEntry) -> Iterator[Finding]:
    for match in _OPEN_LINK.finditer(work.text):
        if _CLOSED_LATER.match(work.text, match.end("url")):
            continue
        at = work.start + match.end("url")
        yield Finding(
            line=subject.line_at(at),
            rule="brackets",
            what=f"the link to {match['url'][:60]} is not closed",
            fix="put a closing parenthesis behind it",
            changes=(TextChange(at, at, ")"),),
        )


def _without_partner(subject: CheckedList, work: CheckedEntry) -> Iterator[Finding]:
    """One square bracket too many or too few, beside a link."""
    masked = hidden(LINK, work.text).replace("\\[", "  ").replace("\\]", "  ")
    for match in _UNOPENED.finditer(masked):
        if is_label(match["label"]):
            at = work.start + match.start("label")
            yield Finding(
                line=subject.line_at(at),
                rule="brackets",
                what=f"{match['label']}](…) has no opening bracket",
                fix=f"write [{match['label']}](…)",
                changes=(TextChange(at, at, "["),),
            )
    opened = masked.count("[") - masked.count("]")
    if opened == 1:
        yield from _one_too_few(subject, work, masked)


def _one_too_few(subject: CheckedList, work: CheckedEntry, masked: str) -> Iterator[Finding]:
    """`[[code](url)` whose outer bracket is never closed."""
    for match in re.finditer(rf"\[({MASK}+)(?!\])", masked):
        link = work.text[match.start(1) : match.end(1)]
        rest = masked[match.end() :]
        if "]" in rest.partition("[")[0] or not link.startswith("["):
            continue
        at = work.start + match.end()
        yield Finding(
            line=subject.line_at(at),
            rule="brackets",
            what=f"[{link[:30]}… is not closed",
            fix="put a closing bracket behind the link",
            changes=(TextChange(at, at, "]"),),
        )
