"""What replayed additions are worth, by what the maintainers did: per list, and the worst.

This reads a case's `truth` and `after_file`, which the replay never does: it is made when
all results are there.
A quick look for those who work on the editor; a scorer that parses both texts by itself is
the judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from medvl_watch.lists.parsing.document import Document, parse

AROUND = 24
"""Characters shown around the first difference."""


@dataclass(frozen=True, slots=True)
class ReplayedPaper:
    """One paper of a case. `likeness` 0..1 is that of its lines with the maintainer's;
    `edge` tells whether both stand at the same end of the section (None: not to be told);
    `reason` says what is wrong, in one clause."""

    case: str
    of_list: str
    paper: str
    placed: bool
    likeness: float
    edge: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The figures of one list, or of all: shares and means are 0..1 of those placed."""

    name: str
    papers: int
    placed: float
    likeness: float
    same: float
    edge: float


def judge_case(
    case: Mapping[str, Any], result: Mapping[str, Any], after: str
) -> list[ReplayedPaper]:
    """Each paper of the case against what was made of it; `after` is the maintainer's text."""
    placed = {each["paper"]: each for each in result["placed"]}
    ours, theirs = parse(result["after"] if placed else ""), parse(after)
    judged = []
    for truth in case.get("truth", ()):
        name = case["id"], case.get("list", ""), truth["paper"]
        made = placed.get(truth["paper"])
        if made is None:
            judged.append(ReplayedPaper(*name, False, 0.0, None, _why_not(result, truth["paper"])))
            continue
        written, wanted = "\n".join(made["lines"]), "\n".join(truth["lines"])
        places = _place_of(ours, written), _place_of(theirs, wanted)
        edge = None if None in places else places[0] == places[1]
        likeness = fuzz.ratio(written.strip(), wanted.strip()) / 100
        judged.append(ReplayedPaper(*name, True, likeness, edge, _difference(written, wanted)))
    return judged


def _place_of(document: Document, text: str) -> str | None:
    """Where of its section's entries the one with this text stands; None if it is not found."""
    squeezed = " ".join(text.split())
    for entry in document.entries:
        if " ".join(document.text(entry).split()) == squeezed:
            all_of_it = [e for e in document.entries if e.section == entry.section]
            if entry == all_of_it[0]:
                return "top"
            return "bottom" if entry == all_of_it[-1] else "middle"
    return None


def _why_not(result: Mapping[str, Any], paper: str) -> str:
    reasons = [str(reason) for reason in result.get("not_placed", ())]
    found = [r.removeprefix(f"{paper}: ") for r in reasons if r.startswith(f"{paper}: ")]
    return found[0] if found else str(result.get("refused", "it was not given a place"))


def _difference(mine: str, theirs: str) -> str:
    """The first difference with what stands around it; empty if there is none."""
    mine, theirs = " ".join(mine.split()), " ".join(theirs.split())
    if mine == theirs:
        return ""
    at = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b),
              min(len(mine), len(theirs)))  # fmt: skip
    start = max(0, at - AROUND // 2)
    return f"wrote “{mine[start : at + AROUND]}”, the maintainer “{theirs[start : at + AROUND]}”"


def rows_of(judged: Sequence[ReplayedPaper]) -> list[ReportRow]:
    """A row for each list, in the order of their names, and one for all."""
    names = sorted({each.of_list for each in judged})
    rows = [_row(name, [each for each in judged if each.of_list == name]) for name in names]
    return [*rows, _row("all", judged)]


def _row(name: str, judged: Sequence[ReplayedPaper]) -> ReportRow:
    placed = [each for each in judged if each.placed]
    edges = [each.edge for each in placed if each.edge is not None]
    return ReportRow(
        name=name,
        papers=len(judged),
        placed=_mean([each.placed for each in judged]),
        likeness=_mean([each.likeness for each in placed]),
        same=_mean([not each.reason for each in placed]),
        edge=_mean(edges),
    )


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0


def worst_of(judged: Sequence[ReplayedPaper], count: int = 10) -> list[ReplayedPaper]:
    """The papers that fared worst: first those not placed, then the least alike."""
    return sorted(judged, key=lambda each: (each.placed, each.likeness, each.case))[:count]
