"""Compares replayed additions with what the maintainers did: figures per list, and the worst.

Unlike the replay, this module reads `truth` and `after_file` of a case, after all results have
been computed. It gives a quick impression to developers of the editor; the separate scorer, which
parses both texts itself, gives the final figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from medvl_watch.lists.parsing.document import Document, parse

EXCERPT_LENGTH = 24
"""The number of characters that are shown at the first difference."""


@dataclass(frozen=True, slots=True)
class ReplayedPaper:
    """A paper of a case, compared with the maintainer's entry.

    `similarity` is that of the lines, from 0 to 1. `same_edge` says whether both entries are at
    the same end of the section, or both in the middle; it is None if an entry was not found.
    `reason` says what differs, as a clause; it is empty if nothing does.
    """

    case: str
    list_name: str
    paper: str
    placed: bool
    similarity: float
    same_edge: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The figures of one list, or of all lists, from 0 to 1.

    `placed` is the share of papers that were placed. The others refer to the placed papers:
    the mean `similarity`, the share with `same_text`, and the share at the `same_edge`.
    """

    name: str
    papers: int
    placed: float
    similarity: float
    same_text: float
    same_edge: float


def compare_case(
    case: Mapping[str, Any], result: Mapping[str, Any], after: str
) -> list[ReplayedPaper]:
    """Compare each paper of a case with the maintainer's entry; `after` is the text that the
    maintainer wrote."""
    placements = {each["paper"]: each for each in result["placed"]}
    our_list, their_list = parse(result["after"] if placements else ""), parse(after)
    papers = []
    for truth in case.get("truth", ()):
        ids = case["id"], case.get("list", ""), truth["paper"]
        placement = placements.get(truth["paper"])
        if placement is None:
            reason = _reason_not_placed(result, truth["paper"])
            papers.append(ReplayedPaper(*ids, False, 0.0, None, reason))
            continue
        our_text, their_text = "\n".join(placement["lines"]), "\n".join(truth["lines"])
        edges = _edge(our_list, our_text), _edge(their_list, their_text)
        same_edge = None if None in edges else edges[0] == edges[1]
        similarity = fuzz.ratio(our_text.strip(), their_text.strip()) / 100
        difference = _first_difference(our_text, their_text)
        papers.append(ReplayedPaper(*ids, True, similarity, same_edge, difference))
    return papers


def _edge(document: Document, text: str) -> str | None:
    """Whether the entry with this text is at the top, at the bottom or in the middle of its
    section; None if it is not found."""
    folded = " ".join(text.split())
    for entry in document.entries:
        if " ".join(document.text(entry).split()) == folded:
            of_section = [each for each in document.entries if each.section == entry.section]
            if entry == of_section[0]:
                return "top"
            return "bottom" if entry == of_section[-1] else "middle"
    return None


def _reason_not_placed(result: Mapping[str, Any], paper: str) -> str:
    prefix = f"{paper}: "
    reasons = [str(reason) for reason in result.get("not_placed", ())]
    of_paper = [each.removeprefix(prefix) for each in reasons if each.startswith(prefix)]
    return of_paper[0] if of_paper else str(result.get("refused", "it was not placed"))


def _first_difference(ours: str, theirs: str) -> str:
    """The first difference with the text around it; empty if there is no difference."""
    ours, theirs = " ".join(ours.split()), " ".join(theirs.split())
    if ours == theirs:
        return ""
    at = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b),
              min(len(ours), len(theirs)))  # fmt: skip
    start, end = max(0, at - EXCERPT_LENGTH // 2), at + EXCERPT_LENGTH
    return f"wrote “{ours[start:end]}”, the maintainer “{theirs[start:end]}”"


def report_rows(papers: Sequence[ReplayedPaper]) -> list[ReportRow]:
    """One row per list, in the order of their names, and one for all lists."""
    names = sorted({each.list_name for each in papers})
    rows = [_row(name, [each for each in papers if each.list_name == name]) for name in names]
    return [*rows, _row("all", papers)]


def _row(name: str, papers: Sequence[ReplayedPaper]) -> ReportRow:
    placed = [each for each in papers if each.placed]
    return ReportRow(
        name=name,
        papers=len(papers),
        placed=_mean([each.placed for each in papers]),
        similarity=_mean([each.similarity for each in placed]),
        same_text=_mean([not each.reason for each in placed]),
        same_edge=_mean([each.same_edge for each in placed if each.same_edge is not None]),
    )


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def worst_papers(papers: Sequence[ReplayedPaper], count: int = 10) -> list[ReplayedPaper]:
    """The papers that differ most: first those not placed, then the least similar."""
    return sorted(papers, key=lambda each: (each.placed, each.similarity, each.case))[:count]
