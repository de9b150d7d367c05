"""Rules about what single addresses show: redirects, schemes, other people's pages.

No address is ever fetched: what it says itself is enough.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from rapidfuzz import fuzz

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, shortened
from medvl_watch.lists.checking.likeness import is_data, is_paper, names_resource
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.markup import MarkdownLink, plain
from medvl_watch.lists.parsing.tables import cell_spans
from medvl_watch.lists.proving.changes import ChangeEffect, TextChange
from medvl_watch.papers.addresses import is_account, is_data_address, place_of
from medvl_watch.papers.identifiers import title_key
from medvl_watch.records import Headings

_REDIRECTS = re.compile(
    r"^(?:https?:)?//(?:(?:[\w-]+\.)*(?:google(?:\.[a-z]{2,3}){1,2}/url|baidu\.com/link|yandex\.\w+/clck"
    r"|bing\.com/ck|duckduckgo\.com/l/|safelinks\.protection\.outlook\.com|urldefense\.com"
    r"|facebook\.com/l\.php|link\.zhihu\.com|youtube\.com/redirect|linkedin\.com/redir"
    r"|link\.springer\.com/redirect|search\.yahoo\.com))",
    re.IGNORECASE,
)
_INNER = ("url", "q", "u", "target", "uddg", "to", "dest")
_SCHEMELESS = re.compile(
    r"^(?:www\.[\w-]+(?:\.[\w-]+)+(?:/|$)|(?:[\w-]+\.)+(?:com|org|net|io|edu|gov|ai|eu|info)/)",
    re.IGNORECASE,
)
_BROKEN = (
    (re.compile(r"^(?:https?:/{0,3})+(?=https?://)", re.IGNORECASE), ""),
    (re.compile(r"^h{0,2}t{1,3}ps:/{1,3}(?=[\w-]+\.)", re.IGNORECASE), "https://"),
    (re.compile(r"^h{0,2}t{1,3}p:/{1,3}(?=[\w-]+\.)", re.IGNORECASE), "http://"),
    (re.compile(r"^https?(?:(?://)|;//|\uff1a//|:\\\\)(?=[\w-]+\.)", re.IGNORECASE), "https://"),
)
_SOUND = re.compile(r"^https?://(?!https?:)[^/]", re.IGNORECASE)
_CODE_LABEL = re.compile(
    r"\W*(?:(?:official |source )?(?:codes?|repo(?:sitory)?|implementation|github)"
    r"|code ?links?|\u4ee3\u7801)\W*",
    re.IGNORECASE,
)
_REPOSITORY = re.compile(r"^https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)", re.IGNORECASE)
_TOOLS = {
    "fxsjy/jieba": "a tool for segmenting Chinese text",
    "nltk/nltk": "a tool kit for language",
    "explosion/spacy": "a tool kit for language",
    "tylin/coco-caption": "the usual measures of captions",
    "salaniz/pycocoevalcap": "the usual measures of captions",
    "pytorch/pytorch": "PyTorch itself",
    "tensorflow/tensorflow": "TensorFlow itself",
    "keras-team/keras": "Keras itself",
    "scikit-learn/scikit-learn": "scikit-learn itself",
    "numpy/numpy": "NumPy itself",
    "tqdm/tqdm": "a progress bar",
}
"""Repositories that papers build upon, by their lower-case names: none is a paper's own code,
but for the paper that describes it."""
_COLLECTIONS = {
    "pytorch/vision": "a library of many models",
    "huggingface/transformers": "a library of many models",
    "huggingface/diffusers": "a library of many models",
    "rwightman/pytorch-image-models": "a library of many models",
    "huggingface/pytorch-image-models": "a library of many models",
    "openai/gym": "a tool kit for reinforcement learning",
}
"""Repositories that papers build upon, and in which some papers publish their code."""
_HOLD_CODE_TOO = frozenset({"PhysioNet", "Grand Challenge"})
"""Places of data at which code is published, too."""

_OTHER_SCRIPT = re.compile(r"[\u0400-\u1fff\u2e80-\ud7a3]")
_CVF = re.compile(
    r"openaccess\.thecvf\.com/.*/[^/_]+_(?P<slug>[^/]+)_(?:CVPRW?|ICCVW?|WACVW?|ECCVW?)_\d{4}_paper",
    re.IGNORECASE,
)


def find_redirects(subject: CheckedList) -> Iterator[Finding]:
    """`google.com/url?...&url=https%3A%2F%2Faclanthology.org...`: the fix is the inner address."""
    for start, link in subject.open_links():
        if not _REDIRECTS.match(link.url):
            continue
        inner = inner_address(link.url)
        yield Finding(
            line=subject.line_at(start),
            rule="redirect",
            what=f"the link goes through {urlsplit(link.url).hostname or 'a search engine'}",
            fix=f"link {inner}" if inner else "link the page itself",
            changes=(_exchange(start, link, inner),) if inner else (),
        )


def inner_address(url: str) -> str:
    """The address inside a redirect, fit for a Markdown link; empty if there is none, or if
    it stands there unencoded, and where it ends is not sure."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, max_num_fields=50)
    except ValueError:
        return ""
    is_encoded = "://" not in parts.query
    values = [value for name in _INNER for key, value in pairs if key.lower() == name]
    for value in values:
        address = value if "://" in value else unquote(value)
        if _SOUND.match(address) and address.isprintable():
            if not is_encoded and (parts.fragment or set(value) & set("?+ ")):
                return ""
            return quote(address, safe="%/:=&?~#+!$,;'@*[]-._")
    return ""


