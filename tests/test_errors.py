"""How a run ends in which some things went wrong: a table."""

from __future__ import annotations

import pytest

from medvl_watch.errors import (
    ConfigError,
    ExitCode,
    ForgeDenied,
    ForgeError,
    ForgeLimited,
    LedgerError,
    SourceLimited,
    WatchError,
    combined_exit_code,
)

CONFIG, DENIED, LATER, PARTLY = ExitCode.CONFIG, ExitCode.DENIED, ExitCode.LATER, ExitCode.PARTLY


@pytest.mark.parametrize(
    ("problems", "beside_work", "alone"),
    [
        ([], ExitCode.DONE, ExitCode.DONE),
        ([ConfigError("a")], PARTLY, CONFIG),
        ([ConfigError("a"), LedgerError("b")], PARTLY, CONFIG),
        ([ForgeDenied("a"), ForgeDenied("b")], DENIED, DENIED),
        ([ForgeLimited("a"), SourceLimited("b")], LATER, LATER),
        ([ForgeError("a")], PARTLY, PARTLY),
        ([ConfigError("a"), ForgeDenied("b")], PARTLY, PARTLY),
        ([WatchError("a bug")], PARTLY, PARTLY),
    ],
    ids=["none", "a setting", "settings", "denied", "limits", "a failure", "a mixture", "a bug"],
)
def test_the_exit_code_of_a_run(
    problems: list[WatchError], beside_work: ExitCode, alone: ExitCode
) -> None:
    assert combined_exit_code(problems) is beside_work
    assert combined_exit_code(problems, something_done=False) is alone
