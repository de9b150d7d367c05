"""Which of the papers given are new to a list, which it holds, and which are in doubt."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from medvl_watch.changes import Addition, AlreadyListed, Refusal
from medvl_watch.lists.paper_matching import Conflict, conflicts, find_in_list
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.papers.evidence import strong_keys
from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.section_titles import names_data

_SHORT_TITLE = 4
"""Words up to which a title does not prove that two papers are one."""


def split_additions(
    document: Document, additions: Sequence[Addition], ours: Collection[str] = ()
) -> tuple[list[Addition], list[AlreadyListed], list[Refusal]]:
    """Part the additions into new ones, those that the list holds, and those in doubt. `ours`
    are papers that the list holds only since they were put into another of its sections."""
    wanted: list[Addition] = []
    known: list[AlreadyListed] = []
    refused: list[Refusal] = []
    seen: dict[str, list[Addition]] = {}
    for addition in additions:
        paper = addition.paper
        key = title_key(paper.title)
        if not key:
            refused.append(Refusal(paper_id=paper.id, reason="the paper has no title"))
            continue
        twin = next((a for a in seen.get(key, ()) if _are_twins(a, addition)), None)
        if twin:
            reason = f"it is given twice: {twin.paper.id} has the same title"
            refused.append(Refusal(paper_id=paper.id, reason=reason))
            continue
        found = None if paper.id in ours else find_in_list(document, paper)
        if isinstance(found, AlreadyListed):
            known.append(found)
        elif isinstance(found, Conflict):
            refused.append(Refusal(paper_id=paper.id, reason=found.reason))
        elif other := next((a for a in wanted if _are_at_odds(a, addition)), None):
            reason = f"its address is given with another title, too: {other.paper.title}"
            refused.append(Refusal(paper_id=paper.id, reason=reason))
        else:
            seen.setdefault(key, []).append(addition)
            wanted.append(addition)
    return wanted, known, refused


def _are_at_odds(one: Addition, other: Addition) -> bool:
    """Whether two additions have one address and clearly different titles: given one after the
    other, the second would be refused. A paper and the data set that came with it may."""
    if any(names_data(title) for title in (*one.section, *other.section)):
        return False
    return conflicts(other.paper, one.paper)


def _are_twins(one: Addition, other: Addition) -> bool:
    """Whether two additions of one title are one paper for one place. A paper may be asked
    for in two sections (where the list does so, or a person; a method, and the data set that
    came with it); and some titles are so short that identifiers must tell."""
    if path_key(one.section) != path_key(other.section):
        return False
    if len(one.paper.title.split()) > _SHORT_TITLE:
        return True
    mine, theirs = (strong_keys(each.paper) or {each.paper.url or ""} for each in (one, other))
    return mine == theirs or bool(mine & theirs)
