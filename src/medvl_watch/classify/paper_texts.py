"""The texts of a paper that the lexicons score, and flags about them."""

from __future__ import annotations

import re

from medvl_watch.records import Record

LONGEST_TEXT = 20_000
"""The number of characters of a field that are read. Abstracts on arXiv have at most 1,920
(https://info.arxiv.org/help/prep.html#abstracts)."""

NOT_ENGLISH = "not-english"
"""The flag of a paper with an abstract in another language, to which the lexicons do not apply."""
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "the of and to for with that this are by from on an as is in we our be can which it these "
        "has have at or not more than into between both using",
    )
)
_OTHER_LANGUAGES = frozenset(
    re.findall(
        r"\w+",
        "der das und ist nicht ein eine einer mit von den dem des zur zum wird werden sind auch "
        "durch le les et est une un dans pour par sur avec que qui nous aux ces cette sont el los "
        "las y en una por con para del como esta este se su nos os um uma em da do dos das na no "
        "ao com mais foi il che di per della delle nel sono questo questa gli het een dat voor "
        "met zijn wordt te",
    )
)
"""Frequent small words of German, French, Spanish, Portuguese, Italian and Dutch."""
_WORD = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPT = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
_FEWEST_LETTERS = 8  # of another script; fewer may be a name or formulas
_FEWEST_WORDS, _FEWEST_SMALL_WORDS = 12, 4  # that show another language
_SHARE_WITHOUT_ENGLISH = 0.25  # of another language's small words, where English has none
_MANY_WORDS, _LEAST_SHARE = 40, 0.05  # English texts of so many words have more small words


def fields_to_score(facts: Record) -> dict[str, str]:
    """The texts to score, each cut to `LONGEST_TEXT` characters. A term counts in the first of
    them in which it occurs."""
    texts = {"title": facts.title, "abstract": facts.abstract, "comment": facts.comment or ""}
    return {name: text[:LONGEST_TEXT] for name, text in texts.items()}


def text_flags(facts: Record) -> tuple[str, ...]:
    """Flags for an abstract that is missing or in another language, and for texts that are cut."""
    flags = []
    if not facts.abstract.strip():
        flags.append("no-abstract")
    elif not _is_english(facts.abstract[:LONGEST_TEXT]):
        flags.append(NOT_ENGLISH)
    if len(facts.abstract) > LONGEST_TEXT or len(facts.title) > LONGEST_TEXT:
        flags.append("text-cut")
    return tuple(flags)


def _is_english(abstract: str) -> bool:
    """Whether nothing shows that a text is in another language. One sentence rarely shows it:
    letters of another script do, and so do more small words of another language than of English,
    or too few of English in a long text."""
    if abstract.isascii() and " the " in abstract:
        return True
    others = len(_OTHER_SCRIPT.findall(abstract))
    if others >= _FEWEST_LETTERS and 2 * others > sum(map(str.isalpha, abstract)):
        return False
    words = _WORD.findall(abstract.lower())
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _OTHER_LANGUAGES for word in words)
    if foreign >= max(_FEWEST_SMALL_WORDS, 2 * english) and len(words) >= _FEWEST_WORDS:
        return False
    if not english and foreign > 1 and foreign >= _SHARE_WITHOUT_ENGLISH * len(words):
        return False
    return len(words) < _MANY_WORDS or english >= _LEAST_SHARE * len(words)
