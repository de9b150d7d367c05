"""A list proves that it is understood before anything is written into it."""

import pytest

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.inspecting.section_report import learned_of
from medvl_watch.lists.parsing.document import parse
from medvl_watch.lists.style.samples import ListSamples
from tests.lists.samples import NAMES, add, paper, seed

PATH = ("List", "Papers")
HEAD = "# List\n\n## Papers\n\n"

NO_PATTERN = """\
- [MONAI](https://monai.example) toolkit
- **PyTorch**: see https://pytorch.example for docs
- Use `pip install x` first, see [docs](https://a.example/d)
- https://b.example/list of things
- [x](https://x.example), [y](https://y.example), [z](https://z.example)
- Ask on [Slack](https://slack.example)!
"""
REGULAR = "".join(
    f"- Great Work {n} on Images of Chests. CVPR 202{n}. [[paper](https://x.org/{n}.pdf)]\n"
    for n in range(5)
)
REMARKS = "".join(
    f"- [Great Work {n} on Images](https://x.org/{n}.pdf), CVPR 202{n}. {remark}\n"
    for n, remark in enumerate(["First of its kind", "Uses two towers", "Small but good"])
)
TWO_WAYS = REGULAR + "".join(
    f"- [ICCV 202{n}] Good Work {n} on Images of Eyes [[paper](https://y.org/{n}.pdf)]\n"
    for n in range(4)
)


def test_section_without_a_pattern_is_refused_and_the_reason_shows_it() -> None:
    edit = insert(HEAD + NO_PATTERN, [add(paper(), PATH)])
    assert edit.after == edit.before
    [refusal] = edit.refused
    assert refusal.reason.startswith("the entries here")
    assert refusal.draft


def test_configured_template_needs_no_pattern() -> None:
    template = "- {{ title }} ([paper]({{ paper }}))"
    edit = insert(HEAD + NO_PATTERN, [add(paper(), PATH)], templates={"*": template})
    assert len(edit.placed) == 1


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(REGULAR, id="regular"),
        pytest.param(TWO_WAYS, id="two ways of writing"),
        pytest.param(REGULAR.split("\n", maxsplit=1)[0] + "\n", id="a single entry"),
        pytest.param(
            "| Data | Size | Link |\n|---|---|---|\n"
            "| [Chest](https://x.org/a) | 100 | [code](https://github.com/a/a) |\n"
            "| [Eye](https://x.org/b) | - | - |\n",
            id="a table with cells that no paper fills",
        ),
    ],
)
def test_sections_with_a_pattern_are_written(entries: str) -> None:
    edit = insert(HEAD + entries, [add(paper(), PATH)])
    assert edit.refused == ()
    assert len(edit.placed) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_section_of_the_seeds_is_doubted(name: str) -> None:
    habits = ListSamples(parse(seed(name)))
    for section in habits.document.sections:
        learned = learned_of(habits, section)
        of_data = "ata" in "".join(section.path[-1:])  # tables of sizes and modalities
        assert section.closed or of_data or learned.refusal == ""
