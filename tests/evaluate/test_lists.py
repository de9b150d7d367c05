"""The replay of maintainers' additions: a case in, the new text and its account out."""

from typing import Any

from medvl_watch.evaluate.lists import replay

BEFORE = "# A\n\n- [One Title of a Paper](https://arxiv.org/abs/2201.00001), ECCV 2022\n"


def case(**paper: Any) -> dict[str, Any]:
    facts = {"id": "p0", "title": "Another Title of Some Paper", "arxiv_id": "2301.00002"}
    return {"id": "c", "before_file": "b", "papers": [facts | paper], "truth": "never looked at"}


def results(given: dict[str, Any]) -> dict[str, Any]:
    [result] = replay([given], {"b": BEFORE}.__getitem__, lambda _text, _paper: None)
    return result


def test_paper_is_placed_in_the_section_that_it_names() -> None:
    result = results(case(section=["A"]))
    assert result["placed"] == [
        {
            "paper": "p0",
            "section": ["A"],
            "line": 4,
            "lines": [
                "- [Another Title of Some Paper](https://arxiv.org/abs/2301.00002), arXiv 2023"
            ],
        }
    ]
    assert result["after"] == (
        BEFORE + "- [Another Title of Some Paper](https://arxiv.org/abs/2301.00002), arXiv 2023\n"
    )
    assert "refused" not in result


def test_paper_without_a_section_is_refused_with_a_reason() -> None:
    result = results(case())
    assert result["after"] == BEFORE
    assert result["refused"] == "p0: no section fits"


def test_paper_that_is_listed_already_is_refused_with_its_line() -> None:
    result = results(case(section=["A"], title="One Title of a Paper"))
    assert result["refused"] == "p0: listed already at line 3"
