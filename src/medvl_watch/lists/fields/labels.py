"""Links of an entry: to the paper, to code, to a page about it, or its title itself."""

from __future__ import annotations

import re
from dataclasses import replace

from medvl_watch.lists.fields.dates_and_venues import ET_AL, imprint, is_authors
from medvl_watch.lists.fields.names import short_name
from medvl_watch.lists.fields.searches import asks_for_a_title
from medvl_watch.lists.fields.slots import (
    MASK,
    FieldReader,
    Slot,
    with_enclosing_marks,
    without_emphasis,
)
from medvl_watch.lists.parsing.blocks import BULLET
from medvl_watch.lists.parsing.markup import LINK, MarkdownLink, links_in, plain
from medvl_watch.papers.addresses import is_paper_address, place_of
from medvl_watch.papers.place_rules import PlaceKind
from medvl_watch.papers.preprint_names import ARXIV

_SLOT_OF_KIND = {PlaceKind.CODE: Slot.CODE, PlaceKind.PAGE: Slot.PAGE}
_PAPER_WORD = re.compile(
    r"^\W*(?:papers?|pdf|arxiv|paper\s*link|doi|html|abs|abstract|openreview|acl|cvf"
    r"|publication|\u8bba\u6587|full\s?text|preprint|paepr|article|manuscript)\W*$",
    re.IGNORECASE,
)
_CODE_WORD = re.compile(
    r"^\W*(?:(?:official |unofficial )?(?:codes?|github|git|repo(?:sitory)?|implementation|pytorch"
    r"|tensorflow|tf|torch|jax|source|hugging\s?face|hf|models?|weights?|toolbox"
    r"|code.?(?:available|link)|\u4ee3\u7801)"
    r"(?:[ /&+-]*(?:codes?|pytorch|models?|data(?:set)?|tensorflow|torch|demo|\d))*)\W*$",
    re.IGNORECASE,
)
_PAGE_WORD = re.compile(
    r"^\W*(?:project(?:[ -]?(?:page|website|site))?|page|web(?:site|page| ?page)?|home ?page|demo"
    r"|blog|video|dataset|data|slides|poster|supp\w*|appendix|bibtex|news|talk|tutorial|media"
    r"|api)s?\W*$",
    re.IGNORECASE,
)
_ANY_WORD = re.compile(r"^\W*(?:link|here|url|click|view)?\W*$", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|\w[\w.-]+\.\w{2,}/")
_INTRODUCES = re.compile(r"\s?:|\s+[-\u2013\u2014]\s+(?=[^\s\[(*_])")
_LONGEST_NAME = 4
_LINKS_IN_A_ROW = re.compile(
    r"\[[^\[\]\n]+\]\([^()\s]+\)(?:(?:[,;]|[,;]? and| &)\s\[[^\[\]\n]+\]\([^()\s]+\))+"
)
_LINE_ENDS = re.compile(r"\n|<br\s*/?>")
_ARXIV_TEXT = re.compile(r"\barXiv:\s?(\d{4}\.\d{4,5}(?:v\d{1,2})?)(?!\d)", re.IGNORECASE)
_NESTED = re.compile(r"\[[^\[\]]*\]\((https?://[^()\s]+)\)?$")
_ARXIV_ID = re.compile(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)")
REPOSITORY = re.compile(
    r"(?:github\.com|huggingface\.co(?:/datasets|/spaces)?)/"
    r"([\w.-]+/[\w.-]+?)(?:\.git)?(?=[/?#)\s]|$)"
)
"""`owner/name` in an address of code."""

_EDGES = frozenset({"", MASK, "\n", "|", "[", "]", "(", ")", ":", "<", ">"})
"""What stands beside a word that is by itself."""

_SCHOLAR = re.compile(r"api\.semanticscholar\.org/graph/v1/paper/([\w.:/-]+?)(?=[?&)])")


def is_label(text: str) -> bool:
    """A link's label that names a kind of link, not a work."""
    label = plain(text)
    return any(word.match(label) for word in (_PAPER_WORD, _CODE_WORD, _PAGE_WORD, _ANY_WORD))


def link_kind(link: MarkdownLink) -> Slot | None:
    """What a link leads to, by its label first, then by its host; None if neither tells."""
    label = plain(link.label)
    for word, slot in ((_PAPER_WORD, Slot.PAPER), (_CODE_WORD, Slot.CODE), (_PAGE_WORD, Slot.PAGE)):
        if word.match(label):
            return slot
    place = place_of(link.url)
    if place and place.kind in _SLOT_OF_KIND:
        return _SLOT_OF_KIND[place.kind]
    return Slot.PAPER if is_paper_address(link.url) else None


def read_links(reading: FieldReader, title_cell: tuple[int, int] | None = None) -> None:
    """Claim the addresses (and the title, if it is a link) and hide the links' markup. In a
    row with a cell for the title, no other link is the title."""
    authors = _linked_authors(reading)
    links = [
        link
        for link in links_in(reading.text)
        if not any(start <= link.start < end for start, end in authors)
    ]
    start, end = title_cell or (0, len(reading.text))
    title = _title_link(reading, [x for x in links if start <= x.start and x.end <= end])
    kinds = {link.start: link_kind(link) for link in links}
    # beside the paper's own link, one that says nothing of itself leads to some other page
    other = Slot.PAGE if title or Slot.PAPER in kinds.values() else Slot.PAPER
    for link in links:
        if link is title:
            _claim_title(reading, link)
        elif asks_for_a_title(link) and not _PAPER_WORD.match(plain(link.label)):
            reading.hide(link.start, link.end)
        else:
            _claim_link(reading, link, kinds[link.start] or other)
            reading.hide(link.start, link.end)
    for match in LINK.finditer(reading.text):
        if match["image"] or match["img"]:
            reading.hide(*match.span())


def _linked_authors(reading: FieldReader) -> list[tuple[int, int]]:
    """Claim names with links to the people's own pages: several in a row, or a line of them."""
    if "](" not in reading.text:
        return []
    found = [run.span() for run in _LINKS_IN_A_ROW.finditer(reading.text)]
    at = 0
    for line in _LINE_ENDS.split(reading.text):
        at = reading.text.index(line, at)
        marker = BULLET.match(line)
        start, end = without_emphasis(line[marker.end() :] if marker else line)
        start, end = (x + at + (marker.end() if marker else 0) for x in (start, end))
        if not any(a < end and start < b for a, b in found):
            found.append((start, end))
        at += len(line)
    people = [span for span in found if _are_linked_people(reading.text[slice(*span)])]
    for span in people:
        reading.claim(*span, Slot.AUTHORS)
        reading.hide(*span)
    return people


def _are_linked_people(text: str) -> bool:
    links = list(links_in(text))
    return (
        bool(links)
        and all(link.label and not is_label(link.label) for link in links)
        and not any(is_paper_address(link.url) for link in links)
        and is_authors(plain(text))
    )


def _claim_title(reading: FieldReader, link: MarkdownLink) -> None:
    outer = (link.start, link.end)
    start, end = without_emphasis(link.label)
    reading.claim(link.label_start + start, link.label_start + end, Slot.TITLE, outer)
    if not reading.has(Slot.PAPER):
        reading.claim(link.url_start, link.url_end, Slot.PAPER, outer)
    reading.hide(link.start, link.label_start)
    reading.hide(link.label_start + len(link.label), link.end)


def _claim_link(reading: FieldReader, link: MarkdownLink, kind: Slot) -> None:
    outer = with_enclosing_marks(reading.text, link.start, link.end)
    named = _INTRODUCES.match(reading.text, link.end) or _opens_with(reading, link)
    own_id = _ARXIV_ID.search(link.label)
    if own_id and own_id[0] in link.url and link.label_start != link.url_start:
        at = link.label_start + own_id.start()
        reading.claim(at, at + len(own_id[0]), Slot.IDENTIFIER, outer)
    says_else = own_id or is_label(link.label) or imprint(plain(link.label))
    is_name = bool(link.label) and not says_else
    if named and is_name and not reading.has(Slot.NAME):
        end = link.label_start + len(link.label)
        reading.claim(link.label_start, end, Slot.NAME, outer)
    inner = _NESTED.match(link.url)
    if inner:  # `[[blog]]([blog](address))`
        at = link.url_start + inner.start(1)
        link = replace(link, url=inner[1], url_start=at)
    if not _ADDRESS.match(link.url):
        return  # a placeholder (`[Code]()`): what is written where nothing is known
    label = link.label.strip(" []")
    if any(map(str.isdigit, label)) and label in link.url and link.label_start != link.url_start:
        at = link.label_start + link.label.index(label)
        reading.claim(at, at + len(label), Slot.IDENTIFIER, outer)
    if reading.has(kind):
        _claim_again(reading, link, kind, outer)
    else:
        reading.claim(link.url_start, link.url_end, kind, outer)


def _claim_again(
    reading: FieldReader, link: MarkdownLink, kind: Slot, outer: tuple[int, int]
) -> None:
    """A second link of a kind: the same address once more, or the preprint beside the published
    paper, is the paper's; any other one is a remark."""
    first = next(c for c in reading.claims if c.slot is kind)
    address = reading.text[first.start : first.end]
    if link.url == address:
        reading.claim(link.url_start, link.url_end, kind, outer)
        return
    found = _ARXIV_ID.search(link.url) if kind is Slot.PAPER and _is_arxiv(link.url) else None
    other = _ARXIV_ID.search(address) if _is_arxiv(address) else None
    if found is None or (other and other[0] != found[0]):
        reading.claim(link.start, link.end, Slot.TEXT, outer)
        return
    for again in re.finditer(re.escape(found[0]), reading.text[link.start : link.end]):
        at = link.start + again.start()
        reading.claim(at, at + len(found[0]), Slot.ARXIV, outer)


def _is_arxiv(address: str) -> bool:
    place = place_of(address)
    return place is not None and place.name == ARXIV


def _opens_with(reading: FieldReader, link: MarkdownLink) -> bool:
    """Whether a link comes first, under a short name: `[MedSAM](address) Segment Anything …`."""
    before = reading.text[: link.start]
    return (
        not any(map(str.isalpha, before))
        and not link.label.startswith("!")
        and 0 < len(plain(link.label).split()) <= _LONGEST_NAME
    )


def _title_link(reading: FieldReader, links: list[MarkdownLink]) -> MarkdownLink | None:
    """The link whose label is the work's title: the first long one, or a short one that
    opens the entry and is all that the entry says."""
    for link in links:
        label = plain(link.label)
        people = (name := ET_AL.search(label)) and is_authors(label[: name.end()].lstrip("[("))
        if len(label.split()) >= 4 and not (is_label(label) or people or label.startswith("!")):
            return link
    first = links[0] if links else None
    if first is None or "|" in reading.text or is_label(first.label) or not plain(first.label):
        return None
    where_published = imprint(plain(first.label))
    if (where_published and not where_published.rest) or _ARXIV_ID.search(first.label):
        return None
    before = plain(re.sub(r"\[[^\[\]]*\]", "", reading.text[: first.start]))
    words = [w for w in plain(LINK.sub(" ", reading.text)).split() if w[:1].isalpha()]
    return first if not any(map(str.isalpha, before)) and len(words) < 8 else None


def read_badges(reading: FieldReader) -> None:
    """The id by which Semantic Scholar is asked for a paper's citations; a badge goes as a
    whole where the id is not known."""
    if "api.semanticscholar.org" not in reading.text:
        return
    for match in LINK.finditer(reading.text):
        found = _SCHOLAR.search(match[0]) if match["image"] or match["img"] else None
        if found:
            span = match.start() + found.start(1), match.start() + found.end(1)
            reading.claim(*span, Slot.SCHOLAR, match.span())


def read_arxiv_id(reading: FieldReader) -> None:
    """An arXiv id that stands as text (`arXiv preprint arXiv:2101.00001`)."""
    for match in _ARXIV_TEXT.finditer(reading.masked):
        if not reading.has(Slot.ARXIV):
            reading.claim(*match.span(1), Slot.ARXIV, match.span())
        reading.hide(*match.span())


def read_echoes(reading: FieldReader) -> None:
    """The paper's arXiv id and the code's repository where they occur again (badges), and the
    name that the title begins with where it stands by itself."""
    _read_name_again(reading)
    for slot, pattern, group, echo in (
        (Slot.PAPER, _ARXIV_ID, 0, Slot.ARXIV),
        (Slot.CODE, REPOSITORY, 1, Slot.REPOSITORY),
    ):
        claim = next((c for c in reading.claims if c.slot is slot), None)
        match = pattern.search(reading.text[claim.start : claim.end]) if claim else None
        if not match or reading.text.count(match[group]) < 2:
            continue
        images = [m.span() for m in LINK.finditer(reading.text)]
        for again in re.finditer(re.escape(match[group]), reading.text):
            holder = next((s for s in images if s[0] <= again.start() < s[1]), again.span())
            reading.claim(*again.span(), echo, holder)


def _read_name_again(reading: FieldReader) -> None:
    title = next((c for c in reading.claims if c.slot is Slot.TITLE), None)
    name = short_name(plain(reading.text[title.start : title.end]), "") if title else ""
    if not name or reading.has(Slot.NAME):
        return
    for again in re.finditer(re.escape(name), reading.masked, re.IGNORECASE):
        before = reading.masked[: again.start()].rstrip(" \t*_`")[-1:]
        behind = reading.masked[again.end() :].lstrip(" \t*_`")[:1]
        if before in _EDGES and behind in _EDGES and reading.free(*again.span()):
            reading.claim(*again.span(), Slot.NAME)
            return
