"""Our pull requests on a list, and what people decided in them.

What a person did always counts for more than what the bot would like. An unticked box or a
closed pull request refuses papers until their box is ticked again; a ticked section says where
a paper goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from medvl_watch.changes import PullRequest, PullState
from medvl_watch.records import Headings, Outcome, State

ChosenSections: TypeAlias = Mapping[str, frozenset[str]]
"""By a paper's id: the keys (`section_key`) of the sections that a person ticked for it."""

AS_CHOSEN = ", in the section that a person ticked"
"""How the reason of such an outcome ends."""

COMPLETING = "complete:"
"""Before a paper's id: not the paper is offered, but what its entry in the list lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPull:
    """One of our pull requests and what its description says, as `publish.descriptions` reads it.

    `entries` are the ids of the papers that it adds and of the entries that it completes,
    `taken_out` those that people unticked and that have left the text since. `heads` are the
    commits of ours that the branch may stand on, the newest first; `made_on` is git's id of
    the list that it was made on, `made_for` the path of its file and `made_into` the branch that
    it was to be merged into ("" where the description does not say). `ticked` and `unticked` are
    the entries by their boxes, and `unticked` also the papers that were declined by a box;
    `section_boxes` has the ticked sections of every paper with such boxes, and
    `remembered_sections` those that were ticked earlier. Unless the description
    `is_readable`, all but the boxes of entries is empty; the entries are then those that the
    ledger has, if it was asked (`with_recorded_entries`).
    """

    pull: PullRequest
    is_readable: bool = False
    entries: tuple[str, ...] = ()
    taken_out: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    made_on: str | None = None
    made_for: str = ""
    made_into: str = ""
    closed_by_bot: bool = False
    ticked: frozenset[str] = frozenset()
    unticked: frozenset[str] = frozenset()
    section_boxes: ChosenSections = field(default_factory=dict)
    remembered_sections: ChosenSections = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.pull.number

    @property
    def state(self) -> PullState:
        return self.pull.state

    @property
    def papers(self) -> tuple[str, ...]:
        """The papers that it adds, without the entries that it completes."""
        return tuple(filter(is_paper, self.entries))

    @property
    def refused(self) -> frozenset[str]:
        """The papers and completed entries that people do not want: those whose box is empty,
        and those whose box was and that have left the text since, unless they are ticked again."""
        return self.unticked | (frozenset(self.taken_out) - self.ticked)

    @property
    def is_touched(self) -> bool:
        """Whether the branch may hold a person's work: its head is not a commit of ours, by
        what the description records and by the commit itself."""
        return self.pull.head not in self.heads and not self.pull.own_commit

    @property
    def is_retargeted(self) -> bool:
        """Whether a person gave it another base branch than we did."""
        return bool(self.made_into and self.pull.base) and self.pull.base != self.made_into

    @property
    def frozen_because(self) -> str:
        """What a person did to it, so that nothing new is added; empty if nothing, or closed."""
        if self.state is not PullState.OPEN:
            return ""
        if self.is_touched:
            return f"a person has pushed to the branch of pull request {self.number}"
        if self.is_retargeted:
            return f"a person has given pull request {self.number} another base branch"
        if self.pull.on_hold:
            return f"a person has put pull request {self.number} on hold"
        return f"a person is reviewing pull request {self.number}" if self.pull.reviewed else ""

    @property
    def is_writable(self) -> bool:
        """Whether it is open and its branch is still ours to write, if a person asks for it."""
        is_theirs = self.is_touched or self.is_retargeted or self.pull.on_hold
        return self.state is PullState.OPEN and not is_theirs

    @property
    def has_spent_branch(self) -> bool:
        """Whether it has ended and its branch is still there, as we left it."""
        is_ended = self.state is not PullState.OPEN
        return is_ended and self.pull.has_branch and not self.is_touched

    @property
    def closed_by_person(self) -> bool:
        """Closed without a merge, and not by us as it had been emptied."""
        return self.state is PullState.CLOSED and not self.closed_by_bot


def open_pull(pulls: Sequence[OwnPull]) -> OwnPull | None:
    """Our open pull request that takes new papers: the oldest that is not frozen."""
    is_open = (pull for pull in pulls if pull.state is PullState.OPEN)
    return next((pull for pull in is_open if not pull.frozen_because), None)


def frozen_pulls(pulls: Sequence[OwnPull]) -> tuple[OwnPull, ...]:
    """Our open pull requests that a person has changed or is reviewing, oldest first."""
    return tuple(pull for pull in pulls if pull.frozen_because)


def is_paper(entry_id: str) -> bool:
    """Whether the id stands for a paper that is added, and not for a completed entry."""
    return not entry_id.startswith(COMPLETING)


def proposed_papers(pulls: Sequence[OwnPull]) -> Mapping[str, int]:
    """The papers that our open pull requests add, by the ids that they have there, and the number
    of the oldest that adds them."""
    is_open = [pull for pull in pulls if pull.state is PullState.OPEN]
    return {paper: pull.number for pull in reversed(is_open) for paper in pull.papers}


def mentioned_papers(pulls: Sequence[OwnPull]) -> frozenset[str]:
    """The ids of everything that the descriptions name: papers, completed entries, choices."""
    named = {
        each
        for pull in pulls
        for each in (*pull.entries, *pull.taken_out, *(pull.unticked if pull.is_readable else ()))
    }
    return frozenset(named.union(chosen_sections(pulls)))


def with_recorded_entries(pull: OwnPull, latest_outcomes: Iterable[Outcome]) -> OwnPull:
    """The pull request with the papers that the ledger has as proposed in it, where a person has
    rewritten the description: it still holds them, and closing it still refuses them. The
    sections that people had chosen for them are remembered, too."""
    if pull.is_readable:
        return pull
    recorded = [
        each
        for each in latest_outcomes
        if each.state is State.PROPOSED and each.pull_request == pull.number
    ]
    return replace(
        pull,
        entries=tuple(each.paper_id for each in recorded),
        remembered_sections={
            each.paper_id: frozenset({section_key(each.section)})
            for each in recorded
            if each.section and each.reason.endswith(AS_CHOSEN)
        },
    )


# --- what people decided ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintainerDecision:
    """What a person decided last about a paper, and the pull request in which they did: ACCEPTED,
    REFUSED, or DEFERRED where its box is ticked, so that nothing speaks against it."""

    paper_id: str
    state: State
    number: int
    reason: str


def latest_decisions(
    pulls: Sequence[OwnPull],
    is_listed: Callable[[str], bool],
    *,
    is_recognised: Callable[[str], bool] = lambda _: False,
    branch: str = "",
) -> tuple[MaintainerDecision, ...]:
    """What people decided last about each paper that these pull requests (oldest first) name.

    `is_listed` says whether the list at its base holds a paper now: then it is accepted, even
    if its box was ticked again besides. `is_recognised` says whether an entry may be a reworded
    one of the paper, which counts after a merge. A box that is ticked in a pull request that is
    open, or that we closed ourselves, takes back what was decided before. A merge into another
    branch than `branch`, which is the one that we read, decides nothing, nor does a pull request
    that was closed after a person gave it another base.
    """
    found: dict[str, MaintainerDecision] = {}
    for pull in pulls:
        refused, is_merged = pull.refused, pull.state is PullState.MERGED
        boxes = pull.unticked if pull.is_readable else frozenset[str]()
        declined = sorted(boxes.difference(pull.entries, pull.taken_out))
        for paper_id in (*pull.entries, *pull.taken_out, *declined):
            decision = _decision(
                pull,
                branch,
                is_refused=paper_id in refused,
                is_listed=is_listed(paper_id) or (is_merged and is_recognised(paper_id)),
            )
            if decision is not None:
                state, reason = decision
                found[paper_id] = MaintainerDecision(
                    paper_id=paper_id, state=state, number=pull.number, reason=reason
                )
    return tuple(found.values())


def _decision(
    pull: OwnPull, branch: str, *, is_refused: bool, is_listed: bool
) -> tuple[State, str] | None:
    number = pull.number
    if is_listed and pull.state is not PullState.OPEN:
        return State.ACCEPTED, f"in the list since pull request {number} was {pull.state}"
    if is_refused:
        return State.REFUSED, f"unticked in pull request {number}"
    is_elsewhere = bool(branch and pull.pull.base) and pull.pull.base != branch
    if pull.closed_by_person:
        closed = State.REFUSED, f"pull request {number} was closed without a merge"
        is_retargeted = pull.is_retargeted if pull.is_readable else is_elsewhere
        return None if is_retargeted else closed
    if pull.state is PullState.MERGED:
        left_out = State.REFUSED, f"left out when pull request {number} was merged"
        return None if is_elsewhere else left_out
    return State.DEFERRED, f"ticked again in pull request {number}"


def refused_completions(pulls: Sequence[OwnPull]) -> frozenset[str]:
    """The papers whose entries people do not want completed: unticked, or in a pull request
    that they closed."""
    is_refused: dict[str, bool] = {}
    for pull in pulls:
        refused = pull.refused
        for each in (*pull.entries, *pull.taken_out) if pull.is_readable else ():
            if not is_paper(each):
                paper_id = each.removeprefix(COMPLETING)
                is_refused[paper_id] = each in refused or pull.closed_by_person
    return frozenset(each for each, refused in is_refused.items() if refused)


def papers_taken_out(pull: OwnPull | None) -> tuple[str, ...]:
    """The papers that people have unticked in a pull request of ours, the latest last."""
    if pull is None or not pull.is_readable:
        return ()
    return tuple(sorted(pull.refused, key=lambda each: (each not in pull.taken_out, each)))


def section_key(section: Headings) -> str:
    """How a box names a section of a list: 12 hex digits."""
    return hashlib.sha256("\x1f".join(section).encode("utf-8", "surrogatepass")).hexdigest()[:12]


_NAMED = "~"


def named_section(key: tuple[str, ...]) -> str:
    """How a section stands among chosen ones that a person named in words (its `path_key`)."""
    return _NAMED + "\x1f".join(key)


def is_named(chosen: str) -> bool:
    """Whether a chosen section was named in words, and not by a box."""
    return chosen.startswith(_NAMED)


def is_chosen(section: Headings, key: tuple[str, ...], chosen: frozenset[str]) -> bool:
    """Whether a section with this `path_key` is among chosen ones: by its box, or by words that
    are its headings or the last of them."""
    if section_key(section) in chosen:
        return True
    named = (each.removeprefix(_NAMED).split("\x1f") for each in chosen if each[:1] == _NAMED)
    return any(list(key[-len(each) :]) == each for each in named)


def chosen_sections(pulls: Sequence[OwnPull]) -> ChosenSections:
    """The sections that people chose in these pull requests (oldest first): for each paper the
    latest choice.

    A box says more than what the description remembers, and a pull request that a person
    closed says nothing any more. A box that is empty takes back what the same description
    remembers; it does not speak against a tick in another one that asks about the paper, too.
    """
    found: dict[str, frozenset[str]] = {}
    for pull in pulls:
        if not pull.closed_by_person:
            remembered = pull.remembered_sections
            found |= remembered
            found |= {
                paper_id: keys
                for paper_id, keys in pull.section_boxes.items()
                if keys or paper_id in remembered
            }
    return {paper_id: keys for paper_id, keys in found.items() if keys}
