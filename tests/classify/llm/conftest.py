"""No test here can reach a paid service: sockets go to this machine or nowhere."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def refused_hosts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Refuses every connection elsewhere; holds the hosts that were tried."""
    tried: list[str] = []
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def connect_to_loopback(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in _LOCAL_HOSTS:
            tried.append(address[0])
            raise ConnectionRefusedError("tests stay on this machine")
        connect(self, address)

    def resolve_local_hosts(host: Any, *args: Any, **options: Any) -> Any:
        if str(host) not in _LOCAL_HOSTS:
            tried.append(str(host))
            raise socket.gaierror("tests stay on this machine")
        return lookup(host, *args, **options)

    for name in list(os.environ):
        if name.startswith("OPENAI_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(socket.socket, "connect", connect_to_loopback)
    monkeypatch.setattr(socket, "getaddrinfo", resolve_local_hosts)
    return tried


_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
