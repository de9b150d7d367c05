from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import dump_model
from medvl_watch.errors import ConfigError
from medvl_watch.records import Decision
from medvl_watch.training.examples import shares_for
from medvl_watch.training.fitting.graded_papers import GradedPaper
from medvl_watch.training.fitting.model_fit import TrainingExample, train_model
from medvl_watch.training.fitting.thresholds import SourceShares
from tests.classify.taxonomies import paper, small_taxonomy

LISTED = [
    TrainingExample(
        paper=paper(f"Medical images and reports {number}", "Written by agents."), relevant=True
    )
    for number in range(20)
]
OTHERS = [
    TrainingExample(
        paper=paper(f"Growth of crystals {number}", "It is slow."), relevant=False, stands_for=4
    )
    for number in range(60)
]
PLAUSIBLE = [TrainingExample(paper=paper("Medical images of crystals", "In text."), relevant=None)]
HALF = SourceShares(proposed=0.05, shown=0.08)


def test_a_model_learns_what_lists_hold_and_is_the_same_each_time() -> None:
    pytest.importorskip("sklearn", reason="training is an extra")
    examples = [*LISTED, *OTHERS, *PLAUSIBLE]
    model = train_model(examples, small_taxonomy(), trained_on="tests", shares=HALF)
    again = train_model(examples, small_taxonomy(), trained_on="tests", shares=HALF)
    assert dump_model(model) == dump_model(again)
    assert model.whole.words["agents"][1] > 0 > model.whole.words["crystals"][1]
    assert 0 < model.refer <= model.propose < 1
    good, bad = LocalClassifier(small_taxonomy(), model).judge(
        [paper("Medical images", "Reports by agents."), paper("Crystals", "It is slow.")]
    )
    assert good.relevance > 0.5 > bad.relevance
    assert bad.decision is Decision.REJECT


def test_judged_papers_teach_what_belongs_and_where_it_stands() -> None:
    """Half of the listed papers were judged not to belong, and papers that no list has to belong:
    the judgements count more."""
    pytest.importorskip("sklearn", reason="training is an extra")
    liked = GradedPaper(grade=3, leaf="use/words")
    drawn = GradedPaper(grade=3, leaf="use/outlines")
    refused = GradedPaper(grade=0, weight=4)
    texts = {"Written by agents.": liked, "Drawn by hands.": drawn, "Grown by crystals.": refused}
    judged = [
        TrainingExample(
            paper=paper(f"Medical images and reports {number}", text),
            relevant=text != "Drawn by hands.",
            judged=grade,
        )
        for text, grade in texts.items()
        for number in range(20)
    ]
    examples = [*judged, *OTHERS]
    model = train_model(examples, small_taxonomy(), trained_on="tests", shares=HALF)
    assert model.whole.words["hands"][1] > 0 > model.whole.words["crystals"][1]
    assert model.leaves is not None
    assert model.leaves.nodes == ("use/outlines", "use/words")
    drawn_one, grown = LocalClassifier(small_taxonomy(), model).judge(
        [paper("Medical images and reports", text) for text in list(texts)[1:]]
    )
    assert drawn_one.decision is Decision.PROPOSE
    assert drawn_one.sections[0].node == "use/outlines"
    assert grown.decision is not Decision.PROPOSE


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(ConfigError, match="2 relevant and 60 other papers are too few"):
        train_model([*LISTED[:2], *OTHERS], small_taxonomy(), trained_on="tests", shares=HALF)


@pytest.mark.parametrize(
    ("examples", "reason"),
    [
        pytest.param(
            [*(replace(each, stands_for=0) for each in LISTED), *OTHERS],
            "no paper of the stream is known to belong",
            id="nothing listed in the stream",
        ),
        pytest.param(
            [*LISTED, *(replace(each, stands_for=0) for each in OTHERS)],
            "every paper of the stream belongs",
            id="nothing else in the stream",
        ),
        pytest.param(
            [replace(each, relevant=number % 2 == 0) for number, each in enumerate(OTHERS)],
            "nothing tells those that belong from the others",
            id="two kinds of the same words",
        ),
        pytest.param(
            [
                TrainingExample(paper=paper("".join(chr(97 + (n + k) % 26) for k in range(4)), ""),
                        relevant=n % 2 == 0)
                for n in range(20)
            ],
            "nothing tells those that belong from the others",
            id="no word twice",
        ),
    ],
)  # fmt: skip
def test_what_teaches_no_difference_is_told(examples: list[TrainingExample], reason: str) -> None:
    pytest.importorskip("sklearn", reason="training is an extra")
    with pytest.raises(ConfigError, match=reason):
        train_model(examples, small_taxonomy(), trained_on="tests", shares=HALF)


def test_papers_of_a_kind_that_all_come_in_step_are_left_out_by_turns() -> None:
    """Every fifth paper is listed: all of them would stand in one fold."""
    pytest.importorskip("sklearn", reason="training is an extra")
    examples = [
        (LISTED if number % 5 == 0 else OTHERS)[number // 5 if number % 5 == 0 else number % 60]
        for number in range(75)
    ]
    model = train_model(examples, small_taxonomy(), trained_on="tests", shares=HALF)
    assert model.whole.words["agents"][1] > 0 > model.whole.words["crystals"][1]


@pytest.mark.parametrize(
    ("listed", "others", "proposed", "shown"),
    [
        pytest.param(3, 1000, 0.0077, 0.03, id="all that is announced"),
        pytest.param(20, 980, 0.03, 0.06, id="a stream that was sought out"),
        pytest.param(20, 10, 0.9, 0.9, id="mostly listed"),
        pytest.param(0, 0, 0.0077, 0.03, id="nothing"),
    ],
)
def test_a_stream_that_was_sought_out_has_room_for_its_listed_papers(
    listed: int, others: int, proposed: float, shown: float
) -> None:
    papers = [
        *([LISTED[0]] * listed),
        *([replace(OTHERS[0], stands_for=others)] if others else []),
        replace(LISTED[0], stands_for=0),
    ]
    found = shares_for(papers)
    assert (found.proposed, found.shown) == pytest.approx((proposed, shown))


def test_without_the_library_a_person_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(ConfigError, match="install the extra `train`"):
        train_model([*LISTED, *OTHERS], small_taxonomy(), trained_on="tests", shares=HALF)
