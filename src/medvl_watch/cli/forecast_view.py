"""What a run would do with a paper on a list, in words and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.classify.routing import Route
from medvl_watch.offers.consideration import Consideration, OfferAction
from medvl_watch.offers.section_examples import examples_of
from medvl_watch.pipeline.forecaster import KnownList

WAIT = "wait"
"""The action for a paper that has to wait for a later run."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run would do on one list. `verdict_reason` is already shown elsewhere."""

    list_name: str
    found: Consideration
    verdict_reason: str = ""

    @property
    def would(self) -> str:
        return WAIT if self.found.waits_for else self.found.action.value

    @property
    def is_placed(self) -> bool:
        """Whether the paper would be added to the list, now or later, without asking a person."""
        return bool(self.found.additions)

    @property
    def in_words(self) -> str:
        not_yet = f", but not yet: {self.found.waits_for}" if self.found.waits_for else ""
        return self._what() + not_yet

    def _what(self) -> str:
        found, named = self.found, self._sections()
        if found.action is OfferAction.NOTHING:
            line = f" (line {found.line})" if found.line else ""
            return f"nothing: {found.reason}{line}" if found.reason else "nothing"
        if found.action is OfferAction.PROPOSE:
            return f"it would be proposed under {' and '.join(named)}"
        if found.action is OfferAction.CHOOSE:
            why = f" ({found.route.reason})" if found.route.reason else ""
            return f"a person is asked which section{why}: {' or '.join(named)}".removesuffix(": ")
        if not found.sections:
            return f"a person is asked: {found.reason}"
        why = f" ({found.reason})" if found.reason not in {"", self.verdict_reason} else ""
        return f"a person is asked first{why}" + (
            f"; it might go under {' and '.join(named)}" if named else ""
        )

    def _sections(self) -> list[str]:
        places = [
            self.found.route.section_text(each) + (" (a section to open)" if each.opens else "")
            for each in self.found.sections
        ]
        return list(dict.fromkeys(filter(None, places)))

    def as_json(self) -> dict[str, object]:
        return {
            "list": self.list_name,
            "would": self.would,
            "reason": self.found.waits_for or self.found.reason,
            "line": self.found.line,
            "sections": [
                {"path": list(each.path), "score": round(each.score, 4), "opens": each.opens}
                for each in self.found.sections
            ],
        }


def near_entries(known: KnownList, route: Route) -> Sequence[ListedNeighbour]:
    """The entries of the likeliest section that are most similar to the paper, with their places.
    A section that is still to be opened uses the entries of its siblings."""
    document = known.facts.document
    paths = {each.line: each.path for each in examples_of(document)} if document else {}
    return [
        ListedNeighbour(
            title=each.title,
            list_id=known.name,
            path=paths.get(each.line, guess.path),
            line=each.line,
            similarity=each.similarity,
        )
        for guess in route.ranked[:1]
        for each in guess.neighbours
    ]
