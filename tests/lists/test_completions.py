"""Lists whose entries are completed: each file in completions/ is one, with what should come of
it."""

from pathlib import Path

import pytest

from medvl_watch.lists.editing.completing import complete
from medvl_watch.papers.recordfile import record_from_line
from tests.lists.casefile import parts_of

FOLDER = Path(__file__).parent / "completions"
FILES = sorted(path for path in FOLDER.iterdir() if path.name != "README.md")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_completion(path: Path) -> None:
    _, parts = parts_of(path.read_bytes().decode())
    assert parts.keys() <= {"List", "Papers", "Result", "Refused"}
    papers = [record_from_line(line, "Papers") for line in parts["Papers"].splitlines()]
    result = complete(parts["List"], papers)
    assert result.after == parts.get("Result", parts["List"])
    assert [each.reason for each in result.refused] == parts.get("Refused", "").splitlines()
    assert complete(result.after, papers).after == result.after, "a second run changes nothing"
