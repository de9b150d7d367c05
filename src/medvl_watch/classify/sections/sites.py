"""Where entries and papers lie: the sites of their addresses.

Some sections of a list hold preprints, others repositories, lectures or products. Their titles
may be alike; where they lie tells them apart.
"""

from __future__ import annotations

import re

from medvl_watch.records import Record

_HOST = re.compile(r"https?://(?:[^/\s]{0,100}\.)?([\w-]{1,60}\.[\w-]{2,20})(?=[/:?#\s)\]>\"'|]|$)")
_BADGES = frozenset({"shields.io", "githubusercontent.com", "badgen.net", "badge.fury.io"})
_ARXIV, _DOI = "arxiv.org", "doi.org"


def site_in(text: str) -> str:
    """The site of the first address in a text, such as `arxiv.org`, without those of badges;
    empty if there is none."""
    sites = (match[1].lower() for match in _HOST.finditer(text))
    return next((site for site in sites if site not in _BADGES), "")


def site_of(paper: Record) -> str:
    """The site where a paper lies, by its address or else its identifier; empty if unknown."""
    if site := site_in(paper.url or ""):
        return site
    return _ARXIV if paper.arxiv_id else _DOI if paper.doi else ""
