"""A disk that takes no writes: reading goes on, and what would write says so in a sentence.

The disk is a mount of its own in a namespace of its own; skipped where the system allows neither.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from medvl_watch.errors import ExitCode
from tests.cli.conftest import Folder
from tests.publish.examples import tree

_MOUNTED = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'


def on_a_read_only_disk(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c", _MOUNTED, "sh", str(folder)]
    return subprocess.run(
        [*alone, *command], cwd=folder.parent, capture_output=True, text=True, check=False
    )


@pytest.fixture
def watched(folder: Folder) -> Folder:
    """A folder in which a run has been."""
    if shutil.which("unshare") is None or on_a_read_only_disk(folder.path, "true").returncode:
        pytest.skip("no namespaces here")
    assert folder.watch("run").code == ExitCode.DONE
    return folder


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["run"], ExitCode.CONFIG, "Read-only file system", id="run"),
        pytest.param(["ledger", "verify"], ExitCode.DONE, "", id="verify"),
        pytest.param(["run", "--dry-run"], ExitCode.DONE, "", id="dry run"),
    ],
)
def test_on_a_read_only_disk(
    watched: Folder, arguments: list[str], code: ExitCode, words: str
) -> None:
    before = tree(watched.path)
    config = ["--config", str(watched.path / "medvl-watch.toml")]
    done = on_a_read_only_disk(
        watched.path, sys.executable, "-m", "medvl_watch", *arguments, *config
    )
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    if code is not ExitCode.DONE:
        assert len(done.stderr.splitlines()) == 1
    assert tree(watched.path) == before
