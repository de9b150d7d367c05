"""What a list's headings divide its papers by."""

from __future__ import annotations

from collections import Counter

from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.style.sections import is_venue_heading
from medvl_watch.papers.section_titles import names_data, year_of_title


def meaning_of(document: Document, section: Section) -> str:
    """What a heading divides papers by: `task`, `year`, `venue` or `dataset`; `other` where
    it holds none (the list's own title, news, citation)."""
    title = section.path[-1] if section.path else ""
    if section.closed or (year_of_title(title) is None and not document.entries_below(section)):
        return "other"
    if year_of_title(title) is not None:
        return "year"
    if is_venue_heading(title):
        return "venue"
    if names_data(title):
        return "dataset"
    alone = sum(s.level == section.level and s.kind != "resumed" for s in document.sections) == 1
    return "other" if alone and section.level == len(section.path) == 1 else "task"


def levels_of(document: Document) -> list[tuple[str, float, int]]:
    """For each depth of headings what it mostly means, the share of its headings that agree,
    and how many they are; headings that hold no papers do not count."""
    depths: dict[int, Counter[str]] = {}
    for section in document.sections:
        if section.path and section.kind != "resumed":
            meaning = meaning_of(document, section)
            depths.setdefault(len(section.path), Counter())[meaning] += 1
    levels = []
    for depth in sorted(depths):
        counts = depths[depth]
        telling = Counter({k: n for k, n in counts.items() if k != "other"}) or counts
        meaning, count = telling.most_common(1)[0]
        levels.append((meaning, count / telling.total(), telling.total()))
    return levels
