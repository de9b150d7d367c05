"""What one entry does, others of its section and of the list put right."""

import pytest

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.style.writing import author_manner, manner_of_names
from tests.lists.samples import add, paper, section, seed

ARXIV = "https://arxiv.org/abs/2501.00001"


def test_imprint_is_kept_where_the_only_entry_writes_it_in_lower_case() -> None:
    name = "vl-learning-in-medical-domain"
    record = paper(code_urls=())
    [placement] = insert(seed(name), [add(record, section(name, "Papers", "Survey"))]).placed
    assert placement.lines == (
        f"- {record.title}. arxiv 2025. [[paper](https://arxiv.org/pdf/2501.00001.pdf)]",
    )


def lines_of(n: int, names: str, code: str) -> str:
    return (
        f"[**arXiv 2022**] Great Work {n} on Images \\\n_{names}_ \\\n"
        f"[[paper](https://arxiv.org/abs/2201.0000{n})] {code}\n\n"
    )


GOOD, LEFTOVER = "[[code](https://github.com/a/b)]", "\\[[code](https://github.com/a/b)]"
COMMAS, AND = "Ana Silva, Li Wei, Jo Park", "Ana Silva, Li Wei & Jo Park"


@pytest.mark.parametrize(
    ("own", "others", "names"),
    [
        ((COMMAS, AND, COMMAS), (), "Ana B. Silva, Li Wei, John P. Doe"),
        ((AND, AND, COMMAS), (COMMAS,) * 4, "Ana B. Silva, Li Wei & John P. Doe"),
        (("Ana Silva et al.", "Jo Park et al.", AND), (), "Ana B. Silva et al."),
    ],
    ids=["most have commas", "the section before the file", "most have et al."],
)
def test_authors_are_joined_as_most_are(
    own: tuple[str, ...], others: tuple[str, ...], names: str
) -> None:
    text = "# P\n\n## A\n\n" + "".join(lines_of(n, each, GOOD) for n, each in enumerate(own))
    text += "## B\n\n" + "".join(lines_of(n + 5, each, GOOD) for n, each in enumerate(others))
    [placement] = insert(text, [add(paper(), ("P", "A"))]).placed
    assert placement.lines[1] == f"_{names}_ \\"


@pytest.mark.parametrize(
    ("own", "other", "code"),
    [
        ((LEFTOVER, LEFTOVER, GOOD), LEFTOVER, "[[code](https://github.com/x/radnet)]"),
        ((LEFTOVER, LEFTOVER, LEFTOVER), GOOD, "[[code](https://github.com/x/radnet)]"),
        ((LEFTOVER, LEFTOVER), LEFTOVER, "\\[[code](https://github.com/x/radnet)]"),
    ],
    ids=["one of the section is whole", "one of another section is whole", "none is whole"],
)
def test_brackets_left_over_are_not_copied_where_any_entry_is_whole(
    own: tuple[str, ...], other: str, code: str
) -> None:
    text = "# P\n\n## A\n\n" + "".join(lines_of(n, COMMAS, each) for n, each in enumerate(own))
    text += "## B\n\n" + lines_of(9, COMMAS, other)
    [placement] = insert(text, [add(paper(), ("P", "A"))]).placed
    assert placement.lines[2] == f"[[paper]({ARXIV})] {code}"


@pytest.mark.parametrize("tail", ["Classification", "Cross-modal"])
def test_seed_with_leftover_brackets_gets_whole_ones(tail: str) -> None:
    name = "clip-in-medical-imaging"
    [placement] = insert(seed(name), [add(paper(), section(name, tail))]).placed
    assert placement.lines[2].endswith(" [[code](https://github.com/x/radnet)]")


@pytest.mark.parametrize(
    ("example", "manner"),
    [
        ("An Ba, Ce De, Ef Go", ("all", ", ", ", ", "full")),
        ("A. Ba, C. De and E. Go", ("all", ", ", " and ", "initials first")),
        ("Ba A; De C; Go E", ("all", "; ", "; ", "initials last")),
        ("Ba et al.", ("et al", "", "", "family")),
        ("An Ba and Ce De", ("all", "", "", "full")),
    ],
)
def test_manner_of_names(example: str, manner: tuple[str, ...]) -> None:
    assert manner_of_names(example) == manner
    assert author_manner(example) == manner[:3]


def row(n: int, date: str, authors: str) -> str:
    link = f"[(paper)](https://arxiv.org/abs/2401.0000{n})"
    return f"|{date}|{authors}|A Large Work That Reads Images {link}|\n"


SHORT = "A. Silva et al."


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (
            [("2024.01", SHORT), ("2024.02", SHORT), ("March 2024", "Silva A et al.")],
            ("2025.01", "A. Silva et al."),
        ),
        (
            [("3rd Jan., 2024", SHORT), ("Feb. 2024", SHORT), ("4th Apr., 2024", SHORT)],
            ("2nd Jan., 2025", "A. Silva et al."),
        ),
    ],
    ids=["most have digits and initials first", "most have days"],
)
def test_dates_and_names_are_written_as_most_are(
    own: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    text = "# P\n\n|Date|Authors|Title|\n|-|-|-|\n"
    text += "".join(row(n, *each) for n, each in enumerate(own))
    [placement] = insert(text, [add(paper(), ("P",))]).placed
    assert tuple(placement.lines[0].split("|")[1:3]) == expected


def test_two_authors_are_written_as_other_pairs_are() -> None:
    text = "# P\n\n|Date|Authors|Title|\n|-|-|-|\n"
    text += row(1, "2024.01", SHORT) + row(2, "2024.02", "J. Park and L. Wei")
    text += row(3, "2024.03", SHORT) + row(4, "2024.04", SHORT)
    [placement] = insert(text, [add(paper(authors=("Ana Silva", "Jo Doe")), ("P",))]).placed
    assert placement.lines[0].split("|")[2] == "A. Silva and J. Doe"


def test_paragraphs_stay_apart_where_no_two_show_how() -> None:
    text = "# P\n\n## A\n\n" + lines_of(0, COMMAS, GOOD) + "## B\n\n" + lines_of(5, COMMAS, GOOD)
    edit = insert(text, [add(paper(), ("P", "A"))])
    assert f"{GOOD}\n\n[**arXiv 2025**] RadNet" in edit.after
