"""How often a paper is put into the section that its list's maintainer chose, where the list
was never seen before: the sections are learned from the file as it was.

    python -m medvl_watch.evaluate.list_sections CASES ROOT TAXONOMY [--by list] [--weights W]

CASES is the JSON Lines file of a replay, ROOT the folder of its files. Headings are compared
without case and punctuation, and one path may be the end of the other. W is a JSON file of
other weights for the signals, as `section_weights` writes it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from medvl_watch.classify.sections.model import SectionExample, SectionGuess, SectionModel
from medvl_watch.classify.sections.section_shares import filing_year
from medvl_watch.classify.sections.weights import WEIGHTS
from medvl_watch.classify.sections.word_vectors import load_word_vectors
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.evaluate.calibration import calibration_error
from medvl_watch.lists.parsing.document import parse
from medvl_watch.lists.parsing.headings import plain_path
from medvl_watch.offers.list_sections import examples_of, open_headings
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.papers.section_titles import years_of_title
from medvl_watch.records import Headings, Record


@dataclass(frozen=True, slots=True)
class Case:
    """Some papers that a maintainer added: the list as it was, and where each paper went."""

    list_name: str
    domain: str
    examples: tuple[SectionExample, ...]
    headings: tuple[Headings, ...]
    papers: tuple[tuple[Record, Headings], ...]


@dataclass(frozen=True, slots=True)
class PlacedPaper:
    """What was guessed for a paper, best first, and what is right. `is_new` says that the
    maintainer opened the section for a year that the list did not have."""

    list_name: str
    domain: str
    guesses: tuple[SectionGuess, ...]
    wanted: Headings
    is_new: bool

    def right(self, place: int) -> bool:
        guesses = self.guesses[place : place + 1]
        return any(is_same(self.wanted, guess.path) for guess in guesses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares between 0 and 1. Of `new_years` that maintainers opened, `opened` were opened
    rightly; `opened_wrongly` counts years opened for papers that belong elsewhere."""

    papers: int
    top1: float
    top2: float
    calibration_error: float
    new_years: int
    opened: int
    opened_wrongly: int


def cases_from(lines: Iterable[str], read: Callable[[str], str]) -> Iterator[Case]:
    """The cases of a replay. `read` gives the text of a `before_file`."""
    for line in lines:
        case: Mapping[str, Any] = json.loads(line)
        document = parse(read(str(case["before_file"])))
        truth = {each["paper"]: plain_path(tuple(each["path"])) for each in case["truth"]}
        records = (record_from_json(paper, str(case["id"])) for paper in case["papers"])
        yield Case(
            list_name=str(case["list"]),
            domain=str(case["domain"]),
            examples=examples_of(document),
            headings=open_headings(document),
            papers=tuple((record, truth[record.id]) for record in records if record.id in truth),
        )


def place(
    case: Case, taxonomy: Taxonomy | None, weights: Mapping[str, float] = WEIGHTS
) -> list[PlacedPaper]:
    """Guess the section of each paper of a case; the truth is only carried along."""
    model = SectionModel.learn(case.examples, case.headings, taxonomy, weights)
    return [
        PlacedPaper(
            list_name=case.list_name,
            domain=case.domain,
            guesses=model.rank_sections(record, filing_year(record)),
            wanted=wanted,
            is_new=any(map(years_of_title, wanted))
            and not any(is_same(wanted, path) for path in case.headings),
        )
        for record, wanted in case.papers
    ]


def is_same(one: Headings, other: Headings) -> bool:
    """Whether two paths name one section; a list's own title may stand on top of either."""
    ours, theirs = _key(one), _key(other)
    shared = min(len(ours), len(theirs))
    return shared > 0 and ours[-shared:] == theirs[-shared:]


def _key(path: Headings) -> Headings:
    return tuple(re.sub(r"[^a-z0-9]+", "", title.lower()) for title in path)


def figures(placed: Sequence[PlacedPaper]) -> Figures:
    """Raises ValueError when there is no paper."""
    if not placed:
        raise ValueError("no paper has a section")
    first = [(each.guesses[0].score, each.right(0)) for each in placed if each.guesses]
    opening = [each for each in placed if each.guesses and each.guesses[0].opens]
    return Figures(
        papers=len(placed),
        top1=sum(each.right(0) for each in placed) / len(placed),
        top2=sum(each.right(0) or each.right(1) for each in placed) / len(placed),
        calibration_error=calibration_error(first),
        new_years=sum(each.is_new for each in placed),
        opened=sum(each.is_new and each.right(0) for each in opening),
        opened_wrongly=sum(not each.right(0) for each in opening),
    )


def report(placed: Sequence[PlacedPaper], *, by_list: bool) -> str:
    """The figures of each domain (or list), and of all, as a table."""
    groups: dict[str, list[PlacedPaper]] = defaultdict(list)
    for each in placed:
        groups[each.list_name if by_list else each.domain].append(each)
    lines = [f"{'group':44}{'papers':>8}{'top1':>7}{'top2':>7}{'error':>7}  new years opened"]
    for name, group in [*sorted(groups.items()), ("all", list(placed))]:
        found = figures(group)
        lines.append(
            f"{name[:43]:44}{found.papers:8}{found.top1:7.3f}{found.top2:7.3f}"
            f"{found.calibration_error:7.3f}  {found.opened} of {found.new_years}"
            f", {found.opened_wrongly} wrongly"
        )
    return "\n".join(lines)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What both commands of this kind are given."""
    parser.add_argument("cases", type=Path)
    parser.add_argument("root", type=Path)
    parser.add_argument("taxonomy", type=Path)


def read_cases(cases: Path, root: Path) -> list[Case]:
    """All the cases, with the lists as they were."""
    lines = cases.read_text(encoding="utf-8").splitlines()
    return list(cases_from(lines, lambda name: (root / name).read_bytes().decode("utf-8")))


def read_knowledge(path: Path) -> Taxonomy:
    """The taxonomy, with what words mean if the file of that stands in `models` beside it."""
    taxonomy = load_taxonomy(path.read_text(encoding="utf-8"), str(path))
    vectors = path.parent / "models" / "word-vectors.json"
    if not vectors.exists():
        return taxonomy
    return replace(
        taxonomy, word_vectors=load_word_vectors(vectors.read_text(encoding="utf-8"), str(vectors))
    )


def main() -> None:
    """The command of this module."""
    parser = argparse.ArgumentParser(prog="python -m medvl_watch.evaluate.list_sections")
    arguments(parser)
    parser.add_argument("--by", choices=["domain", "list"], default="domain")
    parser.add_argument("--weights", type=Path)
    given = parser.parse_args()
    taxonomy = read_knowledge(given.taxonomy)
    weights = json.loads(given.weights.read_text(encoding="utf-8")) if given.weights else WEIGHTS
    placed = [
        each
        for case in read_cases(given.cases, given.root)
        for each in place(case, taxonomy, weights)
    ]
    sys.stdout.write(report(placed, by_list=given.by == "list") + "\n")


if __name__ == "__main__":
    main()
