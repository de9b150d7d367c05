"""Badges and labels of an example that speak of its own paper, made to speak of the new one."""

import pytest

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.fields.reading import Slot, read_fields
from medvl_watch.lists.parsing import units
from medvl_watch.records import Record
from tests.lists.samples import add, paper, published

SCHOLAR = "https://api.semanticscholar.org/graph/v1/paper"
STARS = "https://img.shields.io/github/stars"
LIKES = "https://img.shields.io/badge/dynamic/json?url=https://huggingface.co/api/models"


def row(title: str, n: int, code: str) -> str:
    badge = f"![cited](https://img.shields.io/x?url={SCHOLAR}/CorpusID:{n}?fields=citationCount)"
    return f"| [{title}](https://arxiv.org/abs/2401.0000{n}) | {badge} | {code} |\n"


GITHUB = f"[Github](https://github.com/a/b) <br> ![Star]({STARS}/a/b?label=Stars)"
FACE = f"[HuggingFace](https://huggingface.co/a/b) <br> ![Likes]({LIKES}/a/b&label=Likes)"
TABLE = (
    "# A\n\n| Paper | Cited | Code |\n|-|-|-|\n"
    + row("A Model That Reads Reports", 1, GITHUB)
    + row("Another Model That Reads Images", 2, GITHUB)
    + row("Yet Another Model That Writes", 3, FACE)
    + row("The Last Model That Sees", 4, "-")
    + row("Models That See and Read", 5, FACE)
)
CITED = "![cited](https://img.shields.io/x?url={}?fields=citationCount)"


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        pytest.param(
            paper(),
            [
                CITED.format(f"{SCHOLAR}/ARXIV:2501.00001"),
                f"[Github](https://github.com/x/radnet) <br> ![Star]({STARS}/x/radnet?label=Stars)",
            ],
            id="a preprint with code",
        ),
        pytest.param(
            published(code_urls=("https://huggingface.co/x/radnet",)),
            [
                CITED.format(f"{SCHOLAR}/DOI:10.1007/978-3-031-72000-0_7"),
                (
                    f"[HuggingFace](https://huggingface.co/x/radnet) <br> "
                    f"![Likes]({LIKES}/x/radnet&label=Likes)"
                ),
            ],
            id="a paper with a DOI, and a model for code",
        ),
    ],
)
def test_badges_speak_of_the_new_paper(record: Record, cells: list[str]) -> None:
    [placement] = insert(TABLE, [add(record, ("A",))]).placed
    assert [cell.strip() for cell in placement.lines[0].split("|")[2:-1]] == cells


def test_a_badge_that_all_rows_have_is_asked_for_without_an_id() -> None:
    record = paper(arxiv_id=None, id="p", url="https://lab.org/radnet.pdf", code_urls=())
    [refusal] = insert(TABLE, [add(record, ("A",))]).refused
    assert refusal.lacking == ("Semantic Scholar id",)


def test_a_name_before_a_dash_is_not_copied() -> None:
    lines = "".join(
        f"- [Net{n}](https://arxiv.org/abs/2401.0000{n}) - A Large Work on How Nets Read Lungs\n"
        for n in range(1, 4)
    )
    [placement] = insert("# A\n\n" + lines, [add(paper(), ("A",))]).placed
    assert "Net1" not in placement.lines[0]
    assert placement.lines == (
        (
            "- [RadNet](https://arxiv.org/abs/2501.00001)"
            " - A Vision-Language Model for Chest X-ray Reports"
        ),
    )


@pytest.mark.parametrize(
    ("venue", "year", "shown"),
    [("AAAI", 2025, "AAAI 2025"), ("AAAI 2024", 2025, "AAAI 2024"), ("AAAI", "soon", "AAAI 2024")],
    ids=["beside the date of the preprint", "the venue's own", "no year"],
)
def test_a_year_that_the_record_states(venue: str, year: object, shown: str) -> None:
    lines = "".join(
        f"- A Work Number {n}. CVPR 2023. [[paper](https://arxiv.org/abs/2301.0000{n})]\n"
        for n in range(1, 4)
    )
    record = paper(venue=venue, published="2024-12-03", extra={"year": year}, code_urls=())
    [placement] = insert("# A\n\n" + lines, [add(record, ("A",))]).placed
    assert f". {shown}. [[paper]" in placement.lines[0]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("A Title That Ran On. MICCAI 2024", "A Title That Ran On. MICCAI 2024. "),
        ("A Title That Ran On, MICCAI 2024.", "A Title That Ran On. MICCAI 2024. "),
        ("Findings of a Challenge in 2024", "Findings of a Challenge in 2024. arXiv 2025. "),
        ("Nature and Science. Two Journals 2024", "Nature and Science. Two Journals 2024. arXiv"),
    ],
)
def test_a_venue_that_ran_into_the_title_is_written_once(title: str, shown: str) -> None:
    lines = "".join(
        f"- A Work Number {n}. arXiv 2023. [[paper](https://arxiv.org/abs/2301.0000{n})]\n"
        f"- A Work Letter {n}. CVPR 2023. [[paper](https://arxiv.org/abs/2302.0000{n})]\n"
        for n in range(1, 4)
    )
    record = paper(title=title, code_urls=())
    [placement] = insert("# A\n\n" + lines, [add(record, ("A",))]).placed
    assert placement.lines[0].startswith(f"- {shown}")


def test_a_link_within_a_link_is_read_and_not_copied() -> None:
    lines = (
        "- A Work on Lungs. [[paper](https://arxiv.org/abs/2301.00001)] "
        "[[code]([code](https://github.com/a/b))]\n"
        "- A Work on Hearts. [[paper](https://arxiv.org/abs/2301.00002)] "
        "[[code](https://github.com/a/c)]\n"
    )
    [placement] = insert("# A\n\n" + lines, [add(paper(), ("A",))]).placed
    assert placement.lines[0].endswith("] [[code](https://github.com/x/radnet)]")


def test_a_line_of_blanks_is_read_in_one_pass() -> None:
    line = "- A work" + " " * 100_000 + "on lungs [x](https://arxiv.org/abs/2301.00001)\n"
    fields = read_fields(line, units.BULLET)
    assert fields.first(Slot.PAPER) == "https://arxiv.org/abs/2301.00001"


def test_an_arxiv_id_in_the_text_is_the_papers_own() -> None:
    lines = "".join(
        f"- A Work on Lungs and Hearts {n}. arXiv preprint arXiv:2101.0000{n}, 2021."
        f" [[paper](https://arxiv.org/abs/2101.0000{n})]\n"
        for n in range(1, 4)
    )
    record = paper(code_urls=())
    [placement] = insert("# A\n\n" + lines, [add(record, ("A",))]).placed
    shown = f"- {record.title}. arXiv preprint arXiv:2501.00001, 2025. [[paper]"
    assert placement.lines[0].startswith(shown)
    [refusal] = insert("# A\n\n" + lines, [add(published(), ("A",))]).refused
    assert refusal.lacking == ("arXiv id",)
