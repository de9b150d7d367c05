"""A maintainer and the bot, week after week."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.offers.reviewer_time import week_of
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.records import Decision, Verdict
from tests.fakes import LIST, FakeClassifier, FakeSource, World, paper_id, record, verdict, world
from tests.publish.github_fake import ON_GITHUB, forge_on
from tests.simulation.github import CalendarGitHub
from tests.simulation.people import Maintainer
from tests.simulation.promises import (
    BUDGET,
    ReviewerWeeks,
    broken_promises,
)


@dataclass
class Story:
    """What came of one maintainer's weeks."""

    seed: int
    broken: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    minutes: list[float] = field(default_factory=list)
    pulls: int = 0
    papers: int = 0
    listed: int = 0
    refused: int = 0


class Team:
    """The bot's machine, the GitHub that it works on, and the maintainer of the list there."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.world: World = world(folder / "world", ids=("first",), minutes=BUDGET)
        self.world.classifier = FakeClassifier({})
        content = LIST.format(id="first").encode()
        self.github = CalendarGitHub(folder / "remote.git", content, self.world.now)
        self.maintainer = Maintainer(self.chance, self.github, self.world)
        self.weeks = ReviewerWeeks()
        self.story = Story(seed)
        self._target = replace(ON_GITHUB, id="first", map_id="first")
        self._verdicts: dict[str, Verdict] = {}

    def parts(self, parts: PipelineParts) -> PipelineParts:
        forge = forge_on(self.github, repository="acme/list")
        return replace(parts, forge=forge, targets=(self._target,))

    # --- a week -----------------------------------------------------------------------

    def week(self) -> None:
        """New papers, a run of the bot with its digest, and then what the maintainer does."""
        self._announce()
        if not self.maintainer.moved_to:
            self._target = replace(self._target, path=self.github.path)
        self._run()
        self.maintainer.week()
        self.world.now += timedelta(days=self.chance.choice((1, 3, 7, 7, 7)))
        self.github.now = self.world.now

    def _announce(self) -> None:
        before = len(self._verdicts)
        count = self.chance.choice((0, 1, 2, 3, 5, 30 if self.chance.random() < 0.2 else 4))
        for number in range(before + 1, before + count + 1):
            self._verdicts[paper_id(number)] = self._judged(paper_id(number))
        records = [record(number + 1) for number in range(len(self._verdicts))]
        self.world.sources[:] = [FakeSource(records)]
        self.world.classifier.says = self._verdicts

    def _judged(self, paper: str) -> Verdict:
        """Sure papers, papers whose section is in doubt, papers in doubt, and others."""
        kind = self.chance.choices(range(5), (50, 10, 20, 12, 8))[0]
        return [
            lambda: verdict(paper),
            lambda: verdict(paper, outlines=0.9),
            lambda: verdict(paper, words=0.35, outlines=0.5),
            lambda: verdict(paper, Decision.REFER, reason="hard to tell"),
            lambda: verdict(paper, Decision.REJECT, reason="another subject"),
        ][kind]()

    def _run(self) -> None:
        known = len(self.github.pulls)
        ran = self.world.run(self.parts)
        is_lost = bool(self.maintainer.moved_to)
        if ran.code is not ExitCode.DONE and not is_lost:
            self._broken(f"the run ended with {ran.code.name}: {'; '.join(map(str, ran.problems))}")
        try:
            self.world.digest("current", self.parts)
        except WatchError as error:
            self._broken(f"the digest failed: {error}")
        memory = self.maintainer.memory
        self.weeks.look(self.github, memory, self.world.now)
        if is_lost:
            return
        for each in broken_promises(self.github, memory, self.github.pulls[known:]):
            self._broken(each)
        is_of_the_week = week_of(self.world.now + timedelta(hours=1)) == week_of(self.world.now)
        if self.chance.random() < 0.1 and is_of_the_week:
            self._run_again()

    def _run_again(self) -> None:
        written = self.github.writes()
        self.world.run(self.parts)
        self.world.digest("current", self.parts)
        if self.github.writes() != written:
            self._broken(f"a second run wrote: {self.github.writes()[len(written) :]}")

    def _broken(self, what: str) -> None:
        self.story.broken.append(
            f"{self.world.now:%Y-%m-%d}: {what} (after {', '.join(self.maintainer.diary[-4:])})"
        )

    def end(self) -> Story:
        story = self.story
        story.minutes = list(self.weeks.minutes.values())
        story.broken += [
            f"{week}: {minutes} minutes asked"
            for week, minutes in self.weeks.minutes.items()
            if minutes > BUDGET.per_week
        ]
        story.done, story.pulls = self.maintainer.done, len(self.github.pulls)
        story.papers, story.refused = len(self._verdicts), len(self.maintainer.memory.refused)
        story.listed = self.github.base_text().count("abs/2611.")
        return story


def live(seed: int, weeks: int) -> Story:
    """One maintainer's weeks. The same seed gives the same story."""
    with TemporaryDirectory(prefix="medvl-watch-") as folder:
        team = Team(Path(folder), seed)
        with team.github.served():
            for _ in range(weeks):
                team.week()
                if team.story.broken:
                    break  # what follows is not worth reading
        story = team.end()
        shutil.rmtree(team.github.git.folder, ignore_errors=True)
    return story
