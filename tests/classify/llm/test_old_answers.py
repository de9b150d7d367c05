"""Answers that earlier versions kept: none is asked, or paid for, again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from medvl_watch.classify.llm.answer_cache import AnswerCacheFile, find_answer, find_unusable_answer
from tests.storage.old_files import NOW, TESTS, statements_of, written

DUMPS = sorted((TESTS / "classify" / "llm" / "schemas").glob("*.sql"))


@pytest.mark.parametrize("dump", [pytest.param(dump, id=dump.stem) for dump in DUMPS])
def test_old_answers_and_payments_count(tmp_path: Path, dump: Path) -> None:
    path = written(tmp_path / "answers.sqlite", statements_of(dump))
    version = _version(dump)
    has_batches, has_unusable = version >= 3, version >= 4
    with closing(AnswerCacheFile(path, NOW)) as cache:
        assert cache.problem is None
        kept = cache.get("a" * 64)
        assert kept is not None
        assert (kept.raw, kept.usd) == ('{"id": "arxiv:2611.00001", "relevance": 0.9}', 0.0021)
        assert kept.shown == (("A listed paper",) if version >= 2 else ())
        assert cache.get("b" * 64) is not None
        assert cache.get("c" * 64) is None
        assert cache.spent_this_month() == pytest.approx(0.754 if has_batches else 0.004)
        assert [each.tag for each in cache.batches()] == (["t1", "t2"] if has_batches else [])
        cache.put_unusable(kept, "it was empty")
    paper = "arxiv:2611.00003"
    for_a_reason = find_unusable_answer(path, paper, "it was empty" if version >= 5 else "")
    assert (for_a_reason is not None) == has_unusable
    shown = find_answer(path, "arxiv:2611.00001", "1 small")
    assert (shown is not None) == (version >= 2)


def _version(dump: Path) -> int:
    """The number in the name of the dump: 1 to 5 from before migrations, then 0001 and so on."""
    return 5 + int(dump.stem) if dump.stem.isdigit() else int(dump.stem[0])
