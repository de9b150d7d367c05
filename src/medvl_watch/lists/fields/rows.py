"""Fields of table rows: what the header says of a column guides the reading."""

from __future__ import annotations

import re

from medvl_watch.lists.fields.dates_and_venues import find_date, imprint, is_authors
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.slots import FieldReader, Slot, without_emphasis
from medvl_watch.lists.fields.titles import plain_title
from medvl_watch.lists.parsing.markup import links_in, plain
from medvl_watch.lists.parsing.tables import cell_spans

PLACEHOLDER = re.compile(
    r"^(?:[-\u2013\u2014/\\.?\u00d7\u2717\u274c\u2610\u2718]*|n/?a\.?|none|null|no|tbd|tba|todo"
    r"|unknown|coming soon|not available|nan|\[[^\]]*\]\(\s*(?:#|link|url|tbd|-)?\s*\)"
    r"|[*_`]*[-\u2013\u2014/]+[*_`]*)$",
    re.IGNORECASE,
)
_HTML_CELL = re.compile(r"<td\b[^>]*>(?P<text>[^<>]*)</td>", re.IGNORECASE)
_LONGEST_NAME = 4
_TITLE_WORDS = 2
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WORDS = re.compile(r"[^\s\ue000]+")
_ROLES = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        ("number", r"^(?:#|no\.?|nr\.?|id|index|idx|s\.?no\.?)$"),
        ("authors", "author"),
        ("date", r"date|year|time|publish(?:ed)? on|month|release"),
        ("code", "code|github|repo|implement|project|weights|checkpoint"),
        ("text", r"descri|summary|remark|notes?$|comment|tl;?dr|highlight|key ?word|modalit"),
        ("text", r"scale|\bsize|tasks?$|^domains?$|^languages?$"),
        ("text", r"^(?:\w+ )?(?:types?|kinds?)$|^categor(?:y|ies)$"),
        ("title", "title|^papers?(?: name)?$|publication name|article"),
        ("venue", "venue|journal|conf|publi|where|proceeding"),
        ("link", "link|pdf|url|paper|doi|arxiv|reference"),
        ("name", "name|model|method|data ?set|abbr|alias|benchmark|acronym|framework"),
    )
)


def role_of(column: str) -> str:
    """What a column holds, by its header; empty where that says nothing."""
    return next((role for role, pattern in _ROLES if pattern.search(column.strip())), "")


def title_cell(text: str, columns: tuple[str, ...]) -> tuple[int, int] | None:
    """The cell that holds the title by its header, if there are words in it beside labels."""
    place = next((n for n, column in enumerate(columns) if role_of(column) == "title"), None)
    if place is None:
        return None
    spans = cell_spans(text)
    span = spans[place] if place < len(spans) else (0, 0)
    cell = text[slice(*span)]
    words = [word for word in plain(cell).split() if any(map(str.isalpha, word))]
    return span if len(words) >= _TITLE_WORDS and not is_label(cell) else None


def read_cells(reading: FieldReader, columns: tuple[str, ...]) -> None:
    """Claim what the cells hold; what fits no field becomes free text of its cell."""
    for number, (start, end) in enumerate(cell_spans(reading.text)):
        role = role_of(columns[number]) if number < len(columns) else ""
        cell = reading.text[start:end]
        if start == end or (PLACEHOLDER.match(cell) and role != "number"):
            continue
        claimed = {c.slot for c in reading.claims if c.start < end and start < c.end}
        if claimed == {Slot.SCHOLAR}:
            _claim_around_badges(reading, start, end)
            continue
        taken = bool(claimed)
        if not (not taken and _claim_by_role(reading, role, start, end)):
            _claim_by_content(reading, role, start, end, taken=taken)
    if not reading.has(Slot.TITLE) and not reading.has(Slot.NAME):
        linked = [s for s in cell_spans(reading.text) if not reading.free(*s)]
        if linked:
            _claim_name(reading, *linked[0])


