"""The trained model of a paper's leaf: under which of a few nodes of the taxonomy it stands.

The lexicons tell the nodes apart by single terms. The leaf model weighs these terms, the scores
that `rules` gives the nodes, and all other words, as papers taught it whose leaf is known. Below
a leaf, the lexicons still decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from medvl_watch.classify.taxonomy import ancestry
from medvl_watch.records import Headings, SectionScore

WHOLE_SAY, TITLE_SAY = 0.7, 0.4
"""How much the trained weights count beside the lexicons' own shares, from 0 to 1, for a paper
with an abstract and for a title alone: by the judged papers, and so that the titles of lists do
not find their sections less often (docs/sections.md)."""
_TITLE_SHARE = 0.3  # of the title by itself, beside the whole paper

_SMALLEST_SCORE = 0.01
_SMALLEST_SHARE = 0.02  # of a leaf of which the lexicons find nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafModel:
    """The weights of a multinomial logistic regression, one per node of `nodes`.

    `lexicon` maps each lexicon feature to its weights, `shares` each node to the weights of the
    share that `rules` gives it, and `words` each word to its weights.
    """

    nodes: tuple[str, ...]
    bias: tuple[float, ...]
    lexicon: Mapping[str, tuple[float, ...]]
    shares: Mapping[str, tuple[float, ...]]
    words: Mapping[str, tuple[float, ...]]

    def probabilities(
        self,
        counts: Mapping[str, int],
        rarity: Callable[[str], float],
        features: Mapping[str, float],
        by_rules: Sequence[SectionScore],
        *,
        say: float,
    ) -> Mapping[str, float]:
        """How likely each node is, adding up to 1. `rarity` is the idf of a word, and `by_rules`
        are the scores that the lexicons alone give all nodes. The result is a geometric mean of
        both, in which the trained weights count `say`."""
        known = {
            word: (1.0 + math.log(count)) * rarity(word)
            for word, count in counts.items()
            if word in self.words
        }
        length = math.sqrt(sum(value * value for value in known.values())) or 1.0
        terms = [(self.words[word], value / length) for word, value in known.items()]
        terms += [
            (self.lexicon[name], value) for name, value in features.items() if name in self.lexicon
        ]
        shares = shares_of_leaves(by_rules, self.nodes)
        terms += [(self.shares[node], value) for node, value in shares.items()]
        scores = [
            bias + sum([weights[number] * value for weights, value in terms])
            for number, bias in enumerate(self.bias)
        ]
        by_lexicons = [math.log(shares.get(node, 0.0) + _SMALLEST_SHARE) for node in self.nodes]
        # The scores are log-odds up to a constant, which the division below removes.
        mixed = [
            say * score + (1.0 - say) * own for score, own in zip(scores, by_lexicons, strict=True)
        ]
        odds = [math.exp(each - max(mixed)) for each in mixed]
        return {node: each / sum(odds) for node, each in zip(self.nodes, odds, strict=True)}


def with_title(whole: Mapping[str, float], title: Mapping[str, float]) -> Mapping[str, float]:
    """The probabilities of the leaves by the whole paper and by its title alone, as a weighted
    geometric mean. An abstract names many things that a paper is not about; a title does not."""
    odds = {
        leaf: each ** (1.0 - _TITLE_SHARE) * title[leaf] ** _TITLE_SHARE
        for leaf, each in whole.items()
    }
    total = sum(odds.values())
    return {leaf: each / total for leaf, each in odds.items()}


def shares_of_leaves(scores: Sequence[SectionScore], leaves: Sequence[str]) -> dict[str, float]:
    """The share of each leaf, with all nodes below it, in the scores of all leaves. Leaves
    without any score are left out."""
    sums: dict[str, float] = {}
    for each in scores:
        leaf = _leaf_of(each.node, leaves)
        if leaf:
            sums[leaf] = sums.get(leaf, 0.0) + each.score
    total = sum(sums.values())
    return {leaf: score / total for leaf, score in sums.items()}


def distribute(
    probabilities: Mapping[str, float],
    scores: Sequence[SectionScore],
    paths: Mapping[str, Headings],
) -> tuple[SectionScore, ...]:
    """The nodes with the probability of their leaf, best first. A leaf's probability is divided
    among the nodes below it as the lexicons divide their `scores`; a leaf to which the lexicons
    give nothing has all of it itself."""
    leaves = tuple(probabilities)
    by_leaf: dict[str, list[SectionScore]] = {leaf: [] for leaf in leaves}
    for each in scores:
        if leaf := _leaf_of(each.node, leaves):
            by_leaf[leaf].append(each)
    found = {}
    for leaf, parts in by_leaf.items():
        total = sum(each.score for each in parts)
        shares = {each.node: each.score / total for each in parts} or {leaf: 1.0}
        found.update({node: probabilities[leaf] * share for node, share in shares.items()})
    ranked = sorted(found.items(), key=lambda item: -item[1])
    return tuple(
        SectionScore(node=node, path=paths[node], score=score)
        for node, score in ranked
        if score >= _SMALLEST_SCORE
    )


def _leaf_of(node: str, leaves: Sequence[str]) -> str:
    """The leaf that a node is, or stands below; empty if it stands above all leaves."""
    return next((each for each in ancestry(node) if each in leaves), "")
