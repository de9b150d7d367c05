"""How a place of a list writes fields: its words, and its manner of authors and dates."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from medvl_watch.lists.fields.dates_and_venues import ET_AL, date_of, find_date
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.shapes.parts import Part, segment
from medvl_watch.lists.shapes.servers import words_for_servers
from medvl_watch.lists.style.facts import repository_of
from medvl_watch.lists.style.samples import ListWording, Sample, venue_key, words_of
from medvl_watch.lists.style.writing import (
    arxiv_form,
    author_manner,
    date_manner,
    is_pair,
    manner_of_names,
    shows_all_initials,
    write_authors,
    write_date,
)
from medvl_watch.papers.addresses import is_code_address
from medvl_watch.papers.preprint_names import is_preprint_name

_SEVERAL = 2
_Manner = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class WritingStyle:
    """How entries are written at one place of a list. `authors` and `date` are examples of the
    usual manner, empty where none shows it (of dates, one example of each manner that a tenth
    of them have); `pair` is an example of two authors in a list that shortens; `preprint`
    is the list's word for a preprint's venue, empty where it has none. `code_takes_pages` tells
    that the list labels project pages as code, `names_are_repositories` that works are mostly
    called by the names of their repositories. `servers` are the list's words for the servers of
    papers, where labels of links tell them."""

    words: ListWording
    authors: str = ""
    pair: str = ""
    dates: tuple[str, ...] = ()
    preprint: str = ""
    arxiv_forms: tuple[tuple[str, str], ...] = ()
    only_first_author: bool = False
    code_takes_pages: bool = False
    names_are_repositories: bool = False
    servers: Mapping[str, str] = field(default_factory=dict)

    def paper_url(self, url: str, arxiv_id: str | None) -> str:
        """An arXiv address in the list's usual form, without a version and by https; one that
        leads to the PDF stays so where a third of the list's do. Others are as they are."""
        own = arxiv_form(url)
        if not arxiv_id or not own:
            return url
        own = own[0].replace("http://", "https://"), own[1]
        forms = [(head.replace("http://", "https://"), tail) for head, tail in self.arxiv_forms]
        stays = own in forms and not own[0].endswith("/abs/")
        head, tail = own if stays or not forms else forms[0]
        return f"{head}{arxiv_id}{tail}"


def style_of(samples: Sequence[Sample], around: Sequence[Sample]) -> WritingStyle:
    """The manner of `samples`, with the words of all that is `around`."""
    words = words_of(around)
    shown = [(segment(sample.fields), sample.weight) for sample in samples]
    words = replace(words, venues=_venues_of(shown) | words.venues)
    authors = [
        (part.text, weight)
        for parts, weight in shown
        for part in parts
        if part.slot is Slot.AUTHORS and authors_are_clear(part.text)
    ]
    dates = [
        (part.text, weight)
        for parts, weight in shown
        for part in parts
        if part.slot is Slot.DATE and date_is_clear(part.text, words.months)
    ]
    usual = usual_of(
        [a for a in authors if author_manner(a[0])[:2] != ("all", "")], manner_of_names
    )
    usual = usual or usual_of(authors, manner_of_names)
    usual = next(
        (
            text
            for text, _ in authors
            if shows_all_initials(text) and manner_of_names(text) == manner_of_names(usual)
        ),
        usual,
    )
    pairs = [pair for pair in authors if is_pair(pair[0])]
    preprints: Counter[str] = Counter()
    for sample in around:
        venue = sample.fields.first(Slot.VENUE)
        if venue and names_arxiv(venue):
            preprints[venue] += sample.weight  # type: ignore[assignment]
    return WritingStyle(
        words,
        authors=usual,
        pair=usual_of(pairs, manner_of_names) if author_manner(usual)[0] == "et al" else "",
        dates=_usual_dates([pair for pair in dates if date_manner(pair[0])]),
        preprint=preprints.most_common(1)[0][0] if preprints else "",
        arxiv_forms=_usual_forms(samples),
        only_first_author=_only_first([text for text, _ in authors]),
        code_takes_pages=_code_takes_pages(around),
        names_are_repositories=_names_are_repositories(samples),
        servers=words_for_servers([p for p, _ in shown], [weight for _, weight in shown]),
    )


def names_arxiv(venue: str) -> bool:
    """Whether a venue is how a list calls arXiv: by its name, or `Preprint`."""
    return is_preprint_name(venue) and bool(
        re.match(r"\W*(?:ar\s?xiv|corr|pre-?print)", venue, re.IGNORECASE)
    )


