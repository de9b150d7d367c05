"""What an item of a feed is: a paper, a notice about another paper, or neither.

Publishers put corrections and advertisements between the papers, and a bridge
that cannot reach its site puts its error message there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum


class ItemKind(StrEnum):
    """What an item is, in the words of a receipt."""

    PAPER = "a paper"
    NOTICE = "announcing corrections"
    ERROR = "error messages"
    ADVERTISEMENT = "advertisements"


_OF = (
    r"(?:(?:author|publisher|editor|editorial)(?:['\u2019]?s|s['\u2019])?\s)?(?:notice\sof\s)?(?:partial\s)?"
    r"(?:correction|corrections|corrigendum|corrigenda|erratum|errata|addendum|addenda|"
    r"retraction(?:\s(?:note|notice|statement))?|removal(?:\snotice)?|withdrawal(?:\snotice)?|"
    r"(?:editorial\s)?expression\sof\s(?:editorial\s)?concern|editorial\snote|reinstatement|"
    r"duplicate\spublication)"
)
# Its own words and nothing else, or a mark behind them that names another paper.
_NOTICE = re.compile(
    rf"^\W{{0,3}}(?:{_OF}|notice\sof\sduplicate\spublication)"
    r"(?:\s*(?:[:\u2013\u2014\uff1a]|\s-\s|\.\s)|\s?[\[(]|\s+(?:to|of|on|for|in)\s*[:\u201c\u2018\"'\u00ab]|\s*$)",
    re.IGNORECASE,
)
_PLAIN_NOTICE = re.compile(
    rf"^{_OF}\s+to\s+(?=\S)|^(?:erratum|corrigendum|addendum|expression\sof\sconcern)\s+(?:for|of|on|regarding)\s|^retraction\s+for\s",
    re.IGNORECASE,
)
# `Correction for Cruz et al., A title`, as PNAS writes it.
_NAMED_NOTICE = re.compile(rf"^{_OF}\s+(?:for|to)\s.{{2,80}}?\bet\sal\b", re.IGNORECASE)
_ABOUT_ARTICLE = re.compile(
    r"\b(?:this\s(?:corrects|retracts)\sthe\s(?:article|paper)|\[this\scorrects|the\s(?:article|paper)\s"
    r"(?:\S+\s){0,8}(?:was|has\sbeen)\s(?:retracted|published\swith)|in\sthe\s(?:original|published)\s"
    r"(?:article|paper|version))",
    re.IGNORECASE,
)
_OWN_ABSTRACT = 200
"""Letters; a notice has at most a sentence about the other paper."""
_ERROR = re.compile(
    r"^\W*(?:bridge\sreturned\serror|.{0,40}\b(?:http\s)?(?:error|status)(?:\scode)?:?\s[45]\d\d\b|[45]\d\d\s"
    r"(?:bad\srequest|unauthorized|forbidden|not\sfound|too\smany|internal|bad\sgateway|service|gateway|error)"
    r"|(?:http\s?)?error\s?[:!(-]?\s*(?:[45]\d\d\b|$|fetching|loading|retrieving|while|occurred|could\snot)"
    r"|just\sa\smoment|attention\srequired|access\s(?:to\sthis\spage\s)?(?:has\sbeen\s)?denied|"
    r"are\syou\s(?:a\s)?(?:human|robot)|verify(?:ing)?\s(?:that\s)?you\sare\s(?:a\s)?human|"
    r"(?:page|feed|resource|channel|journal)\snot\sfound$|(?:the\s)?(?:service|site|page|feed|server)\s(?:is\s)?"
    r"(?:temporarily\s)?unavailable|(?:bad|internal)\s(?:gateway|server\serror)|gateway\stime-?out|"
    r"too\smany\srequests|rate\s(?:limit\s)?exceeded|(?:request|connection|operation)\stimed\sout|"
    r"(?:please\s)?(?:log|sign)\s?in(?:\sto|\srequired|$)|(?:session|subscription)\s(?:has\s)?expired|"
    r"(?:unable|failed|could\snot|cannot)\s(?:to\s)?(?:be\s)?(?:fetch|load|retrieve|get|parse|connect|find|read)|"
    r"(?:this\s|the\s)?(?:rss\s)?feed\s(?:\S+\s)?(?:has\s(?:been\s)?)?(?:moved|discontinued|disabled|removed|does\snot\sexist|error|is\sempty|is\sinvalid|no\slonger)|"
    r"no\s(?:items|results|entries|articles|content)(?:\swere)?(?:\sfound|\savailable)?\W*$|(?:uncaught\s)?(?:exception|traceback|stack\strace)\b\W|"
    r"\S*(?:Exception|Error)(?:\(|:\s)|"
    r"\[\d{4}-\d\d-\d\d\s.{0,20}\]\s.{0,40}\bissue\(s\)|\w*\s?(?:captcha|cloudflare)\b.{0,30}$|site\smaintenance|under\smaintenance|"
    r"maintenance\sin\sprogress|"
    r"undefined$|null$|untitled$|\(?no\stitle\)?$|test\s(?:item|entry|post)$)",
    re.IGNORECASE,
)
_ADVERTISEMENT = re.compile(
    r"^\W*(?:advertise?ments?\b\s*(?:[\]):|\u2013\u2014]|\s-\s|$)|(?<=[\[(])ad[\])]|\[?(?:advert|sponsored(?:\s(?:content|post|article|by\s.{1,40}))?|promoted|anzeige|"
    r"publicit[e\u00e9]|advertorial|partner\scontent|paid\scontent|paid\spost)\]?\s*(?:[\]):|\u2013\u2014]|\s-\s|$)|sponsored\sby\b|sponsored\scontent\b|"
    r"subscribe\s(?:now|today|to\sour)|sign\sup\s(?:for|to)\s(?:our|the|e-?mail)|"
    r"(?:free\s)?webinar\s*[:|]|join\sus\s(?:at|for)|register\s(?:now|today)|save\s(?:up\sto\s)?\d+\s?%|"
    r"\d+\s?%\soff\b|buy\snow|job\s(?:posting|opening|offer|advert)|we(?:['\u2019]|\sa)re\shiring|now\shiring|"
    r"(?:open\s)?(?:phd|postdoc\w*)\s(?:position|vacanc)|"
    r"call\sfor\s(?:papers|submissions|abstracts|reviewers|nominations|proposals|participation)\b)",
    re.IGNORECASE,
)
_ADVERTISED = frozenset(
    {"advertisement", "advertising", "sponsored", "sponsored content", "promotion"}
)
_RETRACTED = re.compile(
    r"^\W{0,2}(?:this\s(?:article|paper)\s(?:has\sbeen|is)\s)?(?:temporarily\s)?(retracted|withdrawn|removed)"
    r"(?:\s(?:article|paper|chapter|manuscript|preprint))?\s*(?:[\])]\s*[:\u2013-]?|[:\uff1a]|\s[\u2013\u2014-]\s)\s*(?=\S)",
    re.IGNORECASE,
)
_RETRACTED_BEHIND = re.compile(
    r"\s*(?:[\[(]\s?(?:this\s(?:article|paper)\s(?:has\sbeen|is)\s)?(retracted|withdrawn)(?:\s(?:article|paper))?\.?\s?[\])]"
    r"|\s[\u2013\u2014-]\s(RETRACTED|WITHDRAWN))\W*$",
    re.IGNORECASE,
)


def kind_of(title: str, abstract: str = "", categories: Sequence[str] = ()) -> ItemKind:
    """What the item with this clean title is. Where a title alone can be read in two ways
    (`Correction to Attenuation …`), an abstract of its own makes it a paper."""
    if is_notice(title, abstract):
        return ItemKind.NOTICE
    if _ERROR.match(title) and len(abstract) < 3 * _OWN_ABSTRACT:
        return ItemKind.ERROR
    if _ADVERTISEMENT.match(title) or any(one.strip().lower() in _ADVERTISED for one in categories):
        return ItemKind.ADVERTISEMENT
    return ItemKind.PAPER


def is_notice(title: str, abstract: str = "") -> bool:
    """Whether an item announces the correction or retraction of another paper. Papers about
    correction are not notices."""
    if _NOTICE.match(title) or _NAMED_NOTICE.match(title):
        return True
    if not _PLAIN_NOTICE.match(title):
        return False
    return len(abstract) < _OWN_ABSTRACT or bool(_ABOUT_ARTICLE.search(abstract))


def without_retraction_mark(title: str) -> tuple[str, str]:
    """A title without `RETRACTED:`, `[RETRACTED]`, `(withdrawn)` and the like, and which of the
    two words it was, lower-case; empty where there was none."""
    if found := _RETRACTED.match(title):
        return title[found.end() :], found.group(1).lower()
    if found := _RETRACTED_BEHIND.search(title):
        return title[: found.start()], (found.group(1) or found.group(2)).lower()
    return title, ""
