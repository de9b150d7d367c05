"""`medvl-watch doctor` in a folder, against a loopback GitHub."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.cli.app import main
from medvl_watch.errors import ExitCode
from medvl_watch.storage.server_address import ServerAddress
from tests.cli.conftest import Folder

TOKEN = "github_pat_0123456789"
ANSWERS: dict[str, tuple[int, Any]] = {
    "/repos/a/first": (200, {"full_name": "a/first", "permissions": {"push": True}}),
    "/repos/a/second": (404, {"message": "Not Found"}),
    "/repos/a/home": (200, {"full_name": "a/home", "has_issues": True, "permissions": {}}),
    "/repos/a/home/actions/workflows": (
        200,
        {"workflows": [{"name": "watch", "state": "disabled_inactivity"}]},
    ),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        status, body = ANSWERS[self.path.partition("?")[0]]
        text = json.dumps(body).encode()
        self.send_response(status)  # with the header Date
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def use_github(folder: Folder, address: str) -> None:
    file = folder.path / "medvl-watch.toml"
    forge = f'[forge]\nname = "github"\napi = "{address}"\ndigest_repository = "a/home"\n\n'
    file.write_text(file.read_text().replace("[classifier]", f"{forge}[classifier]"))


def findings(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    return {each["check"]: each for each in json.loads(capsys.readouterr().out)["findings"]}


def test_a_local_folder_is_fine(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(folder.path.rglob("*"))
    assert main(["doctor"]) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "medvl-watch.toml is valid, with 2 lists" in out
    assert "`rules` accepts 4 of 4 of its entries" in out
    assert "4 checks passed, 0 with a warning, 0 failed, 3 skipped." in out
    assert sorted(folder.path.rglob("*")) == before, "doctor writes nothing"


def test_the_ledger_is_read_wherever_it_is(
    folder: Folder,
    database: ServerAddress,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["run"]) == ExitCode.DONE
    capsys.readouterr()
    main(["doctor", "--json"])
    assert findings(capsys)["ledger"]["status"] == "ok"
    folder.ledger.write_bytes(b"garbage" * 1000)
    main(["doctor", "--json"])
    assert findings(capsys)["ledger"]["status"] == "failed"
    for url, status in [
        (database.url, "skipped"),
        ("postgresql://me:secret-word@127.0.0.1:1/watch", "failed"),
    ]:
        monkeypatch.setenv("MEDVL_WATCH_LEDGER", url)
        code = main(["doctor", "--json"])
        found = findings(capsys)
        assert found["ledger"]["status"] == status
        assert (code == ExitCode.PARTLY) == (status == "failed")
        assert "secret-word" not in str(found)


def test_each_problem_on_github_is_named(
    folder: Folder,
    address: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_github(folder, address)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    assert main(["doctor", "--json"]) == ExitCode.PARTLY
    found = findings(capsys)
    assert found["token"]["status"] == "ok"
    assert found["clock"]["status"] == "ok"
    assert found["access to a/first"]["status"] == "ok"
    assert found["access to a/second"]["status"] == "failed"
    assert found["access to a/home"]["status"] == "ok"
    assert "60 days" in found["workflows"]["detail"]
    assert TOKEN not in str(found)


def test_without_a_token_nobody_is_asked(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_github(folder, "http://127.0.0.1:9")
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert main(["doctor", "--json"]) == ExitCode.PARTLY
    found = findings(capsys)
    assert found["token"]["status"] == "failed"
    assert not [check for check in found if check.startswith("access")]


def test_without_a_network_what_needs_one_is_skipped(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_github(folder, "http://127.0.0.1:9")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    assert main(["doctor", "--json"]) == ExitCode.DONE
    found = findings(capsys)
    assert found["clock"]["status"] == "skipped"
    assert found["access to a/first"]["status"] == "skipped"


def test_all_faults_of_the_configuration_are_listed(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.path / "taxonomy.yaml").write_text("version: 7\n")
    (folder.path / "sources.yaml").write_text("version: 9\n")
    assert main(["doctor", "--json"]) == ExitCode.PARTLY
    wrong = [
        each["detail"]
        for each in json.loads(capsys.readouterr().out)["findings"]
        if each["check"] == "configuration"
    ]
    assert any("taxonomy.yaml" in detail for detail in wrong)
    assert any("sources.yaml" in detail for detail in wrong)


def test_a_configuration_that_cannot_be_read_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "-c", str(tmp_path / "missing.toml")]) == ExitCode.CONFIG
    assert "missing.toml" in capsys.readouterr().err
