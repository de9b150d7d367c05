"""Keys, models and the package: one sentence, its exit code, nothing lost, no secret told."""

from __future__ import annotations

import base64
import logging
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.llm.setup import find_key_problem, open_llm
from medvl_watch.errors import ExitCode, ModelDenied
from tests.classify.llm.harness import (
    FIRST_VERDICTS,
    KEY,
    PAPERS,
    PASSED,
    PROMPT,
    RULES,
    TAXONOMY,
    MemoryStore,
    is_judged_by_fallback,
    open_harness,
    paper,
    without_fallback_flags,
)
from tests.classify.llm.modelserver import Reply, error_reply, good_reply, reply_with, run_server
from tests.classify.llm.test_costs import PRICED

MESSAGE_WITH_KEY = f"Incorrect API key provided: {KEY} / {base64.b64encode(KEY.encode()).decode()}"


@pytest.mark.parametrize(
    ("reply", "sentence", "exit_code"),
    [
        (
            error_reply(401, MESSAGE_WITH_KEY),
            "the key in OPENAI_API_KEY was refused (HTTP 401)",
            ExitCode.DENIED,
        ),
        (
            error_reply(403, MESSAGE_WITH_KEY),
            "the key in OPENAI_API_KEY was refused (HTTP 403)",
            ExitCode.DENIED,
        ),
        (
            error_reply(429, "You exceeded your current quota", "insufficient_quota"),
            "the account has no credit left",
            ExitCode.DENIED,
        ),
        (
            error_reply(404, "The model `small` does not exist", "model_not_found"),
            "the server has no model 'small'",
            ExitCode.PARTLY,
        ),
        (error_reply(402), "the account has no credit left (HTTP 402)", ExitCode.DENIED),
        (error_reply(418), "HTTP 418, so no other call can succeed", ExitCode.PARTLY),
        (error_reply(410), "HTTP 410, so no other call can succeed", ExitCode.PARTLY),
        (
            Reply(status=307, headers={"Location": "http://192.0.2.1/v1"}),
            "HTTP 307, a redirect, which is not followed",
            ExitCode.PARTLY,
        ),
        (Reply(status=302, body=b"moved", withheld=9), "HTTP 302, a redirect", ExitCode.PARTLY),
        (
            error_reply(404, "model 'small' not found"),
            "the server has no model 'small'",
            ExitCode.PARTLY,
        ),
        (error_reply(400, "Model Not Exist"), "the server has no model 'small'", ExitCode.PARTLY),
        (
            error_reply(400, "Unknown model: small"),
            "the server has no model 'small'",
            ExitCode.PARTLY,
        ),
    ],
    ids=[
        "wrong key",
        "no permission",
        "no credit",
        "no model",
        "payment required",
        "a teapot",
        "gone",
        "a redirect elsewhere",
        "a redirect that breaks off",
        "no model in words",
        "no model in few words",
        "unknown",
    ],
)
def test_a_fatal_error_stops_all_calls_and_is_reported_once(
    reply: Reply, sentence: str, exit_code: ExitCode
) -> None:
    with open_harness(lambda _: reply) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert len(harness.server.requests) == 1
        (problem,) = harness.classifier.problems
    assert sentence in str(problem)
    assert "\n" not in str(problem)
    assert problem.exit_code is exit_code
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
    assert all(map(is_judged_by_fallback, verdicts))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 503])
