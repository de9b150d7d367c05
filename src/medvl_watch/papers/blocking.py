"""Which records are compared at all: those that share a block.

Comparing each record with each other one would take days for a year of papers. Records of one
work nearly always share the whole title, its beginning or its end, or, where the title was
changed, some rare words in a row of the abstract. Sharing a block proves nothing.
"""

from __future__ import annotations

import re
from zlib import crc32

from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.withdrawal import notice_in, without_withdrawal_mark

LARGEST_BLOCK = 20
"""Records. A larger block is left out, as its words are everybody's; whole titles are not."""

_PIECE = 32
"""Letters of the beginning and of the end of a title, five words or so."""
_SHORTEST_PIECE = 12
_HEAD_OF_ABSTRACT = 800
_LONG = 6
_LONG_WORD = re.compile(rf"[^\W\d_]{{{_LONG},}}")
_LETTERS = bytes(ord(x.lower()) if (x := chr(code)).isalpha() else 32 for code in range(128)) * 2
"""Each ASCII letter in lower case, and a space for what is none."""
_SKETCH = 4
_WHOLE_TITLE, _ABSTRACT = 1 << 34, 1 << 33
"""Added to the numbers of 32 bits, so that the kinds of blocks stay apart."""


def blocks_of(title: str, abstract: str) -> tuple[int, ...]:
    """The blocks of a record, that of its whole title first.

    The numbers are stored in ledgers: whoever changes how they are made also migrates these.
    """
    notice = notice_in(title)
    key = title_key(notice.title if notice else without_withdrawal_mark(title))
    blocks = [_block("t", key)] if key else []
    if len(key) >= _SHORTEST_PIECE:
        blocks += [_block("h", key[:_PIECE]), _block("e", key[-_PIECE:])]
    return (*blocks, *_sketch(abstract))


def is_title_block(block: int) -> bool:
    """Whether a block is that of a whole title."""
    return block >= _WHOLE_TITLE


def is_sample_of_abstract(block: int) -> bool:
    """Whether a block is a phrase of an abstract. One may be anybody's, two are seldom."""
    return _ABSTRACT <= block < _WHOLE_TITLE


def _sketch(abstract: str) -> tuple[int, ...]:
    """The least and the greatest numbers among those of all three neighbouring long words: two
    texts that share most of these very likely share one of the numbers (min-wise hashing,
    Broder 1997, doi:10.1109/SEQUEN.1997.666900)."""
    words = _long_words(abstract[:_HEAD_OF_ABSTRACT])
    threes = set(map(crc32, map(b" ".join, zip(words, words[1:], words[2:], strict=False))))
    if len(threes) < 3 * _SKETCH:
        return ()
    numbers = sorted(threes)
    return tuple(number + _ABSTRACT for number in (*numbers[:_SKETCH], *numbers[-_SKETCH:]))


def _long_words(text: str) -> list[bytes]:
    """The words of six letters and more, lower-case. Nearly all abstracts are ASCII, where
    bytes are split ten times as fast as a pattern finds the words."""
    if text.isascii():
        return [one for one in text.encode().translate(_LETTERS).split() if len(one) >= _LONG]
    return [one.encode() for one in _LONG_WORD.findall(text.lower())]


def _block(kind: str, text: str) -> int:
    number = crc32(text.encode(), ord(kind)) if text else 0
    return number + _WHOLE_TITLE if kind == "t" and text else number
