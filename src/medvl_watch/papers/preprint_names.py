"""What people call the servers of preprints, in a record's venue or in a list's entry."""

from __future__ import annotations

import re

from medvl_watch.papers.place_rules import PlaceKind
from medvl_watch.papers.places import PLACES

ARXIV = "arXiv"

_SERVERS = tuple(row for row in PLACES if row.kind is PlaceKind.PREPRINTS and row.spelling)
_ANY_SERVER = r"pre-?prints?"
"""A preprint, no matter where."""

PREPRINT_SPELLING = (
    rf"(?:(?:{'|'.join(row.spelling for row in _SERVERS)})(?:\s+pre-?print)?|{_ANY_SERVER})"
)
"""A regular expression for the name of a preprint server, or the word itself."""

_AT_START = re.compile(rf"\W*{PREPRINT_SPELLING}(?![A-Za-z])", re.IGNORECASE)
_ALONE = re.compile(PREPRINT_SPELLING, re.IGNORECASE)
_ANYWHERE = re.compile(rf"(?<![A-Za-z]){PREPRINT_SPELLING}(?![A-Za-z])", re.IGNORECASE)
_EACH = tuple(
    (re.compile(rf"\W*(?:{row.spelling})(?![A-Za-z])", re.IGNORECASE), row.name) for row in _SERVERS
)


def is_preprint_name(name: str) -> bool:
    """Whether a venue's name begins with that of a preprint server (`arXiv preprint`, `bioRxiv
    2024`) or says `preprint` itself."""
    return _AT_START.match(name) is not None


def is_only_preprint_name(text: str) -> bool:
    """Whether a text is a name of a preprint server, or says `preprint`, and nothing else."""
    return _ALONE.fullmatch(text) is not None


def preprint_server(name: str) -> str | None:
    """Our name for the preprint server with which a venue's name begins, if it names one."""
    if not _AT_START.match(name):
        return None
    return next((ours for spelling, ours in _EACH if spelling.match(name)), None)


def mentions_preprint(text: str) -> bool:
    """Whether a preprint server is named anywhere in a text."""
    return _ANYWHERE.search(text) is not None
