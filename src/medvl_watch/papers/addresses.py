"""What the address of a paper's page says about its identity: one rule a kind of page.

No address is ever fetched here; a publisher's path is enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from medvl_watch.papers.schemes import arxiv_key, doi_keys, normal_arxiv_id, normal_doi

Keys = frozenset[str]
_NONE: Keys = frozenset()
_ARXIV_ID = r"((?:[a-z-]+(?:\.[a-z]{2})?/)?\d{4}\.?\d{3,5}(?:v\d+)?)"
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class _AddressRule:
    """`host` matches the end of the host name, `path` is searched in the decoded path."""

    host: str
    path: re.Pattern[str]
    keys: Callable[[re.Match[str]], Keys]


def _arxiv(found: re.Match[str]) -> Keys:
    arxiv_id = normal_arxiv_id(found.group(1))
    return frozenset({arxiv_key(arxiv_id)}) if arxiv_id else _NONE


def _doi(template: str) -> Callable[[re.Match[str]], Keys]:
    def keys(found: re.Match[str]) -> Keys:
        doi = normal_doi(found.expand(template))
        return doi_keys(doi) if doi else _NONE

    return keys


def _plain(template: str) -> Callable[[re.Match[str]], Keys]:
    return lambda found: frozenset({found.expand(template).lower()})


def _preprint_server(found: re.Match[str]) -> Keys:
    # bioRxiv and medRxiv changed their DOI prefix on 2025-12-01.
    prefix = "10.1101" if found.group(1) < "2025.12" else "10.64898"
    return frozenset({f"doi:{prefix}/{found.group(1)}"})


def _pii(found: re.Match[str]) -> Keys:
    return frozenset({"pii:" + re.sub(r"[^0-9a-z]", "", found.group(1).lower())})


def _ijcai(found: re.Match[str]) -> Keys:
    return frozenset({f"doi:10.24963/ijcai.{found.group(1)}/{int(found.group(2))}"})


def _rule(host: str, path: str, keys: Callable[[re.Match[str]], Keys]) -> _AddressRule:
    return _AddressRule(host, re.compile(path, re.IGNORECASE), keys)


_RULES = (
    _rule("arxiv.org", rf"^/(?:abs|pdf|html|format|ps|src|e-print|tb)/{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("arxiv.org", rf"^/ftp/(?:[a-z-]+/)?papers/\d{{4}}/{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("alphaxiv.org", rf"^/(?:abs|pdf|html|overview|resources)/{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("huggingface.co", rf"^/papers/{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("hf.co", rf"^/papers/{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("arxiv-vanity.com", rf"^/papers/{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("scirate.com", rf"^/arxiv/{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("papers.cool", rf"^/arxiv/{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("semanticscholar.org", rf"/arxiv:?/?{_ARXIV_ID}(?!\d)", _arxiv),
    _rule("nature.com", r"^/articles/([a-z0-9][a-z0-9._-]*?)(?:_reference)?\.?(?:\.pdf)?/?$",
          _doi(r"10.1038/\1")),
    _rule("rxiv.org", r"/early/[\d/]+/(\d{4}\.\d\d\.\d\d\.\d+)", _preprint_server),
    _rule("jmir.org", r"^/\d{4}/\d+/e(\d+)", _doi(r"10.2196/\1")),
    _rule("ijcai.org", r"^/proceedings/(\d{4})/0*(\d+)", _ijcai),
    _rule("aclanthology.org", r"^/(?:papers/[a-z]/[a-z]\d\d/)?"
          r"((?:\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)|(?:[a-z]\d\d-\d{4}))(?!\d)", _plain(r"acl:\1")),
    _rule("aclweb.org", r"^/anthology/(?:papers/[a-z]/[a-z]\d\d/)?"
          r"((?:\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)|(?:[a-z]\d\d-\d{4}))(?!\d)", _plain(r"acl:\1")),
    _rule("mlr.press", r"^/(v\d+)/([a-z0-9-]*\d\d[a-z]{0,2})(?![a-z0-9])", _plain(r"pmlr:\1/\2")),
    _rule("githubusercontent.com", r"^/mlresearch/(v\d+)/[^/]+/assets/([a-z0-9-]+)/",
          _plain(r"pmlr:\1/\2")),
    _rule("pubmed.ncbi.nlm.nih.gov", r"^/(\d{4,9})", _plain(r"pmid:\1")),
    _rule("ncbi.nlm.nih.gov", r"^/pubmed/(\d{4,9})", _plain(r"pmid:\1")),
    _rule("ncbi.nlm.nih.gov", r"/articles/(PMC\d{4,9})", _plain(r"pmcid:\1")),
    _rule("europepmc.org", r"/(?:article|abstract)/MED/(\d{4,9})", _plain(r"pmid:\1")),
    _rule("europepmc.org", r"/(PMC\d{4,9})", _plain(r"pmcid:\1")),
    _rule("ieeexplore.ieee.org", r"/document/(\d{5,9})", _plain(r"ieee:\1")),
    _rule("ieeexplore.ieee.org", r"/iel\d+/(?:\d+/)*0*(\d{5,9})\.pdf", _plain(r"ieee:\1")),
    _rule("academic.oup.com", r"^/([a-z]+)/article[a-z-]*/\d+/\w+/([a-z]{2,6}\d+)(?:/|$)",
          _doi(r"10.1093/\1/\2")),
    _rule("sciencedirect.com", r"/pii/(S\d{7}[\dX]\d{7}[\dX])", _pii),
    _rule("thelancet.com", r"/PII(S\d{4}-\d{4}\(\d\d\)\d{5}-[0-9X])", _pii),
    _rule("cell.com", r"/(?:PII)?(S\d{4}-\d{4}\(\d\d\)\d{5}-[0-9X])", _pii),
    _rule("openaccess.thecvf.com",
          r"/([^/]+_\d{4})_(?:paper|supplemental)\.(?:html|pdf)$", _plain(r"cvf:\1")),
    _rule("neurips.cc", r"/(?:hash|file)/([0-9a-f]{32})", _plain(r"neurips:\1")),
    _rule("nips.cc", r"/(?:hash|file)/([0-9a-f]{32})", _plain(r"neurips:\1")),
    _rule("nips.cc", r"^/paper/(\d{4,5})-", _plain(r"neurips:\1")),
    _rule("papers.miccai.org", r"^/miccai-(\d{4})/(?:paper/0*(\d+)_|\d+-Paper0*)(?P<n>(?<=_)|\d+)",
          lambda found: frozenset({f"miccai:{found[1]}/{found[2] or found['n']}"})),
    _rule("ecva.net", r"/(eccv_\d{4})/papers_ECCV/(?:papers|html)/0*(\d+)",
          _plain(r"ecva:\1/\2")),
    _rule("ojs.aaai.org", r"/index\.php/([a-z]+)/article/(?:view|download)/(\d+)",
          _plain(r"ojs:\1/\2")),
    _rule("dblp.org", r"/journals/corr/abs-(\d{4})-(\d{4,5})(?!\d)",
          lambda found: keys_of_arxiv_parts(found[1], found[2])),
)  # fmt: skip
_DOI_IN_PATH = re.compile(r"/(10\.\d{4,9}/\S+)")
_IDENTIFYING_PARAMETERS = (
    ("openreview.net", "id", "openreview:"),
    ("ieeexplore.ieee.org", "arnumber", "ieee:"),
)


def keys_of_arxiv_parts(month: str, number: str) -> Keys:
    """The key of `2404`, `12345`."""
    arxiv_id = normal_arxiv_id(f"{month}.{number}")
    return frozenset({arxiv_key(arxiv_id)}) if arxiv_id else _NONE


def keys_of_address(address: str) -> Keys:
    """The identity keys that one address carries itself; empty where it carries none."""
    try:
        parts = urlsplit(address[:_LONGEST])
        host = (parts.hostname or "").lower()
        parameters = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return _NONE
    path = unquote(parts.path)
    for rule in _RULES:
        if _is_at(host, rule.host) and (found := rule.path.search(path)):
            return rule.keys(found)
    return _keys_in_query(host, path, parameters) or _doi_in_path(path)


def _is_at(host: str, end: str) -> bool:
    if end == "rxiv.org":
        return host.endswith(("biorxiv.org", "medrxiv.org"))
    return host == end or host.endswith("." + end)


def _doi_in_path(path: str) -> Keys:
    found = _DOI_IN_PATH.search(path)
    doi = normal_doi(found.group(1)) if found else None
    return doi_keys(doi) if doi else _NONE


def _keys_in_query(host: str, path: str, parameters: dict[str, list[str]]) -> Keys:
    for end, name, prefix in _IDENTIFYING_PARAMETERS:
        value = parameters.get(name, [""])[0].strip()
        # A revision's number under /references/ is not the forum's.
        if _is_at(host, end) and value and not path.startswith("/references"):
            return frozenset({prefix + value})
    if _is_at(host, "dl.acm.org"):
        number = parameters.get("doid", parameters.get("id", [""]))[0]
        # `2522848.2522886` is volume and article; one number alone is ACM's own count.
        return doi_keys(f"10.1145/{number}") if re.fullmatch(r"\d+\.\d+", number) else _NONE
    for name in ("doi", "id"):
        if doi := normal_doi(parameters.get(name, [""])[0]):
            return doi_keys(doi)
    return _NONE
