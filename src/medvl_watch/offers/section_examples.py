"""Section examples from a list's own entries, and sections of its map that the list lacks.

Here `lists` and `classify` meet.
"""

from __future__ import annotations

import re
from functools import lru_cache

from medvl_watch.changes import Target
from medvl_watch.classify.routing import Router, required_sections
from medvl_watch.classify.sections.model import SectionExample
from medvl_watch.classify.sections.sites import site_in
from medvl_watch.classify.taxonomy import ListMap, Taxonomy
from medvl_watch.errors import ListError
from medvl_watch.lists.fields.reading import Slot, fields_of
from medvl_watch.lists.parsing.document import Document, Entry, find_section, full_path
from medvl_watch.papers.identifiers import keys_in
from medvl_watch.papers.schemes import year_of_arxiv_id
from medvl_watch.records import Headings

_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-4]\d)(?!\d)")
_LISTS = 16


def router_of(
    document: Document | None,
    taxonomy: Taxonomy,
    list_map: ListMap | None = None,
    list_id: str = "",
) -> Router:
    """How papers find their sections in this list: without a map, by what the list shows alone;
    without its text, by the map alone."""
    if document is None:
        return Router(taxonomy, list_map, list_id=list_id)
    examples, headings = examples_of(document), open_headings(document)
    return Router.learn(taxonomy, list_map, examples, headings, list_id)


@lru_cache(maxsize=_LISTS)
def examples_of(document: Document) -> tuple[SectionExample, ...]:
    """A list's entries as examples: title, section, year of the paper, line. Kept for a while,
    as a list's sections and its likest papers are both learned from them."""
    return tuple(_example(document, entry) for entry in document.entries)


def _example(document: Document, entry: Entry) -> SectionExample:
    fields = fields_of(document, entry)
    dated_text = " ".join(fields.first(slot) or "" for slot in (Slot.YEAR, Slot.DATE, Slot.VENUE))
    submitted = [
        year_of_arxiv_id(key.removeprefix("arxiv:"))
        for key in keys_in(fields.text)
        if key.startswith("arxiv:")
    ]
    found = _YEAR.search(dated_text)
    return SectionExample(
        title=fields.title,
        path=document.path_of(entry),
        year=min(submitted) if submitted else int(found[0]) if found else None,
        line=entry.start + 1,
        site=site_in(fields.text),
    )


def open_headings(document: Document) -> tuple[Headings, ...]:
    """The sections that may take entries, in the order of the file."""
    paths = (section.path for section in document.sections if not section.closed)
    return tuple(dict.fromkeys(path for path in paths if path))


def missing_sections(
    target: Target, taxonomy: Taxonomy, document: Document | None
) -> ListError | None:
    """The taxonomy's map names a section that the list does not have (any more)."""
    if document is None:
        return None
    list_map = taxonomy.lists.get(target.map_id)
    missing = [
        " > ".join(path)
        for path in (required_sections(list_map) if list_map else ())
        if find_section(document, full_path(document, path)) is None
    ]
    if not missing:
        return None
    return ListError(
        f"the list has no section {missing[0]!r}"
        + (f" (and {len(missing) - 1} more of its map)" if len(missing) > 1 else ""),
        where=target.id,
        remedy=f"mend lists.{target.map_id} in the taxonomy; papers for it go elsewhere",
    )
