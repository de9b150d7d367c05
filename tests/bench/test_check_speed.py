"""How long `list check` takes on long lists, in processor time; `make bench` runs it."""

import random
import time
from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from medvl_watch.lists.checking import likeness, title_words
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.checking.fixing import mend
from medvl_watch.lists.checking.register import check
from medvl_watch.lists.fields.reading import read_fields
from medvl_watch.lists.parsing import entries
from medvl_watch.lists.proving.inline import marks_of_line

WORDS = ["Vision", "Language", "Medical", "Chest", "Report", "Radiology", "Image", "Grounding"]
ENTRIES = 6000


def titles_alike(count: int) -> str:
    """Titles that differ in one word, as those of a series of challenges do."""
    return "".join(
        f"- T{n} of a Work on Things [[pdf](https://arxiv.org/abs/23{n % 12 + 1:02}.{n:05})]\n"
        for n in range(count)
    )


def titles_of_few_words(count: int) -> str:
    """Titles of the same few words in any order, with code that many share."""
    chance = random.Random(1)
    return "".join(
        f"- **{' '.join(chance.choices(WORDS, k=7))} {''.join(chance.choices('abcdefgh', k=5))}**."
        f" CVPR 2023. [[pdf](https://arxiv.org/abs/23{n % 12 + 1:02}.{n:05})]"
        f" [[code](https://github.com/a/r{n % 50})] [data]\n"
        for n in range(count)
    )


def one_title(count: int) -> str:
    """One entry again and again, with a venue that is misspelt."""
    entry = (
        "- A Title of the Same Four Words. *Bo Li*. Nature Metods 2023. [[pdf](https://a.org/x)]\n"
    )
    return entry * count


def rows(count: int) -> str:
    """A table of many values, each address without its scheme."""
    chance = random.Random(2)
    head = "|Title|Modality|Code|\n|---|---|---|\n"
    return head + "".join(
        f"|Paper {n} about {chance.choice(WORDS)} things|{chance.choice(WORDS)}"
        f" {''.join(chance.choices('abcd', k=6))}|[code](github.com/a/b{n})|\n"
        for n in range(count)
    )


SHAPES = [
    pytest.param(titles_alike, id="titles that differ in one word"),
    pytest.param(titles_of_few_words, id="titles of the same words"),
    pytest.param(one_title, id="one title"),
    pytest.param(rows, id="rows of a table"),
]


def check_cold(shape: Callable[[int], str], count: int) -> list[Finding]:
    """Check with nothing remembered of another list."""
    for remembered in (
        entries.link_traits,
        entries.shown_words,
        entries.is_paragraph_entry,
        read_fields,
        title_words.title_words,
        likeness._keys_of,
        marks_of_line,
    ):
        remembered.cache_clear()
    return check(f"# Big list\n\n{shape(count)}")


def seconds(shape: Callable[[int], str], count: int) -> float:
    start = time.process_time()
    check_cold(shape, count)
    return time.process_time() - start


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.benchmark(timer=time.process_time)
def test_six_thousand_entries(benchmark: BenchmarkFixture, shape: Callable[[int], str]) -> None:
    benchmark.pedantic(check_cold, (shape, ENTRIES), rounds=2)  # type: ignore[no-untyped-call]
    benchmark.extra_info["target"] = "10 s"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.benchmark(timer=time.process_time)
def test_growth_is_linear(benchmark: BenchmarkFixture, shape: Callable[[int], str]) -> None:
    short = min(seconds(shape, ENTRIES // 8) for _ in range(3))
    benchmark.pedantic(check_cold, (shape, ENTRIES), rounds=1)  # type: ignore[no-untyped-call]
    ratio = min(seconds(shape, ENTRIES) for _ in range(2)) / short
    benchmark.extra_info["ratio for eight times the list"] = round(ratio, 1)
    assert ratio <= 12


@pytest.mark.benchmark(timer=time.process_time)
def test_six_thousand_fixes(benchmark: BenchmarkFixture) -> None:
    text = f"# Big list\n\n{rows(ENTRIES)}"
    findings = check(text, ("scheme",))
    mended = benchmark.pedantic(mend, (text, findings), rounds=2)  # type: ignore[no-untyped-call]
    assert len(mended.mended) == ENTRIES
