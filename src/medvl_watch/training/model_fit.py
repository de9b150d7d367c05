"""Training a model: logistic regression on words and lexicon features (needs scikit-learn).

Scores for calibration and thresholds are those of models that did not see the paper, so the
shares of a stream that will be proposed and referred are honest for papers like these.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from medvl_watch.classify.features import lexicon_features
from medvl_watch.classify.model import Model, word_counts
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError
from medvl_watch.records import Paper

_FOLDS = 5
_REGULARISATION = 6.0  # scikit-learn's C; by folds of the train months, and on later ones
_LEXICON_SCALE = 0.3  # so that regularisation weighs lexicon features like words
_STEP = 1e-5  # between thresholds, where chances are too close to tell apart
_RAREST = 3  # papers that a word must stand in
_FLATTEST = 1e-3  # slope below which a score says nothing of a paper
_GIVE_MORE = "give more papers of both kinds, with their abstracts"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingExample:
    """A paper, and whether a person listed it (True) or would not (False).

    None says that it is plausible but nobody judged it: it is not trained on, and counts as
    fitting where scores are made probabilities. `weight` is its say in training; `stands_for`
    how many papers of the stream it represents (0 for one from elsewhere).
    """

    paper: Paper
    relevant: bool | None
    weight: float = 1.0
    stands_for: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShares:
    """What share of a stream to propose, and to propose or refer."""

    proposed: float = 0.0077
    shown: float = 0.03


def train_model(
    examples: Sequence[TrainingExample],
    taxonomy: Taxonomy,
    *,
    trained_on: str,
    shares: SourceShares,
) -> Model:
    """A model from labelled papers; the same examples give the same model.

    Raises ConfigError without scikit-learn, or where the examples cannot teach the difference.
    """
    _check(examples)
    rules = RulesClassifier(taxonomy)
    scored_papers = [rules.scorer.score(example.paper) for example in examples]
    counts = [word_counts(scored_paper.words) for scored_paper in scored_papers]
    features = [lexicon_features(scored_paper, rules) for scored_paper in scored_papers]
    idf = _idf(counts)
    names = sorted({name for each in features for name in each})
    if not idf and not names:
        raise ConfigError("the papers have no words in common", remedy=_GIVE_MORE)
    matrix = _matrix(counts, features, idf, names)
    unseen = _unseen_scores(matrix, examples)
    calibration = _calibration(unseen, examples)
    model = _exported(
        _fit(matrix, examples), idf, names, trained_on=trained_on, calibration=calibration
    )
    chances = [model.probability(score) for score in unseen]
    propose = _threshold(chances, examples, shares.proposed)
    refer = _threshold(chances, examples, shares.shown)
    propose = min(max(propose, 2 * _STEP), 1 - _STEP)
    return replace(model, propose=propose, refer=max(_STEP, min(refer, propose - _STEP)))


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


def _exported(
    fitted: Any,
    idf: Mapping[str, float],
    names: Sequence[str],
    *,
    trained_on: str,
    calibration: tuple[float, float],
) -> Model:
    """The regression's weights by word and feature; its thresholds are still to be found."""
    weights = [float(each) for each in fitted.coef_[0]]
    of_words, of_features = weights[: len(idf)], weights[len(idf) :]
    return Model(
        trained_on=trained_on,
        bias=float(fitted.intercept_[0]),
        slope=calibration[0],
        offset=calibration[1],
        propose=1.0,
        refer=0.0,
        lexicon={
            name: weight * _LEXICON_SCALE for name, weight in zip(names, of_features, strict=True)
        },
        words={
            word: (rarity, weight)
            for (word, rarity), weight in zip(idf.items(), of_words, strict=True)
        },
    )


def libraries() -> str:
    """What training is done with. Raises ConfigError where it is not installed."""
    _library("sklearn.linear_model")
    _library("scipy.sparse")
    return f"scikit-learn {_library('sklearn').__version__}"


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError(
            "training needs scikit-learn, which is not installed",
            remedy="install the extra `train`",
        ) from error


def _idf(counts: Sequence[Counter[str]]) -> dict[str, float]:
    papers = Counter(word for each in counts for word in each)
    return {
        word: math.log((1 + len(counts)) / (1 + number)) + 1
        for word, number in sorted(papers.items())
        if number >= _RAREST
    }


def _matrix(
    counts: Sequence[Counter[str]],
    features: Sequence[Mapping[str, float]],
    idf: Mapping[str, float],
    names: Sequence[str],
) -> Any:
    """A row a paper: its words, cosine-normalised, then its lexicon features, scaled."""
    column = {word: number for number, word in enumerate(idf)}
    place = {name: len(idf) + number for number, name in enumerate(names)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, (words, lexicon) in enumerate(zip(counts, features, strict=True)):
        known = {word: (1 + math.log(n)) * idf[word] for word, n in words.items() if word in idf}
        length = math.sqrt(sum(value * value for value in known.values())) or 1.0
        cells = [(column[word], value / length) for word, value in known.items()]
        cells += [(place[name], v * _LEXICON_SCALE) for name, v in lexicon.items()]
        rows += [row] * len(cells)
        columns += [each for each, _ in cells]
        values += [value for _, value in cells]
    shape = (len(counts), len(idf) + len(names))
    return _library("scipy.sparse").csr_matrix((values, (rows, columns)), shape=shape)


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


def _fit(
    matrix: Any, examples: Sequence[TrainingExample], left_out: AbstractSet[int] = frozenset()
) -> Any:
    """A regression on the judged papers, but for some that are left out."""
    kept = [
        number
        for number, example in enumerate(examples)
        if example.relevant is not None and number not in left_out
    ]
    regression = _library("sklearn.linear_model").LogisticRegression(
        C=_REGULARISATION, max_iter=500
    )
    relevant = [examples[number].relevant for number in kept]
    return regression.fit(matrix[kept], relevant, [examples[number].weight for number in kept])


def _unseen_scores(matrix: Any, examples: Sequence[TrainingExample]) -> list[float]:
    """Each paper's score by a model that was trained without it."""
    scores = [0.0] * len(examples)
    folds = _folds(examples)
    for fold in range(_FOLDS):
        held = [number for number, each in enumerate(folds) if each == fold]
        found = _fit(matrix, examples, left_out=set(held)).decision_function(matrix[held])
        for number, score in zip(held, found, strict=True):
            scores[number] = float(score)
    return scores


def _calibration(
    scores: Sequence[float], examples: Sequence[TrainingExample]
) -> tuple[float, float]:
    """Slope and offset that make scores probabilities at the stream's own mixture.

    Raises ConfigError where a higher score does not make a paper more likely to belong.
    """
    known = [n for n, example in enumerate(examples) if example.stands_for > 0]
    fitted = _library("sklearn.linear_model").LogisticRegression(C=1e6)
    fitted.fit(
        [[scores[n]] for n in known],
        [examples[n].relevant is not False for n in known],
        [examples[n].stands_for for n in known],
    )
    slope = float(fitted.coef_[0][0])
    if slope < _FLATTEST:
        raise ConfigError(
            "by these papers nothing tells those that belong from the others", remedy=_GIVE_MORE
        )
    return slope, float(fitted.intercept_[0])


def _threshold(
    chances: Sequence[float], examples: Sequence[TrainingExample], share: float
) -> float:
    """The chance that so large a share of the stream reaches."""
    ranked = sorted(zip(chances, examples, strict=True), key=lambda each: -each[0])
    wanted = share * sum(example.stands_for for example in examples)
    seen = 0.0
    for chance, example in ranked:
        seen += example.stands_for
        if seen > wanted:
            return chance
    return ranked[-1][0]
