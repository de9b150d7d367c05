from __future__ import annotations

import pytest

from medvl_watch.errors import ConfigError
from medvl_watch.training.fitting.graded_papers import GradedPaper, parse_judged

NODES = ("data", "training", "training/many-scales", "use", "use/classes", "use/crossing")
TABLE = "arxiv_id\tgrade\tleaf\tsecond\tnote\tweight\n"


def test_a_table_of_judged_papers_is_read_by_its_columns() -> None:
    text = TABLE + "2501.1\t3\tuse.cls\ttr/many\tclear\t2.5\n2501.2\t0\t-\t-\t\t\n"
    assert parse_judged(text, NODES, "j.tsv") == {
        "2501.1": GradedPaper(
            grade=3, leaf="use/classes", second="training/many-scales", weight=2.5
        ),
        "2501.2": GradedPaper(grade=0),
    }


@pytest.mark.parametrize(
    ("grade", "belongs", "core"),
    [
        pytest.param(0, False, False, id="no"),
        pytest.param(1, False, False, id="near"),
        pytest.param(2, True, False, id="edge"),
        pytest.param(3, True, True, id="core"),
    ],
)
def test_what_a_grade_means(grade: int, *, belongs: bool, core: bool) -> None:
    paper = GradedPaper(grade=grade)
    assert (paper.belongs, paper.is_core) == (belongs, core)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("id,grade\n1,3\n", "does not name the columns", id="commas"),
        pytest.param("", "does not name the columns", id="empty"),
        pytest.param("id\tgrade\n1\t4\n", "j.tsv:2: the grade '4' is not", id="a grade of 4"),
        pytest.param("id\tgrade\n1\n", "j.tsv:2: the grade '' is not", id="no grade"),
        pytest.param("id\tgrade\n\t3\n", "j.tsv:2: the line has no id", id="no id"),
        pytest.param(TABLE + "1\t3\tuse.c\t-\t-\t1\n", "stands for use/classes and use/cross",
                     id="an abbreviation of two"),
        pytest.param(TABLE + "1\t3\twords\t-\t-\t1\n", "'words' is not in the taxonomy",
                     id="an unknown leaf"),
        pytest.param(TABLE + "1\t3\tdata\t-\t-\tnan\n", "'nan' is not a positive number",
                     id="a weight that is no number"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_judged(text, NODES, "j.tsv")
    assert reason in str(caught.value)