def test_the_key_is_only_in_the_header(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with open_harness(
        lambda _: error_reply(status, MESSAGE_WITH_KEY), attempts=1, failures_in_a_row=1
    ) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert harness.server.request_headers[0]["authorization"] == f"Bearer {KEY}"
        told = f"{verdicts} {[str(each) for each in harness.classifier.problems]} {caplog.text}"
    assert KEY not in told
    assert base64.b64encode(KEY.encode()).decode() not in told


INVALID_KEYS = pytest.mark.parametrize(
    "key", ["ключ", "zq9\nzq9", "zq9\x00zq9"], ids=["letters", "line", "null"]
)


@INVALID_KEYS
def test_with_an_invalid_key_the_fallback_judges_all_papers(key: str) -> None:
    with open_harness(good_reply, key=key, attempts=1, failures_in_a_row=1) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        told = f"{verdicts} {[str(each) for each in harness.classifier.problems]}"
        assert harness.classifier.usage.input_tokens == 0
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
    assert key not in told
    assert "zq9" not in told


@INVALID_KEYS
@pytest.mark.parametrize("base_url", ["http://127.0.0.1:1/v1", "https://models.example/v1"])
def test_an_invalid_key_is_reported_before_any_call(key: str, base_url: str) -> None:
    problem = find_key_problem(LlmSettings(base_url=base_url), {"OPENAI_API_KEY": key})
    assert problem is not None
    assert "OPENAI_API_KEY does not contain a valid key" in str(problem)
    assert key not in str(problem)


def test_a_key_in_a_reply_is_not_stored() -> None:
    store = MemoryStore()
    echo = Reply(body=f"<html>{MESSAGE_WITH_KEY}</html>".encode())
    with open_harness(lambda _: echo, payment_log=store, cache=store) as harness:
        harness.classifier.judge(PAPERS[:1])
    [kept] = store.unusable.values()
    assert "Incorrect API key provided: *** / ***" in kept.raw


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense://x"])
def test_an_invalid_proxy_is_reported_in_one_sentence(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with open_harness(good_reply) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        (problem,) = harness.classifier.problems
    assert "no connection can be made" in str(problem)
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)


def test_a_missing_key_is_reported_and_no_call_is_made(
    tmp_path: Path, refused_hosts: list[str]
) -> None:
    with open_llm(
        LlmSettings(),
        taxonomy=TAXONOMY,
        prompt=PROMPT,
        fallback=RULES,
        environment={"OPENAI_API_KEY": " "},
        state=tmp_path,
        now=datetime.now(UTC),
        outcome=PASSED,
    ) as opened:
        verdicts = opened.classifier.judge(PAPERS)
        (problem,) = opened.classifier.problems
    assert isinstance(problem, ModelDenied)
    assert "OPENAI_API_KEY contains no key" in str(problem)
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
    assert refused_hosts == []


def test_a_redirect_is_not_followed(refused_hosts: list[str]) -> None:
    elsewhere = Reply(status=307, headers={"Location": "http://models.example/v1"})
    with open_harness(lambda _: elsewhere) as harness:
        verdicts = harness.classifier.judge(PAPERS)
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
    assert refused_hosts == []


NEEDS_NO_MODEL = paper("2501.00009", "A car", "It does not start.", withdrawn=True)


@pytest.mark.parametrize(
    "lacking",
    [{"key_problem": ModelDenied("no key")}, {"budget_usd": 0}, {"spent_before": 1.0, **PRICED}],
    ids=["a key", "a budget", "what is left of it"],
)
def test_an_obstacle_is_a_problem_only_if_a_paper_needs_the_model(lacking: dict[str, Any]) -> None:
    with open_harness(good_reply, **lacking) as harness:
        harness.classifier.judge([NEEDS_NO_MODEL])
        assert not harness.classifier.problems
        assert harness.classifier.obstacle is not None
        harness.classifier.judge(PAPERS[:1])
        assert list(harness.classifier.problems) == [harness.classifier.obstacle]


@pytest.mark.parametrize("papers", [1, 2, 5])
@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (
            reply_with("Banana"),
            "it contained no JSON object); {}; try a model that follows",
        ),
        (
            Reply(body=b"<html>"),
            "was not JSON); {}; check that base_url is the address of an OpenAI",
        ),
        (Reply(reset=True), "the connection failed); {}; try again later"),
        (error_reply(429), "HTTP 429); {}; try again later, or lower concurrency"),
        (error_reply(502), "HTTP 502); {}; try again later"),
        (error_reply(404, "Not Found"), "{}; check base_url and model"),
    ],
    ids=["no answer", "a web page", "a reset", "busy", "a bad gateway", "a wrong path"],
)
def test_papers_without_an_answer_are_reported_in_one_sentence(
    reply: Reply, sentence: str, papers: int
) -> None:
    with open_harness(lambda _: reply, attempts=1) as harness:
        harness.classifier.judge(PAPERS[:papers])
        (problem,) = harness.classifier.problems
    assert sentence.format("judged without the model") in str(problem)
    assert f"no usable answer on {papers} paper" in str(problem)
    assert ("in a row, so the model was asked about no other" in str(problem)) == (papers == 5)
    assert problem.exit_code is ExitCode.PARTLY


