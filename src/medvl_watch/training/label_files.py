"""Files of papers, and files of papers with one label: what `train` and `eval triage` read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers.merging import paper_of
from medvl_watch.records import Paper, Record
from medvl_watch.storage.json_lines import UnreadableLine, records_of
from medvl_watch.storage.user_files import read_text
from medvl_watch.training.examples import key_of
from medvl_watch.training.fitting.graded_papers import GradedPaper, parse_judged


def records_in(paths: Iterable[Path], problems: list[WatchError]) -> Iterator[Record]:
    """The records of these files; what is wrong with other lines is added to `problems`."""
    for path in paths:
        for each in records_of(path):
            if isinstance(each, UnreadableLine):
                problems.append(each.error)
            else:
                yield each


def papers_in(paths: Iterable[Path], problems: list[WatchError]) -> Iterator[Paper]:
    """The same, each record as a paper of its own."""
    return (paper_of(record) for record in records_in(paths, problems))


def keys_in(paths: Iterable[Path], problems: list[WatchError]) -> frozenset[str]:
    """The keys of all papers in these files."""
    return frozenset(key_of(record) for record in records_in(paths, problems))


def judged_in(paths: Iterable[Path], taxonomy: Taxonomy) -> dict[str, GradedPaper]:
    """The judged papers in these files by their key; a later file counts more. Raises ConfigError
    if one cannot be read."""
    found: dict[str, GradedPaper] = {}
    for path in paths:
        text = read_text(path, "name a table of judged papers")
        found |= parse_judged(text, taxonomy.nodes, str(path))
    return found


def nothing_listed(where: str) -> ConfigError:
    """The error where no paper of a stream is among the labels."""
    return ConfigError(
        "none of the papers is labelled as relevant",
        where=where,
        remedy="give labels whose arxiv_id, doi or title is that of a paper",
    )
