"""How arXiv ids and DOIs are written, and what their normal form is."""

from __future__ import annotations

import re
from urllib.parse import unquote

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
_RESOLVER = re.compile(
    r"^(?:https?://)?(?:(?:dx|www)\.)?doi\.org/|^(?:info:|urn:)?doi\s*[:/]\s*", re.IGNORECASE
)
_SECOND_DOI = re.compile(
    r"(?:\s*[;,|]\s*|\s+(?:and\s+)?)(?:https?://(?:dx\.)?doi\.org/|doi\s*:\s*)?10\.\d{4,9}/.*$",
    re.IGNORECASE | re.DOTALL,
)
_TEX_ESCAPE = re.compile(r"\\([_&%#$<>])|\{\\textunderscore\s?\}")
_MAY_HIDE_A_DOI = re.compile(r"[%\\]|[^\x00-\x7f]")
"""Letters that are decoded or left out before a DOI is read."""
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_QUERY = re.compile(r"\?(?:[\w.~-]+=|[\w-]*$).*$|[?&]utm_.*$")
_FRAGMENT = re.compile(r"#.*$")
_MARKS = ".,;:'\"*_]}>\u201c\u201d\u2018\u2019\xab\xbb"
"""Marks behind a DOI that belong to the text around it."""
_SICI, _WHOLE_SICI = "(sici)", re.compile(r"\d\.(?:co|tx|cm);\d-[\w#]$")
"""A SICI names volume and page between `<` and `>`, where text is often cut off: what is left is
the same for all papers of the issue."""
_PAGE_AFTER_DOI = re.compile(
    r"(?:/(?:full|fulltext|abstract|pdf|epdf|html|meta|summary|references|figures|suppl_file)"
    r"(?:/.*)?|/\d{5,9}/[a-z0-9-]+|/|\.(?:full|abstract|short|full-text|pdf|html?|xml|epub|supplementary-material)"
    r"(?:\.(?:pdf|html?))?)$"
)
_VERSIONS = {
    "10.12688": r"\.\d{1,2}",
    "10.7554": r"(?<=\d{5})\.\d{1,2}",
    "10.21203": r"/v\d{1,2}",
    "10.26434": r"[-./]v\d{1,2}",
    "10.36227": r"[./]v\d{1,2}",
    "10.20944": r"\.v\d{1,2}",
    "10.22541": r"/v\d{1,2}",
    "10.31219": r"_v\d{1,2}",
    "10.31234": r"_v\d{1,2}",
}
"""How the DOIs of a registrant end that names the version of a paper: F1000 and its sister
platforms, eLife, Research Square, ChemRxiv, TechRxiv, Preprints.org, Authorea, OSF, PsyArXiv."""
_AT_END = {number: re.compile(f"(?:{end})$") for number, end in _VERSIONS.items()}
_JMIR_PREPRINT = re.compile(r"^10\.2196/preprints\.(\d+)$")
_PREPRINT_SERVER_VERSION = re.compile(r"^(10\.(?:1101|64898)/[\d.]+?)v\d+$")
_ARXIV_DOI = re.compile(r"^10\.48550/arxiv\.(.+)$")
_ACL_DOI = re.compile(r"^10\.(?:18653|3115)/v1/(.+)$")
# A browser's link to marked words: https://wicg.github.io/scroll-to-text-fragment/
_TEXT_DIRECTIVE = re.compile(r"#:~:.*", re.DOTALL)
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
    """A DOI bare and lower-case, without resolver, page suffix or the sentence around it; of
    several, the first. None for what is not a DOI, or only the beginning of one."""
    if "10." not in text and not _MAY_HIDE_A_DOI.search(text):
        return None
    text = _RESOLVER.sub("", _INVISIBLE.sub("", text[:600]).strip())
    text = _TEXT_DIRECTIVE.sub("", text)
    text = _TEX_ESCAPE.sub(lambda found: found[1] or "_", text)
    if "%" in text:
        text = _RESOLVER.sub("", unquote(text))
    text = _SECOND_DOI.sub("", text)[:300]
    text = re.sub(
        r"\s+(?=_\d)", "", text
    )  # `10.1007/978-3-031-19830-4 _11`, as proceedings print it
    if not _DOI.fullmatch(text):
        return None
    doi = _without_marks(text.lower())
    if _SICI in doi:
        return doi if _WHOLE_SICI.search(doi) else None
    doi = _without_marks(_FRAGMENT.sub("", _QUERY.sub("", doi)))
    for _ in range(2):  # `….full.pdf`, `…/pdf/`
        doi = _without_marks(_PAGE_AFTER_DOI.sub("", doi))
    if preprint := _PREPRINT_SERVER_VERSION.match(doi):
        doi = preprint.group(1)
    return doi if _DOI.fullmatch(doi) else None


def _without_marks(doi: str) -> str:
    while doi:
        unbalanced = doi[-1] == ")" and doi.count(")") > doi.count("(")
        if doi[-1] in _MARKS or unbalanced:
            doi = doi[:-1]
            continue
        break
    return doi


def without_version(doi: str) -> str:
    """A normal DOI without the version at its end, where its registrant writes one there."""
    version = _AT_END.get(doi.partition("/")[0])
    return version.sub("", doi) if version else doi


def arxiv_key(arxiv_id: str) -> str:
    """The key of a normal arXiv id."""
    return f"arxiv:{arxiv_id}"


def doi_keys(doi: str) -> frozenset[str]:
    """The identity keys of a normal DOI. arXiv's own DOIs stand for the arXiv id, those of the
    ACL Anthology and of AAAI contain the number of the paper's page, and those that end with a
    version are one paper. The preprint of a JMIR paper has the number of the paper."""
    if found := _ARXIV_DOI.match(doi):
        arxiv_id = normal_arxiv_id(found.group(1))
        return frozenset({arxiv_key(arxiv_id)} if arxiv_id else {f"doi:{doi}"})
    if found := _JMIR_PREPRINT.match(doi):
        return frozenset({f"doi:10.2196/{found[1]}"})
    doi = without_version(doi)
    keys = {f"doi:{doi}"}
    if found := _ACL_DOI.match(doi):
        keys.add(f"acl:{found.group(1)}")
    if found := _AAAI_DOI.match(doi):
        keys.add(f"ojs:{found.group(1)}/{found.group(2)}")
    return frozenset(keys)
