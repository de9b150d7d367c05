"""Counts in headings go up with their entries, if the list keeps them."""

import pytest

from medvl_watch.lists.editing.completing import complete
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.document import parse
from medvl_watch.lists.parsing.headings import path_key
from tests.lists.samples import add, paper, published


def counted(first: int, second: int, contents: str = "") -> str:
    entries = [
        f"- Great Work {n} on Images of Chests. CVPR 2022. [[paper](https://x.org/{n}.pdf)]\n"
        for n in range(5)
    ]
    return (
        f"# List\n\n{contents}## Agents ({first})\n\n{''.join(entries[:3])}\n"
        f"## Tools ({second})\n\n{''.join(entries[3:])}"
    )


def test_counts_that_are_right_stay_right() -> None:
    contents = "- [Agents (3)](#agents-3)\n- [Tools (2)](#tools-2)\n\n"
    edit = insert(
        counted(3, 2, contents),
        [add(paper(), ("List", "Agents (3)")), add(published(), ("List", "Agents (3)"))],
    )
    assert edit.refused == ()
    assert "\n## Agents (5)\n" in edit.after
    assert "- [Agents (5)](#agents-5)\n- [Tools (2)](#tools-2)\n" in edit.after
    assert "\n## Tools (2)\n" in edit.after
    again = insert(edit.after, [add(paper(), ("List", "Agents (3)"))])
    assert again.after == edit.after


def test_section_is_found_after_its_count_has_changed() -> None:
    edit = insert(counted(3, 2), [add(paper(), ("List", "Tools (9)"))])
    assert len(edit.placed) == 1
    assert "## Tools (3)\n" in edit.after


@pytest.mark.parametrize("counts", [(4, 2), (3, 7)], ids=["its own is wrong", "another is wrong"])
def test_counts_that_are_not_kept_are_left_alone(counts: tuple[int, int]) -> None:
    edit = insert(counted(*counts), [add(paper(), ("List", f"Agents ({counts[0]})"))])
    assert len(edit.placed) == 1
    assert f"## Agents ({counts[0]})" in edit.after


def test_years_in_brackets_are_no_counts() -> None:
    assert path_key(("Papers (2023)",)) != path_key(("Papers (2024)",))
    assert path_key(("Papers (23)",)) == path_key(("Papers (24)",))


def test_completing_changes_no_count() -> None:
    text = counted(3, 2)
    record = paper(title="Great Work 1 on Images of Chests", arxiv_id=None, venue="ECCV 2023")
    assert complete(text, [record]).after == text
    assert len(parse(text).entries) == 5


@pytest.mark.parametrize(
    ("count", "after"),
    [
        pytest.param(5, 6, id="is right"),
        pytest.param(3, 4, id="leaves out two"),
        pytest.param(2, 2, id="was left behind"),
        pytest.param(9, 9, id="counts something else"),
    ],
)
def test_badge_goes_up_if_it_is_kept(count: int, after: int) -> None:
    badge = "![](https://img.shields.io/badge/PaperNumber-{}-green)\n"
    text = "# List\n\n" + badge.format(count) + counted(7, 8).removeprefix("# List\n")
    edit = insert(text, [add(paper(), ("List", "Tools (8)"))])
    assert len(edit.placed) == 1
    assert badge.format(after) in edit.after
