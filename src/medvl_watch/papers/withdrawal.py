"""Whether a record says that its paper was withdrawn or retracted, or announces that of another.

Authors withdraw a preprint in its comment, less often in its abstract; publishers mark the title.
A paper *about* withdrawal or correction, and one withdrawn from a conference, is neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from medvl_watch.records import Record

_WORK = (
    r"(?:paper|article|manuscript|submission|preprint|pre-print|work|version|document|report|study)"
)
_GONE = r"(?:withdrawn|retracted)"
_ELSEWHERE = r"(?! from (?!(?:the )?arxiv))"
"""`withdrawn from ICLR 2024` says nothing of the preprint."""
_EARLIER = r"(?<!previous )(?<!earlier )(?<!original )(?<!first )(?<!old )(?<!older )(?<!initial )"

_COMMENT = re.compile(
    rf"^\W*(?:this {_WORK} )?(?:temporarily |formally )?{_GONE}\b{_ELSEWHERE}"
    rf"|(?:\b(?:this|the|our)|^\W*|[.;,:] )\s?(?:\w+ )?{_EARLIER}{_WORK} "
    rf"(?:has been|have been|is|was|is being|will be|needs? to be|must be|has to be|should be) "
    rf"(?:\w+ly )?{_GONE}\b{_ELSEWHERE}"
    rf"|\b{_EARLIER}{_WORK} (?:has been|was|is) removed by (?:the )?arxiv"
    rf"|\b{_GONE} by (?:the )?(?:arxiv|authors?|submitter)"
    rf"|\b(?:authors?|we|i) (?:have |has )?(?:hereby )?(?:withdrawn|retracted|withdrew|withdraws?|"
    rf"retracts?|am withdrawing|are withdrawing) (?:this|the|our|my) (?:\w+ )?{_WORK}{_ELSEWHERE}"
    rf"|\b(?:authors?|we|i) (?:would like|wish|want|need|have|intend|request|ask|(?:have )?decided|"
    rf"agreed|chose|prefer)(?:es|s|ed)? to (?:withdraw|retract) "
    rf"(?:this|the|our|my) (?:\w+ )?{_WORK}{_ELSEWHERE}",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(
    rf"^\W*(?:this|the) (?:\w+ )?{_WORK} (?:has been|have been|is|was) (?:\w+ly )?"
    rf"(?:{_GONE}\b{_ELSEWHERE}|removed by (?:the )?arxiv)|^\W*withdrawn\b",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^\W*(?:WITHDRAWN|RETRACTED)\b(?:\s+(?:ARTICLE|PAPER|PREPRINT))?\W*:"
    r"|^\s*(?i:(?:withdrawn|retracted)(?:\s+(?:article|paper|preprint))?)\s*:"
    r"|^\s*[\[(](?i:withdrawn|retracted)(?:\s+(?i:article|paper|preprint))?[\])]"
    r"|[\[(](?i:withdrawn|retracted)(?:\s+(?i:article|paper|preprint))?(?:\.[^\[\]()]{0,80})?[\])]\s*$"
)
_WORTH_A_LOOK = ("withdr", "retract", "removed by")
"""The patterns take their time, and hardly any record has one of these."""


def says_withdrawn(record: Record) -> bool:
    """Whether a record says that its own paper was withdrawn or retracted."""
    comment = record.comment or ""
    text = f"{record.title}\n{comment[:2_000]}\n{record.abstract[:600]}".lower()
    if not any(part in text for part in _WORTH_A_LOOK):
        return False
    return bool(
        _COMMENT.search(_on_one_line(comment))
        or _ABSTRACT.search(_on_one_line(record.abstract))
        or _TITLE.search(record.title)
    )


def without_withdrawal_mark(title: str) -> str:
    """The title without the mark with which a publisher says that its paper is retracted."""
    return _TITLE.sub("", title).strip() or title


class NoticeKind(StrEnum):
    """What a notice says of another paper."""

    RETRACTION = "retraction"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about another paper, of which it names the title."""

    kind: NoticeKind
    title: str


_NOTICE = re.compile(
    r"^\s*[\[(]?(?P<kind>(?:author |publisher |editorial )?(?:corrigend(?:um|a)|errat(?:um|a)|"
    r"corrections?|addendum|retraction(?: note| notice)?|withdrawal(?: notice)?|"
    r"(?:editorial )?expression of concern))[\])]?"
    r"(?P<mark>\s*(?::|[-\u2013\u2014]\s|to\s*:?|of\s*:|for\s*:|on\s*:)\s*)(?P<title>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"^[\u201c\u2018\"'](.{10,}?)[\u201d\u2019\"']")
_FEWEST_WORDS = 3


def notice_in(title: str) -> Notice | None:
    """The notice that a title announces: `Correction: …`, `Erratum to: …`, `Retraction Note: …`.

    None for a paper about corrections: `Correction for domain shift in …`, `Corrections to …
    improve …` without the title of another paper behind a colon or in quotation marks.
    """
    found = _NOTICE.match(title[:1_000])
    if not found:
        return None
    rest, mark = found["title"].strip(), found["mark"].strip()
    quoted = _QUOTED.match(rest)
    if quoted:
        rest = quoted[1]
    elif ":" not in mark and not re.match(r"(?i)corrigend|errat|retraction n|withdrawal n", title):
        return None
    if len(rest.split()) < _FEWEST_WORDS:
        return None
    is_retraction = re.match(r"(?i)retraction|withdrawal", found["kind"]) is not None
    return Notice(NoticeKind.RETRACTION if is_retraction else NoticeKind.CORRECTION, rest.strip())


def _on_one_line(text: str) -> str:
    return " ".join(text[:2_000].split())
