from __future__ import annotations

from dataclasses import replace

import pytest

from medvl_watch.classify.leaf_model import LeafModel, distribute, shares_of_leaves, with_title
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import dump_model, load_model
from medvl_watch.errors import ConfigError
from medvl_watch.records import SectionScore
from tests.classify.taxonomies import paper, small_taxonomy
from tests.classify.test_local import MODEL

LEAVES = LeafModel(
    nodes=("training", "use/outlines", "use/words"),
    bias=(0.0, 0.0, 0.0),
    lexicon={"relevance": (0.0, 0.0, 0.0)},
    shares={
        "training": (1.0, 0.0, 0.0),
        "use/outlines": (0.0, 1.0, 0.0),
        "use/words": (0.0, 0.0, 1.0),
    },
    words={"agents": (-5.0, -5.0, 5.0)},
)


def score(node: str, value: float) -> SectionScore:
    return SectionScore(node=node, path=(node,), score=value)


def probabilities(counts: dict[str, int], *, say: float) -> dict[str, float]:
    by_rules = [score("use/outlines", 0.6), score("training", 0.2), score("use", 0.2)]
    return dict(LEAVES.probabilities(counts, lambda _: 1.0, {}, by_rules, say=say))


def test_words_outweigh_the_lexicons_as_far_as_they_have_a_say() -> None:
    by_lexicons = probabilities({"agents": 1}, say=0.0)
    mixed = probabilities({"agents": 1}, say=0.7)
    assert max(by_lexicons, key=lambda leaf: by_lexicons[leaf]) == "use/outlines"
    assert max(mixed, key=lambda leaf: mixed[leaf]) == "use/words"
    assert sum(mixed.values()) == pytest.approx(1.0)
    unknown = probabilities({"unheard": 3}, say=0.7)
    assert max(unknown, key=lambda leaf: unknown[leaf]) == "use/outlines"


def test_nodes_above_all_leaves_have_no_share() -> None:
    shares = shares_of_leaves([score("use", 0.5), score("use/words", 0.5)], LEAVES.nodes)
    assert shares == {"use/words": 1.0}


def test_below_a_leaf_the_lexicons_decide() -> None:
    paths = {node: (node,) for node in ("training", "use/words", "use/words/reports", "use")}
    scores = [score("use/words", 0.1), score("use/words/reports", 0.3), score("use", 0.6)]
    found = distribute({"training": 0.3, "use/words": 0.7}, scores, paths)
    assert [(each.node, round(each.score, 3)) for each in found] == [
        ("use/words/reports", 0.525),
        ("training", 0.3),
        ("use/words", 0.175),
    ]


def test_the_title_pulls_the_whole_paper_towards_it() -> None:
    whole, title = {"a": 0.5, "b": 0.5}, {"a": 0.9, "b": 0.1}
    both = with_title(whole, title)
    assert 0.5 < both["a"] < 0.9
    assert sum(both.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("nodes", "first"),
    [
        pytest.param(LEAVES.nodes, "Words", id="the leaves of the taxonomy"),
        pytest.param(("training", "use/outlines", "gone"), "Outlines", id="of another taxonomy"),
    ],
)
def test_leaves_of_another_taxonomy_are_left_to_the_lexicons(
    nodes: tuple[str, ...], first: str
) -> None:
    shares = dict(zip(nodes, LEAVES.shares.values(), strict=True))
    leaves = replace(LEAVES, nodes=nodes, shares=shares)
    classifier = LocalClassifier(small_taxonomy(), replace(MODEL, leaves=leaves))
    [verdict] = classifier.judge([paper("Segmentation of medical images", "Text by agents.")])
    assert verdict.sections[0].path[-1] == first


def test_leaves_are_written_and_read_back() -> None:
    model = replace(MODEL, leaves=LEAVES)
    text = dump_model(model)
    assert load_model(text, "model.json").leaves == LEAVES
    with pytest.raises(ConfigError, match="one weight for each"):
        load_model(text.replace("[-5.00,-5.00,5.00]", "[-5.00]"), "model.json")
