"""One set of facts out of the records of one paper.

The preprint speaks for title, abstract and authors, since that is the text we read; the
published record speaks for venue and DOI. The newest version wins, except for the date of
publication, which is the first version's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from medvl_watch.papers.addresses import CODE_HOST_PARTS, CODE_HOST_SPELLING, is_code_address
from medvl_watch.papers.evidence import is_preprint
from medvl_watch.papers.preprint_names import is_preprint_name
from medvl_watch.papers.withdrawal import says_withdrawn
from medvl_watch.records import Paper, Record

_T = TypeVar("_T")

_MAY_BE_CODE = re.compile(
    rf"(?<![\w.@])(?:https?://)?(?:www\.)?((?:{CODE_HOST_SPELLING})"
    r"/[\w.~-]{1,100}(?:/[\w.~%+-]{1,100}){0,8})",
    re.IGNORECASE,
)

_PARTS_OF_CODE_HOSTS = tuple(part.lower() for part in CODE_HOST_PARTS)
"""The pattern takes its time, and most texts have none of these."""


def paper_of(record: Record) -> Paper:
    """The paper that one record by itself describes, under the record's id.

    Nothing is linked: a large file is judged line by line, and linking takes as long as that.
    """
    records = (record,)
    return Paper(id=record.id, facts=record, records=records, withdrawn=says_withdrawn(record))


def facts_of(paper_id: str, records: Sequence[Record]) -> Record:
    """The facts of a paper whose records are these, under the paper's own id.

    `records` is not empty. The result does not depend on their order except where two of
    them say different things with equal right; then the earlier wins.
    """
    if len(records) == 1:
        return _facts_of_one(paper_id, records[0])
    preprints = sorted((one for one in records if is_preprint(one)), key=_newest_first)
    printed = sorted((one for one in records if not is_preprint(one)), key=_newest_first)
    by_text, by_print = (*preprints, *printed), (*printed, *preprints)
    lead = by_text[0]
    dois = [one.doi for one in by_print if one.doi]
    return replace(
        lead,
        id=paper_id,
        abstract=_first(one.abstract for one in by_text) or "",
        authors=_first(one.authors for one in by_text) or (),
        categories=_union(one.categories for one in by_text),
        arxiv_id=_first(one.arxiv_id for one in by_text),
        version=_first(one.version for one in by_text),
        doi=_first(dois),
        published=earliest(one.published for one in records),
        updated=_first(one.updated for one in by_text),
        venue=_venue(by_print),
        comment=_first(one.comment for one in by_text),
        journal_ref=_first(one.journal_ref for one in by_text),
        url=_first(one.url for one in by_text),
        code_urls=_union((*one.code_urls, *code_urls_in(one)) for one in by_text),
        extra={key: value for one in reversed(by_text) for key, value in one.extra.items()},
    )


def _facts_of_one(paper_id: str, record: Record) -> Record:
    """The facts of a paper with one record: what nearly every paper of a batch is."""
    return replace(
        record,
        id=paper_id,
        categories=_union([record.categories]),
        arxiv_id=record.arxiv_id or None,
        version=record.version or None,
        doi=record.doi or None,
        published=record.published or None,
        updated=record.updated or None,
        venue=record.venue or None,
        comment=record.comment or None,
        journal_ref=record.journal_ref or None,
        url=record.url or None,
        code_urls=_union([record.code_urls, code_urls_in(record)]),
        extra=record.extra,
    )


def is_withdrawn(records: Sequence[Record]) -> bool:
    """Whether the newest record of a kind says that the work was withdrawn.

    A paper about withdrawal, or one withdrawn from a conference, is not.
    """
    if len(records) == 1:
        return says_withdrawn(records[0])
    kinds = ([one for one in records if is_preprint(one)],
             [one for one in records if not is_preprint(one)])  # fmt: skip
    return any(says_withdrawn(min(kind, key=_newest_first)) for kind in kinds if kind)


def code_urls_in(record: Record) -> tuple[str, ...]:
    """The addresses of code and models in abstract and comment, as https, in their order."""
    text = f"{record.abstract[:10_000]} {(record.comment or '')[:2_000]}"
    lower = text.lower()
    if not any(part in lower for part in _PARTS_OF_CODE_HOSTS):
        return ()
    found = (f"https://{_tidy(match.group(1))}" for match in _MAY_BE_CODE.finditer(text))
    return tuple(dict.fromkeys(filter(is_code_address, found)))


def _tidy(address: str) -> str:
    address = address.rstrip(".,;:-~%+")
    # A sentence that follows without a space: `github.com/a/b.Code`, `github.com/a/b.We`.
    address = re.sub(r"\.(?:Code|We|The|Our|This|All|In|It)$", "", address)
    host, _, path = address.partition("/")
    return f"{host.lower()}/{path.removesuffix('.git')}"


def newer(old: Record, new: Record) -> Record:
    """Which of two readings of one record from one source to keep: the later version.

    The first version's date stays, and so does an old reading that says the same.
    """
    if (new.version or 0) < (old.version or 0):
        return old
    kept = replace(new, published=earliest((old.published, new.published)))
    return old if replace(kept, origin=old.origin) == old else kept


def earliest(dates: Iterable[str | None]) -> str | None:
    """The earliest of partial ISO dates; of two that agree, the more precise one."""
    best: str | None = None
    for date in dates:
        if not date:
            continue
        if best is None or best.startswith(date):
            best = best or date
        elif date.startswith(best) or date < best:
            best = date
    return best


def _newest_first(record: Record) -> tuple[int, str]:
    return (-(record.version or 0), "" if record.version else _descending(record.updated))


def _descending(date: str | None) -> str:
    """A key that sorts later dates first."""
    return "".join(chr(0x10000 - ord(letter)) for letter in date[:40]) if date else "\U0010ffff"


def _venue(by_print: Sequence[Record]) -> str | None:
    named = [one.venue for one in by_print if one.venue]
    elsewhere = [venue for venue in named if not is_preprint_name(venue)]
    return _first(elsewhere) or _first(named)


def _first(values: Iterable[_T | None]) -> _T | None:
    return next((value for value in values if value), None)


def _union(many: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for some in many for one in some))
