"""Names of people, compared as sources write them.

One person is `Zhang Wei`, `Wei Zhang`, `W. Zhang` and `张伟`; `Søren Østergård` and `S. Ostergard`;
`Müller` and `Mueller`; `Xiao-Ming Li` and `Xiaoming Li`. Nothing tells which word is the family
name, so the order of the words does not count. Two people may well have one name: a name is never
enough to say that two papers are one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

_LONGEST = 200
_MOST_AUTHORS = 60
_LEAST_CUT = 3
_BRACKETS = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]|<[^<>]{0,80}>")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+(?:['`\u2019\-\u2010\u2011][^\W\d_]+)*")
_UMLAUT = re.compile(r"(?<=[aou])e(?!$)")
_LEFT_OUT = re.compile(
    "van|von|der|den|de|del|della|di|da|dos|du|la|le|ter|ten|bin|ibn|al|el|and|"
    "jr|sr|ii|iii|iv|phd|md|msc|mph|mbbs|frcr|prof|dr|"
)
_INITIALS = re.compile(r"[A-Z]{2,3}")


@lru_cache(maxsize=1 << 14)
def name_words(author: str) -> tuple[str, ...]:
    """The words of a name in lower-case Latin letters, in their order; initials are one letter.

    Particles, degrees and numbers (`Jia Li 0001`) are left out.
    """
    text = author[:_LONGEST]
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = _latin(text)
    text = _BRACKETS.sub(" ", text).replace("~", " ")
    shouts = text.isupper()
    words: list[str] = []
    for word in _WORD.findall(text):
        if not shouts and _INITIALS.fullmatch(word):
            words += word.lower()  # `KA Brook`
            continue
        folded = re.sub(r"[^a-z]", "", word.lower())
        if not _LEFT_OUT.fullmatch(folded):
            words.append(_UMLAUT.sub("", folded))
    return tuple(words)


def _latin(text: str) -> str:
    """Chinese and Korean names come without a space, and leave with one: `ZhangWei`."""
    wide = any("\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in text)
    latin = anyascii(text)
    return _CAMEL.sub(" ", latin) if wide else latin


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if one == other:
        return bool(one)
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if not any(word in longer and len(word) > 1 for word in shorter):
        return "".join(one) == "".join(other) != ""
    left = list(longer)
    rest = []
    for word in shorter:
        if word in left:
            left.remove(word)
        else:
            rest.append(word)
    if not rest or "".join(rest) == "".join(left):
        return True
    for word in rest:
        # `w` of `wei`, and `wei` of `w`; `alex` of `alexander`.
        found = next((x for x in left if _abbreviates(word, x) or _abbreviates(x, word)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _abbreviates(short: str, long: str) -> bool:
    """`w` of `wei`, `alex` of `alexander`; not `chen` of `cheng`."""
    is_short = len(short) == 1 or len(long) - len(short) >= _LEAST_CUT <= len(short)
    return is_short and long.startswith(short)


@dataclass(frozen=True, slots=True)
class AuthorMatch:
    """How many people two lists of authors have in common, whatever their order, and how many
    the shorter and the longer list have."""

    common: int
    shorter: int
    longer: int

    @property
    def most(self) -> bool:
        """At least half of the shorter list, which may be cut off (`et al.`)."""
        return self.common > 0 and self.common * 2 >= self.shorter

    @property
    def all(self) -> bool:
        """Nearly all of the shorter list, and more than one person unless both have only one."""
        few = self.common == self.longer == 1
        return few or (self.common > 1 and self.common * 5 >= self.shorter * 4)


_OTHERS = re.compile(r"\W*(?:et\s+al\b|others|and others)\W*", re.IGNORECASE)


def match_authors(one: Sequence[str], other: Sequence[str]) -> AuthorMatch | None:
    """How well two lists of authors agree; None where one of them has none."""
    first = [w for a in one[:_MOST_AUTHORS] if not _OTHERS.fullmatch(a) and (w := name_words(a))]
    left = [w for a in other[:_MOST_AUTHORS] if not _OTHERS.fullmatch(a) and (w := name_words(a))]
    sizes = sorted((len(first), len(left)))
    if not sizes[0]:
        return None
    common = 0
    for words in first:
        found = next((at for at, each in enumerate(left) if _agree(words, each)), None)
        if found is not None:
            common += 1
            del left[found]
    return AuthorMatch(common, *sizes)
