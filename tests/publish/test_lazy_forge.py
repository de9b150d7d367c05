from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from medvl_watch.changes import Change, Issue, PullRequest, Target
from medvl_watch.errors import ForgeDenied
from medvl_watch.ports import Forge
from medvl_watch.publish.lazy_forge import LazyForge

TARGET = Target(id="a-list", title="A list", repository="a/list")


@dataclass
class Remembering:
    """Stands for any forge: says of each call what it was."""

    name: str = "remembering"
    calls: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: object) -> object:
            self.calls.append(name)
            return arguments[0]

        return call


def test_a_forge_is_made_once_and_only_when_it_is_asked() -> None:
    made: list[Remembering] = []

    def make() -> Forge:
        made.append(Remembering())
        return made[-1]

    forge = LazyForge(make)
    assert not made
    assert forge.name == "remembering"
    pull, change, issue = object.__new__(PullRequest), object.__new__(Change), object.__new__(Issue)
    results: list[object] = [
        forge.read(TARGET),
        forge.pull_requests(TARGET),
        forge.ensure_pull_request(change),
        forge.close_pull_request(TARGET, pull, "body"),
        forge.ensure_issue(issue),
    ]
    assert results == [TARGET, TARGET, change, TARGET, issue]
    [only] = made
    assert only.calls == [
        *("read", "pull_requests", "ensure_pull_request", "close_pull_request", "ensure_issue")
    ]


def test_what_making_raises_comes_when_the_forge_is_asked() -> None:
    def make() -> Forge:
        raise ForgeDenied("there is no token")

    forge = LazyForge(make)
    with pytest.raises(ForgeDenied, match="there is no token"):
        forge.read(TARGET)
