"""Fields of table rows: what the header says of a column guides the reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from medvl_watch.lists.markup import plain
from medvl_watch.lists.phrases import find_date, imprint, is_authors

if TYPE_CHECKING:
    from medvl_watch.lists.fields import _Reading

PLACEHOLDER = re.compile(
    r"^(?:[-–—/\\.?×✗❌☐✘]*|n/?a\.?|none|null|no|tbd|tba|todo|unknown|coming soon|not available|nan"
    r"|\[[^\]]*\]\(\s*(?:#|link|url|tbd|-)?\s*\)|[*_`]*[-–—/]+[*_`]*)$",
    re.IGNORECASE,
)
_ROLES = (
    ("authors", re.compile(r"author", re.I)),
    ("date", re.compile(r"date|year|time|publish(?:ed)? on|month|release", re.I)),
    ("code", re.compile(r"code|github|repo|implement|project|weights|checkpoint", re.I)),
    ("title", re.compile(r"title|^papers?(?: name)?$|publication name|article", re.I)),
    ("venue", re.compile(r"venue|journal|conf|publi|where|proceeding", re.I)),
    ("link", re.compile(r"link|pdf|url|paper|doi|arxiv|reference", re.I)),
    ("name", re.compile(r"name|model|method|data ?set|abbr|alias|benchmark|acronym|framework", re.I)),
)


def role_of(column: str) -> str:
    """What a column holds, by its header; empty where that says nothing."""
    return next((role for role, pattern in _ROLES if pattern.search(column)), "")


def cell_spans(text: str) -> list[tuple[int, int]]:
    """Spans of a row's cells without the blanks around their content."""
    edges = [m.start() for m in re.finditer(r"(?<!\\)\|", text)]
    first = 0 if text.lstrip().startswith("|") else -1
    bounds = [-1, *edges] if first else edges
    stripped = text.rstrip()
    if not stripped.endswith("|"):
        bounds = [*bounds, len(stripped)]
    spans = []
    for left, right in zip(bounds, bounds[1:], strict=False):
        cell = text[left + 1 : right]
        start = left + 1 + len(cell) - len(cell.lstrip())
        spans.append((start, max(start, left + 1 + len(cell.rstrip()))))
    return spans


def read_cells(reading: _Reading, columns: tuple[str, ...]) -> None:
    """Claim what the cells hold; what fits no field becomes free text of its cell."""
    from medvl_watch.lists.fields import Slot, is_label, plain_title

    for number, (start, end) in enumerate(cell_spans(reading.text)):
        role = role_of(columns[number]) if number < len(columns) else ""
        cell = reading.text[start:end]
        if start == end or PLACEHOLDER.match(cell):
            continue
        masked = reading.masked[start:end]
        shown = plain(cell)
        inside = [c for c in reading.claims if start <= c.start and c.end <= end]
        if role == "authors" and not inside:
            reading.claim(start, end, Slot.AUTHORS, (start, end))
        elif role == "date" and not inside and (date := find_date(masked)):
            reading.claim(start + date.start(), start + date.end(), Slot.DATE, (start, end))
        elif not inside and role in {"date", "venue"} and (found := imprint(masked)):
            for span, slot in ((found.venue, Slot.VENUE), (found.year, Slot.YEAR)):
                if span:
                    reading.claim(start + span[0], start + span[1], slot, (start, end))
        elif role == "venue" and not inside and len(shown.split()) <= 8:
            reading.claim(start, end, Slot.VENUE, (start, end))
        elif role == "name" and len(shown.split()) <= 5 and not reading.has(Slot.NAME):
            _claim_name(reading, start, end)
        elif not reading.has(Slot.TITLE) and not is_authors(shown) and (
            role == "title" or len(shown.split()) >= 5
        ) and not is_label(cell) and (span := plain_title(reading.masked, start, end)):
            reading.claim(*span, Slot.TITLE, (start, end))
        elif not inside and not _is_imprint(masked):
            reading.claim(start, end, Slot.TEXT, (start, end))


def _is_imprint(text: str) -> bool:
    found = imprint(text)
    return bool(found and (found.venue or found.year)) or bool(find_date(text))


def _claim_name(reading: _Reading, start: int, end: int) -> None:
    from medvl_watch.lists.fields import Slot, is_label
    from medvl_watch.lists.markup import links_in

    cell = reading.text[start:end]
    link = next(iter(links_in(reading.text[start:end])), None)
    if link and is_label(link.label):
        before = cell[: link.start].rstrip(" [(")
        if before:
            reading.claim(start, start + len(before), Slot.NAME, (start, end))
    elif link and plain(link.label):
        at = start + link.label_start + len(link.label) - len(link.label.lstrip())
        reading.claim(at, at + len(link.label.strip()), Slot.NAME, (start, end))
    elif not link:
        reading.claim(start, end, Slot.NAME, (start, end))
