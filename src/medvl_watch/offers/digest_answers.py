"""What people ticked in digests, for the papers that nobody was sure about, and in the dashboard,
for papers that were refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from medvl_watch.offers.maintainer_decisions import ChosenSections


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestAnswers:
    """The sections that people chose, by list, and the papers that they want on no list, which
    have no section: those that are `refused`, and those that are `off_subject`. `undone` has, by
    list, the papers whose refusal a person took back in the dashboard, with the number of the
    latest pull request of which that is said (0: of digests alone)."""

    chosen: Mapping[str, ChosenSections] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    off_subject: frozenset[str] = frozenset()
    undone: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def papers(self) -> frozenset[str]:
        """The ids of all papers that were answered."""
        return self.refused.union(self.off_subject, *self.chosen.values(), *self.undone.values())

    def reason_against(self, paper_id: str) -> str:
        """Why a paper is wanted on no list; empty if nobody said so."""
        if paper_id in self.off_subject:
            return "ticked as not our subject in a digest"
        return "refused in a digest" if paper_id in self.refused else ""
