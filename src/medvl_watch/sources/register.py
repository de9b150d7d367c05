"""The kinds of sources: one line per kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from medvl_watch.sources.arxiv_entry import ArxivEntry
from medvl_watch.sources.entries import SourceEntry
from medvl_watch.sources.feed_entry import FeedEntry

KINDS: tuple[type[SourceEntry], ...] = (
    ArxivEntry,
    FeedEntry,
)

HOST_GAPS: Mapping[str, float] = MappingProxyType(
    {host: seconds for kind in KINDS for host, seconds in kind.gaps.items()}
)
"""Seconds between two requests to a host, where a service asks for a gap of its own."""
