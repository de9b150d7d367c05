"""Requests to GitHub are made in turns with other workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.changes import Comment
from medvl_watch.errors import Busy, ForgeLimited
from medvl_watch.publish.github.forge import GitHubForge
from tests.publish.examples import LIST, paper
from tests.publish.github_fake import (
    DIGEST,
    HURRIED,
    TOKEN,
    Answer,
    FakeGitHub,
    propose,
)
from tests.publish.github_fake import ON_GITHUB as TARGET


@dataclass
class Turns:
    """Turns that note whose turn it is, and refuse one within another."""

    gaps: list[float] = field(default_factory=list)
    inside: bool = False
    never: bool = False

    @contextmanager
    def turn(self, service: str, gap: float, *, wait: float) -> Iterator[None]:
        if self.never:
            raise Busy(f"others are asking {service}")
        assert not self.inside, "a worker would wait for itself"
        self.gaps.append(gap)
        self.inside = True
        yield
        self.inside = False


class Watching(FakeGitHub):
    """Notes requests that are made out of turn, and the gap before each that writes."""

    def __init__(self, folder: Path, turns: Turns) -> None:
        super().__init__(folder, LIST.encode())
        self.turns = turns
        self.wrong: list[str] = []

    def answer(self, method: str, target: str, authorization: str, data: Any) -> Answer:
        if not self.turns.inside:
            self.wrong.append(f"{method} {target} out of turn")
        elif method != "GET" and self.turns.gaps[-1] != 1:
            self.wrong.append(f"{method} {target} with the pause of a read")
        return super().answer(method, target, authorization, data)


def forge_of(github: Watching, turns: Turns) -> GitHubForge:
    limits = replace(HURRIED, between_writes=0.0)
    made = GitHubForge(
        TOKEN, issues_repository=github.name, base_url=github.url, limits=limits, turns=turns
    )
    made._limits = replace(limits, between_reads=0.25, between_writes=1)  # as noted, not waited for
    return made


def test_every_request_is_made_in_turn_with_its_pause(tmp_path: Path) -> None:
    turns = Turns()
    github = Watching(tmp_path / "remote.git", turns)
    with github.served():
        forge = forge_of(github, turns)
        propose(forge, paper(1))
        propose(forge, paper(1), paper(2))
        pulls = forge.pull_requests(TARGET)
        forge.ensure_comment(TARGET, Comment(number=1, key="frozen", body="Text."))
        forge.ensure_issue(DIGEST)
        forge.ensure_issue(replace(DIGEST, body="Two.\n"))
        forge.close_pull_request(TARGET, pulls[0], pulls[0].body)
        forge.delete_branch(TARGET, pulls[0])
    assert github.wrong == []
    assert {0.25, 1} == set(turns.gaps)


def test_a_turn_that_does_not_come_defers_the_work(tmp_path: Path) -> None:
    turns = Turns(never=True)
    github = Watching(tmp_path / "remote.git", turns)
    with github.served(), pytest.raises(ForgeLimited, match="other workers are asking GitHub"):
        forge_of(github, turns).read(TARGET)
