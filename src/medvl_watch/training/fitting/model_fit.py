"""Training a model: logistic regression on words and lexicon features (needs scikit-learn).

Papers that a person judged teach what belongs, and lists teach what they hold; the model is the
weighted sum of both regressions. Titles alone are trained on apart, so that a paper without an
abstract is judged as far as its title tells. Calibration and thresholds come from scores of
papers by models that did not see them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from medvl_watch.classify.model import Calibration, Model, Regression
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError
from medvl_watch.records import Paper
from medvl_watch.training.fitting.feature_matrix import (
    LEXICON_SCALE,
    Columns,
    TextFeatures,
    library,
)
from medvl_watch.training.fitting.graded_papers import GradedPaper
from medvl_watch.training.fitting.leaf_fit import LeafExample, fit_leaves
from medvl_watch.training.fitting.thresholds import (
    GIVE_MORE,
    Precision,
    ScoredExample,
    SourceShares,
    fit_calibration,
    fit_title_calibration,
    thresholds_by_precision,
    thresholds_by_shares,
)

_FOLDS = 5
_REGULARISATION = 6.0  # scikit-learn's C; by folds of the train months, and on later ones
_WEIGHT_BESIDE = 0.2  # of a whole paper, beside 1 for its title alone
_LEAF_TITLE_WEIGHT = 0.5  # of a title alone, beside 1 for the whole paper
_WEIGHT_OF_LISTED = 0.6  # of the regression on what lists hold, beside 1 for what belongs
_DOUBTFUL = -3.0  # the score, a log-odds, from which a paper may belong (a probability of .05)
_FEWEST_JUDGED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingExample:
    """A paper, and whether a person listed it (True) or would not (False).

    None says that it is plausible but no list has it: it counts as belonging where scores are made
    probabilities, and is trained on only if it is `judged`. `weight` is its say in training;
    `stands_for` how many papers of the stream it represents (0 for one from elsewhere).
    """

    paper: Paper
    relevant: bool | None
    weight: float = 1.0
    stands_for: float = 1.0
    judged: GradedPaper | None = None

    @property
    def belongs(self) -> bool | None:
        """As judged; without a judgement, what lists hold belongs."""
        return self.judged.belongs if self.judged else self.relevant


class _Weights(NamedTuple):
    """A weight for each column, and a bias."""

    columns: Any
    bias: float

    def scores(self, matrix: Any) -> Any:
        return matrix @ self.columns + self.bias


class _Fit(NamedTuple):
    """A regression, and each paper's score by one that was fitted without it."""

    weights: _Weights
    unseen: Sequence[float]

    def plus(self, share: float, other: _Fit) -> _Fit:
        weights = _Weights(
            self.weights.columns + share * other.weights.columns,
            self.weights.bias + share * other.weights.bias,
        )
        return _Fit(
            weights, [a + share * b for a, b in zip(self.unseen, other.unseen, strict=True)]
        )


class _Fitter(NamedTuple):
    """Fits regressions on the same papers: the whole papers, and their titles alone."""

    examples: Sequence[TrainingExample]
    whole: Any
    titles: Any
    folds: Sequence[int]

    def fit_whole(self, labels: Sequence[bool | None]) -> _Fit:
        """On whole papers; those without a label are left out."""
        return self._fit(labels, self.whole, None)

    def fit_titles(self, labels: Sequence[bool | None]) -> _Fit:
        """On titles alone, and on whole papers with a small weight, which know more words."""
        return self._fit(labels, self.titles, self.whole)

    def _fit(self, labels: Sequence[bool | None], matrix: Any, beside: Any) -> _Fit:
        unseen = [0.0] * len(self.examples)
        for fold in range(_FOLDS):
            papers = [number for number, each in enumerate(self.folds) if each == fold]
            weights = self._fit_once(labels, matrix, beside, left_out=fold)
            for number, score in zip(papers, weights.scores(matrix[papers]), strict=True):
                unseen[number] = float(score)
        return _Fit(self._fit_once(labels, matrix, beside, left_out=None), unseen)

    def _fit_once(
        self, labels: Sequence[bool | None], matrix: Any, beside: Any, *, left_out: int | None
    ) -> _Weights:
        used = [
            number
            for number, (label, fold) in enumerate(zip(labels, self.folds, strict=True))
            if label is not None and fold != left_out
        ]
        rows, weights = matrix[used], [self.examples[number].weight for number in used]
        relevant = [labels[number] for number in used]
        if beside is not None:
            rows = library("scipy.sparse").vstack([rows, beside[used]]).tocsr()
            weights += [each * _WEIGHT_BESIDE for each in weights]
            relevant += relevant
        regression = library("sklearn.linear_model").LogisticRegression(
            C=_REGULARISATION, max_iter=500
        )
        fitted = regression.fit(rows, relevant, weights)
        return _Weights(fitted.coef_[0], float(fitted.intercept_[0]))


