"""Entries that open with a work's short name, its link, and then the title; and other forms
in which something stands before the title."""

import pytest

from medvl_watch.changes import Edit
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.records import Record
from tests.lists.samples import add, paper

NAMES = ("MedSAM", "UniverSeg", "BiomedGPT", "CONCH")
WORDS = ("One", "Two", "Three", "Four")
NAMELESS = paper(title="Reading Chest X-rays and Reports Together", code_urls=())


def insert_into(form: str, record: Record, head: str = "") -> str:
    [placement] = edited(form, record, head).placed
    return "\n".join(placement.lines)


def refused(form: str, record: Record, head: str = "") -> tuple[str, ...]:
    """What the record lacks for an entry like the others."""
    [refusal] = edited(form, record, head).refused
    return refusal.lacking


def edited(form: str, record: Record, head: str) -> Edit:
    lines = "".join(
        form.format(
            n=n,
            name=NAMES[n],
            title=f"Segment Anything in Medical Images with Method {WORDS[n]}",
            url=f"https://arxiv.org/abs/2101.0000{n}",
            venue=("CVPR", "arXiv")[n % 2],
        )
        + "\n"
        for n in range(4)
    )
    return insert(f"# A\n\n{head}{lines}", [add(record, ("A",))])


URL = "https://arxiv.org/abs/2501.00001"
TITLE = "RadNet: A Vision-Language Model for Chest X-ray Reports"
TABLE = "| Model | Title | Venue |\n|-|-|-|\n"


@pytest.mark.parametrize(
    ("form", "head", "named"),
    [
        (
            "- [{name}]({url}) {title}. {venue} 202{n}.",
            "",
            f"- [RadNet]({URL}) {TITLE}. arXiv 2025.",
        ),
        (
            "- [{name}]({url}) ({venue} 202{n}): {title}",
            "",
            f"- [RadNet]({URL}) (arXiv 2025): A Vision-Language Model for Chest X-ray Reports",
        ),
        (
            "- **[{name}]({url})** {title} ({venue} 202{n})",
            "",
            f"- **[RadNet]({URL})** {TITLE} (arXiv 2025)",
        ),
        (
            "| [{name}]({url}) | {title} | {venue} 202{n} |",
            TABLE,
            f"| [RadNet]({URL}) | {TITLE} | arXiv 2025 |",
        ),
    ],
    ids=["name and title", "title after a colon", "bold name", "row"],
)
def test_nobody_elses_name_is_copied(form: str, head: str, named: str) -> None:
    assert insert_into(form, paper(code_urls=()), head) == named
    assert refused(form, NAMELESS, head) == ("short name",)


def test_a_symbol_before_the_venue_stays_before_it() -> None:
    form = "- \U0001f525 [{venue}202{n}] {title} [[Paper]({url})]"
    expected = f"- \U0001f525 [arXiv2025] {TITLE} [[Paper]({URL})]"
    assert insert_into(form, paper(code_urls=())) == expected


def test_authors_before_a_quoted_title() -> None:
    form = '{n}. A. Silva, B. Wei, et al., "{title}," in {venue}, 202{n}. [paper]({url})'
    expected = f'4. A. Silva, L. Wei, et al., "{TITLE}," in arXiv, 2025. [paper]({URL})'
    assert insert_into(form, paper(code_urls=())) == expected


def test_a_venue_that_all_entries_tell_is_asked_for() -> None:
    form = "- **{title}** · {venue} 202{n} · [PDF]({url})"
    record = paper(id="p", arxiv_id=None, url="https://www.nature.com/articles/x", published="")
    assert refused(form, record) == ("venue", "year")


def test_a_digest_that_all_entries_have_is_asked_for() -> None:
    form = "- **{title}**\n  - {venue} 202{n}, [PDF]({url})\n  - TL;DR: {name} does it in a way."
    [missing] = refused(form, paper(code_urls=()))
    assert missing.startswith("a remark such as")
