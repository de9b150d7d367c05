"""The replay of maintainers' additions: from a case to the new text and the reasons."""

from typing import Any

from medvl_watch.evaluate.list_replay import replay

BEFORE = "# A\n\n- [One Title of a Paper](https://arxiv.org/abs/2201.00001), ECCV 2022\n"


def case(**paper: Any) -> dict[str, Any]:
    facts = {"id": "p0", "title": "Another Title of Some Paper", "arxiv_id": "2301.00002"}
    return {"id": "c", "before_file": "b", "papers": [facts | paper], "truth": "never read"}


def replay_one(given: dict[str, Any]) -> dict[str, Any]:
    [result] = replay([given], {"b": BEFORE}.__getitem__, lambda _text, _paper: None)
    return result


def test_a_paper_with_a_section_is_placed_there() -> None:
    result = replay_one(case(section=["A"]))
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


def test_a_paper_without_a_section_is_refused_with_a_reason() -> None:
    result = replay_one(case())
    assert result["after"] == BEFORE
    assert result["refused"] == "p0: no section fits"


def test_a_paper_on_the_list_is_refused_with_its_line() -> None:
    result = replay_one(case(section=["A"], title="One Title of a Paper"))
    assert result["refused"] == "p0: already listed at line 3"
