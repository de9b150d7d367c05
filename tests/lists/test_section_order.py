"""Where a new entry goes in the order of its section, and how entries in brackets count."""

from __future__ import annotations

import pytest

from medvl_watch.lists.editing.section_order import spot_for
from medvl_watch.lists.fields.names import short_name
from medvl_watch.lists.fields.reading import Slot, read_fields
from medvl_watch.lists.parsing.units import BULLET, PARAGRAPH
from medvl_watch.lists.style.facts import facts_of
from medvl_watch.lists.style.order import orders_of, sort_keys_of
from medvl_watch.records import Record

_TITLES = ("Zebra Scans", "Maps of Lungs", "Atlas of Eyes", "Views of Hearts", "Bones and Words")


def _entry(name: str, title: str) -> str:
    link = f"[[paper](https://x.org/{name})]"
    return f"- **{name}**: {title} in Medical Reports and Images, 2024. {link}"


def _paper(title: str) -> Record:
    return Record(
        id="new", title=title, abstract="", published="2024-05-03", url="https://x.org/new"
    )


def test_order_of_short_names_is_kept() -> None:
    names = ("AaNet", "BbNet", "CcNet", "EeNet", "FfNet")
    entries = [_entry(name, title) for name, title in zip(names, _TITLES, strict=True)]
    own = [sort_keys_of(read_fields(entry, BULLET)) for entry in entries]
    paper = facts_of(_paper("DdNet: Apples and Pears in Clinical Notes"))
    assert spot_for(own, paper, orders_of(own, []), at_top=False) == 3


def test_number_in_brackets_is_no_name() -> None:
    text = "[14] M. Bianchi et al. [Graph Learning for Community Detection](https://x.org/1)."
    fields = read_fields(text, PARAGRAPH)
    assert fields.first(Slot.NUMBER) == "14"
    assert fields.first(Slot.NAME) is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        pytest.param("Few-Shot Agent Evaluation: A Critical Look", "", id="words with a hyphen"),
        pytest.param("Med-PaLM M: Towards Generalist Biomedical AI", "Med-PaLM M", id="coined"),
        pytest.param("MedSAM 2: Segment Medical Images as Video", "MedSAM 2", id="with a number"),
    ],
)
def test_words_before_a_colon_are_a_name_if_coined(title: str, name: str) -> None:
    assert short_name(title, "") == name
