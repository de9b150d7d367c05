"""The ids of records, made from what identifies a paper."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from medvl_watch.papers.identifiers import derived_id, keys_in, title_and_author_key, title_key
from medvl_watch.records import Record


def record_id(record: Record) -> str:
    """ArXiv id or DOI, else the publisher's number in the address, else the title."""
    derived = derived_id(record)
    if not derived.startswith("title:"):
        return derived
    return min(keys_in(record.url or ""), default=derived)


def id_without_number(title: str, authors: Sequence[str], url: str | None) -> str:
    """The id of a record that has neither arXiv id nor DOI."""
    return min(keys_in(url or ""), default="") or title_and_author_key(title, authors)


def id_with_address(record: Record) -> str:
    """The id of a paper that shares its title with another one, at another address."""
    text = f"{title_key(record.title)}|{record.url}"
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