def find_bad_schemes(subject: CheckedList) -> Iterator[Finding]:
    """`github.com/...` is read as a file of the list's own repository; `https//` as nothing."""
    for start, link in subject.open_links():
        mended = mended_scheme(link.url)
        if mended:
            yield Finding(
                line=subject.line_at(start),
                rule="scheme",
                what=f"{_short(link.url)} is not a full address",
                fix=f"link {_short(mended)}",
                changes=(_exchange(start, link, mended),),
            )


def mended_scheme(url: str) -> str:
    """The address with a sound scheme; empty where nothing is to be mended."""
    if _SCHEMELESS.match(url):
        return f"https://{url}"
    if _SOUND.match(url):
        return ""
    for pattern, scheme in _BROKEN:
        mended = pattern.sub(scheme, url, count=1)
        if mended != url and _SOUND.match(mended):
            return mended
    return ""


def find_code_elsewhere(subject: CheckedList) -> Iterator[Finding]:
    """A link that a paper's entry calls its code, and that leads to somebody's account, to a
    general tool, or to a set of data.

    Only papers have code: a person's entry links an account and means it. Where most such
    links of a section lead to accounts, the list means them, too.
    """
    coded: defaultdict[Headings, list[tuple[CheckedEntry, str]]] = defaultdict(list)
    for work in subject.works:
        if is_paper(work) and (url := _stated_code(work)):
            coded[work.path].append((work, url))
    for entries in coded.values():
        accounts = sum(is_account(url) for _, url in entries)
        for work, url in entries:
            if is_account(url):
                if 2 * accounts > max(2, len(entries)):
                    continue
                what, note = f"leads to an account ({_short(url)}), not to a repository", False
            elif tool := _tool(work, url):
                what, note = tool
            elif is_data_address(url) and not is_data(work):
                what, note = f"leads to data ({_short(url)})", _may_be_code(url)
            else:
                continue
            yield Finding(
                line=subject.line_of(work, Slot.CODE),
                rule="code-target",
                what=f"the code link {what}",
                fix="link the paper's own code, or none",
                note=note,
            )


def _may_be_code(url: str) -> bool:
    place = place_of(url)
    return place is not None and place.name in _HOLD_CODE_TOO


def _stated_code(work: CheckedEntry) -> str:
    """The address that the entry itself calls code, by the link's label or by its column."""
    claim = work.fields.claim(Slot.CODE)
    link = next((x for x in work.links if claim and x.url_start == claim.start), None)
    if claim is None or link is None:
        return ""
    label = plain(link.label)
    if names_resource(label) or not (_CODE_LABEL.fullmatch(label) or _column(work, link) == "code"):
        return ""
    return link.url


def _column(work: CheckedEntry, link: MarkdownLink) -> str:
    """What the header of the table says that the link's cell holds."""
    columns = work.entry.columns
    spans = cell_spans(work.text) if columns else []
    cell = next((n for n, (start, end) in enumerate(spans) if start <= link.start < end), -1)
    column = columns[cell] if 0 <= cell < len(columns) else ""
    return "code" if _CODE_LABEL.fullmatch(plain(column)) else ""


def _tool(work: CheckedEntry, url: str) -> tuple[str, bool] | None:
    """What general tool the address is that of, and whether it may be meant so."""
    repository = _REPOSITORY.match(url)
    name = repository[1].removesuffix(".git").lower() if repository else ""
    own = title_key(name.rpartition("/")[2])
    if own and own in title_key(work.text.replace(url, "")):
        return None
    if name in _TOOLS:
        return f"leads to {name}, {_TOOLS[name]}", False
    whole = url.rstrip("/").removesuffix(".git").lower().endswith(name)
    if name in _COLLECTIONS and whole:
        return f"leads to {name}, {_COLLECTIONS[name]}", True
    return None


def find_other_titles(subject: CheckedList) -> Iterator[Finding]:
    """An address that spells out a title (as CVF's do) which is not the entry's."""
    for work in subject.works:
        found = _CVF.search(work.value(Slot.PAPER))
        if not found or len(work.title.split()) < 4 or _OTHER_SCRIPT.search(work.title):
            continue
        title = found["slug"].replace("_", " ")
        if fuzz.token_set_ratio(title.casefold(), work.title.casefold()) >= 50 or _squeezed(
            work, title
        ):
            continue
        yield Finding(
            line=subject.line_of(work, Slot.PAPER),
            rule="other-title",
            what=f"the address is that of “{title}”",
            fix="find out whether the title or the address is wrong",
        )


def _squeezed(work: CheckedEntry, title: str) -> bool:
    """Whether the titles agree once blanks and signs are left out."""
    ours, theirs = (
        "".join(c for c in text.casefold() if c.isalnum()) for text in (work.title, title)
    )
    return fuzz.partial_ratio(ours, theirs) >= 70


def _exchange(start: int, link: MarkdownLink, url: str) -> TextChange:
    return TextChange(start + link.url_start, start + link.url_end, url, ChangeEffect.ADDRESS)


def _short(url: str) -> str:
    return shortened(url, 80)
