"""The recipes of CONTRIBUTING.md for a source, a quirk of a list and a classifier, followed to
the letter. (That for a table is followed in storage/test_recipe.py.)"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType, ModuleType

import pytest
from markdown_it import MarkdownIt

from medvl_watch.classify import register as classifiers
from medvl_watch.classify.register import OpenClassifier
from medvl_watch.errors import ConfigError, SourceError
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing import units
from medvl_watch.ports import Request, Response, Source
from medvl_watch.records import Decision
from medvl_watch.sources.catalogue import Catalogue, load_catalogue, open_sources
from medvl_watch.sources.register import KINDS
from tests.classify.taxonomies import bundled_rules, bundled_taxonomy
from tests.cli.streams import LISTED
from tests.lists.casefile import read_case
from tests.sources.examples import NOW, WINDOW
from tests.training.test_material import papers

ROOT = Path(__file__).resolve().parents[1]


def blocks(title: str, language: str) -> list[str]:
    """The code blocks in a section of CONTRIBUTING.md."""
    tokens = MarkdownIt("commonmark").parse((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    section, found = "", []
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            section = following.content
        elif token.type == "fence" and (section, token.info) == (title, language):
            found.append(token.content)
    return found


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], ModuleType]:
    """Writes a module as the recipe says, and imports it."""

    def write(name: str, text: str) -> ModuleType:
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        spec = spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return write


# --- a source of another kind -------------------------------------------------------------

SOURCE = "Add a source of another kind"
PAGE = [
    {"title": "Reading  radiographs", "doi": "https://doi.org/10.1000/A1",
     "authors": ["Ana Silva", "Li  Wei"], "date": "2026-02-27"},
]  # fmt: skip


class Page:
    """A fetcher that answers everything with one body."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked: list[str] = []

    def get(self, request: Request) -> Response:
        self.asked.append(request.url)
        return Response(body=self.body, fetched_at=NOW, address=request.url)


@pytest.fixture
def catalogue(written: Callable[[str, str], ModuleType]) -> Callable[[str], Catalogue]:
    """Reads a catalogue with the recipe's kind."""
    [code] = blocks(SOURCE, "python")
    kind = written("bulletin", code).BulletinEntry
    return lambda text: load_catalogue(text, "sources.yaml", (*KINDS, kind))


def yaml(old: str = "", new: str = "") -> str:
    [entry] = blocks(SOURCE, "yaml")
    assert old in entry
    return "version: 1\ncontact: mailto:a@example.org\nsources:\n" + entry.replace(old, new, 1)


def source(catalogue: Callable[[str], Catalogue], body: bytes) -> tuple[Source, Page]:
    page = Page(body)
    [found] = open_sources(catalogue(yaml()), page)
    return found, page


def test_a_source_of_another_kind_is_one_file_and_one_line(
    catalogue: Callable[[str], Catalogue],
) -> None:
    bulletin, page = source(catalogue, json.dumps(PAGE).encode())
    poll = bulletin.poll(WINDOW)
    [record] = poll.records
    assert page.asked == ["https://imaging.example.org/papers.json"]
    assert (record.id, record.title) == ("doi:10.1000/a1", "Reading radiographs")
    assert record.authors == ("Ana Silva", "Li Wei")
    assert (record.venue, record.published) == ("Imaging Letters", "2026-02-27")
    assert record.origin is not None
    assert record.origin.source == poll.receipt.source == bulletin.name == "society-of-imaging"
    assert poll.receipt.received == 1
    assert bulletin.lookup("10.1000/a1") is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html></html>", id="a web page"),
        pytest.param(b'[{"title": "A"', id="cut off"),
        pytest.param(b'{"error": "no"}', id="an object"),
        pytest.param(b"7", id="a number"),
        pytest.param(json.dumps([PAGE[0] | {"doi": "none"}]).encode(), id="no DOI"),
        pytest.param(json.dumps([PAGE[0] | {"title": None}]).encode(), id="no title"),
    ],
)
def test_an_answer_that_is_not_a_list_of_papers_is_an_error(
    catalogue: Callable[[str], Catalogue], body: bytes
) -> None:
    with pytest.raises(SourceError, match="society-of-imaging: the answer is not a list of papers"):
        source(catalogue, body)[0].poll(WINDOW)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param("https://", "http://", r"line 6: .*url: should be an https", id="http"),
        pytest.param("venue:", "name:", r"line 7: .*name is not a known key", id="an unknown key"),
        pytest.param("bulletin", "gazette", "line 5: .*unknown kind 'gazette'", id="a kind"),
    ],
)
def test_a_wrong_entry_is_refused_with_line_and_key(
    catalogue: Callable[[str], Catalogue], old: str, new: str, reason: str
) -> None:
    with pytest.raises(ConfigError, match=reason):
        catalogue(yaml(old, new))


# --- a quirk of a list --------------------------------------------------------------------


def test_a_unit_of_another_kind_is_one_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    title = "Teach it a quirk of a list"
    [code], [text] = blocks(title, "python"), blocks(title, "markdown")
    case = read_case(text)
    assert insert(case.before, case.additions).after != case.result, "the quirk is not known yet"
    names = vars(units).copy()
    exec(code, names)
    monkeypatch.setattr(units, "FOUND_BY_LINES", (names["HTML_PARAGRAPH"], *units.FOUND_BY_LINES))
    edit = insert(case.before, case.additions)
    assert edit.refused == ()
    assert edit.after == case.result
    assert insert(edit.after, case.additions).after == edit.after


# --- a classifier -------------------------------------------------------------------------


def test_a_classifier_is_a_class_a_function_and_a_line(
    monkeypatch: pytest.MonkeyPatch, written: Callable[[str, str], ModuleType]
) -> None:
    module, opener = blocks("Add a classifier", "python")
    names = vars(classifiers).copy()
    names["CautiousClassifier"] = written("cautious", module).CautiousClassifier
    exec(opener, names)
    known = {**classifiers.CLASSIFIERS, "cautious": names["open_cautious"]}
    monkeypatch.setattr(classifiers, "CLASSIFIERS", MappingProxyType(known))
    opened: OpenClassifier = classifiers.open_classifier("cautious", bundled_taxonomy())
    some = papers([*LISTED[:3], {"title": "Growth of crystals"}])
    rules, cautious = bundled_rules().judge(some), opened.classifier.judge(some)
    assert {verdict.decision for verdict in rules} == {Decision.PROPOSE, Decision.REJECT}
    assert {verdict.decision for verdict in cautious} == {Decision.REFER, Decision.REJECT}
    assert {verdict.classifier for verdict in cautious} == {"cautious"}
