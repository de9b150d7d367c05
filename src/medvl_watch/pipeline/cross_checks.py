"""Several ways to one archive, compared: what another source saw and a query did not find is asked
for by its id. The search of arXiv has lacked papers for a day while OAI-PMH had them
(https://github.com/scirate/scirate/issues/480)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from medvl_watch.errors import WatchError
from medvl_watch.ports import Source, Window
from medvl_watch.records import Receipt, Record

MOST_COMPARED = 500
"""Papers that are asked for in one run, the latest first: five requests."""


@runtime_checkable
class ComparingSource(Protocol):
    """A source that can say which of the papers that other sources saw it should have found."""

    def compare(self, arxiv_ids: Sequence[str]) -> tuple[Sequence[Record], Sequence[str]]:
        """Those of these papers that are its own, and the ids that could not be asked for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAnswer:
    """What a source answered, with what it should have found, and the receipt that says so."""

    records: tuple[Record, ...]
    receipt: Receipt


def compare_with_others(
    source: Source, window: Window, answered: CheckedAnswer, others: Iterable[Record]
) -> CheckedAnswer:
    """The answer of a source with the papers of the window that only other sources saw and that
    are its own. Where these cannot be asked for, the answer stands alone and says so."""
    if not isinstance(source, ComparingSource):
        return answered
    missing = _missing(window, answered.records, others)
    if not missing:
        return answered
    asked, left = missing[:MOST_COMPARED], len(missing[MOST_COMPARED:])
    try:
        found, failed = source.compare(asked)
    except WatchError:
        found, failed = (), asked
    left += len(failed)
    details = [answered.receipt.detail] if answered.receipt.detail else []
    details += [f"{len(found)} seen by other sources and not found by the query"] if found else []
    details += [f"{left} seen by other sources and not compared"] if left else []
    received = answered.receipt.received + len(found)
    claimed = answered.receipt.claimed
    receipt = replace(
        answered.receipt,
        received=received,
        claimed=claimed if claimed is None else claimed + len(found),
        detail="; ".join(details),
    )
    return CheckedAnswer(records=(*answered.records, *found), receipt=receipt)


def _missing(window: Window, own: Sequence[Record], others: Iterable[Record]) -> tuple[str, ...]:
    """The arXiv ids of papers of the window that are not among the source's own, latest first."""
    known = {each.arxiv_id for each in own}
    since, until = window.since.date().isoformat(), window.until.date().isoformat()
    dated = {
        each.arxiv_id: each.published[:10]
        for each in others
        if each.arxiv_id
        and each.arxiv_id not in known
        and len(each.published or "") >= 10
        and each.published
        and since < each.published[:10] <= until
    }
    return tuple(sorted(dated, key=lambda one: (dated[one], one), reverse=True))
