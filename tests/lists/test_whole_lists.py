"""Whole lists with the slips that people make: an addition loses nothing, looks like an entry
that the list has, is refused where the record lacks what the entries tell, and is made once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from medvl_watch.changes import Addition
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.document import parse
from medvl_watch.papers.recordfile import record_from_json

FOLDER = Path(__file__).parent / "whole"
NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
ADDRESS = re.compile(r"https?://[^\s)>\]]+")
WORDS = re.compile(r"[\w'\u2019.,:;?!&+/-]+(?: [\w'\u2019.,:;?!&+/-]+)*")


def outline(text: str) -> str:
    """An entry's marks: every address and every run of words is one sign."""
    return WORDS.sub("W", ADDRESS.sub("@", text.strip()))


def outlines(text: str) -> set[str]:
    document = parse(text)
    entries = ("".join(document.lines[each.start : each.end]) for each in document.entries)
    return set(map(outline, entries))


def without_numbers(text: str) -> list[str]:
    """The lines; a count in a heading may differ."""
    return re.sub(r"\d+", "0", text).split("\n")


@pytest.mark.parametrize("name", NAMES)
def test_papers_of_a_whole_list(name: str) -> None:
    before = (FOLDER / f"{name}.md").read_bytes().decode()
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    given = [json.loads(line) for line in lines]
    additions = [
        Addition(paper=record_from_json(each, name), section=tuple(each["section"]))
        for each in given
    ]
    edit = insert(before, additions)

    lacking = {each["id"] for each in given if "lacking" in each}
    assert {each.paper_id for each in edit.refused} == lacking
    assert all(each.lacking and each.draft for each in edit.refused)
    assert {each.paper_id for each in edit.placed} == {each["id"] for each in given} - lacking

    seen = outlines(before)
    strange = [each.lines for each in edit.placed if outline("\n".join(each.lines)) not in seen]
    assert strange == [], "an entry that looks like none of the list"

    after = iter(without_numbers(edit.after))
    assert [line for line in without_numbers(before) if line not in after] == [], "lost or moved"

    assert insert(edit.after, additions).after == edit.after, "a second run changes nothing"
