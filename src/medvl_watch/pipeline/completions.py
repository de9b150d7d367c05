"""Entries that stand already and can be completed along with a list's pull request."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import islice

from medvl_watch.lists.editing.completing import complete
from medvl_watch.lists.editing.holdings import sections_of
from medvl_watch.lists.parsing.markup import links_in
from medvl_watch.papers.addresses import is_code_address
from medvl_watch.papers.preprint_names import is_preprint_name, mentions_preprint
from medvl_watch.papers.venues import venue_of
from medvl_watch.pipeline.parts import Parts
from medvl_watch.pipeline.readings import Reading
from medvl_watch.publish import lifecycle
from medvl_watch.publish.messages import CompletedItem
from medvl_watch.records import Paper, Record, State

MOST_LOOKED_AT = 50
"""Entries tried in one run: reading the list again for each takes time."""


def completions(parts: Parts, reading: Reading) -> tuple[CompletedItem, ...]:
    """The entries that can be completed, as many as one pull request may hold; none for a list
    that does not want it."""
    if not reading.target.completes:
        return ()
    unwanted = lifecycle.declined(reading.pulls)
    items: list[CompletedItem] = []
    for paper in islice(_candidates(parts, reading, unwanted), MOST_LOOKED_AT):
        if len(items) == parts.completions:
            break
        tried = complete(reading.text, [*(each.paper.facts for each in items), paper.facts])
        done = next((each for each in tried.done if each.paper_id == paper.id), None)
        if done is not None:
            items.append(CompletedItem(paper=paper, added=done.added, line=done.lines[0]))
    return tuple(items)


def completed_text(reading: Reading, items: Sequence[CompletedItem]) -> str:
    """The list with these entries completed."""
    if not items:
        return reading.text
    return complete(reading.text, [each.paper.facts for each in items]).after


def _candidates(parts: Parts, reading: Reading, unwanted: Container[str]) -> Iterator[Paper]:
    """The listed papers of which we know a venue or code that their entries seem to lack."""
    standing = parts.ledger.standing(
        list_id=reading.target.id, states={State.ACCEPTED, State.DUPLICATE}
    )
    texts = {
        holding.line: reading.document.text(entry)
        for holding, entry in zip(reading.holdings, reading.document.entries, strict=True)
    }
    for paper in parts.ledger.papers(each.paper_id for each in standing):
        if paper.id not in unwanted and not paper.withdrawn and _news(paper.facts):
            own = [each for each in reading.holdings if sections_of(paper.facts, [each])]
            if any(_lacks(paper.facts, texts[each.line]) for each in own):
                yield paper


def _news(facts: Record) -> Sequence[str]:
    venue = venue_of(facts)
    published = [venue.name] if venue and not is_preprint_name(venue.name) else []
    return [*published, *facts.code_urls]


def _lacks(facts: Record, text: str) -> bool:
    venue = venue_of(facts)
    published = venue is not None and not is_preprint_name(venue.name)
    return (published and mentions_preprint(text)) or (
        bool(facts.code_urls) and not _mentions_code(text)
    )


def _mentions_code(text: str) -> bool:
    return "code" in text.casefold() or any(is_code_address(x.url) for x in links_in(text))
