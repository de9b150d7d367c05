"""The catalogues of sources say what the sources need, and agree with the recordings."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from ruamel.yaml import YAML

from medvl_watch.papers.known_venues import known_name
from medvl_watch.sources.catalogue import load_catalogue
from tests.demo.reading import DEMO, SEEDS, index

CATALOGUES = {"live": SEEDS / "sources.yaml", "demo": DEMO / "sources.yaml"}


def sources(which: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = YAML(typ="safe").load(CATALOGUES[which])["sources"]
    return found


@pytest.mark.parametrize("which", CATALOGUES)
def test_a_catalogue_is_accepted(which: str) -> None:
    path = CATALOGUES[which]
    catalogue = load_catalogue(path.read_text("utf-8"), path.name)
    assert [entry.id for entry in catalogue.sources] == [each["id"] for each in sources(which)]


@pytest.mark.parametrize("which", CATALOGUES)
def test_a_source_states_the_keys_of_its_kind(which: str) -> None:
    """Also those with a default, so that a curator sees them; other keys are optional."""
    keys = {
        "arxiv": {"id", "kind", "query", "page_size", "enabled"},
        "feed": {"id", "kind", "url", "enabled"},
    }
    for source in sources(which):
        assert set(source) >= keys.get(source["kind"], {"id", "kind", "enabled"})


@pytest.mark.parametrize("which", CATALOGUES)
def test_feeds_are_fetched_over_https_and_differ(which: str) -> None:
    urls = [source["url"] for source in sources(which) if source["kind"] == "feed"]
    assert all(url.startswith("https://") for url in urls)
    assert len(set(urls)) == len(urls)


def test_ten_or_more_feeds_are_polled() -> None:
    assert sum(s["enabled"] for s in sources("live") if s["kind"] == "feed") >= 10


@pytest.mark.parametrize("which", CATALOGUES)
def test_the_arxiv_query_keeps_to_the_rules_of_the_server(which: str) -> None:
    """Words without operator would be OR-ed, and `and` would be searched for as a word."""
    for source in sources(which):
        if source["kind"] != "arxiv":
            continue
        query = source["query"]
        term = r'(?:cat|all):(?:"[^"]+"|[\w.]+)'
        assert query.count("(") == query.count(")")
        bare = re.sub(rf"\(*{term}\)*", "T", query)
        assert re.fullmatch(r"T(?: (?:AND|OR|ANDNOT) T)*", bare), bare
        assert "Date:" not in query, "the window is added by the source"
        assert 1 <= source["page_size"] <= 2000


def test_the_demo_reads_only_what_is_recorded() -> None:
    assert {source["id"] for source in sources("demo")} == {page["source"] for page in index()}


def test_a_recorded_source_goes_by_the_same_name_in_the_live_catalogue() -> None:
    assert {s["id"] for s in sources("demo")} <= {s["id"] for s in sources("live")}


def test_the_recorded_addresses_are_those_of_the_demo_catalogue() -> None:
    by_id = {source["id"]: source for source in sources("demo")}
    for page in index():
        source = by_id[page["source"]]
        if source["kind"] == "feed":
            assert page["url"] == source["url"]
        else:
            asked = parse_qs(urlsplit(page["url"]).query)
            assert f"({source['query']}) AND submittedDate:[" in asked["search_query"][0]
            assert asked["max_results"] == [str(source["page_size"])]


@pytest.mark.parametrize(
    "source", [s for s in sources("live") if s.get("venue")], ids=lambda s: s["id"]
)
def test_the_venue_of_a_feed_is_written_as_our_lists_know_it(source: dict[str, Any]) -> None:
    assert known_name(source["venue"]) in {None, source["venue"]}