def test_a_server_on_this_machine_needs_no_key() -> None:
    assert find_key_problem(LlmSettings(base_url="http://127.0.0.1:1/v1"), {}) is None
    assert find_key_problem(LlmSettings(), {"OPENAI_API_KEY": "sk-x"}) is None


def test_the_tests_cannot_reach_a_paid_service(tmp_path: Path, refused_hosts: list[str]) -> None:
    with open_llm(
        LlmSettings(attempts=1, concurrency=1, failures_in_a_row=1),
        taxonomy=TAXONOMY,
        prompt=PROMPT,
        fallback=RULES,
        environment={"OPENAI_API_KEY": KEY},
        state=tmp_path,
        now=datetime.now(UTC),
        outcome=PASSED,
    ) as opened:
        verdicts = opened.classifier.judge(PAPERS)
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
    assert set(refused_hosts) == {"api.openai.com"}


def test_answers_are_cached_across_runs(tmp_path: Path) -> None:
    with run_server(good_reply) as server:
        for calls in (len(PAPERS), len(PAPERS)):
            with open_llm(
                LlmSettings(base_url=server.address, model="small"),
                taxonomy=TAXONOMY,
                prompt=PROMPT,
                fallback=RULES,
                environment={},
                state=tmp_path,
                now=datetime.now(UTC),
                outcome=PASSED,
            ) as opened:
                opened.classifier.judge(PAPERS)
            assert len(server.requests) == calls


@pytest.mark.parametrize(
    "given",
    [
        {"base_url": "api.openai.com"},
        {"base_url": "file:///etc/passwd"},
        {"base_url": "https://user:secret@models.example/v1"},
        {"base_url": "https://models.example/v1?key=secret"},
        {"api_key": "sk-1"},
        {"api_key_env": "sk-1"},
        {"budget_usd": -1},
        {"timeout": 0},
        {"usd_per_million_input": 1.0},
        {"trust": 1.5},
    ],
    ids=lambda given: " ".join(f"{key}={value}" for key, value in given.items()),
)
def test_invalid_settings_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LlmSettings.model_validate(given)


_WITHOUT = """
import sys
from medvl_watch.classify.register import open_classifier
from medvl_watch.classify.taxonomyfile import load_taxonomy
import medvl_watch.classify.cascade, medvl_watch.classify.llm.setup
import medvl_watch.classify.llm.batch, medvl_watch.cli.app
from pathlib import Path
from medvl_watch.records import Paper, Record
taxonomy = load_taxonomy(Path(sys.argv[1]).read_text(encoding="utf-8"), "taxonomy.yaml")
paper = Paper(id="a", facts=Record(id="a", title="A"))
open_classifier("rules", taxonomy).classifier.judge([paper])
loaded = {name.split(".")[0] for name in sys.modules}
print(sorted(loaded & {"openai", "httpx", "httpx2"}))
"""


def test_nothing_imports_openai_before_a_call() -> None:
    seeds = Path(__file__).resolve().parents[3] / "seeds" / "taxonomy.yaml"
    result = subprocess.run(
        [sys.executable, "-c", _WITHOUT, str(seeds)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_the_remedy_if_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with open_harness(good_reply) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        (problem,) = harness.classifier.problems
    assert "pip install 'medvl-watch[llm]'" in str(problem)
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
