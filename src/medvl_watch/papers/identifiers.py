"""Identity keys of papers, out of records, addresses and free text.

A key is `scheme:value`, normalised so that equal keys mean one work: `arxiv:2403.17834`
(never with a version), `doi:10.1007/…` (lower-case), `openreview:…`, `acl:…`, `pmlr:v250/…`,
`pmid:…`, `pmcid:…`, and the numbers that publishers put into addresses (`ieee:`, `pii:`,
`cvf:`, `neurips:`, `miccai:`, `ecva:`, `ojs:`). `title:…` is the weak one: title and first
author, for works that carry no identifier; linking asks for more before it trusts it.

Everything here is untrusted text: lengths are bounded before a pattern sees them.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from medvl_watch.papers.addresses import inner_addresses, keys_of_address
from medvl_watch.papers.schemes import arxiv_key, doi_keys, normal_arxiv_id, normal_doi
from medvl_watch.records import Record

_LONGEST_TEXT = 200_000
_LONGEST_TITLE = 1_000
_MOST_ADDRESSES = 5_000

_ADDRESS = re.compile(
    r"https?://(?:[^\s<>\"'`\\|^]|(?<=\d)<\d{1,6}:[\w:.-]{1,40}>){3,2000}", re.IGNORECASE
)
_DOI_IN_TEXT = re.compile(
    r"(?<![\d.])10\.\d{4,9}/(?:[^\s\"<>\[\]{}|\\^`]|<\d{1,6}:[\w:.-]{1,40}>|\\_){1,200}"
)
_ARXIV_IN_TEXT = re.compile(
    r"(?<![a-z])arxiv(?:\.org)?(?:\s{0,2}[:\-]|\s)\s{0,2}"
    r"((?:[a-z-]{2,10}(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d{1,3})?)(?!\d)",
    re.IGNORECASE,
)
_PREFIXED_IN_TEXT = re.compile(r"\b(PMID|PMCID)\s{0,2}:\s{0,2}((?:PMC)?\d{4,9})\b", re.IGNORECASE)

_ARXIV_IN_OTHER_NAMES = re.compile(
    r"(?:oai:arxiv\.org:|arxiv\s*:\s*)?([a-z.-]*/?\d{4}\.?\d{3,5}(?:v\d{1,3})?)\s*"
    r"(?:\[[a-z-]+(?:\.[a-z-]+)?\](?:\s.{0,40})?)?"
    r"|(?:dblp:)?journals/corr/abs-(\d{4})-(\d{4,5})",
    re.IGNORECASE,
)
"""`2403.17834 [cs.CV]` as listings print it, OAI-PMH's name for a record, DBLP's key."""

_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8});", re.IGNORECASE)
"""With its semicolon: browsers read the `&not` of `&noteId=` as an entity, servers do not."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,100}>")
_TEX_DRESS = re.compile(
    r"\\(?:emph|text[a-z]{2}|textsc|textsuperscript|textsubscript|math[a-z]{2,4}|mathcal|"
    r"underline|mbox|ensuremath|texorpdfstring|it|bf|em|rm|sc|tt|uppercase|lowercase)(?![a-zA-Z])"
)
_MARKUP = re.compile(r"[<&\\]")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_GREEK = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)")


def keys_of(record: Record) -> frozenset[str]:
    """The identity keys of a record: its identifiers, those in its address, and its title key.

    The title key (`title:…`) is there only when the record has authors and a title that
    can tell works apart. Addresses of code never count, nor does the abstract: authors
    cite other papers there.
    """
    keys = assigned_keys(record)
    if not is_generic_title(record.title) and record.authors:
        return keys | {weak_key(record)}
    return keys


def assigned_keys(record: Record) -> frozenset[str]:
    """The identity keys of a record that somebody assigned, without its title key."""
    keys: set[str] = set()
    if record.arxiv_id and (arxiv_id := normal_arxiv_id(record.arxiv_id)):
        keys.add(arxiv_key(arxiv_id))
    if record.doi and (doi := normal_doi(record.doi)):
        keys.update(doi_keys(doi))
    if record.url and record.url != f"https://arxiv.org/abs/{record.arxiv_id}":
        keys |= keys_in(record.url)
    keys |= _keys_of_id(record.id)
    return frozenset(keys)


