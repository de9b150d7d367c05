"""What we hide in a body, and what others may do to it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.publish import marker
from medvl_watch.publish.git import Git
from medvl_watch.publish.marker import HiddenState, Tick

SHA = "a" * 40
STATE = HiddenState(
    list="a-list", papers=("arxiv:2401.00001", "doi:10.1/(x)"), before=SHA, heads=(SHA,)
)
IDS = st.from_regex(r"(?:arxiv|doi|title):[!-~]{1,40}", fullmatch=True)


def line(data: object) -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(data).encode()).decode()
    return f"<!-- medvl-watch:state v=1 {encoded} -->"


@given(st.lists(IDS, max_size=20))
def test_a_state_is_read_as_it_was_written(ids: list[str]) -> None:
    state = STATE.model_copy(update={"papers": tuple(ids)})
    body = f"Text\n\n{marker.write(state)}\n"
    assert marker.read(body) == state
    assert marker.read(body.replace("\n", "\r\n")) == state
    assert marker.read(marker.restate(body, STATE)) == STATE


GOOD = {"list": "a", "papers": ["arxiv:1"]}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no state",
        f"{marker.write(STATE)}\n{marker.write(STATE)}",
        f"  {line(GOOD)}",
        f"> {line(GOOD)}",
        line(GOOD).replace("v=1", "v=2"),
        line([]),
        line({**GOOD, "more": 1}),
        line({**GOOD, "papers": ["javascript:alert(1)"]}),
        line({**GOOD, "papers": ["arxiv:" + "x" * 300]}),
        line({**GOOD, "papers": ["arxiv:1\n"]}),
        line({**GOOD, "papers": ["arxiv:1"] * 301}),
        line({**GOOD, "heads": ["not a commit"]}),
        line({**GOOD, "list": "../x"}),
        "<!-- medvl-watch:state v=1 bm90IGpzb24= -->",
        "<!-- medvl-watch:state v=1 === -->",
        "<!-- medvl-watch:state v=1 /w== -->",
        f"<!-- medvl-watch:state v=1 {'A' * 50_000} -->",
    ],
    ids=[
        "empty", "none", "two", "indented", "quoted", "another version", "a list", "unknown key",
        "foreign id", "long id", "line end in an id", "too many", "bad head", "bad list", "no JSON",
        "no base64", "no UTF-8", "too long",
    ],
)  # fmt: skip
def test_a_state_that_is_not_ours_counts_as_absent(body: str) -> None:
    assert marker.read(body) is None


def test_one_that_is_ours_is_read_where_others_are_refused() -> None:
    assert marker.read(line(GOOD)) == HiddenState(list="a", papers=("arxiv:1",))


def test_the_hash_sees_words_and_neither_state_nor_white_space() -> None:
    body = f"Some words.\n\n{marker.write(STATE)}\n"
    other = STATE.model_copy(update={"papers": ()})
    assert marker.body_hash(body) == marker.body_hash(marker.restate(body, other))
    assert marker.body_hash(body) == marker.body_hash(body.replace("\n", "\r\n") + "\n\n")
    assert marker.body_hash(body) != marker.body_hash(body.replace("words", "word"))


def region(*boxes: str) -> str:
    return "\n".join([marker.BEGIN, "intro", *boxes, marker.END]) + "\n"


BOX = "- [x] <!-- p:arxiv:1 --> One"
NO_BOX = BOX.replace("x", " ", 1)
OTHER = "- [x] <!-- p:arxiv:2 --> Two"


def test_boxes_are_read_between_our_marks_only() -> None:
    body = f"{BOX}\n{region(BOX, OTHER.replace('x', ' ', 1))}\n{OTHER}\n"
    assert marker.ticks(body) == (Tick("arxiv:1", ticked=True), Tick("arxiv:2", ticked=False))
    assert marker.unticked(body) == {"arxiv:2"}
    assert marker.ticks(f"{BOX}\n") == ()


@pytest.mark.parametrize(
    ("current", "wanted", "merged"),
    [
        (region(BOX), region(OTHER), region(OTHER)),
        (f"above\n\n{region(BOX)}\nbelow\n", region(OTHER), f"above\n\n{region(OTHER)}\nbelow\n"),
        (f"only theirs {BOX}", region(OTHER), f"only theirs {BOX}\n\n{region(OTHER)}"),
        ("", region(OTHER), region(OTHER)),
        (region(NO_BOX), region(BOX, OTHER), region(NO_BOX, OTHER)),
        (region(BOX.replace("[x]", "[X]")), region(BOX), region(BOX)),
    ],
    ids=["ours is replaced", "theirs stays around", "marks are gone", "empty", "unticked", "big X"],
)  # fmt: skip
def test_merging_keeps_what_a_person_wrote(current: str, wanted: str, merged: str) -> None:
    assert marker.merge(current, wanted) == merged
    assert marker.merge(merged, wanted) == merged


@given(st.text(), st.text())
def test_merging_twice_is_merging_once(theirs: str, below: str) -> None:
    current = f"{theirs}\n{region(BOX)}{below}\n{marker.write(STATE)}\n"
    once = marker.merge(current, region(OTHER))
    assert marker.merge(once, region(OTHER)) == once
    assert OTHER in once


@pytest.mark.parametrize("key", ["digest/2026-W47", "a--b", "x>y <z", "ü"])
def test_an_issue_is_known_by_its_key(key: str) -> None:
    body = marker.with_issue_key("Text\n", key)
    assert marker.issue_key(body) == key
    assert marker.with_issue_key(body, key) == body
    assert marker.issue_key(marker.with_issue_key(body, "other")) == "other"
    assert marker.issue_key(body + body) is None
    assert marker.issue_key(body.replace("<!--", "> <!--")) is None


def test_the_blob_id_is_gits(tmp_path: Path) -> None:
    git = Git(tmp_path / "x.git")
    git.init("main")
    content = b"\xef\xbb\xbfbytes\r\n\x00"
    stored = git._run("hash-object", "--stdin", "--no-filters", data=content).decode().strip()
    assert marker.blob_id(content) == stored
