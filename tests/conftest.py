"""No test reaches the network or finds a key, whatever machine it runs on."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.postgres import database, database_beside, postgres  # noqa: F401 - fixtures

settings.register_profile("medvl-watch", deadline=None)  # how busy a machine is fails no test
settings.load_profile("medvl-watch")

KEYS = ("GITHUB_TOKEN", "GH_TOKEN", "OPENAI_API_KEY")
KEPT = ("MEDVL_WATCH_BESIDE", "MEDVL_WATCH_TEST_POSTGRES")


class NetworkIsClosed(AssertionError):
    """A test asked for an address that is not on this machine."""


@pytest.fixture(scope="session", autouse=True)
def _alone_on_this_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name in KEYS or (name.startswith("MEDVL_WATCH_") and name not in KEPT):
                patch.delenv(name)
        patch.delenv("COLUMNS", raising=False)  # pytest-xdist sets it to its own terminal's
        connect, connect_ex, resolve = (
            socket.socket.connect,
            socket.socket.connect_ex,
            socket.getaddrinfo,
        )

        def only_here(self: socket.socket, address: Any) -> None:
            _refuse_elsewhere(address[0] if self.family != socket.AF_UNIX else "localhost")
            connect(self, address)

        def only_here_ex(self: socket.socket, address: Any) -> int:
            _refuse_elsewhere(address[0] if self.family != socket.AF_UNIX else "localhost")
            return connect_ex(self, address)

        def only_ours(host: Any, *rest: Any, **more: Any) -> Any:
            _refuse_elsewhere(host)
            return resolve(host, *rest, **more)

        patch.setattr(socket.socket, "connect", only_here)
        patch.setattr(socket.socket, "connect_ex", only_here_ex)
        patch.setattr(socket, "getaddrinfo", only_ours)
        yield


def _refuse_elsewhere(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        if ipaddress.ip_address(str(name)).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkIsClosed(f"a test may not reach {name}")
