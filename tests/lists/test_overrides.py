"""Templates: the learned ones can be shown, and configured ones take their place."""

import pytest

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.inspecting.section_report import learned_of
from medvl_watch.lists.parsing.document import parse
from medvl_watch.lists.style.overrides import Overrides, explain_template
from medvl_watch.lists.style.samples import ListSamples
from tests.lists.samples import NAMES, add, paper, section, seed

OWN = "- {{ title }} ({{ year }}){% if code %}, [code]({{ code }}){% endif %}, [pdf]({{ paper }})"
RADNET = "RadNet: A Vision-Language Model for Chest X-ray Reports"
NAME = "vl-learning-in-medical-domain"


@pytest.mark.parametrize("key", ["*", "2023", "Pre-training > 2023", "pre training", "Papers"])
def test_configured_template_is_used_in_its_section(key: str) -> None:
    path = section(NAME, "Pre-training", "2023")
    [placement] = insert(seed(NAME), [add(paper(), path)], templates={key: OWN}).placed
    assert placement.lines == (
        (f"- {RADNET} (2025), [code](https://github.com/x/radnet),"
         " [pdf](https://arxiv.org/pdf/2501.00001.pdf)"),
    )  # fmt: skip


def test_configured_template_of_another_section_is_not_used() -> None:
    path = section(NAME, "Pre-training", "2023")
    edits = [insert(seed(NAME), [add(paper(), path)], templates=t) for t in ({}, {"2022": OWN})]
    assert edits[0].after == edits[1].after


def test_inner_heading_goes_before_the_outer() -> None:
    overrides = Overrides({"*": "c", "A": "a", "A > B": "b"})
    assert [overrides.of(path) for path in (("A", "B", "C"), ("A", "D"), ("E",))] == ["b", "a", "c"]


def test_values_come_encoded() -> None:
    path = section(NAME, "Pre-training", "2023")
    record = paper(title="Reports [x](y) and *more* of Chest Films")
    [placement] = insert(seed(NAME), [add(record, path)], templates={"*": OWN}).placed
    assert r"Reports \[x\](y) and \*more\* of Chest Films" in placement.lines[0]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("Never any entry. {{ title[:3] }}", "the entry would not be read back as one"),
        ("- {{ title[:3] }} [pdf](https://x.org/1.pdf)", "the paper would not be known again"),
        ("- {{ title }} [pdf]({{ paper }})\n# Heading", "the entry would not be read back as one"),
        ("- {{ title }} {{ 1 // (year | int - 2025) }}", "the configured template failed"),
        ("{% for n in range(99999) %}{{ title }}{% endfor %}", "gives more text than an entry has"),
    ],
)
def test_proof_holds_for_configured_templates(template: str, reason: str) -> None:
    edit = insert(seed(NAME), [add(paper(), section(NAME, "2020"))], templates={"*": template})
    assert edit.after == seed(NAME)
    assert [reason in refusal.reason for refusal in edit.refused] == [True]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (OWN, ""),
        ("- {{ title }", "is not a Jinja2 template"),
        ("- {{ title }} {{ doi }}", "uses doi, which is not a field (fields: number, title"),
        ("- [x]({{ paper }})", "shows neither title nor name"),
        ("- {{ title.__class__.__mro__ }}", "the configured template failed"),
        ("- {{ title | nonsense }}", "is not a Jinja2 template"),
    ],
)
def test_wrong_templates_are_explained(template: str, reason: str) -> None:
    explained = explain_template(template)
    assert explained.startswith(reason)
    assert bool(explained) is bool(reason)


@pytest.mark.parametrize("name", NAMES)
def test_template_that_is_shown_writes_what_the_learned_one_writes(name: str) -> None:
    """Shown templates may be copied into the configuration and mean the same there."""
    habits = ListSamples(parse(seed(name)))
    same = []
    for each in habits.document.sections:
        if not habits.document.entries_of(each) or "ata" in each.path[-1]:
            continue  # tables of data sets are padded
        shown = learned_of(habits, each).template
        assert explain_template(shown) == ""
        edits = [
            insert(seed(name), [add(paper(), each.path)], templates=templates)
            for templates in ({}, {"*": shown})
        ]
        assert edits[1].placed, edits[1].refused
        same.append(edits[0].after == edits[1].after)
    assert sum(same) >= 0.8 * len(same)


def test_refusals_and_confidence() -> None:
    habits = ListSamples(parse("# A\n\n## B\n\n## News\n\n- x\n"))
    learned = {each.path[-1]: learned_of(habits, each) for each in habits.document.sections[1:]}
    assert learned["B"].refusal.startswith("its entries follow no pattern")
    assert learned["News"].refusal == "it does not hold papers"
    assert learned["B"].template_share == 0.0
