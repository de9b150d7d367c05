"""Which addresses we put behind a link, and in which form.

An address from a feed is a claim of a stranger. Only plain web addresses pass, and where an
identifier is known the address is built from it instead.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

LONGEST = 500
_KNOWN_HOSTS = (
    "aclanthology.org",
    "arxiv.org",
    "doi.org",
    "github.com",
    "gitlab.com",
    "huggingface.co",
    "ieeexplore.ieee.org",
    "link.springer.com",
    "openaccess.thecvf.com",
    "openreview.net",
    "proceedings.mlr.press",
    "pubmed.ncbi.nlm.nih.gov",
    "sciencedirect.com",
)
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_PORTS = {"http": {None, 80}, "https": {None, 443}}
# Links of these kinds leave a trace in the other project; the redirecting host leaves none.
_BACKLINKING = re.compile(
    r"/[^/]+/[^/]+/(?:issues|pull|pulls|discussions|commit)(?:/|$)", re.IGNORECASE
)


def safe(address: str) -> str | None:
    """The address as it may stand in a link: ASCII, quoted, or None if we do not link it.

    Refused: schemes other than http(s), user names, odd ports, IP literals, bare host names,
    blanks and control characters, and anything longer than LONGEST.
    """
    if not address.isprintable() or any(char.isspace() for char in address):
        return None
    try:
        parts = urlsplit(address)
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError):
        return None
    scheme = parts.scheme.lower()
    if port not in _PORTS.get(scheme, set()) or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    if is_known(host):
        scheme = "https"
    if host in {"github.com", "www.github.com"} and _BACKLINKING.match(parts.path):
        host = "redirect.github.com"
    # No semicolon stays: with an ampersand before it, it would end an HTML entity.
    path = _quoted(parts.path, "/:,=@+~!$&%-._")
    query = _quoted(parts.query, "/:,=@+~!$&%-._?")
    fragment = _quoted(parts.fragment, "/:,=@+~!$&%-._?")
    result = urlunsplit((scheme, host, path, query, fragment))
    return result if len(result) <= LONGEST else None


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def is_known(host: str) -> bool:
    """Whether readers know this place, so that its name need not stand beside the link."""
    return any(host == known or host.endswith(f".{known}") for known in _KNOWN_HOSTS)


def arxiv_page(arxiv_id: str) -> str:
    return f"https://arxiv.org/abs/{quote(arxiv_id, safe='/.')}"


def arxiv_pdf(arxiv_id: str) -> str:
    return f"https://arxiv.org/pdf/{quote(arxiv_id, safe='/.')}"


def doi_page(doi: str) -> str:
    return f"https://doi.org/{quote(doi, safe='/.:')}"


def _ascii_host(host: str) -> str:
    """The host as the network sees it, so that look-alike letters show."""
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()


def _quoted(part: str, allowed: str) -> str:
    """Percent-encode what Markdown or HTML could read; a stray `%` becomes `%25`."""
    stray = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part)
    return quote(stray, safe=allowed)
