"""What holds for any text: checking never fails, and mending touches nothing else."""

# ruff: noqa: E501, RUF001 - damaged characters are the subject

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.lists.checking.checked_list import subject_of
from medvl_watch.lists.checking.duplicates import _candidates
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.checking.fixing import mend
from medvl_watch.lists.checking.register import RULES, check
from medvl_watch.lists.parsing.document import split_lines
from medvl_watch.lists.proving.changes import TextChange, apply, prove_changes
from tests.lists.samples import NAMES, seed

_PIECES = st.sampled_from(
    [
        "# Papers", "## 2023", "**2022**", "- ", "* ", "1. ", "|a|b|", "|---|---|", "```", "<!--", "-->",
        "[code]()", "[[code]]", "[p](https://arxiv.org/abs/2301.00001)", "[x](github.com/a/b)", "\\[[c](u)]",
        "[p](https://www.google.com/url?q=https%3A%2F%2Fa.org%2Fb)", "Visionâ€“Language", "‚Äì", "Jeﬀery",
        "Learning Features of Radiographs with Text", "ICCV 2021", "Nature Communication 2023", "´ı", " ́",
        "\n", "\n", "\r\n", "\r", "\x1e", "\u2028", "\ufeff", "\ufffd", " ", "[", "]", "(", ")", "\\", "\0",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join))


@settings(max_examples=150, deadline=None)
@given(_TEXTS)
def test_any_text_can_be_checked_and_mended(text: str) -> None:
    findings = check(text)
    lines = len(split_lines(text))
    assert all(1 <= each.line <= lines for each in findings)
    mended = mend(text, findings)
    touched = {each.line - 1 for each in mended.mended}
    before, after = split_lines(text), split_lines(mended.text)
    if len(before) == len(after):
        differing = {
            n for n, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]
        }
        assert differing <= touched
    else:
        assert any(each.rule == "duplicate" for each in mended.mended)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", NAMES)
def test_only_lines_with_findings_change(name: str, newline: str) -> None:
    text = "\ufeff" + seed(name).replace("\n", newline)
    findings = [each for each in check(text) if each.rule != "duplicate"]
    mended = mend(text, findings)
    before, after = text.split("\n"), mended.text.split("\n")
    touched = {each.line - 1 for each in mended.mended}
    assert touched
    assert {n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b} == touched


def _finding(*changes: TextChange) -> Finding:
    return Finding(line=1, rule="scheme", what="", fix="", changes=changes)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(TextChange(4, 4, "\n"), id="a line more"),
        pytest.param(TextChange(2, 8, "x"), id="across a line's end"),
        pytest.param(TextChange(0, 1, "# x"), id="a heading more"),
        pytest.param(TextChange(2, 7, ""), id="half a line and its end"),
    ],
)
def test_changes_that_cannot_be_proved_are_left_out(change: TextChange) -> None:
    text = "- abc\n- def\n"
    assert not prove_changes(text, apply(text, [change]), [change])
    mended = mend(text, [_finding(change), _finding(TextChange(9, 10, "E"))])
    assert mended.text == "- abc\n- dEf\n"
    assert len(mended.left) == 1


def test_of_two_findings_at_one_place_the_first_is_mended() -> None:
    mended = mend("- abc\n", [_finding(TextChange(2, 4, "x")), _finding(TextChange(3, 5, "y"))])
    assert mended.text == "- xc\n"
    assert len(mended.left) == 1


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("T{n} of a Work on Things [[pdf](https://arxiv.org/abs/2301.{n:05})]", id="one word differs"),
        pytest.param("One Title of Five Words [[pdf](https://arxiv.org/abs/2301.00001)]", id="one title"),
        pytest.param("Title {n} of Its Own Words{n} [[pdf](https://a.org/x)]", id="one address"),
    ],
)  # fmt: skip
def test_comparisons_grow_with_the_list_and_not_by_its_square(entry: str) -> None:
    def compared(count: int) -> int:
        entries = "".join(f"- {entry.format(n=n)}\n" for n in range(count))
        return len(_candidates(subject_of(f"# L\n\n{entries}").works))

    assert compared(800) <= 2.2 * compared(400) + 20


def test_many_titles_that_differ_by_a_number_are_many_works() -> None:
    works = [
        f"- T{n} of a Work on Things [[pdf](https://arxiv.org/abs/2301.{n:05})]" for n in range(200)
    ]
    text = "# L\n\n" + "\n".join(works) + "\n"
    assert not [each for each in check(text) if not each.note]


def test_every_rule_copes_with_nothing() -> None:
    assert all(check("", (name,)) == [] for name in RULES)
