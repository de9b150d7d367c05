"""Thirteen weeks of preprints on five lists: nobody is asked for more than ten minutes a week, and
no paper of the subject's core waits for more than two."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import beside
from tests.simulation.dev_stream import core_papers, replay, weeks_of
from tests.simulation.reading import read

pytestmark = [pytest.mark.recordings]


@pytest.mark.replay
def test_no_week_of_a_recorded_stream_asks_for_more_than_ten_minutes(tmp_path: Path) -> None:
    folder = beside.folder("data/papers")
    core = core_papers(folder / "judged-dev.tsv")
    done = replay(weeks_of(folder / "stream-dev.jsonl.gz"), core, tmp_path)
    assert max(done.minutes.values()) <= 10
    assert max(each.minutes for each in done.readings) <= 10
    assert done.late == []


def test_a_description_is_read_without_what_is_folded_away() -> None:
    body = (
        "- [x] <!-- p:arxiv:1 --> **[Two words](https://x.example/a/b)** · Ada Byron\\\n"
        "  One sentence here. `not` <!-- nor this -->\\\n"
        "  `| Two words | the exact line is looked at, not read |`\n\n"
        "### Your decision\n\n"
        "- **[A question](https://x.example)** · Mary\n"
        "  - [ ] <!-- s:arxiv:2 0123 --> Reports\n\n"
        "<details>\n<summary>more</summary>\n\n- **[Old](https://x.example)**\n</details>\n"
    )
    assert (read(body).proposed, read(body).referred) == ((8,), (4,))
