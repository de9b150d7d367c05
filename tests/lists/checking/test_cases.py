"""Lists as curators write them: each file in cases/ is one, with the faults that it has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medvl_watch.lists.checking.fixing import mend
from medvl_watch.lists.checking.register import check
from tests import beside
from tests.lists.casefile import parts_of

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(path for path in FOLDER.iterdir() if path.name != "README.md")
PARTS = {"List", "Faults", "Mended"}


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_case(path: Path) -> None:
    title, parts = parts_of(path.read_bytes().decode())
    assert title
    assert {"List"} <= parts.keys() <= PARTS
    faults = [each for each in check(parts["List"]) if not each.note]
    assert [f"{each.line} {each.rule}" for each in faults] == parts.get("Faults", "").splitlines()
    mended = mend(parts["List"], [each for each in faults if each.changes])
    assert mended.text == parts.get("Mended", parts["List"])
    assert not mended.left


@pytest.mark.parametrize(
    "name",
    [
        "q14-keywords-in-brackets",
        "q15-findings-of-naacl",
        "q16-submitted-to-label",
        "s3-brackets-in-address",
        "s4-maintainers",
    ],
)
def test_recorded_case(name: str) -> None:
    folder = beside.folder("data/cases/lists")
    cases = (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    case = next(case for line in cases if (case := json.loads(line))["id"] == name)
    assert case["right"].startswith("no finding")
    assert check((folder / name / "README.md").read_bytes().decode()) == []
