"""Insertion's promises, on any list: what was there stays, what is new is found again."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.changes import AlreadyListed
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.paper_matching import identify_entries, match_paper
from medvl_watch.lists.parsing.document import parse
from tests.lists.samples import NAMES, add, added_lines, paper, published, section, seed

TITLES = st.text(min_size=1, max_size=80).filter(lambda t: any(c.isalnum() for c in t))
WHERE = [
    ("medical-clip", ("\uf8ff\u00fc\u00eb\u00eb Universal Methods",)),
    ("chest-xray-vlp", ("2023",)),
    ("clip-in-medical-imaging", ("Multi-scale",)),
    ("vlm-in-mia", ("VLM in Medical image detection",)),
    ("vl-learning-in-medical-domain", ("Pre-training", "2022")),
]
BULLETS = "# A\n\n- One Title of a Paper. ECCV 2022. [[paper](https://arxiv.org/abs/2201.00001)]\n"


@settings(deadline=None, max_examples=40)
@given(TITLES, st.sampled_from(WHERE))
def test_any_title_is_placed_or_refused_and_harms_nothing(
    title: str, where: tuple[str, tuple[str, ...]]
) -> None:
    before = seed(where[0])
    record = paper(title=title)
    addition = add(record, section(where[0], *where[1]))
    edit = insert(before, [addition])
    added_lines(before, edit.after)
    if not edit.placed:
        assert edit.after == before
        assert edit.refused or edit.already_listed
        return
    document = parse(edit.after)
    [entry] = [e for e in document.entries if e.start + 1 == edit.placed[0].line]
    assert document.sections[entry.section].path == addition.section
    assert insert(edit.after, [addition]).after == edit.after


@pytest.mark.parametrize("name", NAMES)
def test_windows_line_ends_and_a_byte_order_mark_are_kept(name: str) -> None:
    before = "\ufeff" + seed(name).replace("\n", "\r\n")
    tail = dict(WHERE)[name]
    edit = insert(before, [add(paper(), section(name, *tail))])
    [placement] = edit.placed
    added_lines(before, edit.after)
    assert edit.after.count("\n") == edit.after.count("\r\n")
    assert not any(line.endswith("\r") for line in placement.lines)
    assert (
        edit.after.replace("\r\n", "\n")
        == "\ufeff" + insert(seed(name), [add(paper(), section(name, *tail))]).after
    )


def test_missing_final_newline_stays_missing() -> None:
    edit = insert(BULLETS.rstrip("\n"), [add(paper(), ("A",))])
    assert edit.after.startswith(BULLETS)
    assert not edit.after.endswith("\n")
    assert edit.after.split("\n")[3].startswith("- RadNet: ")


def test_missing_section_is_refused_by_name() -> None:
    edit = insert(BULLETS, [add(paper(), ("A", "B"))])
    assert edit.after == BULLETS
    assert [r.reason for r in edit.refused] == ["the list has no section A > B"]


def test_year_without_siblings_is_refused() -> None:
    edit = insert(BULLETS, [add(paper(), ("A", "2025"))])
    assert [r.reason for r in edit.refused] == ["the list has no year sections below A"]


def test_closed_section_is_refused() -> None:
    edit = insert(f"{BULLETS}\n# News\n\n- x\n", [add(paper(), ("News",))])
    assert [r.reason for r in edit.refused] == ["the section News does not hold papers"]


def test_list_without_entries_is_refused() -> None:
    edit = insert("# A\n\nNothing yet.\n", [add(paper(), ("A",))])
    assert [r.reason for r in edit.refused] == ["the list has no entry to learn from"]


def test_empty_section_is_filled_as_others_are() -> None:
    edit = insert(f"{BULLETS}\n# B\n\n# C\n", [add(paper(), ("B",))])
    assert "\n# B\n\n- RadNet: A Vision-Language Model for Chest X-ray Reports. " in edit.after
    assert edit.after.endswith("\n\n# C\n")


def test_one_bad_paper_hinders_no_other() -> None:
    good = add(paper(), ("A",))
    edit = insert(
        BULLETS, [add(published(), ("Nowhere",)), good, add(published(title="--"), ("A",))]
    )
    assert [p.paper_id for p in edit.placed] == [good.paper.id]
    assert len(edit.refused) == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{BULLETS}\n# B\n\n- Other words on a scan.\n", id="bullets"),
        pytest.param(
            "# A\n\n1. One work. [[pdf](https://arxiv.org/abs/2401.00001)]\n"
            "2. Two works. [[pdf](https://arxiv.org/abs/2401.00002)]\n\n"
            "# B\n\n3. Three works. [[pdf](https://arxiv.org/abs/2401.00003)]\n"
            "4. Four works. [[pdf](https://arxiv.org/abs/2401.00004)]\n",
            id="numbers that go on through both",
        ),
    ],
)
def test_a_paper_of_two_sections_is_placed_in_both(text: str) -> None:
    both = [add(paper(), ("A",)), add(paper(), ("B",))]
    edit = insert(text, both)
    assert not edit.refused
    assert [placement.section[-1] for placement in edit.placed] == ["A", "B"]
    lines = edit.after.split("\n")
    assert all(lines[each.line - 1] == each.lines[0] for each in edit.placed)
    again = insert(edit.after, both)
    assert again.after == edit.after
    assert not again.placed


def test_same_paper_twice_is_placed_once() -> None:
    edit = insert(BULLETS, [add(paper(), ("A",)), add(paper(id="again"), ("A",))])
    assert len(edit.placed) == 1
    assert [r.reason for r in edit.refused] == [
        "it is given twice: arxiv:2501.00001 has the same title"
    ]


def test_lines_of_placements_are_those_of_the_new_text() -> None:
    name = "chest-xray-vlp"
    years = [section(name, year) for year in ("2024", "2021", "2022")]
    records = [
        paper(id=f"arxiv:2{n}01.00001", arxiv_id=f"2{n}01.00001", title=f"Unlike{n}: Work {w}")
        for n, w in enumerate(("of Bones", "with Sounds", "in Clinics"))
    ]
    edit = insert(seed(name), [add(r, y) for r, y in zip(records, years, strict=True)])
    lines = edit.after.split("\n")
    assert len(edit.placed) == 3
    for placement in edit.placed:
        assert lines[placement.line - 1] == placement.lines[0]


def test_what_was_placed_is_found_among_the_holdings() -> None:
    for name, tail in WHERE:
        record = published(title="PathNet: Aligning Pathology Slides with Diagnostic Reports")
        edit = insert(seed(name), [add(record, section(name, *tail))])
        found = match_paper(record, identify_entries(parse(edit.after)))
        assert isinstance(found, AlreadyListed)
        assert found.line == edit.placed[0].line


def test_order_by_year_is_kept() -> None:
    text = "# A\n" + "".join(
        f"- Title Number {n} of Some. ECCV {year}. [[paper](https://x.org/{n}.pdf)]\n"
        for n, year in enumerate((2024, 2023, 2023, 2021, 2020))
    )
    edit = insert(text, [add(published(venue="MIDL 2022", published="2022-01-01"), ("A",))])
    assert edit.placed[0].line == 5


def test_facts_of_other_papers_are_never_copied() -> None:
    text = "# A\n" + "".join(
        f"|[Title {n} of a Long Paper](https://x.org/{n}.pdf)|Univ. of {n}{n}land|{n} images|\n"
        if n
        else "|Paper|Institute|Data|\n|---|---|---|\n"
        for n in range(5)
    )
    [refusal] = insert(text, [add(paper(), ("A",))]).refused
    assert refusal.lacking == ("\u201cInstitute\u201d", "\u201cData\u201d")
    assert refusal.draft.endswith("(https://arxiv.org/abs/2501.00001)|\u2026|\u2026|")


NUMBERED = "".join(
    f"{n}. **Title Number {n} of Some Length**\n   - 2020\n   - [PDF](https://x.org/{n}.pdf)\n\n"
    for n in (1, 2)
)


def test_unbroken_numbers_go_on_and_later_ones_move() -> None:
    text = f"# A\n\n{NUMBERED}# B\n\n{NUMBERED.replace('1. ', '3. ').replace('2. ', '4. ')}"
    edit = insert(text, [add(paper(), ("A",)), add(published(), ("A",))])
    assert len(edit.placed) == 2
    starts = [line.split(".")[0] for line in edit.after.split("\n") if line[:1].isdigit()]
    assert starts == ["1", "2", "3", "4", "5", "6"]
    kept = [line for line in edit.after.split("\n") if not line[:1].isdigit()]
    assert set(text.split("\n")) - {*kept} == {
        "3. **Title Number 1 of Some Length**",
        "4. **Title Number 2 of Some Length**",
        "1. **Title Number 1 of Some Length**",
        "2. **Title Number 2 of Some Length**",
    }


@pytest.mark.parametrize("late", [False, True], ids=["upper first", "lower first"])
def test_unbroken_numbers_go_on_for_papers_of_two_sections(late: bool) -> None:
    work = "{n}. **Great Work {n} on Images**. CVPR {y}. [pdf](https://x.org/{n}.pdf)\n"
    years = {1: 2021, 2: 2022, 3: 2021, 4: 2022}
    rows = [work.format(n=n, y=y) for n, y in years.items()]
    text = "# A\n\n" + "".join(rows[:2]) + "\n## B\n\n" + "".join(rows[2:])
    additions = [add(published(), ("A",)), add(paper(), ("A", "B"))]
    edit = insert(text, additions[::-1] if late else additions)
    assert re.findall(r"^\d+", edit.after, re.MULTILINE) == list("123456")
    lines = edit.after.split("\n")
    assert [lines[placed.line - 1] for placed in edit.placed] == [p.lines[0] for p in edit.placed]


def test_numbers_that_restart_stay_as_they_are() -> None:
    text = f"# A\n\n{NUMBERED}# B\n\n{NUMBERED}"
    edit = insert(text, [add(paper(), ("A",))])
    added_lines(text, edit.after)
    assert edit.placed[0].lines[0].startswith("3. **RadNet")


def test_running_number_of_a_table_goes_on() -> None:
    rows = "".join(
        f"|{n}|[Title {n} of Some](https://x.org/{n}.pdf)|{2018 + n}|\n" for n in (1, 2, 3)
    )
    text = f"# A\n\n|#|Paper|Year|\n|-|-|-|\n{rows}"
    edit = insert(text, [add(paper(), ("A",)), add(published(), ("A",))])
    assert [p.lines[0][:3] for p in edit.placed] == ["|4|", "|5|"]
