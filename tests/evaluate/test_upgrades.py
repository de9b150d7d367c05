"""Preprints on a list that are published later: their entries, and those of no other paper."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from medvl_watch.evaluate.links import parse_pairs
from medvl_watch.lists.editing.completing import complete
from medvl_watch.papers.identifiers import keys_of
from medvl_watch.papers.linking import link
from medvl_watch.papers.preprint_names import is_preprint_name
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.papers.venues import venue_of
from medvl_watch.records import Record
from tests import beside

OTHERS, STYLE = 20, 10


def is_published(record: Record) -> bool:
    venue = venue_of(record)
    return venue is not None and not is_preprint_name(venue.name)


def entry(record: Record, venue: str) -> str:
    address = f"https://arxiv.org/abs/{record.arxiv_id}"
    return f"- **{record.title}**. {venue}. [[paper]({address})]\n"


def published_pairs(folder: Path) -> list[tuple[Record, Record]]:
    with gzip.open(folder / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        pairs = {
            one.arxiv_id: (one, other)
            for one, other in parse_pairs(lines)
            if one.arxiv_id and is_published(other) and not is_published(one)
        }
    return list(pairs.values())


def strangers(folder: Path, but: set[str]) -> list[Record]:
    """Other papers of venues, which appear at the same time."""
    with gzip.open(folder / "venues.jsonl.gz", "rt", encoding="utf-8") as lines:
        values = [json.loads(line) for line in islice(lines, 200)]
    return [
        replace(record_from_json(value, "venues"), id=f"venue-{number}")
        for number, value in enumerate(values)
        if value["title"].casefold() not in but
    ]


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(20, marks=pytest.mark.recordings, id="20"),
        pytest.param(200, marks=pytest.mark.replay, id="200"),
    ],
)
def test_published_preprints_of_a_list_are_upgraded_and_no_others(count: int) -> None:
    folder = beside.folder("data/papers")
    pairs = published_pairs(folder)[: count + OTHERS + STYLE]
    assert len(pairs) == count + OTHERS + STYLE
    published, others = pairs[:count], pairs[count : count + OTHERS]
    listed = [one for one, _ in (*published, *others)]
    entries = [entry(each, f"arXiv 20{str(each.arxiv_id)[:2]}") for each in listed]
    entries += [entry(one, str(venue_of(other))) for one, other in pairs[count + OTHERS :]]
    text = f"# A list\n\n## Papers\n\n{''.join(entries)}"

    before = link(listed, {}, []).papers
    known = {key: paper.id for paper in before for one in paper.records for key in keys_of(one)}
    appeared = [other for _, other in published]
    appeared += strangers(folder, {one.title.casefold() for one, _ in others})
    after = {each.id: each for each in link(appeared, known, before).papers}
    facts = [after.get(each.id, each).facts for each in before]

    result = complete(text, list(filter(is_published, facts)))
    done = {each.paper_id for each in result.done if "venue" in each.added}
    wanted = {each.id for each in before[:count]}
    assert len(wanted) == count
    assert len(done & wanted) >= 0.95 * count
    assert done <= wanted
