"""Damages real lists at random and edits them: no crash, no old line lost, twice changes nothing.

    python -m tests.lists.fuzz FOLDER [--minutes 10] [--seed 1] [--failures FILE]

Reads every `.md` file of the folder. What fails is written, with the list as it was damaged, as one
JSON line per failure; the exit status is 1 then. Not part of the test suite: `make fuzz` runs it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medvl_watch.changes import Addition
from medvl_watch.lists.checking.fixing import mend
from medvl_watch.lists.checking.register import check
from medvl_watch.lists.editing.completing import complete
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.fields.reading import fields_of
from medvl_watch.lists.parsing.document import parse, section_paths, text_of
from medvl_watch.papers.identifiers import keys_in
from medvl_watch.records import Record

_MOST_LINES = 220
_ODD = ["|", "*", "**", "[", "]", "(", ")", "`", "<!--", "-->", "<br>", "\t", "\\", "\u200b", "#",
        "- ", "> ", "    ", "~~~", "</details>", "<details>", "\x1e", "1. ", "&amp;",
        "\r"]  # fmt: skip

Damage = Callable[[random.Random, list[str]], None]


def _drop(rng: random.Random, lines: list[str]) -> None:
    del lines[rng.randrange(len(lines))]


def _repeat(rng: random.Random, lines: list[str]) -> None:
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))


def _swap(rng: random.Random, lines: list[str]) -> None:
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _blank(rng: random.Random, lines: list[str]) -> None:
    lines.insert(rng.randrange(len(lines)), rng.choice(["\n", "  \n", "---\n"]))


def _join(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    lines[at] = lines[at].rstrip("\n")


def _mark(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    place = rng.randrange(len(lines[at]) or 1)
    lines[at] = lines[at][:place] + rng.choice(_ODD) + lines[at][place:]


def _cut(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    place = rng.randrange(len(lines[at]) or 1)
    lines[at] = lines[at][:place] + lines[at][place + rng.randint(1, 9) :]


def _ends(rng: random.Random, lines: list[str]) -> None:
    every = rng.choice([1, 1, 3])
    lines[:] = [
        line.replace("\n", "\r\n") if number % every == 0 else line
        for number, line in enumerate(lines)
    ]


def _stop(rng: random.Random, lines: list[str]) -> None:
    lines[-1] = lines[-1].rstrip("\n")[: rng.randint(0, 80)]


DAMAGES: tuple[Damage, ...] = (
    _drop,
    _repeat,
    _swap,
    _blank,
    _join,
    _mark,
    _mark,
    _cut,
    _ends,
    _stop,
)


def damaged(rng: random.Random, text: str) -> str:
    """A part of a list, damaged in up to six places."""
    lines = text.splitlines(keepends=True)
    start = rng.randrange(max(1, len(lines) - _MOST_LINES // 2))
    lines = lines[start : start + rng.randint(10, _MOST_LINES)]
    if rng.random() < 0.7:
        lines.insert(0, "# List\n\n")
    for _ in range(rng.randint(0, 6)):
        if lines:
            rng.choice(DAMAGES)(rng, lines)
    return "".join(lines)


def papers(rng: random.Random) -> list[Record]:
    """Papers that no list has, with more or fewer facts."""
    words = ["Sparse", "Retinal", "Prompts", "Guide", "Frozen", "Encoders", "Toward", "Slides",
             "Reports", "Volumes", "Questions", "Robust", "Grounding", "Lesions"]  # fmt: skip
    found = []
    for number in range(rng.randint(1, 3)):
        title = " ".join(rng.sample(words, 6))
        title = rng.choice([title, f"NetX{number}: {title}", f"{title} *in* [vivo] | CT"])
        arxiv_id = f"26{rng.randint(1, 12):02d}.{rng.randint(1, 9999):05d}"
        found.append(
            Record(
                id=f"arxiv:{arxiv_id}",
                title=title,
                arxiv_id=arxiv_id,
                authors=rng.choice([(), ("Ana Silva", "Li Wei", "Jo Park"), ("Uma Rao",)]),
                published=rng.choice([None, "2026-03-17T10:00:00Z", "2026"]),
                venue=rng.choice([None, "MICCAI 2026", "arXiv"]),
                code_urls=rng.choice([(), ("https://github.com/lab/netx",)]),
            )
        )
    return found


_NUMBER = re.compile(r"\d+")


def lost_lines(before: str, after: str) -> list[str]:
    """Old lines that are gone, but for their numbers and their ends."""
    old, new = (
        Counter(_NUMBER.sub("0", line.rstrip("\r")) for line in text.split("\n"))
        for text in (before, after)
    )
    return [line for line in (old - new).elements() if line.strip()]


def faults(rng: random.Random, text: str) -> Iterator[str]:
    """What goes wrong with a list, in one clause each."""
    document = parse(text)
    if text_of(document) != text:
        yield "parse: the lines are not the text"
    paths = section_paths(document)
    if paths:
        yield from _faults_of_insertion(rng, text, paths)
    yield from _faults_of_completion(rng, text)
    for rule in {finding.rule for finding in check(text)}:
        mended = mend(text, [each for each in check(text) if each.rule == rule and each.changes])
        if rule != "duplicate" and text.count("\n") != mended.text.count("\n"):
            yield f"check: --fix {rule} changes the number of lines"


def _faults_of_insertion(
    rng: random.Random, text: str, paths: Sequence[tuple[str, ...]]
) -> Iterator[str]:
    additions = [Addition(paper=paper, section=rng.choice(paths)) for paper in papers(rng)]
    edit = insert(text, additions)
    lost = lost_lines(text, edit.after)
    if lost:
        yield f"insert: lost {lost[0]!r}"
    if insert(edit.after, additions).after != edit.after:
        yield "insert: twice changes something"


def _faults_of_completion(rng: random.Random, text: str) -> Iterator[str]:
    document = parse(text)
    entries = rng.sample(document.entries, min(3, len(document.entries)))
    updates = []
    for number, entry in enumerate(entries):
        fields = fields_of(document, entry)
        keys = sorted(key for key in keys_in(fields.text) if key.startswith("arxiv:"))
        updates.append(
            Record(
                id=f"p{number}",
                title=fields.title or "Nothing",
                arxiv_id=keys[0].removeprefix("arxiv:") if keys else None,
                venue=rng.choice([None, "MICCAI 2026"]),
                code_urls=rng.choice([(), ("https://github.com/lab/found",)]),
            )
        )
    result = complete(text, updates)
    lost = lost_lines(text, result.after)
    if len(lost) > sum(len(done.lines) for done in result.done):
        yield f"complete: lost {lost[0]!r}"
    if complete(result.after, updates).after != result.after:
        yield "complete: twice changes something"


@dataclass(frozen=True, slots=True)
class Failure:
    """A list that was damaged with a seed, and what went wrong with it."""

    seed: int
    name: str
    fault: str
    text: str


def try_one(seed: int, lists: Sequence[Path]) -> Iterator[Failure]:
    rng = random.Random(seed)
    path = rng.choice(lists)
    text = damaged(rng, path.read_bytes().decode(errors="replace"))
    try:
        for fault in faults(rng, text):
            yield Failure(seed, path.name, fault, text)
    except Exception:  # noqa: BLE001 - whatever is raised is what is looked for
        yield Failure(seed, path.name, traceback.format_exc()[-600:], text)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--failures", type=Path, default=Path("fuzz-failures.jsonl"))
    options = parser.parse_args(arguments)
    lists = sorted(options.folder.glob("*.md"))
    end = time.monotonic() + 60 * options.minutes
    seed, found = options.seed, 0
    while time.monotonic() < end:
        for failure in try_one(seed, lists):
            found += 1
            sys.stdout.write(f"{failure.seed} {failure.name}: {failure.fault}\n")
            sys.stdout.flush()
            with options.failures.open("a", encoding="utf-8") as file:
                file.write(json.dumps([failure.seed, failure.name, failure.fault, failure.text]))
                file.write("\n")
        seed += 1
    sys.stdout.write(f"{seed - options.seed} lists, {found} failures\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