def search_keys(record: Record) -> frozenset[str]:
    """The keys under which the ledger may hold this work: its own and its folded title.

    A title found is a candidate, no more: linking compares the papers themselves.
    """
    folded = title_key(record.title)
    return keys_of(record) | ({f"title:{folded}"} if folded else set())


def _keys_of_id(record_id: str) -> frozenset[str]:
    scheme, _, value = record_id.partition(":")
    if scheme == "arxiv" and (arxiv_id := normal_arxiv_id(value)):
        return frozenset({arxiv_key(arxiv_id)})
    if scheme == "doi" and (doi := normal_doi(value)):
        return doi_keys(doi)
    if scheme in {"openreview", "acl", "pmlr", "pmid", "pmcid"} and value:
        return frozenset({record_id})
    return frozenset()


def is_weak(key: str) -> bool:
    """Whether a key is made of words rather than of an identifier somebody assigned."""
    return key.startswith("title:")


def weak_key(record: Record) -> str:
    """`title:` and 16 hex digits of title key and first author's family name."""
    return title_and_author_key(record.title, record.authors)


def title_and_author_key(title: str, authors: Sequence[str]) -> str:
    """The weak key of a record with this title and these authors."""
    family = family_name(authors[0]) if authors else ""
    text = f"{title_key(title)}|{family}"
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def derived_id(record: Record) -> str:
    """The id of a paper of which this is the first record: arXiv id, else DOI, else title."""
    if record.arxiv_id and (arxiv_id := normal_arxiv_id(record.arxiv_id)):
        return arxiv_key(arxiv_id)
    if record.doi and (doi := normal_doi(record.doi)):
        keys = doi_keys(doi)
        return next((key for key in keys if key.startswith("arxiv:")), f"doi:{doi}")
    return weak_key(record)


def keys_in(text: str) -> frozenset[str]:
    """The identity keys in addresses and free text, in any number.

    In free text, an arXiv id counts only after the word `arXiv`: a bare `2403.17834` may
    be a price. Redirects of search engines are looked into, never followed.
    """
    keys: set[str] = set()
    text = text[:_LONGEST_TEXT]
    for count, found in enumerate(_ADDRESS.finditer(text)):
        if count >= _MOST_ADDRESSES:
            break
        keys |= _keys_of_one(found.group(), depth=0)
    if "arxiv" in text.casefold():
        for found in _ARXIV_IN_TEXT.finditer(text):
            if arxiv_id := normal_arxiv_id(found.group(1)):
                keys.add(arxiv_key(arxiv_id))
    rest = _ADDRESS.sub(" ", text).strip()
    return frozenset(keys | _keys_in_words(rest)) if rest else frozenset(keys)


def _keys_in_words(rest: str) -> set[str]:
    """The identity keys in a text without its addresses."""
    keys: set[str] = set()
    for found in _DOI_IN_TEXT.finditer(rest):
        if doi := normal_doi(found.group()):
            keys.update(doi_keys(doi))
    for found in _PREFIXED_IN_TEXT.finditer(rest):
        keys.add(f"{found.group(1).lower()}:{found.group(2).lower()}")
    return keys


def _keys_of_one(address: str, depth: int) -> frozenset[str]:
    if "&" in address:
        address = _ENTITY.sub(lambda x: html.unescape(x[0]), address)
    address = _without_trailing_marks(address)
    keys = keys_of_address(address)
    if keys or depth >= 2:
        return keys
    for inner in inner_addresses(address):
        keys |= _keys_of_one(inner, depth + 1)
    return keys


def _without_trailing_marks(address: str) -> str:
    """An address as its author meant it: without the sentence or Markdown around it."""
    while address:
        last = address[-1]
        unbalanced = (last == ")" and address.count(")") > address.count("(")) or (
            last == "]" and address.count("]") > address.count("[")
        )
        if last in ".,;:!?*}" or unbalanced:
            address = address[:-1]
            continue
        break
    cut = address.find("](")  # `[text](address)](…`: two links run together
    if cut > 0:
        return address[:cut]
    closing = _first_unbalanced(address)
    return address if closing < 0 else address[:closing]


def _first_unbalanced(address: str) -> int:
    if ")" not in address:
        return -1
    depth = 0
    for place, letter in enumerate(address):
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return place
    return -1


