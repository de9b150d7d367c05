"""Entries that open with a work's short name, its link, and then the title; and other forms
in which something stands before the title."""

import pytest

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.records import Record
from tests.lists.samples import add, paper

NAMES = ("MedSAM", "UniverSeg", "BiomedGPT", "CONCH")
WORDS = ("One", "Two", "Three", "Four")
NAMELESS = paper(title="Reading Chest X-rays and Reports Together", code_urls=())


def insert_into(form: str, record: Record, head: str = "") -> str:
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
    [placement] = insert(f"# A\n\n{head}{lines}", [add(record, ("A",))]).placed
    return "\n".join(placement.lines)


URL = "https://arxiv.org/abs/2501.00001"
TITLE = "RadNet: A Vision-Language Model for Chest X-ray Reports"
TABLE = "| Model | Title | Venue |\n|-|-|-|\n"


@pytest.mark.parametrize(
    ("form", "head", "named", "nameless"),
    [
        (
            "- [{name}]({url}) {title}. {venue} 202{n}.",
            "",
            f"- [RadNet]({URL}) {TITLE}. arXiv 2025.",
            f"- [{NAMELESS.title}]({URL}). arXiv 2025.",
        ),
        (
            "- [{name}]({url}) ({venue} 202{n}): {title}",
            "",
            f"- [RadNet]({URL}) (arXiv 2025): A Vision-Language Model for Chest X-ray Reports",
            f"- [{NAMELESS.title}]({URL}) (arXiv 2025)",
        ),
        (
            "- **[{name}]({url})** {title} ({venue} 202{n})",
            "",
            f"- **[RadNet]({URL})** {TITLE} (arXiv 2025)",
            f"- **[{NAMELESS.title}]({URL})** (arXiv 2025)",
        ),
        (
            "| [{name}]({url}) | {title} | {venue} 202{n} |",
            TABLE,
            f"| [RadNet]({URL}) | {TITLE} | arXiv 2025 |",
            f"| [paper]({URL}) | {NAMELESS.title} | arXiv 2025 |",
        ),
    ],
    ids=["name and title", "title after a colon", "bold name", "row"],
)
def test_nobody_elses_name_is_copied(form: str, head: str, named: str, nameless: str) -> None:
    assert insert_into(form, paper(code_urls=()), head) == named
    assert insert_into(form, NAMELESS, head) == nameless


def test_a_symbol_before_the_venue_stays_before_it() -> None:
    form = "- \U0001f525 [{venue}202{n}] {title} [[Paper]({url})]"
    expected = f"- \U0001f525 [arXiv2025] {TITLE} [[Paper]({URL})]"
    assert insert_into(form, paper(code_urls=())) == expected


def test_authors_before_a_quoted_title() -> None:
    form = '{n}. A. Silva, B. Wei, et al., "{title}," in {venue}, 202{n}. [paper]({url})'
    expected = f'4. A. Silva, L. Wei, et al., "{TITLE}," in arXiv, 2025. [paper]({URL})'
    assert insert_into(form, paper(code_urls=())) == expected


def test_one_of_two_dividers_stays_where_a_venue_is_not_known() -> None:
    form = "- **{title}** · {venue} 202{n} · [PDF]({url})"
    record = paper(id="p", arxiv_id=None, url="https://www.nature.com/articles/x", published="")
    assert insert_into(form, record).endswith("** · [PDF](https://www.nature.com/articles/x)")


def test_a_digest_of_another_paper_leaves_nothing_behind() -> None:
    form = "- **{title}**\n  - {venue} 202{n}, [PDF]({url})\n  - TL;DR: {name} does it in a way."
    expected = f"- **{TITLE}**\n  - arXiv 2025, [PDF]({URL})"
    assert insert_into(form, paper(code_urls=())) == expected
