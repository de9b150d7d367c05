"""Which papers of a batch are one, and which only look so."""

import pytest

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.records import Record
from tests.lists.samples import add, paper

LIST = (
    "# L\n\n## Models\n\n- A Work on Lungs. [[paper](https://arxiv.org/abs/2401.00001)]\n"
    "- A Work on Hearts. [[paper](https://arxiv.org/abs/2401.00002)]\n\n## Data\n\n"
    "- A Set of Lungs. [[paper](https://arxiv.org/abs/2401.00003)]\n"
    "- A Set of Hearts. [[paper](https://arxiv.org/abs/2401.00004)]\n"
)
MODELS, DATA = ("L", "Models"), ("L", "Data")


def short(n: int, **given: object) -> Record:
    facts = {"id": f"p{n}", "title": "Images and Reports", "arxiv_id": f"2501.0000{n}"}
    return paper(**(facts | given))


@pytest.mark.parametrize(
    ("additions", "placed"),
    [
        ([add(paper(), MODELS), add(paper(id="again"), MODELS)], 1),
        ([add(paper(), MODELS), add(paper(), DATA)], 2),
        ([add(paper(), MODELS), add(paper(id="again"), DATA)], 2),
        ([add(short(1), MODELS), add(short(2), MODELS)], 2),
        ([add(short(1), MODELS), add(short(2, arxiv_id="2501.00001"), MODELS)], 1),
    ],
    ids=[
        "one title twice",
        "one record for two sections",
        "a method and its data",
        "a short title with two identifiers",
        "a short title with one identifier",
    ],
)
def test_papers_given_twice(additions: list[object], placed: int) -> None:
    edit = insert(LIST, additions)  # type: ignore[arg-type]
    assert len(edit.placed) == placed
    assert len(edit.placed) + len(edit.refused) == len(additions)
    again = insert(edit.after, additions)  # type: ignore[arg-type]
    assert again.after == edit.after


@pytest.mark.parametrize(
    ("section", "refused"),
    [
        pytest.param(MODELS, True, id="two papers at one address"),
        pytest.param(DATA, False, id="a paper and the data set that came with it"),
    ],
)
def test_papers_given_together_are_judged_as_if_given_one_after_the_other(
    section: tuple[str, ...], refused: bool
) -> None:
    first = paper(id="p1", title="Reading Chest Radiographs with Words", arxiv_id="2501.00001")
    other = paper(id="p2", title="A Thousand Hours of Spoken Reports", arxiv_id="2501.00001")
    together = insert(LIST, [add(first, MODELS), add(other, section)])
    assert [each.paper_id for each in together.refused] == (["p2"] if refused else [])
    if refused:
        [refusal] = together.refused
        assert refusal.reason == f"its address is given with another title, too: {first.title}"
        then = insert(insert(LIST, [add(first, MODELS)]).after, [add(other, MODELS)])
        assert [each.paper_id for each in then.refused] == ["p2"]


def test_two_sections_opened_at_one_line_hold_their_own_papers() -> None:
    text = (
        "# L\n\n## 2023\n\n- A Work on Lungs. [[paper](https://arxiv.org/abs/2301.00001)]\n\n"
        "## 2022\n\n- A Work on Hearts. [[paper](https://arxiv.org/abs/2201.00002)]"
    )
    papers = [
        add(paper(id=f"p{n}", title=f"A {word} Work on Chests", arxiv_id=f"2001.0000{n}"), path)
        for n, word, path in ((1, "First", ("L", "Others")), (2, "Second", ("L", "More")))
    ]
    edit = insert(text, papers, open_sections=True)
    assert edit.refused == ()
    lines = edit.after.splitlines()
    for placement in edit.placed:
        assert lines[placement.line - 1] == placement.lines[0]


def test_a_title_within_another_one_is_not_held() -> None:
    longer = "Customized Segment Anything Model for Medical Image Segmentation"
    text = LIST.replace("A Work on Lungs", longer)
    record = paper(title="Segment Anything Model for Medical Images", arxiv_id="2501.00009")
    assert insert(text, [add(record, MODELS)]).already_listed == ()


def test_a_work_without_identifier_is_known_again_by_title_and_address() -> None:
    record = paper(id="p", arxiv_id=None, title="On Lung Wounds", url="https://lab.org/a.pdf")
    edit = insert(LIST, [add(record, MODELS)])
    assert len(edit.placed) == 1
    assert insert(edit.after, [add(record, MODELS)]).already_listed
