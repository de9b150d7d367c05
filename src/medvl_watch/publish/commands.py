"""Words of people in comments on our pull requests, one a line:

    /medvl reject ID [reason]
    /medvl accept ID
    /medvl section ID "Heading > Heading"
    /medvl hold
    /medvl resume

A comment is data: a command names a paper of this pull request and a section that the list has,
and can do no more than a box can. Who wrote it is the forge's to check. Of two commands about the
same thing the later one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.offers.maintainer_decisions import OwnPull, named_section
from medvl_watch.papers.identifiers import parse_identifier

_LINE = re.compile(r"^ {0,3}/medvl(?:[ \t]+(?P<rest>.*))?$", re.IGNORECASE)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)")
_ID = r"(?P<paper>\S{3,200})"
_FORMS = (
    re.compile(rf"(?P<verb>reject|accept)\s+{_ID}(?:\s.*)?", re.IGNORECASE),
    re.compile(
        rf"(?P<verb>section)\s+{_ID}\s+[\"\u201c](?P<path>[^\"\u201c\u201d]{{1,500}})[\"\u201d]\s*",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<verb>hold|resume)\s*", re.IGNORECASE),
)
_LEVELS = re.compile(r"\s*[>\u203a]\s*")


class Verb(StrEnum):
    """What a person wants."""

    REJECT = "reject"
    ACCEPT = "accept"
    SECTION = "section"
    HOLD = "hold"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as it was written: `paper` as the person named it, `section` by its headings."""

    verb: Verb
    paper: str = ""
    section: tuple[str, ...] = ()


def has_command(text: str) -> bool:
    """Whether a comment speaks to us."""
    return any(True for _ in _lines(text))


def read_commands(text: str) -> tuple[Command | None, ...]:
    """The commands of a comment in order; None for one that cannot be understood."""
    return tuple(_command(rest) for rest in _lines(text))


def _lines(text: str) -> Iterable[str]:
    is_code = False
    for line in text.splitlines():
        if _FENCE.match(line):
            is_code = not is_code
        found = None if is_code else _LINE.match(line.rstrip())
        if found:
            yield found["rest"] or ""


def _command(rest: str) -> Command | None:
    for form in _FORMS:
        found = form.fullmatch(rest.strip())
        if found:
            groups = found.groupdict()
            levels = _LEVELS.split((groups.get("path") or "").strip())
            return Command(
                verb=Verb(groups["verb"].lower()),
                paper=groups.get("paper") or "",
                section=tuple(filter(None, levels)),
            )
    return None


def paper_named(command: Command, pull: OwnPull) -> str:
    """The id of the paper of this pull request that a command names; empty if it has none such."""
    typed = command.paper.strip("<>`")
    parsed = parse_identifier(typed)
    names = {typed, f"arxiv:{parsed}", f"doi:{parsed}", parsed}
    asked = {*pull.section_boxes, *pull.remembered_sections, *pull.unticked, *pull.ticked}
    return next((each for each in (*pull.entries, *pull.taken_out, *asked) if each in names), "")


def can_be_done(command: Command, pull: OwnPull, sections: Sequence[tuple[str, ...]]) -> bool:
    """Whether a command names a paper of this pull request, and a section of the list (of which
    `sections` are the `path_key`s)."""
    if command.verb in {Verb.HOLD, Verb.RESUME}:
        return True
    wanted = path_key(command.section)
    has_section = any(path[-len(wanted) :] == wanted for path in sections) if wanted else True
    return bool(paper_named(command, pull)) and has_section


def with_commands(pull: OwnPull) -> OwnPull:
    """The pull request as people with a say want it by their comments, the earliest first."""
    for remark in pull.pull.remarks:
        for command in read_commands(remark.body):
            if command is not None:
                pull = _obeyed(pull, command)
    return pull


def _obeyed(pull: OwnPull, command: Command) -> OwnPull:
    if command.verb in {Verb.HOLD, Verb.RESUME}:
        held = replace(pull.pull, on_hold=command.verb is Verb.HOLD)
        return replace(pull, pull=held)
    paper_id = paper_named(command, pull)
    if not paper_id:
        return pull
    if command.verb is Verb.REJECT:
        return replace(
            pull,
            unticked=pull.unticked | {paper_id},
            ticked=pull.ticked - {paper_id},
            section_boxes={k: v for k, v in pull.section_boxes.items() if k != paper_id},
        )
    wanted = replace(pull, unticked=pull.unticked - {paper_id}, ticked=pull.ticked | {paper_id})
    if command.verb is Verb.ACCEPT:
        return wanted
    key = named_section(path_key(command.section))
    return replace(wanted, section_boxes={**pull.section_boxes, paper_id: frozenset({key})})
