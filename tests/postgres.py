"""A PostgreSQL server for tests: that of MEDVL_WATCH_TEST_POSTGRES, or one that is started here.

One is started where `initdb` is found: on the path, or where Debian keeps it (CONTRIBUTING.md says
how to install it). It listens in a folder of its own and keeps nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from medvl_watch.storage.server_address import ServerAddress

VARIABLE = "MEDVL_WATCH_TEST_POSTGRES"
"""The address of a server whose role may make databases, `postgresql://USER@HOST/postgres`."""
_DEBIAN = "/usr/lib/postgresql"
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
_NUMBERS = count()


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, of the newest version that there is."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = [each.parent for each in Path(_DEBIAN).glob("*/bin/initdb")]
    return max(folders, key=lambda each: int(each.parts[-2]), default=None)


@cache
def why_none() -> str:
    """Why no server can be had; empty if one can."""
    if find_spec("psycopg") is None:
        return "psycopg is not installed"
    if os.environ.get(VARIABLE) or programs():
        return ""
    return "there is no PostgreSQL: install one, or name one in " + VARIABLE


@contextmanager
def server() -> Iterator[str]:
    """The address of a server, with `{}` for the name of a database."""
    if os.environ.get(VARIABLE):
        before, _, name = os.environ[VARIABLE].rpartition("/")
        yield f"{before}/{{}}{name.partition('?')[1]}{name.partition('?')[2]}"
        return
    folder = programs()
    assert folder is not None, why_none()
    with TemporaryDirectory(prefix="mw-pg-", dir="/tmp") as place, _started(folder, Path(place)):
        yield f"postgresql://tester@/{{}}?host={place}"


@contextmanager
def _started(programs: Path, place: Path) -> Iterator[None]:
    user = _other_user() if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user:
        shutil.chown(place, user)
    run = partial(subprocess.run, check=True, cwd=place, stdout=subprocess.DEVNULL, user=user)
    data = place / "data"
    run([programs / "initdb", "--no-sync", "--username=tester", "--auth=trust",
         "--encoding=UTF8", "--locale=C.UTF-8", data])  # fmt: skip
    control = [programs / "pg_ctl", "-D", data, "-l", place / "log", "-w"]
    options = " ".join(f"-c {each}" for each in _SETTINGS)
    listen = f"-c listen_addresses='' -c unix_socket_directories={place} {options}"
    run([*control, "-o", listen, "start"])
    try:
        yield
    finally:
        run([*control, "-m", "immediate", "stop"])


def execute(url: str, statement: str) -> list[tuple[Any, ...]]:
    """What the statement gives, in a connection of its own."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server; skips where there is none."""
    if reason := why_none():
        pytest.skip(reason)
    with server() as address:
        yield address


@pytest.fixture
def database(postgres: str) -> Iterator[ServerAddress]:
    """An empty database, which is deleted afterwards."""
    with a_database(postgres) as address:
        yield address


@pytest.fixture
def database_beside(postgres: str) -> Iterator[ServerAddress]:
    """Another one."""
    with a_database(postgres) as address:
        yield address


@contextmanager
def a_database(server: str) -> Iterator[ServerAddress]:
    """An empty database for the block."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    execute(server.format("postgres"), f"CREATE DATABASE {name}")
    try:
        yield ServerAddress(server.format(name))
    finally:
        execute(server.format("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def _other_user() -> str:
    import pwd

    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
