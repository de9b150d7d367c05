"""What a row of the table of places says, and how one is written; the rows are in `places.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from medvl_watch.papers.schemes import arxiv_key, doi_keys, normal_arxiv_id, normal_doi

Keys = frozenset[str]
ReadKeys = Callable[[re.Match[str]], Keys]
NO_KEYS: Keys = frozenset()


class PlaceKind(StrEnum):
    """What lies at a place."""

    PREPRINTS = "preprints"
    PROCEEDINGS = "proceedings"
    PUBLISHER = "journals of a publisher"
    INDEX = "an index of papers that appeared elsewhere"
    CODE = "code"
    PAGE = "pages of projects"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """Which identity keys an address carries: `path` is searched in its decoded path."""

    path: re.Pattern[str]
    read_keys: ReadKeys


@dataclass(frozen=True, slots=True)
class VolumeRule:
    """How an address or a DOI states where and when a paper appeared.

    `pattern` is searched in the path and in the identity keys. Its group `year` has two or four
    digits; its group `venue` is looked up in `venues`; `workshop` and `findings` match where the
    paper is of these. A place of one venue names it as `venue`. With `needs_venue`, a match whose
    venue is not in `venues` says nothing. The year is the volume's own if `is_exact`, else the
    one in which the publisher registered the paper.
    """

    pattern: re.Pattern[str]
    venue: str | None = None
    venues: Mapping[str, str] = field(default_factory=dict)
    needs_venue: bool = False
    is_exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place.

    `hosts` are ends of host names, `label` is a part of one wherever it stands
    (`gitlab.example.edu`), `path` is the part of the host that is meant. `registrants` are the
    numbers before the slash of the place's DOIs, `doi` is the form of its DOIs where others share
    the number. `spelling` matches what people call a preprint server. `parameter` is the name of
    an identifying parameter of the query, and the scheme of its key. `account` matches the paths
    of a code host that belong to a person or an organisation, not to a repository. `copies_of`
    names the preprint servers whose papers the place keeps copies of.
    """

    name: str
    kind: PlaceKind
    hosts: tuple[str, ...] = ()
    label: str = ""
    path: re.Pattern[str] | None = None
    registrants: tuple[str, ...] = ()
    doi: re.Pattern[str] | None = None
    spelling: str = ""
    identities: tuple[IdentityRule, ...] = ()
    parameter: tuple[str, str] | None = None
    volumes: tuple[VolumeRule, ...] = ()
    account: re.Pattern[str] | None = None
    copies_of: tuple[str, ...] = ()


def rows_of_hosts(kind: PlaceKind, hosts: Mapping[str, str]) -> tuple[Place, ...]:
    """A row for each place of which no more is known than its name and its hosts."""
    return tuple(
        Place(name=name, kind=kind, hosts=tuple(ends.split())) for name, ends in hosts.items()
    )


def any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def identity(path: str, read_keys: ReadKeys) -> IdentityRule:
    return IdentityRule(any_case(path), read_keys)


def as_doi(template: str) -> ReadKeys:
    r"""The keys of the DOI that `template` makes of a match: `10.1038/\1`."""

    def read_keys(found: re.Match[str]) -> Keys:
        doi = normal_doi(found.expand(template))
        return doi_keys(doi) if doi else NO_KEYS

    return read_keys


def as_key(template: str) -> ReadKeys:
    r"""The key that `template` makes of a match: `acl:\1`."""
    return lambda found: frozenset({found.expand(template).lower()})


def read_arxiv_id(found: re.Match[str]) -> Keys:
    arxiv_id = normal_arxiv_id(".".join(found.groups()))
    return frozenset({arxiv_key(arxiv_id)}) if arxiv_id else NO_KEYS


def read_posting_date(found: re.Match[str]) -> Keys:
    # bioRxiv and medRxiv changed their DOI prefix on 2025-12-01.
    prefix = "10.1101" if found.group(1) < "2025.12" else "10.64898"
    return frozenset({f"doi:{prefix}/{found.group(1)}"})


def read_pii(found: re.Match[str]) -> Keys:
    return frozenset({"pii:" + re.sub(r"[^0-9a-z]", "", found.group(1).lower())})


def read_ijcai_number(found: re.Match[str]) -> Keys:
    return frozenset({f"doi:10.24963/ijcai.{found.group(1)}/{int(found.group(2))}"})


def read_miccai_number(found: re.Match[str]) -> Keys:
    return frozenset({f"miccai:{found[1]}/{found[2] or found['n']}"})
