from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers import recordfile
from medvl_watch.papers.recordfile import read_records, record_from_json, record_to_json
from medvl_watch.records import Origin, Record
from tests import beside

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(str.strip)
names = st.lists(texts.map(str.strip), max_size=3).map(tuple)
optional = st.none() | texts
dates = st.none() | st.sampled_from(["2021", "2021-03", "2024-03-26", "2024-03-26T17:16:04Z"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abc"), inner, max_size=2),
    max_leaves=4,
)
origins = st.none() | st.builds(
    Origin,
    source=texts,
    fetched_at=st.datetimes(timezones=st.just(UTC)),
    raw_ids=names,
    address=st.sampled_from(["", "https://example.org/feed"]),
)
records = st.builds(
    Record,
    id=texts,
    title=texts,
    abstract=st.text(st.characters(codec="utf-8"), max_size=30),
    authors=names,
    categories=names,
    arxiv_id=st.sampled_from([None, "2403.17834", "cs/9901001"]),
    version=st.none() | st.integers(1, 20),
    doi=st.sampled_from([None, "10.1007/978-3-031-16443-9_1", "10.1016/s0140-6736(23)00001-2"]),
    published=dates,
    updated=dates,
    venue=optional,
    comment=optional,
    journal_ref=optional,
    url=optional,
    code_urls=names,
    origin=origins,
    extra=st.dictionaries(st.text("xyz", min_size=1), json_values, max_size=3),
)


@given(records)
def test_what_is_written_is_read_again(record: Record) -> None:
    written = json.dumps(record_to_json(record))
    assert record_from_json(json.loads(written), "x") == record


@given(json_values)
def test_any_json_is_a_record_or_one_sentence(value: object) -> None:
    (found,) = read_records([json.dumps(value)], "file.jsonl")
    if not isinstance(found, Record):
        assert str(found).startswith("file.jsonl:1: ")
        assert "\n" not in str(found)


def test_absent_and_null_are_the_same() -> None:
    keys = ["arxiv_id", "doi", "abstract", "authors", "categories", "published", "venue", "url"]
    bare = record_from_json({"id": "a", "title": "T"}, "x")
    assert record_from_json({"id": "a", "title": "T", **dict.fromkeys(keys)}, "x") == bare


def test_unknown_keys_are_kept_and_written_back() -> None:
    value: dict[str, Any] = {"title": "T", "labels": [{"list": "a"}], "origin": "by hand",
                             "version": "2.1"}  # fmt: skip
    record = record_from_json(value, "x")
    assert record.extra == {"labels": [{"list": "a"}], "origin": "by hand", "version": "2.1"}
    assert value.items() <= record_to_json(record).items()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"arxiv_id": "2403.17834v2"}, "arxiv:2403.17834", id="arXiv id"),
        pytest.param({"doi": "https://doi.org/10.1/X"}, "title:", id="what is no DOI"),
        pytest.param({"doi": "10.1007/ABC"}, "doi:10.1007/abc", id="DOI"),
        pytest.param({"doi": "10.48550/arXiv.2403.17834"}, "arxiv:2403.17834", id="arXiv's DOI"),
        pytest.param({}, "title:", id="title"),
    ],
)
def test_a_missing_id_is_derived(value: dict[str, str], expected: str) -> None:
    if expected == "title:" and value:
        with pytest.raises(ConfigError, match="is not a valid DOI"):
            record_from_json({"title": "T", **value}, "x")
        return
    assert record_from_json({"title": "T", **value}, "x").id.startswith(expected)


def test_a_version_in_the_arxiv_id_is_taken_apart() -> None:
    record = record_from_json({"title": "T", "arxiv_id": "arXiv:2403.17834v2"}, "x")
    assert (record.arxiv_id, record.version) == ("2403.17834", 2)


def test_a_bad_line_is_a_value_and_the_others_go_on() -> None:
    lines = [
        "\ufeff" + '{"title": "First"}',
        "",
        "{not json}",
        '{"title": ""}',
        '["a", "list"]',
        '{"title": "T", "authors": 3}',
        '{"title": "T", "published": "last week"}',
        '{"title": "T", "arxiv_id": "24.1"}',
        "[" * 100_000,
        '{"title": "Last \\ud800"}',
    ]

    found = list(read_records(lines, "papers.jsonl"))

    assert [one.title for one in found if isinstance(one, Record)] == ["First", "Last ?"]
    problems = [str(one) for one in found if isinstance(one, WatchError)]
    assert [problem.partition(" ")[0] for problem in problems] == [
        f"papers.jsonl:{number}:" for number in (3, 4, 5, 6, 7, 8, 9)
    ]
    assert "not JSON" in problems[0]
    assert "title" in problems[1]
    assert "authors" in problems[3]
    assert "published" in problems[4]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Ana Cruz; Bo Li", ("Ana Cruz", "Bo Li")),
        ("Ana Cruz and Bo Li", ("Ana Cruz", "Bo Li")),
        ("Ana Cruz, Bo Li", ("Ana Cruz", "Bo Li")),
        (["Ana Cruz", " Bo Li "], ("Ana Cruz", "Bo Li")),
    ],
)
def test_authors_may_be_one_text(written: object, expected: tuple[str, ...]) -> None:
    assert record_from_json({"title": "T", "authors": written}, "x").authors == expected


def test_an_origin_of_ours_comes_back() -> None:
    origin = Origin(source="arxiv", fetched_at=datetime(2026, 3, 2, tzinfo=UTC), raw_ids=("a",))
    record = Record(id="a", title="T", origin=origin)
    assert record_from_json(record_to_json(record), "x").origin == origin


@pytest.mark.recordings
@pytest.mark.parametrize("name", ["gold.jsonl", "labels-dev.jsonl", "negatives-dev.jsonl"])
def test_the_papers_we_measure_with_are_read_whole(name: str) -> None:
    path = beside.folder("data/papers") / name
    with path.open(encoding="utf-8") as lines:
        found = list(read_records(lines, name))
    assert found
    assert all(isinstance(one, Record) for one in found)


odd_values: st.SearchStrategy[object] = st.sampled_from(
    [None, "", " ", "\x1f", "\ud800", "2021", "2024-13", "a; b", 7, 0, False, [], ["", " \udfff"],
     [1], {}, "\u00e9"]
)  # fmt: skip
odd_lines = st.fixed_dictionaries({"title": st.just("A title") | odd_values}) | st.dictionaries(
    st.sampled_from([*recordfile._ALWAYS_WRITTEN, "other"]), odd_values
)


@given(odd_lines)
def test_a_line_that_is_read_without_validation_is_read_as_with_it(line: dict[str, Any]) -> None:
    line = {"title": "A title", **line}
    quickly = recordfile._as_it_stands(line)
    assert quickly is None or quickly == recordfile._validated(line, "x")


def test_a_usual_line_is_read_without_validation() -> None:
    line = {"title": "A title", "abstract": None, "authors": ["A B"], "published": "2024-03-26"}
    assert recordfile._as_it_stands(line) is not None