def parse_identifier(text: str) -> str | None:
    """The arXiv id (without version) or DOI that a person typed, normalised, or None.

    Understands `2403.17834`, `arXiv:2403.17834v2`, `cs.CV/9901001`, `10.1007/…`, and any
    address that carries one of them. An arXiv id wins over a DOI.
    """
    text = text.strip()[:2000]
    if arxiv_id := normal_arxiv_id(re.sub(r"^arxiv\s*:\s*", "", text, flags=re.IGNORECASE)):
        return arxiv_id
    if (doi := normal_doi(text)) and (" " not in text):
        return _preferred(doi_keys(doi))
    if found := _ARXIV_IN_OTHER_NAMES.fullmatch(text):
        return normal_arxiv_id(".".join(filter(None, found.groups())))
    return _preferred(keys_in(text if "://" in text else f"{text} https://{text}"))


def _preferred(keys: frozenset[str]) -> str | None:
    for scheme in ("arxiv:", "doi:"):
        found = sorted(key for key in keys if key.startswith(scheme))
        if found:
            return found[0].removeprefix(scheme) if len(found) == 1 else None
    return None


@lru_cache(maxsize=1 << 15)
def title_key(title: str) -> str:
    r"""A title reduced to what survives typesetting: lower-case letters and digits alone.

    Tags, TeX, accents, punctuation and spaces go; Greek letters become their names, so
    that `$\\beta$-VAE`, `β-VAE` and `Beta VAE` agree. Empty where nothing is left.
    """
    text = html.unescape(title[:_LONGEST_TITLE]) if "&" in title else title[:_LONGEST_TITLE]
    if text.isascii() and not _MARKUP.search(text):
        return _NOT_ALPHANUMERIC.sub("", text.casefold())
    text = _TEX_DRESS.sub("", _TAG.sub("", text)).replace("&", " and ")
    letters = []
    for letter in unicodedata.normalize("NFKD", text.casefold()):
        if not letter.isalnum():
            continue
        greek = _GREEK.match(unicodedata.name(letter, "")) if "Ͱ" <= letter <= "Ͽ" else None
        letters.append(greek.group(1).lower() if greek else letter)
    return "".join(letters)


_GENERIC = re.compile(
    r"(?:guest)?(?:editorial|editors?note|editorsintroduction|preface|foreword|introduction|"
    r"welcome|erratum|errata|corrigendum|(?:author|publisher)?correction|retraction(?:note)?|"
    r"inmemoriam|obituary|bookreview|frontmatter|backmatter|tableofcontents|contents|index|"
    r"authorindex|reply|response|commentary|news|announcements?|acknowledge?ments?|abstracts?|"
    r"conclusions?|discussion|supplementarymaterial|appendix|titlepage|copyright(?:page)?|"
    r"coverimage|inthisissue|letterto(?:the)?editor|untitled|notitle)"
    r"(?:bytheeditors?|fromtheeditors?|tothe(?:special)?(?:issue|section).{0,200}|\d{0,6})"
)


def is_generic_title(title: str) -> bool:
    """Whether a title names a part of every volume (`Preface`) rather than one work."""
    key = title_key(title)
    return len(key) < 6 or _GENERIC.fullmatch(key) is not None


_PARTICLES = re.compile("van|von|der|den|de|del|della|di|da|dos|du|la|le|ter|ten|bin|ibn|al|el")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "msc"})


def family_name(author: str) -> str:
    """The family name of `Ana M. de la Cruz`, `Cruz, Ana` or `de la Cruz, A. M.`, as a key.

    Particles are dropped and a hyphenated name stays whole, since sources differ in them.
    DBLP's numbers (`Jia Li 0001`) do not count.
    """
    author = re.sub(r"\([^()]{0,80}\)", " ", html.unescape(author[:200]))
    family, comma, _given = author.partition(",")
    words = [word for word in family.replace("~", " ").split() if title_key(word)]
    words = [word for word in words if not word.isdigit()]
    while len(words) > 1 and title_key(words[-1]) in _SUFFIXES:
        words.pop()
    if not words:
        return ""
    if comma:
        kept = [word for word in words if not _PARTICLES.fullmatch(word.casefold())] or words
        return title_key(kept[-1])
    return title_key(words[-1])
