"""Whether a model's text says more than the paper that it describes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+")
_INNER = re.compile(r"\d|[^\W\d_].*[A-Z]")  # a number, or a capital after the first letter
_LONG = 4  # letters from which a word counts; shorter ones are mostly articles and prepositions
_STEM = 5  # letters in which forms of one word agree (`generate`, `generation`)
_SHORTEST_INITIALS = 3  # of two letters in a row, some are in every abstract by chance
_LEAST_SHARE = 0.5


def says_more(text: str, paper: Iterable[str]) -> bool:
    """Whether a text has names, numbers or mostly words that the texts of the paper do not have.

    A number, and a word with a capital letter after its first one, must occur in the paper or be
    the initials of its words in a row (`MRI`). Of any other word with a capital letter inside the
    text the first five letters must occur. So must those of at least half of all words of four
    letters or more: a text in another language, or about another paper, has few of them.
    """
    words = [word for each in paper for word in _WORD.findall(each)]
    known = {word.casefold() for word in words}
    stems = {word[:_STEM] for word in known}
    initials = "".join(word[0].casefold() for word in words)
    own: Sequence[str] = _WORD.findall(text)
    for number, word in enumerate(own):
        folded = word.casefold()
        if _INNER.search(word):
            is_short_form = len(word) >= _SHORTEST_INITIALS and word.isalpha()
            if folded not in known and not (is_short_form and folded in initials):
                return True
        elif number and word[0].isupper() and folded[:_STEM] not in stems:
            return True
    long_words = [word.casefold() for word in own if len(word) >= _LONG and not _INNER.search(word)]
    return sum(word[:_STEM] in stems for word in long_words) < _LEAST_SHARE * len(long_words)
