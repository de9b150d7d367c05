"""The classifiers, by the name that a configuration gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError
from medvl_watch.ports import Classifier

Factory = Callable[[Taxonomy], Classifier]

CLASSIFIERS: Mapping[str, Factory] = MappingProxyType({"rules": RulesClassifier})


def make_classifier(name: str, taxonomy: Taxonomy) -> Classifier:
    """The classifier of this name. Raises ConfigError for a name that is not registered."""
    if name not in CLASSIFIERS:
        raise ConfigError(
            f"there is no classifier {name!r}", remedy=f"use one of {', '.join(CLASSIFIERS)}"
        )
    return CLASSIFIERS[name](taxonomy)
