"""The forge on GitHub against an emulator that others wrote.

`EMULATE_DIR` names the folder of the npm package `emulate`; without it, or without the data
beside the project, the test is skipped. With `RECORD_CALLS` naming a file, the calls and
their answers are added to it, to be checked against GitHub's interface description.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from medvl_watch.changes import Action, Issue, PullState, Target
from medvl_watch.errors import ForgeDenied
from medvl_watch.publish import marker
from medvl_watch.publish.github.forge import GitHubForge
from medvl_watch.publish.messages import closing_body
from tests import beside
from tests.publish.examples import change, paper
from tests.publish.github_fake import HURRIED

TOKEN = "test_token_bot"
TARGET = Target(id="medical-clip", title="Medical CLIP", repository="watch-bot/hello-world")
ONE, TWO = paper(1), paper(2)


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    package, node = os.environ.get("EMULATE_DIR"), shutil.which("node")
    if not package or not node or not (Path(package) / "dist/api.js").exists():
        pytest.skip("EMULATE_DIR does not name the emulator, or there is no node")
    scripts = beside.folder("github/emulate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [node, str(scripts / "server.mjs"), str(port), str(scripts / "seed.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdout.readline().startswith("ready")
        yield f"http://127.0.0.1:{port}"
        server.terminate()


@pytest.fixture(autouse=True)
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, object]]]:
    calls: list[dict[str, object]] = []
    send = requests.adapters.HTTPAdapter.send

    def recording(
        adapter: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        answer = send(adapter, request, **options)  # type: ignore[arg-type]
        sent = request.body.decode() if isinstance(request.body, bytes) else request.body
        calls.append(
            {
                "method": request.method,
                "url": request.url,
                "req_body": sent,
                "status": answer.status_code,
                "body": answer.text,
            }
        )
        return answer

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", recording)
    yield calls
    if "RECORD_CALLS" in os.environ:
        with Path(os.environ["RECORD_CALLS"]).open("a") as file:
            file.writelines(json.dumps(call) + "\n" for call in calls)


def test_a_list_a_pull_request_and_a_digest(
    emulator: str, recorded: list[dict[str, object]]
) -> None:
    forge = GitHubForge(
        TOKEN, issues_repository=TARGET.repository, base_url=emulator, limits=HURRIED
    )
    snapshot = forge.read(TARGET)
    assert snapshot.content.startswith(b"# hello-world\n")
    wanted = change(snapshot, [ONE], TARGET)
    assert forge.ensure_pull_request(wanted).action is Action.CREATED
    issue = Issue(key="digest/2026-W47", title="Week", body="One.\n", labels=(marker.LABEL,))
    assert forge.ensure_issue(issue).action is Action.CREATED
    recorded.clear()
    assert forge.ensure_pull_request(wanted).action is Action.NONE
    assert forge.ensure_issue(issue).action is Action.NONE
    assert {call["method"] for call in recorded} == {"GET"}
    grown = forge.ensure_pull_request(change(snapshot, [ONE, TWO], TARGET))
    assert grown.action is Action.UPDATED
    assert forge.ensure_issue(replace(issue, body="Two.\n")).action is Action.UPDATED
    (pull,) = forge.pull_requests(TARGET)
    assert (pull.state, pull.head, pull.title) == (
        PullState.OPEN,
        grown.head,
        "Add 2 papers to Medical CLIP",
    )


def test_a_review_is_seen_and_an_emptied_pull_request_closed(emulator: str) -> None:
    forge = GitHubForge(TOKEN, base_url=emulator, limits=HURRIED)
    target = replace(TARGET, id="reviewed-list")
    snapshot = forge.read(target)
    made = forge.ensure_pull_request(change(snapshot, [ONE], target))
    (pull,) = forge.pull_requests(target)
    assert not pull.reviewed

    answer = requests.post(
        f"{emulator}/repos/{target.repository}/pulls/{made.number}/reviews",
        json={"event": "COMMENT", "body": "Let me see."},
        headers={"Authorization": f"token {TOKEN}"},
        timeout=5,
    )
    assert answer.ok, answer.text
    (pull,) = forge.pull_requests(target)
    assert pull.reviewed

    closed = forge.close_pull_request(target, pull, closing_body(pull))
    assert closed.action is Action.CLOSED
    (pull,) = forge.pull_requests(target)
    assert pull.state is PullState.CLOSED
    assert pull.closed_at is not None
    assert "Closed by medvl-watch" in pull.body
    assert forge.close_pull_request(target, pull, closing_body(pull)).action is Action.NONE


@pytest.mark.parametrize(
    ("token", "repository", "words"),
    [
        ("wrong", TARGET.repository, "does not accept the token"),
        (TOKEN, "acme/project", "give it the permission contents: write"),
        (TOKEN, "acme/none", "may not see it"),
    ],
    ids=["wrong token", "no right to write", "no such repository"],
)
def test_refusals(token: str, repository: str, words: str, emulator: str) -> None:
    forge = GitHubForge(token, base_url=emulator, limits=HURRIED)
    target = replace(TARGET, repository=repository)
    with pytest.raises(ForgeDenied, match=words):
        forge.ensure_pull_request(change(forge.read(target), [ONE], target))
