"""What a list, as it is read, teaches of its own sections: where `lists` and `classify` meet."""

from __future__ import annotations

import re

from medvl_watch.classify.routing import Router
from medvl_watch.classify.sections.model import Example, SectionModel
from medvl_watch.classify.taxonomy import ListMap, Taxonomy
from medvl_watch.lists.document import Document
from medvl_watch.lists.fields import Slot, read_fields
from medvl_watch.lists.holdings import Holding, holding_of
from medvl_watch.records import Headings

_ARXIV_YEAR = re.compile(r"arxiv:(\d\d)\d\d\.")
_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-4]\d)(?!\d)")


def router_of(document: Document, taxonomy: Taxonomy, list_map: ListMap | None = None) -> Router:
    """How papers find their sections in this list. Without a map, by what the list shows alone."""
    learned = SectionModel.learn(examples_of(document), open_headings(document), taxonomy)
    return Router(taxonomy, list_map, learned)


def examples_of(document: Document) -> tuple[Example, ...]:
    """A list's entries as examples: title, section, year of the paper, line."""
    examples = []
    for entry in document.entries:
        holding = holding_of(document, entry)
        year = _arxiv_year(holding)
        if year is None:
            text = document.text(entry)
            fields = read_fields(text, entry.unit, entry.table.columns if entry.table else ())
            told = " ".join(fields.first(slot) or "" for slot in (Slot.YEAR, Slot.DATE, Slot.VENUE))
            found = _YEAR.search(told)
            year = int(found[0]) if found else None
        examples.append(Example(holding.title, holding.section, year, holding.line))
    return tuple(examples)


def _arxiv_year(holding: Holding) -> int | None:
    years = [int(match[1]) for key in holding.keys if (match := _ARXIV_YEAR.match(key))]
    return 2000 + min(years) if years else None


def open_headings(document: Document) -> tuple[Headings, ...]:
    """The sections that may take entries, in the order of the file."""
    paths = (section.path for section in document.sections if not section.closed)
    return tuple(dict.fromkeys(path for path in paths if path))
