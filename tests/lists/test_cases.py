"""Lists as curators write them: each file in cases/ is one, with what should come of it."""

from pathlib import Path

import pytest

from medvl_watch.errors import ConfigError
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing import units
from medvl_watch.lists.parsing.document import parse
from tests.lists.casefile import read_case

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(path for path in FOLDER.iterdir() if path.name != "README.md")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_case(path: Path) -> None:
    assert path.suffix == ".md", f"{path.name} is not a case: a case is a Markdown file"
    case = read_case(path.read_bytes().decode())
    edit = insert(case.before, case.additions)
    assert edit.after == case.result
    assert tuple(each.reason for each in edit.refused) == case.refused
    assert tuple(each.proof for each in edit.already_listed) == case.already_listed
    assert len(case.additions) == len(edit.placed) + len(edit.refused) + len(edit.already_listed)
    assert insert(edit.after, case.additions).after == edit.after, "a second run changes nothing"


def test_every_unit_has_a_case() -> None:
    texts = [read_case(path.read_bytes().decode()).result for path in FILES]
    found = {entry.unit for text in texts for entry in parse(text).entries}
    assert found == set(units.UNITS)


GOOD = """# T
## List
~~~
# P
~~~
## Section
~~~
P
~~~
## Papers
~~~
{"title": "A B"}
~~~
## Refused
~~~
why
~~~
"""


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        pytest.param(GOOD.replace("# T\n", "", 1), "title is missing", id="no title"),
        pytest.param(GOOD.replace("## Section", "## Place"), "called Place", id="unknown part"),
        pytest.param(GOOD.replace("## Refused", "Refused"), "one code block", id="two blocks"),
        pytest.param(GOOD.replace("why\n~~~\n", ""), "one code block", id="an empty block"),
        pytest.param(GOOD[: GOOD.index("## Refused")], "what should come of it", id="no outcome"),
        pytest.param(GOOD[: GOOD.index("~~~\nwhy")], "has no code block", id="no block"),
        pytest.param(
            GOOD.replace("## List", "## List\n## List"), "one code block", id="empty part"
        ),
        pytest.param(GOOD + GOOD, "one title", id="two cases"),
        pytest.param(GOOD.replace("{", "["), "Papers", id="a paper that is not JSON"),
    ],
)
def test_malformed_case_is_an_error(text: str, flaw: str) -> None:
    read_case(GOOD)
    with pytest.raises((ValueError, ConfigError), match=flaw):
        read_case(text)