def read_html_name(reading: FieldReader) -> None:
    """Claim what stands alone in the first cell of an HTML row, if the title stands in another."""
    cell = _HTML_CELL.search(reading.text)
    if cell is None or reading.has(Slot.NAME) or not reading.has(Slot.TITLE):
        return
    text = cell["text"]
    start, end = without_emphasis(text)
    name = text[start:end]
    is_short = any(map(str.isalpha, name)) and len(name.split()) <= _LONGEST_NAME
    says_else = PLACEHOLDER.match(name) or _is_imprint(name) or is_authors(name) or is_label(name)
    if is_short and not says_else:
        at = cell.start("text")
        reading.claim(at + start, at + end, Slot.NAME, cell.span("text"))


def _claim_by_role(reading: FieldReader, role: str, start: int, end: int) -> bool:
    """Claim a cell without links as what its column says it is."""
    masked = reading.masked[start:end]
    cell = (start, end)
    if role == "number" and masked.strip(" .").isdigit():
        digits = len(masked.rstrip(" ."))
        reading.claim(start, start + digits, Slot.NUMBER, cell)
        return True
    if role == "authors":
        reading.claim(start, end, Slot.AUTHORS, cell)
        return True
    date = find_date(masked) if role == "date" else None
    if date:
        reading.claim(start + date.start(), start + date.end(), Slot.DATE, cell)
        return True
    found = imprint(masked) if role in {"date", "venue"} else None
    if found:
        for span, slot in ((found.venue, Slot.VENUE), (found.year, Slot.YEAR)):
            if span:
                reading.claim(start + span[0], start + span[1], slot, cell)
        return True
    if role == "venue" and len(masked.split()) <= 8:
        reading.claim(start, end, Slot.VENUE, cell)
        return True
    return False


def _claim_by_content(
    reading: FieldReader, role: str, start: int, end: int, *, taken: bool
) -> None:
    cell = reading.text[start:end]
    shown = plain(cell)
    if role == "text" and not taken:
        reading.claim(start, end, Slot.TEXT, (start, end))
        return
    if role == "name" and len(shown.split()) <= 5 and not reading.has(Slot.NAME):
        _claim_name(reading, start, end)
        return
    wanted = not reading.has(Slot.TITLE) and (role == "title" or len(shown.split()) >= 5)
    first = plain(_BREAK.split(cell, maxsplit=1)[0])  # authors may follow on a line of their own
    if wanted and not is_authors(first) and not is_label(cell):
        span = plain_title(reading.masked, start, end)
        if span:
            reading.claim(*span, Slot.TITLE, (start, end))
            return
    if not taken and not _is_imprint(reading.masked[start:end]):
        reading.claim(start, end, Slot.TEXT, (start, end))


def _claim_around_badges(reading: FieldReader, start: int, end: int) -> None:
    """What stands beside the badges of a cell is free text: whose it is, we cannot know."""
    edges = [start]
    for claim in sorted(reading.claims, key=lambda claim: claim.start):
        if start <= claim.outer[0] and claim.outer[1] <= end:
            edges += claim.outer
    edges.append(end)
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        words = [match.span() for match in _WORDS.finditer(reading.masked, left, right)]
        if words:
            span = words[0][0], words[-1][1]
            reading.claim(*span, Slot.TEXT, span)


def _is_imprint(text: str) -> bool:
    found = imprint(text)
    return bool(found and (found.venue or found.year)) or bool(find_date(text))


def _claim_name(reading: FieldReader, start: int, end: int) -> None:
    """A model's or data set's name: a link's label, or the text before links."""
    cell = reading.text[start:end]
    link = next(iter(links_in(cell)), None)
    if link is None or is_label(link.label):
        words = cell if link is None else cell[: link.start].rstrip(" [(")
        first, last = without_emphasis(words)
        if last > first:
            reading.claim(start + first, start + last, Slot.NAME, (start, end))
    elif plain(link.label):
        label = link.label
        at = start + link.label_start + len(label) - len(label.lstrip())
        reading.claim(at, at + len(label.strip()), Slot.NAME, (start, end))
