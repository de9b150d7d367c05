"""A maintainer: what they do to our pull requests, our digests and their list, at random.

They remember what they have done. What the bot does is held against this memory and not against
what the bot says.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.fakes import World
from tests.simulation.github import CalendarGitHub
from tests.simulation.pull_acts import PullRequestActs
from tests.simulation.repository_acts import RepositoryActs


class Maintainer(PullRequestActs, RepositoryActs):
    """One person with a character: how often they do what."""

    def __init__(self, chance: random.Random, github: CalendarGitHub, world: World) -> None:
        super().__init__(chance, github, world)
        self._ways = {act: chance.choice((0.3, 1, 1, 3)) for act in self._acts()}
        self._ways[self.merge] = chance.choice((1, 4, 8))

    def _acts(self) -> list[Callable[[], bool]]:
        return [
            self.merge, self.close, self.reopen, self.refuse, self.tick, self.choose_section,
            self.decline, self.answer_digest, self.describe, self.rewrite, self.rename,
            self.push, self.amend, self.drop_line, self.update_branch, self.review, self.comment,
            self.hold, self.retarget, self.switch_default, self.move_list, self.rename_repository,
            self.edit_list, self.add_by_hand, self.remove_from_list, self.go_on_holiday,
            self.delete_branch,
        ]  # fmt: skip

    def week(self) -> None:
        """What happens between two runs."""
        if self.moved_to:  # they noticed the failed run, and corrected the configuration
            self.moved_to = ""
        else:
            self._is_seen_by_the_bot()
        if self.holiday:
            self.holiday -= 1
            return
        acts = list(self._ways)
        for act in self.chance.choices(acts, [self._ways[each] for each in acts], k=4):
            if act():
                self.done[act.__name__] += 1
                self.diary.append(act.__name__)

    def _is_seen_by_the_bot(self) -> None:
        """The run before this week has read the list and our pull requests."""
        self.memory.see(self.github.base_text())
        self._unsaid.clear()
        self._fresh.clear()
