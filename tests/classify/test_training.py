from __future__ import annotations

import sys

import pytest

from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import dump_model
from medvl_watch.classify.training import Example, Shares, train_model
from medvl_watch.errors import ConfigError
from medvl_watch.records import Decision
from tests.classify.small import paper, small

LISTED = [
    Example(
        paper=paper(f"Medical images and reports {number}", "Written by agents."), relevant=True
    )
    for number in range(20)
]
OTHERS = [
    Example(
        paper=paper(f"Growth of crystals {number}", "It is slow."), relevant=False, stands_for=4
    )
    for number in range(60)
]
PLAUSIBLE = [Example(paper=paper("Medical images of crystals", "In text."), relevant=None)]
HALF = Shares(proposed=0.05, shown=0.08)


def test_a_model_learns_what_lists_hold_and_is_the_same_each_time() -> None:
    pytest.importorskip("sklearn", reason="training is an extra")
    examples = [*LISTED, *OTHERS, *PLAUSIBLE]
    model = train_model(examples, small(), trained_on="tests", shares=HALF)
    again = train_model(examples, small(), trained_on="tests", shares=HALF)
    assert dump_model(model) == dump_model(again)
    assert model.weight("agents") > 0 > model.weight("crystals")
    assert 0 < model.refer <= model.propose < 1
    good, bad = LocalClassifier(small(), model).judge(
        [paper("Medical images", "Reports by agents."), paper("Crystals", "It is slow.")]
    )
    assert good.relevance > 0.5 > bad.relevance
    assert bad.decision is Decision.REJECT


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(ConfigError, match="2 relevant and 60 other papers are too few"):
        train_model([*LISTED[:2], *OTHERS], small(), trained_on="tests", shares=HALF)


def test_without_the_library_a_person_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(ConfigError, match="install the extra `train`"):
        train_model([*LISTED, *OTHERS], small(), trained_on="tests", shares=HALF)
