"""A small taxonomy of one's own never makes the choice of sections worse than none."""

from __future__ import annotations

import pytest

from medvl_watch.classify.sections.model import SectionExample, SectionModel
from medvl_watch.classify.sections.section_shares import filing_year
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.lists.parsing.document import parse
from medvl_watch.offers.section_examples import examples_of, open_headings
from medvl_watch.records import Record
from tests.classify.taxonomies import SEEDS
from tests.cli.conftest import Folder

LISTS = ("clip-in-medical-imaging", "chest-xray-vlp", "medical-clip")
_EVERY = 4


def found_sections(name: str, taxonomy: Taxonomy | None) -> int:
    """How many of every fourth entry of a list find their section again, when left out."""
    document = parse((SEEDS / "lists" / f"{name}.md").read_text(encoding="utf-8"))
    entries, headings = examples_of(document), open_headings(document)
    asked = entries[::_EVERY]
    kept = [each for each in entries if each not in set(asked)]
    model = SectionModel.learn(kept, headings, taxonomy)
    return sum(_finds(model, each) for each in asked)


def _finds(model: SectionModel, entry: SectionExample) -> bool:
    paper = Record(id="p", title=entry.title, extra={"year": entry.year} if entry.year else {})
    guesses = model.rank_sections(paper, filing_year(paper))
    return bool(guesses) and guesses[0].path == entry.path


@pytest.mark.parametrize("name", LISTS)
def test_a_small_taxonomy_is_no_worse_than_none(name: str, folder: Folder) -> None:
    settings, _ = read_settings(folder.path / "medvl-watch.toml")
    own = read_taxonomy(settings)
    assert len(own.nodes) < len(own.section_nodes), "the words of the shipped one are used"
    assert found_sections(name, own) >= found_sections(name, None)
