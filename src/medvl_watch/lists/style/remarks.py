"""Words that are the list's own, and words that are one paper's: what an example says beside
its fields must not be copied, unless others say it, too."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence

from medvl_watch.lists.fields.reading import Fields
from medvl_watch.lists.fields.slots import with_enclosing_marks
from medvl_watch.lists.parsing.markup import LINK
from medvl_watch.lists.style.samples import Sample
from medvl_watch.lists.style.span_edits import Span, merged

COMMON = 0.15
"""The weight, of all samples', that makes a chunk of words the list's own."""

MANY = 4
TAGGED = 0.6
"""The same for a code span: lists tag papers so, and a tag is a fact of its paper."""

_CHUNK = re.compile(r"`[^`\n]+`|\d[\d().:;,\u2013-]*|[^\W\d_]{2,}(?:[ '\u2019/-][^\W\d_]+)*")
_MARKS = re.compile(r"[ \t]*(?:[,;:+&/]|[^\W_](?![^\W_])|\.(?![ \t]))?[ \t]*")
_STRAY = re.compile(r"(?<![^\s(])((?:\+|[^\W\d_])[,;:]?[ \t]{1,3})$")
_LONGEST_STRAY = 6
_MARKER = re.compile(r"[ \t]*(?:[-*+>][ \t]+)?")
_TAG = re.compile(r"<[^<>]*>")


def chunks(fields: Fields) -> list[Span]:
    """Runs of words that are neither fields nor labels of links, code spans as a whole, and
    images: what an entry says beside its fields."""
    text = fields.text
    claimed = [(c.start, c.end) for c in fields.claims]
    links = list(LINK.finditer(text))
    images = [match.span() for match in links if match["image"] or match["img"]]
    tags = [match.span() for match in _TAG.finditer(text)]
    words = [match.span() for match in _CHUNK.finditer(text)]
    covered = [*claimed, *(match.span() for match in links), *tags]
    return [*_apart(images, claimed), *_apart(words, covered)]


def _apart(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The spans that have nothing in common with any of the others."""
    taken = merged(others)
    ends = [end for _, end in taken]
    found = []
    for span in spans:
        first = bisect_right(ends, span[0])
        if first == len(taken) or taken[first][0] >= span[1]:
            found.append(span)
    return found


def foreign_chunks(samples: Sequence[Sample]) -> list[tuple[Span, ...]]:
    """For each sample its chunks that too few others share: facts of that one paper, which
    must not be copied."""
    found = [chunks(sample.fields) for sample in samples]
    share: defaultdict[str, float] = defaultdict(float)
    users: defaultdict[str, int] = defaultdict(int)
    total = sum(sample.weight for sample in samples)
    for sample, spans in zip(samples, found, strict=True):
        for chunk in {_chunk(sample, span) for span in spans}:
            share[chunk] += sample.weight / total
            users[chunk] += 1
    foreign = []
    for sample, spans in zip(samples, found, strict=True):
        rare = [
            with_enclosing_marks(sample.fields.text, *span)
            for span in spans
            if users[_chunk(sample, span)] < 2
            or share[_chunk(sample, span)] < _least_share(sample, span, users)
        ]
        runs = _run_together(sample.fields, rare)
        foreign.append(tuple(_whole_remarks(sample.fields, runs, spans)))
    return foreign


def _whole_remarks(fields: Fields, runs: Sequence[Span], words: Sequence[Span]) -> list[Span]:
    """A line without fields that is foreign for the most part is foreign as a whole: what
    several digests share (`a`, `in which`) says nothing without the rest."""
    found = list(runs)
    start = 0
    for line in fields.text.split("\n"):
        end = start + len(line)
        inside = [span for span in words if start <= span[0] and span[1] <= end]
        gone = [span for span in runs if start <= span[0] and span[1] <= end]
        if gone and not any(start <= c.start <= end for c in fields.claims):
            said = sum(b - a for a, b in inside)
            if 2 * sum(min(b, end) - a for a, b in gone) >= said:
                marker = _MARKER.match(line)
                found.append((start + (marker.end() if marker else 0), end))
        start = end + 1
    return merged(found)


def _run_together(fields: Fields, spans: Sequence[Span]) -> list[Span]:
    """Foreign words of one phrase go as one, with the small marks between them (`A`, `+`)."""
    claimed = [claim.outer for claim in fields.claims]
    runs: list[Span] = []
    for start, end in sorted(spans):
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
            continue
        if runs and _MARKS.fullmatch(fields.text, runs[-1][1], start):
            begin = runs.pop()[0]
        else:
            begin = start
            lead = _STRAY.search(fields.text, max(0, start - _LONGEST_STRAY), start)
            if lead and _apart([(lead.start(1), start)], claimed):
                begin = lead.start(1)
        runs.append((begin, end))
    return runs


def _least_share(sample: Sample, span: Span, users: Mapping[str, int]) -> float:
    """What share makes a chunk the list's own; used by many entries it needs none."""
    if sample.fields.text[span[0]] == "`":
        return TAGGED
    return 0.0 if users[_chunk(sample, span)] >= MANY else COMMON


def _chunk(sample: Sample, span: Span) -> str:
    return sample.fields.text[slice(*span)].casefold()
