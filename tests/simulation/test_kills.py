"""A few random kills; `make kills` does hundreds."""

from __future__ import annotations

import time

import pytest

from medvl_watch.storage.server_address import ServerAddress
from tests.simulation.kills import _interleaved, _out_of_turn, _together, four_workers, one_worker
from tests.simulation.loopback import Asked, Faults
from tests.simulation.visits import overlaps


def test_a_killed_worker_loses_nothing_and_writes_nothing_twice_on_a_file() -> None:
    faults = Faults()
    one_worker(None, 1, int(time.time()), faults, lists=1)
    assert faults.found == []


def test_a_killed_worker_loses_nothing_and_writes_nothing_twice_on_a_server(
    database: ServerAddress,
) -> None:
    faults = Faults()
    one_worker(database, 1, int(time.time()), faults, lists=1)
    assert faults.found == []


@pytest.mark.replay
def test_of_four_workers_one_at_a_time_writes_a_list(database: ServerAddress) -> None:
    faults = Faults()
    four_workers(database, 4, int(time.time()), faults, lists=4, every=4)
    assert faults.found == []


def test_what_is_looked_for_in_the_log_is_found() -> None:
    one = Asked("a", "PATCH /x of medvl-watch/list-01", 0.0, 0.2)
    other = Asked("b", "PATCH /x of medvl-watch/list-01", 0.1, 0.3)
    again = Asked("a", "PATCH /x of medvl-watch/list-01", 0.4, 0.5)
    assert _interleaved([one, again, other], Faults())
    assert not _interleaved([one, again], Faults())
    assert _together([one, other, again])
    assert not _together([one, again])
    assert overlaps({"list/a": [(0.0, 2.0, 1), (1.0, 3.0, 2)]})
    assert not overlaps({"list/a": [(0.0, 2.0, 1), (2.0, 3.0, 2)], "list/b": [(0.0, 9.0, 3)]})
    assert _out_of_turn([one, other], 0.3, "it", Faults())
    assert not _out_of_turn([one, again], 0.3, "it", Faults())
