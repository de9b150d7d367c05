"""What the bot would do with a paper on each list, for who judges by hand.

It is asked in the order in which a run asks (`proposals`): the list itself comes first, then
what people decided, the verdict, and the section.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from medvl_watch.changes import Held
from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.classify.routing import Route, Router
from medvl_watch.classify.sections.model import SectionGuess
from medvl_watch.lists.editing.holdings import Conflict, find_held
from medvl_watch.lists.parsing.document import Document
from medvl_watch.offers.list_sections import examples_of
from medvl_watch.offers.outcomes import IN_PEOPLES_HANDS
from medvl_watch.records import Decision, Outcome, Record, State, Verdict

PROPOSE, CHOOSE, REFER, NOTHING = "propose", "choose", "refer", "nothing"
"""What would be done: put it into the pull request, let a person choose its section there, ask
a person whether it belongs, leave the list alone."""

_ENDS = {
    State.ACCEPTED: "it is in the list",
    State.REFUSED: "it was refused",
    State.DUPLICATE: "the list has it already",
    State.PROPOSED: "it is proposed",
}


@dataclass(frozen=True, slots=True)
class KnownList:
    """A list as it is at hand: by its id or file name, its text, and how papers find their
    sections there. Without a `document` it is known by its map alone."""

    name: str
    router: Router
    document: Document | None

    def near(self, route: Route) -> Sequence[ListedNeighbour]:
        """The entries of the likeliest section that are most like the paper, where they stand:
        a section that is yet to be opened takes its own from its siblings."""
        examples = examples_of(self.document) if self.document else ()
        stands = {each.line: each.path for each in examples}
        return [
            ListedNeighbour(
                title=each.title,
                list_id=self.name,
                path=stands.get(each.line, guess.path),
                line=each.line,
                similarity=each.similarity,
            )
            for guess in route.ranked[:1]
            for each in guess.neighbours
        ]

    def plan(self, paper: Record, verdict: Verdict, route: Route, before: Outcome | None) -> Plan:
        """`before` is the paper's latest outcome on the list, if it was seen before."""
        found = find_held(self.document, paper) if self.document else None
        if isinstance(found, Held):
            return Plan(self.name, NOTHING, _ENDS[State.DUPLICATE], line=found.line)
        if before is not None and before.state in IN_PEOPLES_HANDS:
            return _settled(self.name, before)
        return self._offered(verdict, route, found)

    def _offered(self, verdict: Verdict, route: Route, found: Conflict | None) -> Plan:
        """For a paper that neither the list nor a person has decided on."""
        if verdict.decision is Decision.REJECT:
            return Plan(self.name, NOTHING)
        if isinstance(found, Conflict):
            return Plan(self.name, REFER, found.reason, line=found.line)
        if not route.sections:
            return Plan(self.name, NOTHING, route.reason)
        if verdict.decision is Decision.REFER:
            return Plan(self.name, REFER, verdict.reason, route, route.sections)
        if not route.is_sure:
            return Plan(self.name, CHOOSE, route.short_doubt, route, route.candidates)
        return Plan(self.name, PROPOSE, route=route, sections=route.sections)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done on one list, why, where, and the 1-based line of the list that says
    so. `sections` are those to write into, or those that a person would choose from."""

    list_name: str
    would: str
    reason: str = ""
    route: Route = field(default_factory=Route)
    sections: tuple[SectionGuess, ...] = ()
    line: int | None = None

    @property
    def in_words(self) -> str:
        places = [
            self.route.section_text(each) + (" (a section to open)" if each.opens else "")
            for each in self.sections
        ]
        named = list(dict.fromkeys(filter(None, places)))
        if self.would == NOTHING:
            line = f" (line {self.line})" if self.line else ""
            return f"nothing: {self.reason}{line}" if self.reason else "nothing"
        if self.would == PROPOSE:
            return f"it would be proposed under {' and '.join(named)}"
        if self.would == CHOOSE:
            why = f" ({self.route.reason})" if self.route.reason else ""
            return f"a person is asked which section{why}: {' or '.join(named)}".removesuffix(": ")
        if not self.sections:
            return f"a person is asked: {self.reason}"
        return "a person is asked first" + (
            f"; it might go under {' and '.join(named)}" if named else ""
        )

    def as_json(self) -> dict[str, object]:
        return {
            "list": self.list_name,
            "would": self.would,
            "reason": self.reason,
            "line": self.line,
            "sections": [
                {"path": list(each.path), "score": round(each.score, 4), "opens": each.opens}
                for each in self.sections
            ],
        }


def _settled(name: str, before: Outcome) -> Plan:
    words = _ENDS[before.state]
    reason = f"{words} ({before.reason})" if before.reason else words
    return Plan(name, NOTHING, reason)
