"""Rules about what single addresses show: redirects, schemes, other people's pages.

No address is ever fetched: what it says itself is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from rapidfuzz import fuzz

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, TextChange, shortened
from medvl_watch.lists.checking.likeness import is_data
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.markup import MarkdownLink
from medvl_watch.papers.addresses import is_account, is_data_address
from medvl_watch.papers.section_titles import names_data

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
_REPOSITORY = re.compile(r"^https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)", re.IGNORECASE)
_TOOLS = {
    "fxsjy/jieba": "a tool for segmenting Chinese text",
    "nltk/nltk": "a tool kit for language",
    "explosion/spacy": "a tool kit for language",
    "tylin/coco-caption": "the usual measures of captions",
    "salaniz/pycocoevalcap": "the usual measures of captions",
    "pytorch/pytorch": "PyTorch itself",
    "pytorch/vision": "PyTorch's own vision package",
    "tensorflow/tensorflow": "TensorFlow itself",
    "keras-team/keras": "Keras itself",
    "huggingface/transformers": "a library of many models",
    "huggingface/diffusers": "a library of many models",
    "rwightman/pytorch-image-models": "a library of many models",
    "scikit-learn/scikit-learn": "scikit-learn itself",
    "numpy/numpy": "NumPy itself",
    "tqdm/tqdm": "a progress bar",
    "openai/gym": "a tool kit for reinforcement learning",
}
"""Repositories that papers build upon, by their lower-case names: none is a paper's own code."""

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
    """The address inside a redirect, fit for a Markdown link; empty if there is none."""
    try:
        pairs = parse_qsl(urlsplit(url).query, max_num_fields=50)
    except ValueError:
        return ""
    values = [value for name in _INNER for key, value in pairs if key.lower() == name]
    for value in values:
        address = value if "://" in value else unquote(value)
        if _SOUND.match(address) and address.isprintable():
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
                what=f"{_short(link.url)} is no full address",
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
    """A code link that leads to somebody's account, to a general tool, or to a set of data."""
    for work in subject.works:
        url = work.value(Slot.CODE)
        repository = _REPOSITORY.match(url)
        name = repository[1].removesuffix(".git") if repository else ""
        if is_account(url):
            what = f"the code link leads to an account ({_short(url)}), not to a repository"
        elif name.lower() in _TOOLS and name.rpartition("/")[2].lower() not in work.title.lower():
            what = f"the code link leads to {name}, {_TOOLS[name.lower()]}"
        elif is_data_address(url) and not (names_data(work.title) or is_data(work)):
            what = f"the code link leads to data ({_short(url)})"
        else:
            continue
        yield Finding(
            line=subject.line_of(work, Slot.CODE),
            rule="code-target",
            what=what,
            fix="link the paper's own code, or none",
        )


def find_other_titles(subject: CheckedList) -> Iterator[Finding]:
    """An address that spells out a title (as CVF's do) which is not the entry's."""
    for work in subject.works:
        found = _CVF.search(work.value(Slot.PAPER))
        if not found or len(work.title.split()) < 4:
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
    return TextChange(start + link.url_start, start + link.url_end, url)


def _short(url: str) -> str:
    return shortened(url, 80)
