"""Simulated maintainers: people who merge, edit, refuse and forget, and a bot that has to keep
what it promises them.

    python -m tests.simulation.maintainers [SEEDS] [WEEKS] [FIRST]

Each seed is one maintainer of one list, on a GitHub over a real git.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.team import Story, live


def main(arguments: Sequence[str]) -> int:
    seeds, weeks, first = (*map(int, arguments), *(200, 30, 0)[len(arguments) :])
    workers = max(1, min(2, os.cpu_count() or 1))
    stories: list[Story] = []
    logging.disable(logging.WARNING)  # that a repository has moved, every week
    with ProcessPoolExecutor(workers) as pool:
        for story in pool.map(partial(live, weeks=weeks), range(first, first + seeds)):
            stories.append(story)
            for each in story.broken:
                sys.stdout.write(f"maintainer {story.seed}: {each}\n")
            if len(stories) % 10 == 0:
                sys.stderr.write(f"{len(stories)} of {seeds} maintainers\n")
    sys.stdout.write(_told(stories, weeks))
    return 1 if any(story.broken for story in stories) else 0


def _told(stories: Sequence[Story], weeks: int) -> str:
    done = sum((story.done for story in stories), Counter[str]())
    minutes = [each for story in stories for each in story.minutes]
    kept = sum(not story.broken for story in stories)
    acts = ", ".join(f"{name} {count}" for name, count in done.most_common())
    return (
        f"{len(stories)} maintainers, {weeks} weeks each: {kept} were promised nothing in vain\n"
        f"{sum(s.papers for s in stories)} papers, {sum(s.pulls for s in stories)} pull requests, "
        f"{sum(s.listed for s in stories)} papers on lists, "
        f"{sum(s.refused for s in stories)} refused\n"
        f"what they did ({done.total()} times): {acts}\n"
        f"minutes asked in a week: at most {max(minutes, default=0):g}, "
        f"on average {sum(minutes) / max(1, len(minutes)):.1f}\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
