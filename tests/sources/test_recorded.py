from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medvl_watch.errors import ConfigError, SourceError, SourceLimited
from medvl_watch.ports import Request
from medvl_watch.sources.recorded import NotRecorded, RecordedFetcher


def recording(folder: Path, **changes: object) -> RecordedFetcher:
    page = {"source": "venue", "page": 0, "file": "a.xml", "url": "https://x.example.org/rss",
            "fetched_at": "2026-03-02T05:17:03Z", "status": 200,
            "content_type": "Application/RSS+xml"}  # fmt: skip
    (folder / "a.xml").write_bytes(b"<rss/>")
    index = {"version": 1, "pages": [{**page, **changes}]}
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return RecordedFetcher(folder)


def test_a_page_comes_with_the_time_of_its_recording(tmp_path: Path) -> None:
    response = recording(tmp_path).get(Request(source="venue", url="https://other.example.org"))

    assert response.body == b"<rss/>"
    assert response.fetched_at == datetime(2026, 3, 2, 5, 17, 3, tzinfo=UTC)
    assert response.content_type == "application/rss+xml"
    assert response.address == "https://x.example.org/rss"


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(Request(source="venue", url="u", page=1), id="another page"),
        pytest.param(Request(source="other", url="u"), id="another source"),
    ],
)
def test_what_is_not_recorded_is_said_so(tmp_path: Path, request_: Request) -> None:
    with pytest.raises(NotRecorded, match="not among the recordings"):
        recording(tmp_path).get(request_)


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        pytest.param({"file": "gone.xml"}, SourceError, "cannot be read", id="a missing file"),
        pytest.param({"file": "../secret"}, SourceError, "outside", id="a file outside"),
        pytest.param({"file": "/etc/hostname"}, SourceError, "outside", id="an absolute path"),
        pytest.param({"status": 429}, SourceLimited, "429", id="a limit"),
        pytest.param({"status": 503}, SourceError, "503", id="a failure"),
    ],
)
def test_a_page_that_cannot_be_had(
    tmp_path: Path, changes: dict[str, object], kind: type[SourceError], reason: str
) -> None:
    with pytest.raises(kind, match=reason):
        recording(tmp_path, **changes).get(Request(source="venue", url="u"))


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "link.xml").symlink_to(tmp_path / "secret")
    with pytest.raises(SourceError, match="outside"):
        recording(folder, file="link.xml").get(Request(source="venue", url="u"))


LOCAL = '{"source": "a", "page": 0, "file": "b", "fetched_at": "2026-03-02T05:17:03"}'
PAGE = LOCAL.replace('03"}', '03Z"}')


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(None, "cannot be read", id="missing"),
        pytest.param("{", "EOF|JSON", id="cut off"),
        pytest.param('{"version": 2, "pages": []}', "version", id="another version"),
        pytest.param('{"version": 1, "pages": [], "more": 1}', "more", id="an unknown key"),
        pytest.param(f'{{"version": 1, "pages": [{LOCAL}]}}', "fetched_at", id="no time zone"),
        pytest.param(f'{{"version": 1, "pages": [{PAGE}, {PAGE}]}}', "stands twice",
                     id="a page twice"),
    ],
)  # fmt: skip
def test_a_broken_index_names_file_and_key(tmp_path: Path, text: str | None, reason: str) -> None:
    if text is not None:
        (tmp_path / "index.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=reason) as caught:
        RecordedFetcher(tmp_path)
    assert "index.json" in str(caught.value)
