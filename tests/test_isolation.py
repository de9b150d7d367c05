"""The tests themselves: no network, no keys."""

from __future__ import annotations

import os
import socket
import urllib.request

import pytest
import requests

from tests.conftest import KEPT, KEYS, NetworkIsClosed


@pytest.mark.parametrize("address", ["192.0.2.1", "93.184.215.14"])
def test_no_connection_leaves_this_machine(address: str) -> None:
    with socket.socket() as one, pytest.raises(NetworkIsClosed, match=address):
        one.connect((address, 80))
    with socket.socket() as one, pytest.raises(NetworkIsClosed, match=address):
        one.connect_ex((address, 80))


def test_no_name_is_looked_up() -> None:
    with pytest.raises(NetworkIsClosed, match=r"export\.arxiv\.org"):
        socket.getaddrinfo("export.arxiv.org", 443)


def test_the_libraries_that_fetch_are_held_too() -> None:
    with pytest.raises(NetworkIsClosed):
        requests.get("https://api.github.com/", timeout=1)
    with pytest.raises(NetworkIsClosed):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()[:2], timeout=1) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_no_key_and_no_setting_of_the_machine_is_seen() -> None:
    ours = {name for name in os.environ if name.startswith("MEDVL_WATCH_")} - {KEPT}
    assert not ours
    assert not [name for name in KEYS if name in os.environ]
