"""The kinds of sources: one line per kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from medvl_watch.sources.acl import AclEntry
from medvl_watch.sources.arxiv_entry import ArxivEntry
from medvl_watch.sources.crossref import CrossrefEntry
from medvl_watch.sources.cvf import CvfEntry
from medvl_watch.sources.entries import SourceEntry
from medvl_watch.sources.feed_entry import FeedEntry
from medvl_watch.sources.miccai import MiccaiEntry
from medvl_watch.sources.oai import OaiEntry
from medvl_watch.sources.openreview import OpenreviewEntry
from medvl_watch.sources.pmlr import PmlrEntry
from medvl_watch.sources.pubmed import PubmedEntry
from medvl_watch.sources.rxiv import RxivEntry

KINDS: tuple[type[SourceEntry], ...] = (
    ArxivEntry,
    FeedEntry,
    OaiEntry,
    CrossrefEntry,
    RxivEntry,
    PubmedEntry,
    AclEntry,
    PmlrEntry,
    CvfEntry,
    OpenreviewEntry,
    MiccaiEntry,
)

HOST_GAPS: Mapping[str, float] = MappingProxyType(
    {host: seconds for kind in KINDS for host, seconds in kind.gaps.items()}
)
"""Seconds between two requests to a host, where a service asks for a gap of its own."""