def _venues_of(shown: Sequence[tuple[tuple[Part, ...], float]]) -> dict[str, str]:
    """The list's words for venues in labels of links and in badges."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for parts, weight in shown:
        for part in parts:
            if part.slot is Slot.VENUE:
                votes[venue_key(part.text)][part.text] += weight  # type: ignore[assignment]
    return {key: counter.most_common(1)[0][0] for key, counter in votes.items()}


def _only_first(authors: Sequence[str]) -> bool:
    """Whether a list names one author of each paper, and nothing for the others."""
    single = [text for text in authors if not re.search(r"[,;&]| and |\bet\b", text)]
    return len(single) >= _SEVERAL and len(single) == len(authors)


def _code_takes_pages(samples: Sequence[Sample]) -> bool:
    """Whether several entries have an address under their label for code that is no code's."""
    codes = [code for sample in samples if (code := sample.fields.first(Slot.CODE))]
    pages = sum(not is_code_address(code) for code in codes)
    return pages >= max(_SEVERAL, 0.02 * len(codes))


def _names_are_repositories(samples: Sequence[Sample]) -> bool:
    """Whether at least half of the short names beside a title and a link to code are the name
    of the repository."""
    named = equal = 0
    for sample in samples:
        fields = sample.fields
        name, code = fields.first(Slot.NAME), repository_of(fields.first(Slot.CODE))
        if name and code and fields.first(Slot.TITLE):
            named += 1
            equal += name.casefold() == code.rpartition("/")[2].casefold()
    return equal >= max(_SEVERAL + 1, named / 2)


def _usual_dates(examples: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    votes: defaultdict[tuple[str, ...], list[tuple[float, str]]] = defaultdict(list)
    for example, weight in examples:
        votes[date_manner(example)].append((weight, example))
    weights = {manner: sum(w for w, _ in group) for manner, group in votes.items()}
    least = 0.1 * sum(weights.values())
    ranked = sorted(votes, key=lambda manner: -weights[manner])
    return tuple(max(votes[m], key=lambda pair: pair[0])[1] for m in ranked if weights[m] >= least)


def _usual_forms(samples: Sequence[Sample]) -> tuple[tuple[str, str], ...]:
    """The forms of arXiv addresses that a third of these entries have, the commonest first."""
    forms: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        form = arxiv_form(sample.fields.first(Slot.PAPER) or "")
        if form:
            forms[form] += sample.weight  # type: ignore[assignment]
    least = sum(forms.values()) / 3
    usual = forms.most_common(1)
    return tuple(
        form for form, weight in forms.most_common() if weight >= least or form == usual[0][0]
    )


def usual_of(examples: Sequence[tuple[str, float]], manner_of: _Manner) -> str:
    """The weightiest example of the manner that has most weight; empty without examples."""
    votes: defaultdict[tuple[str, ...], list[tuple[float, str]]] = defaultdict(list)
    for example, weight in examples:
        votes[manner_of(example)].append((weight, example))
    if not votes:
        return ""
    most = max(votes.values(), key=lambda each: sum(weight for weight, _ in each))
    return max(most, key=lambda pair: pair[0])[1]


_EMPHASIS = re.compile(r"[*_]+(?=et\b)|(?<=al\.)[*_]+|(?<=al)[*_]+")


def authors_are_clear(text: str) -> bool:
    """Whether a list of authors, written anew from the names it shows, is itself again."""
    text = _EMPHASIS.sub("", text)
    cut = ET_AL.search(text)
    names = [n.strip() for n in re.split(r",|;| and | & ", text[: cut.start()] if cut else text)]
    names = [name for name in names if name]
    if not names:
        return False
    if manner_of_names(text)[-1] == "initials last":
        names = [" ".join([*name.split()[1:], name.split()[0]]) for name in names]
    everybody = (*names, "Ana Silva", "Li Wei") if cut else tuple(names)
    return _squeezed(write_authors(everybody, text)) == _squeezed(text)


def date_is_clear(text: str, months: dict[int, str]) -> bool:
    """Whether a date, written anew from what it says, is itself again."""
    found = find_date(text)
    return found is not None and write_date(date_of(found), text, months) == text


def _squeezed(text: str) -> str:
    return re.sub(r"[\s.,]+", " ", text).strip().casefold()
