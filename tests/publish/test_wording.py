"""What verdicts name by ids is read as words, wherever a person reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import medvl_watch
from medvl_watch.classify.llm import ruling
from medvl_watch.classify.llm.ruling import DISAGREES, FALLBACK, QUOTE_DROPPED, SAYS_SUSPICIOUS
from medvl_watch.classify.local import LEARNED
from medvl_watch.classify.reading import AGAINST, TOGETHER, WITHDRAWN
from medvl_watch.classify.suspicion import FLAG, ONE_SENTENCE
from medvl_watch.cli.classify_file import UNREADABLE
from medvl_watch.outcomes import IDENTITY_IN_DOUBT
from medvl_watch.publish.messages import notes_on
from medvl_watch.publish.wording import FLAGS, flag_in_words, thing_in_words
from medvl_watch.records import Paper, Record

GIVEN = (FLAG, ONE_SENTENCE, WITHDRAWN, UNREADABLE, IDENTITY_IN_DOUBT, FALLBACK, QUOTE_DROPPED,
         SAYS_SUSPICIOUS, DISAGREES)  # fmt: skip


@pytest.mark.parametrize("flag", GIVEN)
def test_every_flag_has_words(flag: str) -> None:
    assert flag_in_words(flag) != flag
    assert flag not in flag_in_words(flag) or flag == WITHDRAWN


def test_every_flag_that_the_reader_gives_has_words() -> None:
    source = Path(medvl_watch.__file__).parent / "classify" / "reading.py"
    given = re.findall(r'flags\.append\("([a-z-]+)"\)', source.read_text("utf-8"))
    assert given
    assert set(given) <= FLAGS.keys()
    assert ruling.FALLBACK in FLAGS


def test_what_a_flag_says_after_a_colon_stays() -> None:
    assert flag_in_words(f"{FALLBACK}: the answer is cut off").endswith("(the answer is cut off)")
    assert flag_in_words("of-tomorrow: why") == "of-tomorrow: why"


@pytest.mark.parametrize("name", [LEARNED, AGAINST, TOGETHER, WITHDRAWN])
def test_what_evidence_speaks_for_has_words(name: str) -> None:
    assert thing_in_words(name, {}) != name


def test_a_node_is_named_by_its_titles_and_a_facet_by_its_name() -> None:
    nodes = {"use/words": ("Use", "Words and tales")}
    assert thing_in_words("use/words", nodes) == "Use > Words and tales"
    assert thing_in_words("medicine", nodes) == "medicine"


def test_a_reviewer_reads_the_words() -> None:
    paper = Paper(id="x", facts=Record(id="x", title="A title"), withdrawn=True)
    assert notes_on(paper, (FLAG, WITHDRAWN)) == (FLAGS[FLAG], FLAGS[WITHDRAWN])
