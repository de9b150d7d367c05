"""The log of `serve`: one record is one line, without secrets."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest

from medvl_watch.cli.logs import configure_log
from medvl_watch.redaction import secrets_of

TOKEN = "ghp_0123456789abcdef"


@pytest.fixture
def written() -> Iterator[Callable[[str], io.StringIO]]:
    """Configures the log in one form and gives what is written."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level

    def configured(form: str) -> io.StringIO:
        stream = io.StringIO()
        configure_log(form, [TOKEN], stream)
        return stream

    yield configured
    root.handlers[:] = before
    root.setLevel(level)


HOSTILE = [
    pytest.param("a title\n::error::forged", id="a line that commands a runner"),
    pytest.param("a title\r2026-01-01T00:00:00Z info forged", id="a line that looks like ours"),
    pytest.param("\x1b[2J\x1b[1;1Hforged", id="escape sequences"),
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("form", ["text", "json"])
def test_words_of_others_stay_in_their_line(
    written: Callable[[str], io.StringIO], words: str, form: str
) -> None:
    stream = written(form)
    logging.getLogger("medvl_watch").error("%s", words)
    (line,) = stream.getvalue().splitlines()
    assert "\x1b" not in line
    if form == "json":
        assert json.loads(line)["event"] == words
    else:
        assert line.startswith("20")
        assert " error " in line


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(f"GET https://x:{TOKEN}@host/", id="in an address"),
        pytest.param(base64.b64encode(f"x:{TOKEN}".encode()).decode(), id="in a header"),
    ],
)
def test_a_secret_is_removed_also_from_an_exception(
    written: Callable[[str], io.StringIO], words: str, form: str
) -> None:
    stream = written(form)
    logging.getLogger("medvl_watch").error("failed: %s", words, exc_info=RuntimeError(words))
    (line,) = stream.getvalue().splitlines()
    assert "RuntimeError" in line
    assert "***" in line
    assert TOKEN not in line
    assert words not in line


def test_a_second_configuration_replaces_the_first(
    written: Callable[[str], io.StringIO],
) -> None:
    first, second = written("text"), written("json")
    logging.getLogger("medvl_watch").info("said once")
    assert not first.getvalue()
    assert json.loads(second.getvalue())["level"] == "info"
    assert logging.getLogger("apscheduler").level == logging.WARNING


def test_secrets_are_the_values_whose_names_say_so() -> None:
    environment = {
        "GITHUB_TOKEN": TOKEN,
        "OPENAI_API_KEY": "sk-12345678",
        "HOME": "/home/me-and-you",
        "SMTP_PASSWORD": "true",
        "MEDVL_WATCH_WEBHOOK": "https://hooks/x",
    }
    assert set(secrets_of(environment)) == {TOKEN, "sk-12345678", "https://hooks/x"}
