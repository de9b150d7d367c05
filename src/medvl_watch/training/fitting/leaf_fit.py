"""Training the model of a paper's leaf on papers whose leaf was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from medvl_watch.classify.leaf_model import LeafModel, shares_of_leaves
from medvl_watch.training.fitting.feature_matrix import (
    LEXICON_SCALE,
    Columns,
    TextFeatures,
    library,
)

FEWEST_PAPERS = 5
"""A leaf with fewer papers is not learned."""
_REGULARISATION = 10.0  # scikit-learn's C; by folds of the training papers


class LeafExample(NamedTuple):
    """A text, the leaf of its paper, and its weight."""

    text: TextFeatures
    leaf: str
    weight: float


def fit_leaves(examples: Sequence[LeafExample], columns: Columns) -> LeafModel | None:
    """A model of the leaves with enough examples; None if there are fewer than two such leaves.
    `columns` are those of the relevance model, so that both use the same idf."""
    papers = Counter(each.leaf for each in examples)
    nodes = tuple(sorted(leaf for leaf, count in papers.items() if count >= FEWEST_PAPERS))
    if len(nodes) < 2:
        return None
    known = [each for each in examples if each.leaf in nodes]
    own = columns.restricted_to([each.text for each in known])
    shares = [shares_of_leaves(each.text.sections, nodes) for each in known]
    matrix = (
        library("scipy.sparse")
        .hstack(
            [
                own.matrix(each.text for each in known),
                library("scipy.sparse").csr_matrix(
                    [[share.get(node, 0.0) for node in nodes] for share in shares]
                ),
            ]
        )
        .tocsr()
    )
    regression = library("sklearn.linear_model").LogisticRegression(
        C=_REGULARISATION, max_iter=2000
    )
    fitted = regression.fit(matrix, [each.leaf for each in known], [each.weight for each in known])
    return _exported(fitted, nodes, own)


def _exported(fitted: Any, nodes: tuple[str, ...], columns: Columns) -> LeafModel:
    """Two leaves have one row of coefficients in scikit-learn; here each leaf has its own."""
    coefficients, intercepts = fitted.coef_.tolist(), fitted.intercept_.tolist()
    if len(coefficients) == 1:
        coefficients = [[0.0] * len(coefficients[0]), coefficients[0]]
        intercepts = [0.0, intercepts[0]]
    by_column = list(zip(*coefficients, strict=True))
    names = [*columns.idf, *columns.lexicon, *nodes]
    rows = dict(zip(range(len(names)), by_column, strict=True))
    words, features = len(columns.idf), len(columns.idf) + len(columns.lexicon)
    return LeafModel(
        nodes=nodes,
        bias=tuple(intercepts),
        lexicon={
            names[n]: tuple(each * LEXICON_SCALE for each in rows[n])
            for n in range(words, features)
        },
        shares={names[n]: rows[n] for n in range(features, len(names))},
        words={names[n]: rows[n] for n in range(words)},
    )
