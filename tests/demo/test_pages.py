"""The recorded pages are in their services' own form and hold every special case."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest

from medvl_watch.papers.schemes import normal_arxiv_id, normal_doi
from tests.demo.expected import HELD, INVENTED, ROLES, SAME_WORK, Role
from tests.demo.reading import (
    ARXIV_PAGES,
    DEMO,
    FEED,
    NAMES,
    SEEDS,
    Row,
    arxiv_rows,
    feed_rows,
    index,
    root,
)

ROWS = arxiv_rows()
ITEMS = feed_rows()
BY_PAPER = {row.paper: row for row in (*reversed(ROWS), *ITEMS)}
DAY = re.compile(r"20\d\d-\d\d-\d\dT00:00:00Z")


def row_id(row: Row) -> str:
    return f"{row.paper}v{row.version}"


def squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def test_the_index_names_exactly_the_files_that_are_there() -> None:
    assert {page["file"] for page in index()} == {path.name for path in DEMO.glob("*.xml")}


def test_the_pages_of_a_source_are_numbered_without_a_gap() -> None:
    numbers = Counter(page["source"] for page in index())
    for source, count in numbers.items():
        assert [p["page"] for p in index() if p["source"] == source] == list(range(count))


def test_answers_were_fetched_at_least_three_seconds_apart() -> None:
    times = [datetime.fromisoformat(page["fetched_at"]) for page in index()]
    assert all((later - earlier).seconds >= 3 for earlier, later in pairwise(times))


def test_no_paper_is_newer_than_its_page() -> None:
    fetched = {page["file"]: page["fetched_at"] for page in index()}
    assert all(row.updated < fetched[row.page] for row in (*ROWS, *ITEMS))


@pytest.mark.parametrize("name", ARXIV_PAGES)
def test_an_arxiv_page_says_where_it_stands(name: str) -> None:
    page, number = root(name), ARXIV_PAGES.index(name)
    size = int(page.findtext("search:itemsPerPage", namespaces=NAMES))
    entries = len(page.findall("atom:entry", NAMES))
    different = {row.paper for row in ROWS}
    assert int(page.findtext("search:totalResults", namespaces=NAMES)) == len(different)
    assert int(page.findtext("search:startIndex", namespaces=NAMES)) == number * size
    assert entries == min(size, len(ROWS) - number * size)
    assert f"&start={number * size}&max_results={size}" in index()[number]["url"]


@pytest.mark.parametrize("name", ARXIV_PAGES)
def test_an_arxiv_page_is_in_the_form_of_the_server_since_november_2025(name: str) -> None:
    text = (DEMO / name).read_text()
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns:opensearch=")
    assert "<title>arXiv Query: search_query=" in text
    for entry in root(name).findall("atom:entry", NAMES):
        links = {link.get("rel"): link.get("href") for link in entry.findall("atom:link", NAMES)}
        address = entry.findtext("atom:id", namespaces=NAMES).removeprefix("http://arxiv.org/abs/")
        assert links["alternate"] == f"https://arxiv.org/abs/{address}"


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_an_arxiv_entry_is_complete(row: Row) -> None:
    assert normal_arxiv_id(row.paper) == row.paper
    assert row.title
    assert row.abstract
    assert all(row.authors)
    assert row.primary == row.categories[0]
    assert DAY.fullmatch(row.published)
    assert DAY.fullmatch(row.updated)
    assert (row.updated > row.published) == (row.version > 1)
    assert "\n" not in row.title + row.abstract + row.comment


def test_the_feed_lists_its_items_as_open_journal_systems_does() -> None:
    page = root(FEED)
    listed = [each.get(f"{{{NAMES['rdf']}}}resource") for each in page.iterfind(".//rdf:li", NAMES)]
    assert listed == [
        each.get(f"{{{NAMES['rdf']}}}about") for each in page.findall("rss:item", NAMES)
    ]
    assert 12 <= len(listed) <= 16


@pytest.mark.parametrize("row", ITEMS, ids=lambda row: row.paper)
def test_a_feed_item_is_complete(row: Row) -> None:
    assert normal_doi(row.doi) == row.doi
    assert row.title
    assert row.abstract
    assert all(row.authors)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row.published)


def test_every_paper_has_its_line_in_the_table_of_expectations() -> None:
    assert set(BY_PAPER) == set(ROLES)


def test_papers_stand_once_but_for_the_two_that_are_meant_to_come_twice() -> None:
    twice = {paper for paper, count in Counter(row.paper for row in ROWS).items() if count > 1}
    assert twice == {"2506.07044", "2510.15710"}
    assert len({row.paper for row in ITEMS}) == len(ITEMS)


def test_about_sixty_papers_of_which_a_good_third_belongs() -> None:
    roles = Counter(ROLES[row.paper] for row in {row.paper: row for row in ROWS}.values())
    assert 55 <= sum(roles.values()) <= 70
    assert 25 <= roles[Role.BELONGS] <= 35
    assert roles[Role.NO_LANGUAGE] == roles[Role.NO_MEDICINE] == 12


def test_a_cross_listed_paper_stands_on_two_pages() -> None:
    rows = [row for row in ROWS if row.paper == "2506.07044"]
    assert len({row.page for row in rows}) == 2
    assert {row.primary for row in rows} == {"cs.CL"}
    assert "cs.CV" in rows[0].categories


def test_a_second_version_stands_beside_the_first_with_another_title() -> None:
    second, first = (row for row in ROWS if row.paper == "2510.15710")
    assert (second.version, first.version) == (2, 1)
    assert second.published == first.published == first.updated < second.updated
    assert second.title != first.title


@pytest.mark.parametrize(("preprint", "print_version"), SAME_WORK.items())
def test_a_preprint_has_its_venue_version_in_the_feed(preprint: str, print_version: str) -> None:
    one, other = BY_PAPER[preprint], BY_PAPER[print_version]
    assert squeezed(one.title) == squeezed(other.title)
    assert one.authors == other.authors
    assert one.published < other.published


@pytest.mark.parametrize(("paper", "name"), HELD.items())
def test_a_paper_is_held_by_a_list(paper: str, name: str) -> None:
    text = (SEEDS / "lists" / name).read_text(encoding="utf-8")
    assert squeezed(BY_PAPER[paper].title) in squeezed(text)


def test_no_other_paper_is_held_by_any_list() -> None:
    lists = [squeezed(path.read_text("utf-8")) for path in (SEEDS / "lists").glob("*.md")]
    found = {
        paper
        for paper, row in BY_PAPER.items()
        if any(squeezed(row.title) in text or squeezed(paper) in text for text in lists)
    }
    assert found == set(HELD)


def test_a_withdrawn_paper_says_so_in_its_comment_only() -> None:
    withdrawn = [row for row in ROWS if "withdrawn" in row.comment]
    assert [row.paper for row in withdrawn] == ["2510.07681"]
    assert withdrawn[0].version == 2
    assert "withdraw" not in withdrawn[0].abstract


def test_a_title_carries_markup_and_a_mention() -> None:
    title = BY_PAPER["2512.99901"].title
    for mark in ("**", "`", "](https://", " @", " | ", " #1"):
        assert mark in title


def test_an_abstract_speaks_to_the_model() -> None:
    assert "Ignore all previous instructions" in BY_PAPER["2512.99902"].abstract


def test_what_is_invented_says_so_wherever_it_is_read() -> None:
    for paper in INVENTED:
        row = BY_PAPER[paper]
        assert "invented" in row.title
        assert "does not exist" in row.abstract
        assert "no such paper" in row.comment
        assert all("Example Author" in author for author in row.authors)
        assert paper in (DEMO / "README.md").read_text()


def test_venues_code_and_dois_are_told_in_the_ways_that_authors_have() -> None:
    belonging = [row for row in ROWS if ROLES[row.paper] is Role.BELONGS]
    assert sum("MICCAI 2025" in row.comment for row in belonging) >= 5
    assert sum("https://github.com/" in row.abstract for row in belonging) >= 8
    assert sum("https://huggingface.co/datasets/" in row.abstract for row in belonging) >= 2
    assert sum(bool(row.doi) for row in ROWS) >= 3


def test_abstracts_are_abridged() -> None:
    assert max(len(row.abstract.split()) for row in (*ROWS, *ITEMS)) <= 80
