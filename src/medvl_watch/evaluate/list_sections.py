"""Measures how often a paper gets the section that its list's maintainer chose, on lists that are
not known in advance: the sections are learned from the file as it was before the change.

    python -m medvl_watch.evaluate.list_sections CASES ROOT TAXONOMY [--by list] [--weights W]

CASES is the JSON Lines file of a replay, ROOT the folder of its files. Headings are compared
without case and punctuation, and one path may be the end of the other. W is a JSON file with
other weights of the signals, as `training.section_weights` writes it.
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
from medvl_watch.offers.section_examples import examples_of, open_headings
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.papers.section_titles import years_of_title
from medvl_watch.records import Headings, Record

_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
"""A badge beside a heading."""


@dataclass(frozen=True, slots=True)
class Case:
    """A list before a maintainer added papers: its entries and headings, and the added papers
    with the sections into which the maintainer put them."""

    list_name: str
    domain: str
    examples: tuple[SectionExample, ...]
    headings: tuple[Headings, ...]
    papers: tuple[tuple[Record, Headings], ...]


@dataclass(frozen=True, slots=True)
class PlacedPaper:
    """The guessed sections of a paper, best first, and the correct one.

    `is_new` says that the maintainer added the section, for a year that the list did not have.
    """

    list_name: str
    domain: str
    guesses: tuple[SectionGuess, ...]
    correct: Headings
    is_new: bool

    def is_correct_at(self, index: int) -> bool:
        """Whether the guess with this index is correct."""
        guesses = self.guesses[index : index + 1]
        return any(is_same_section(self.correct, guess.path) for guess in guesses)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementFigures:
    """How many sections are correct.

    `top1` and `top2` are the shares of papers with a correct first guess, or a correct one among
    the first two; with the calibration error they range from 0 to 1. Of the `new_years` that
    maintainers added, the model opened `opened` correctly; `opened_wrongly` counts years that it
    opened for papers of another section.
    """

    papers: int
    top1: float
    top2: float
    calibration_error: float
    new_years: int
    opened: int
    opened_wrongly: int


def parse_cases(lines: Iterable[str], read: Callable[[str], str]) -> Iterator[Case]:
    """The cases of a replay. `read` returns the text of a `before_file`."""
    for line in lines:
        case: Mapping[str, Any] = json.loads(line)
        document = parse(read(str(case["before_file"])))
        sections = {each["paper"]: plain_path(tuple(each["path"])) for each in case["truth"]}
        records = (record_from_json(paper, str(case["id"])) for paper in case["papers"])
        yield Case(
            list_name=str(case["list"]),
            domain=str(case["domain"]),
            examples=examples_of(document),
            headings=open_headings(document),
            papers=tuple(
                (record, sections[record.id]) for record in records if record.id in sections
            ),
        )


def place_papers(
    case: Case, taxonomy: Taxonomy | None, weights: Mapping[str, float] = WEIGHTS
) -> list[PlacedPaper]:
    """Guess the section of each paper of a case, without use of the correct one."""
    model = SectionModel.learn(case.examples, case.headings, taxonomy, weights)
    return [
        PlacedPaper(
            list_name=case.list_name,
            domain=case.domain,
            guesses=model.rank_sections(record, filing_year(record)),
            correct=correct,
            is_new=any(map(years_of_title, correct))
            and not any(is_same_section(correct, path) for path in case.headings),
        )
        for record, correct in case.papers
    ]


def is_same_section(one: Headings, other: Headings) -> bool:
    """Whether two paths denote the same section; either may begin with the title of the list."""
    one_key, other_key = _path_key(one), _path_key(other)
    shared = min(len(one_key), len(other_key))
    return shared > 0 and one_key[-shared:] == other_key[-shared:]


def _path_key(path: Headings) -> Headings:
    plain = (_IMAGE.sub("", title) for title in path)
    return tuple(re.sub(r"[^a-z0-9]+", "", title.lower()) for title in plain)


def placement_figures(placed: Sequence[PlacedPaper]) -> PlacementFigures:
    """Compute the figures. Raises ValueError if there are no papers."""
    if not placed:
        raise ValueError("no paper has a section")
    first = [(each.guesses[0].score, each.is_correct_at(0)) for each in placed if each.guesses]
    opening = [each for each in placed if each.guesses and each.guesses[0].opens]
    return PlacementFigures(
        papers=len(placed),
        top1=sum(each.is_correct_at(0) for each in placed) / len(placed),
        top2=sum(each.is_correct_at(0) or each.is_correct_at(1) for each in placed) / len(placed),
        calibration_error=calibration_error(first),
        new_years=sum(each.is_new for each in placed),
        opened=sum(each.is_new and each.is_correct_at(0) for each in opening),
        opened_wrongly=sum(not each.is_correct_at(0) for each in opening),
    )


def report(placed: Sequence[PlacedPaper], *, by_list: bool) -> str:
    """The figures of each domain (or each list) and of all papers, as a table."""
    groups: dict[str, list[PlacedPaper]] = defaultdict(list)
    for each in placed:
        groups[each.list_name if by_list else each.domain].append(each)
    lines = [f"{'group':44}{'papers':>8}{'top1':>7}{'top2':>7}{'error':>7}  new years opened"]
    for name, group in [*sorted(groups.items()), ("all", list(placed))]:
        figures = placement_figures(group)
        lines.append(
            f"{name[:43]:44}{figures.papers:8}{figures.top1:7.3f}{figures.top2:7.3f}"
            f"{figures.calibration_error:7.3f}  {figures.opened} of {figures.new_years}"
            f", {figures.opened_wrongly} wrongly"
        )
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that this command and `training.section_weights` have in common."""
    parser.add_argument("cases", type=Path)
    parser.add_argument("root", type=Path)
    parser.add_argument("taxonomy", type=Path)


def read_cases(cases: Path, root: Path) -> list[Case]:
    """Read all cases of a replay with their lists."""
    lines = cases.read_text(encoding="utf-8").splitlines()
    return list(parse_cases(lines, lambda name: (root / name).read_bytes().decode("utf-8")))


def read_taxonomy(path: Path) -> Taxonomy:
    """Read a taxonomy, with the word vectors if `models/word-vectors.json` is beside it."""
    taxonomy = load_taxonomy(path.read_text(encoding="utf-8"), str(path))
    vectors = path.parent / "models" / "word-vectors.json"
    if not vectors.exists():
        return taxonomy
    return replace(
        taxonomy, word_vectors=load_word_vectors(vectors.read_text(encoding="utf-8"), str(vectors))
    )


def main() -> None:
    """Run `python -m medvl_watch.evaluate.list_sections`."""
    parser = argparse.ArgumentParser(prog="python -m medvl_watch.evaluate.list_sections")
    add_arguments(parser)
    parser.add_argument("--by", choices=["domain", "list"], default="domain")
    parser.add_argument("--weights", type=Path)
    options = parser.parse_args()
    taxonomy = read_taxonomy(options.taxonomy)
    weights = WEIGHTS
    if options.weights:
        weights = json.loads(options.weights.read_text(encoding="utf-8"))
    placed = [
        each
        for case in read_cases(options.cases, options.root)
        for each in place_papers(case, taxonomy, weights)
    ]
    sys.stdout.write(report(placed, by_list=options.by == "list") + "\n")


if __name__ == "__main__":
    main()