def train_model(
    examples: Sequence[TrainingExample],
    taxonomy: Taxonomy,
    *,
    trained_on: str,
    shares: SourceShares,
    precision: Precision | None = None,
) -> Model:
    """A model from labelled papers; the same examples give the same model.

    The thresholds follow from `precision` if enough papers are judged, else from `shares`.
    Raises ConfigError without scikit-learn, or where the examples cannot teach the difference.
    """
    _check(examples)
    rules = RulesClassifier(taxonomy)
    whole = [TextFeatures.of(example.paper, rules) for example in examples]
    titles = [TextFeatures.of(_title_alone(example.paper), rules) for example in examples]
    columns = Columns.of(whole)
    if not columns.idf and not columns.lexicon:
        raise ConfigError("the papers have no words in common", remedy=GIVE_MORE)
    fitter = _Fitter(examples, columns.matrix(whole), columns.matrix(titles), _folds(examples))
    of_whole, of_titles = _fit_both(fitter)
    scored, scored_titles = (_scored(examples, each.unseen) for each in (of_whole, of_titles))
    calibration = fit_calibration(scored)
    thresholds = (
        thresholds_by_precision(scored, calibration, precision or Precision())
        if _has_judgements(examples)
        else thresholds_by_shares(scored, calibration, shares)
    )
    return Model(
        trained_on=trained_on,
        whole=_exported(of_whole.weights, columns, calibration),
        title=_exported(of_titles.weights, columns, fit_title_calibration(scored_titles)),
        propose=thresholds.propose,
        refer=thresholds.refer,
        leaves=fit_leaves(list(_leaf_examples(examples, whole, titles)), columns),
    )


def _fit_both(fitter: _Fitter) -> tuple[_Fit, _Fit]:
    """The regressions for papers with and without an abstract."""
    listed = [each.relevant for each in fitter.examples]
    of_listed = fitter.fit_whole(listed)
    if not _has_judgements(fitter.examples):
        return of_listed, fitter.fit_titles(listed)
    labels = [each.belongs for each in fitter.examples]
    first = fitter.fit_whole(labels)
    labels = _without_doubtful(fitter.examples, labels, first.unseen)
    of_belonging = fitter.fit_whole(labels)
    return of_belonging.plus(_WEIGHT_OF_LISTED, of_listed), fitter.fit_titles(labels)


def _without_doubtful(
    examples: Sequence[TrainingExample], labels: Sequence[bool | None], scores: Sequence[float]
) -> list[bool | None]:
    """The labels without those of papers that nobody judged and that may belong. They count as
    refused only because no list has them."""
    return [
        None if example.judged is None and label is False and score > _DOUBTFUL else label
        for example, label, score in zip(examples, labels, scores, strict=True)
    ]


def _has_judgements(examples: Sequence[TrainingExample]) -> bool:
    return sum(each.judged is not None for each in examples) >= _FEWEST_JUDGED


def _scored(examples: Sequence[TrainingExample], scores: Sequence[float]) -> list[ScoredExample]:
    """The papers that stand for a stream, with their scores: those that were judged, if there
    are enough, else all."""
    pairs = list(zip(examples, scores, strict=True))
    if _has_judgements(examples):
        return [
            ScoredExample(score, each.judged.belongs, each.judged.weight)
            for each, score in pairs
            if each.judged and each.judged.weight > 0
        ]
    return [
        ScoredExample(score, example.relevant is not False, example.stands_for)
        for example, score in pairs
        if example.stands_for > 0
    ]


def _leaf_examples(
    examples: Sequence[TrainingExample],
    whole: Sequence[TextFeatures],
    titles: Sequence[TextFeatures],
) -> Iterator[LeafExample]:
    for example, text, title in zip(examples, whole, titles, strict=True):
        if example.judged and example.judged.leaf:
            yield LeafExample(text, example.judged.leaf, 1.0)
            yield LeafExample(title, example.judged.leaf, _LEAF_TITLE_WEIGHT)


def _title_alone(paper: Paper) -> Paper:
    return replace(paper, facts=replace(paper.facts, abstract=""))


def _check(examples: Sequence[TrainingExample]) -> None:
    """Raises ConfigError where one kind of paper is missing, in all or in the stream."""
    kinds = Counter(example.relevant for example in examples)
    if min(kinds[True], kinds[False]) < _FOLDS:
        raise ConfigError(
            f"{kinds[True]} relevant and {kinds[False]} other papers are too few to train on",
            remedy=f"give at least {_FOLDS} of each",
        )
    in_stream = {example.relevant is not False for example in examples if example.stands_for > 0}
    if True not in in_stream:
        raise ConfigError(
            "no paper of the stream is known to belong, so nothing tells how likely one is",
            remedy="give labels or lists that hold some of its papers",
        )
    if False not in in_stream:
        raise ConfigError(
            "every paper of the stream belongs, so nothing tells how likely one is",
            remedy="give all papers of some months, as they were announced",
        )


def _exported(weights: _Weights, columns: Columns, calibration: Calibration) -> Regression:
    """The regression's weights by word and feature."""
    values = [float(each) for each in weights.columns]
    of_words, of_features = values[: len(columns.idf)], values[len(columns.idf) :]
    return Regression(
        bias=weights.bias,
        calibration=calibration,
        lexicon={
            name: weight * LEXICON_SCALE
            for name, weight in zip(columns.lexicon, of_features, strict=True)
        },
        words={
            word: (idf, weight)
            for (word, idf), weight in zip(columns.idf.items(), of_words, strict=True)
        },
    )


def _folds(examples: Sequence[TrainingExample]) -> list[int]:
    """Each paper's fold: the next one for the next paper, or for the next of its kind where
    a fold would else hold all papers of a kind."""
    folds = [number % _FOLDS for number in range(len(examples))]
    of_kind = {
        kind: {fold for fold, each in zip(folds, examples, strict=True) if each.relevant is kind}
        for kind in (True, False)
    }
    if all(len(each) > 1 for each in of_kind.values()):
        return folds
    seen: Counter[bool | None] = Counter()
    for number, example in enumerate(examples):
        folds[number] = seen[example.relevant] % _FOLDS
        seen[example.relevant] += 1
    return folds
