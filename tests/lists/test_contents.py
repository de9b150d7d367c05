"""A section that is opened gets its line in the contents, where the contents are kept."""

import pytest

from medvl_watch.changes import Edit
from medvl_watch.lists.editing.inserting import insert
from tests.lists.samples import add, paper

ENTRY = "- Great Work {n} on Images of Chests. CVPR 2022. [[paper](https://x.org/{n}.pdf)]\n"


def a_list(contents: str, *headings: str) -> str:
    sections = [f"## {title}\n\n{ENTRY.format(n=n)}\n" for n, title in enumerate(headings)]
    return f"# List\n\n{contents}\n{''.join(sections)}"


def opened(text: str, title: str) -> Edit:
    edit = insert(text, [add(paper(), ("List", title))], open_sections=True)
    assert edit.refused == ()
    assert f"\n## {title}\n" in edit.after
    return edit


def test_year_before_the_others() -> None:
    edit = opened(a_list("- [2024](#2024)\n- [2023](#2023)\n", "2024", "2023"), "2025")
    assert "\n- [2025](#2025)\n- [2024](#2024)\n- [2023](#2023)\n" in edit.after


def test_year_behind_the_others_and_what_is_indented_there() -> None:
    contents = "* [2022](#2022)\n* [2023](#2023)\n    * [More](#more)\n"
    edit = opened(a_list(contents, "2022", "2023"), "2024")
    assert f"{contents}* [2024](#2024)\n" in edit.after


def test_dressing_of_the_names_is_kept() -> None:
    contents = "- [`Chest Images`](#chest-images)\n- [`Eyes & More`](#eyes--more)\n"
    edit = opened(a_list(contents, "Chest Images", "Eyes & More"), "Skin")
    assert f"{contents}- [`Skin`](#skin)\n" in edit.after


def test_crlf_contents_get_a_crlf_line() -> None:
    text = a_list("- [2024](#2024)\n", "2024").replace("\n", "\r\n")
    edit = insert(text, [add(paper(), ("List", "2025"))])
    assert "\r\n- [2025](#2025)\r\n- [2024](#2024)\r\n" in edit.after


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param("", id="there are none"),
        pytest.param("- [2024](#2024)\n", id="one year is missing"),
        pytest.param("- [2024](#2024)\n- [2023](#old)\n", id="one year leads elsewhere"),
        pytest.param("- [2024](#2024)\n- [Old](#2023)\n", id="one year has another name"),
        pytest.param("- [2024](#2024)\n- [2023](#2023)\n- [2023](#2023)\n", id="one stands twice"),
        pytest.param("1. [2024](#2024)\n2. [2023](#2023)\n", id="they are numbered"),
    ],
)
def test_contents_that_are_not_kept_are_left_alone(contents: str) -> None:
    edit = opened(a_list(contents, "2024", "2023"), "2025")
    assert "#2025" not in edit.after


def test_heading_that_occurs_twice_has_no_sure_address() -> None:
    text = (
        "# List\n\n- [2024](#2024)\n- [2023](#2023)\n\n## 2024\n\n"
        f"{ENTRY.format(n=1)}\n## 2023\n\n{ENTRY.format(n=2)}\n"
        f"# Others\n\n## 2023\n\n{ENTRY.format(n=3)}"
    )
    assert "#2025" not in opened(text, "2025").after


def test_inserting_again_changes_nothing() -> None:
    edit = opened(a_list("- [2024](#2024)\n", "2024"), "2025")
    again = insert(edit.after, [add(paper(), ("List", "2025"))])
    assert again.after == edit.after
