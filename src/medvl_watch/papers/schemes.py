"""How arXiv ids and DOIs are written, and what their normal form is."""

from __future__ import annotations

import re

_NEW_ARXIV = re.compile(r"(\d{2})(0[1-9]|1[0-2])\.(\d{4,5})(?:v\d{1,3})?", re.IGNORECASE)
_OLD_ARXIV = re.compile(r"([a-z]+(?:-[a-z]+)?)(?:\.[a-z]{2})?/(\d{7})(?:v\d{1,3})?", re.IGNORECASE)
_OLD_ARCHIVES = re.compile(
    r"acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|"
    r"chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-"
    r"lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|"
    r"physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|stat|supr-con|eess|econ|"
    r"q-fin"
)
_DOI = re.compile(r"10\.\d{4,9}/\S{1,200}")
_RESOLVER = re.compile(r"^(?:https?://)?(?:(?:dx|www)\.)?doi\.org/|^doi\s*:\s*", re.IGNORECASE)
_PAGE_AFTER_DOI = re.compile(
    r"(?:/(?:full|fulltext|abstract|pdf|epdf|html|meta|summary|references|figures|suppl_file)"
    r"(?:/.*)?|/\d{5,9}/[a-z0-9-]+|/|\.(?:full|abstract|short|full-text|pdf|html?|xml|epub|supplementary-material)"
    r"(?:\.(?:pdf|html?))?)$"
)
_PREPRINT_SERVER_VERSION = re.compile(r"^(10\.(?:1101|64898)/[\d.]+?)v\d+$")
_ARXIV_DOI = re.compile(r"^10\.48550/arxiv\.(.+)$")
_ACL_DOI = re.compile(r"^10\.(?:18653|3115)/v1/(.+)$")
_AAAI_DOI = re.compile(r"^10\.1609/([a-z]+)\.v\d+i\d+\.(\d+)$")


def normal_arxiv_id(text: str) -> str | None:
    """`2403.17834v2` -> `2403.17834`, `cs.CV/9901001` -> `cs/9901001`; None if it is not an id."""
    text = text.strip()
    if new := _NEW_ARXIV.fullmatch(text):
        digits = new.group(3)
        # Five digits since January 2015, four before; anything else is another number.
        if (len(digits) == 5) == (new.group(1) >= "15") and new.group(1) < "91":
            return f"{new.group(1)}{new.group(2)}.{digits}"
        return None
    old = _OLD_ARXIV.fullmatch(text)
    if old and _OLD_ARCHIVES.fullmatch(old.group(1).lower()):
        return f"{old.group(1).lower()}/{old.group(2)}"
    return None


def year_of_arxiv_id(arxiv_id: str) -> int:
    """The year of the first version, as a normal arXiv id states it."""
    two = int(arxiv_id.rpartition("/")[2][:2])
    return 1900 + two if two >= 91 else 2000 + two


def version_of(text: str) -> int | None:
    """The version at the end of an arXiv id or address (`2403.17834v2` -> 2), if any."""
    found = re.search(r"\dv(\d{1,3})$", text.strip())
    return int(found.group(1)) if found else None


def normal_doi(text: str) -> str | None:
    """A DOI bare and lower-case, without resolver, page suffix or the sentence around it."""
    text = _RESOLVER.sub("", text.strip()[:300])
    text = re.sub(
        r"\s+(?=_\d)", "", text
    )  # `10.1007/978-3-031-19830-4 _11`, as proceedings print it
    if not _DOI.fullmatch(text):
        return None
    doi = _without_marks(text.lower())
    for _ in range(2):  # `….full.pdf`, `…/pdf/`
        doi = _without_marks(_PAGE_AFTER_DOI.sub("", doi))
    if preprint := _PREPRINT_SERVER_VERSION.match(doi):
        doi = preprint.group(1)
    return doi if _DOI.fullmatch(doi) else None


def _without_marks(doi: str) -> str:
    while doi:
        unbalanced = doi[-1] == ")" and doi.count(")") > doi.count("(")
        if doi[-1] in ".,;:'\"*_]}>" or unbalanced:
            doi = doi[:-1]
            continue
        break
    return doi


def arxiv_key(arxiv_id: str) -> str:
    """The key of a normal arXiv id."""
    return f"arxiv:{arxiv_id}"


def doi_keys(doi: str) -> frozenset[str]:
    """The keys that a normal DOI amounts to: arXiv's own DOIs name the preprint itself, and
    those of the ACL Anthology and of AAAI carry the number of the paper's page."""
    if found := _ARXIV_DOI.match(doi):
        arxiv_id = normal_arxiv_id(found.group(1))
        return frozenset({arxiv_key(arxiv_id)} if arxiv_id else {f"doi:{doi}"})
    keys = {f"doi:{doi}"}
    if found := _ACL_DOI.match(doi):
        keys.add(f"acl:{found.group(1)}")
    if found := _AAAI_DOI.match(doi):
        keys.add(f"ojs:{found.group(1)}/{found.group(2)}")
    return frozenset(keys)
