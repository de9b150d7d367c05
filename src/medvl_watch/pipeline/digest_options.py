"""The sections of lists that the reader of a digest may choose for a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from medvl_watch.changes import Target
from medvl_watch.classify.routing import Router
from medvl_watch.errors import WatchError
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import parse
from medvl_watch.offers.section_examples import router_of
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.publish.digest_rows import DigestItem, ListOption
from medvl_watch.records import Headings, State

MOST_OPTIONS, MOST_PER_LIST = 4, 2


def with_options(parts: PipelineParts, items: Sequence[DigestItem]) -> list[DigestItem]:
    """The papers, those that a person is to judge with the likeliest sections of the lists."""
    is_unsure = [any(each.state is State.REFERRED for each in item.outcomes) for item in items]
    routers = dict(_routers(parts)) if any(is_unsure) else {}
    return [
        replace(item, options=_options(item, routers)) if unsure else item
        for item, unsure in zip(items, is_unsure, strict=True)
    ]


def _routers(parts: PipelineParts) -> Iterator[tuple[Target, Router]]:
    """How papers find their sections, for every list that can be read."""
    for target in parts.targets:
        try:
            content = parts.last_copy(target) or parts.forge.read(target).content
            document = parse(decode(content, where=target.id))
        except WatchError:
            continue  # a run reports it
        yield target, router_of(document, parts.taxonomy, parts.taxonomy.lists.get(target.map_id))


def _options(item: DigestItem, routers: dict[Target, Router]) -> tuple[ListOption, ...]:
    found = []
    for target, router in routers.items():
        route = router.route(item.verdict, item.paper.facts)
        for guess in route.candidates[:MOST_PER_LIST]:
            option = ListOption(
                list_id=target.id,
                list_title=target.title,
                path=guess.path,
                shown=_without_title(route.display_path(guess), target.title),
            )
            found.append((guess.score, option))
    found.sort(key=lambda each: (-each[0], each[1].list_id, each[1].path))
    return tuple(option for _, option in found[:MOST_OPTIONS])


def _without_title(headings: Headings, title: str) -> Headings:
    return headings[1:] if len(headings) > 1 and headings[0] == title else headings
