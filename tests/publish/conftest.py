"""The places to publish to, made fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from medvl_watch.publish.github.forge import GitHubForge
from medvl_watch.publish.local.forge import LocalForge
from tests.publish.examples import LIST, NOW, TARGET
from tests.publish.github_fake import FakeGitHub, forge_on


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "seed.md"
    path.write_bytes(LIST.encode())
    return path


@pytest.fixture
def local(tmp_path: Path, seed: Path) -> LocalForge:
    return LocalForge(tmp_path / "forge", {TARGET.id: seed}, NOW)


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeGitHub]:
    made = FakeGitHub(tmp_path / "remote.git", LIST.encode())
    with made.served():
        yield made


@pytest.fixture
def forge(fake: FakeGitHub) -> GitHubForge:
    return forge_on(fake)
