"""Small recorded lists on which an entry went wrong once; skipped where they do not lie beside
the project."""

from __future__ import annotations

import json

import pytest

from medvl_watch.changes import Addition, Edit
from medvl_watch.cli.app import main
from medvl_watch.lists.checking.register import check
from medvl_watch.lists.editing.completing import complete
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.document import parse, paths_meant, section_paths
from medvl_watch.papers.recordfile import record_from_json
from tests.beside import folder

LINK = "https://arxiv.org/abs/2511.0000"
FRESH = "Fresh Vision Language Model for Chest Radiographs"


def edit_of(name: str) -> Edit:
    home = folder("data/cases/lists") / name
    text = (home / "README.md").read_bytes().decode()
    lines = (home / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    additions = []
    for number, line in enumerate(lines, start=1):
        given = json.loads(line)
        [path] = paths_meant(parse(text), tuple(given["section"]))
        record = record_from_json(given, f"{name}, paper {number}")
        additions.append(Addition(paper=record, section=path))
    return insert(text, additions)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("q4-code-label-is-repo-name", "| arXiv | [FreshVLM](https://github.com/x/FreshVLM) |"),
        ("q6-venue-in-link-label", f"- {FRESH} [[CVPR2025]]({LINK}1)"),
        ("q6-venue-in-link-label", f"- Another Fresh One [[arXiv2025]]({LINK}2)"),
        ("q7-venue-in-link-label-table", f"|20251120|Ada Lovelace|{FRESH}|[arxiv]({LINK}1)|"),
        ("q7-venue-in-link-label-table", f"|Another Fresh One|[CVPR]({LINK}2)|"),
        ("q8-venue-in-title-brackets", f"| {FRESH} (**MICCAI-25**) | [Link]("),
        ("t1-many-authors-in-title-cell", "<br><sup><sub>Ada Lovelace; Grace Hopper; Alan Turing"),
        ("q12-chatgpt-note", f"- **{FRESH}**. arXiv 2025. [[paper]({LINK}1)]"),
        ("v8-recommended-star", f"| 25-11-20 | [NewNet]({LINK}1) | Arxiv 2025 |"),
        ("s9-desc-and-dates-table", f"|20251120|Ada Lovelace|{FRESH} [arxiv]({LINK}1)|"),
        ("c36b-desc-numbers", f"\n10. [{FRESH}]({LINK}1) (2025)\n9. "),
        ("c50-quotes", '- "Why Should I Trust It?" A Study", *arXiv*, 2025 (**MIT**).'),
        (
            "q7-venue-in-link-label-table",
            (
                f"|---|---|---|---|\n|20251125|Ada Lovelace|Another Fresh One|[CVPR]({LINK}2)|\n"
                f"|20251120|Ada Lovelace|{FRESH}|[arxiv]({LINK}1)|\n|20251110|Ada Lovelace|Third"
            ),
        ),
        ("r1-details-year-new", "<details>\n<summary>2025</summary>\n\n- **Another Fresh One**."),
        ("q13-year-words", f"### YEAR 2025\n\n- **{FRESH}**. arXiv 2025. [[paper]({LINK}1)]"),
        ("r4-authors-venue-in-italics", "First Fresh One.** *Ada Lovelace et al. arXiv.* [["),
        ("r4-authors-venue-in-italics", "Second Fresh One.** *Ada Lovelace et al. ACL'25.* [["),
        ("r6-code-span-comment", f"- **Another Fresh One**. arXiv 2025. [[paper]({LINK}2)]"),
        ("c14-reference-links", f"- [{FRESH}][p6]. arXiv 2025.\n"),
        ("c14-reference-links", f"[p6]: {LINK}1"),
        ("c44-indented-code", f"- **{FRESH}**. arXiv 2025. [[paper]({LINK}1)]"),
        ("n-stray", "(**arXiv 2611**) [[paper](https://arxiv.org/abs/2611.40002)]"),
        ("n-prefix", "- (*arXiv 2026.11*) MIMIC-Instruct-CXR: A Survey of a Dataset [[paper]("),
    ],
)
def test_the_entry_is_as_it_should_be(name: str, shown: str) -> None:
    assert shown in edit_of(name).after


@pytest.mark.parametrize(
    ("name", "lacking", "draft"),
    [
        ("q5-local-file-per-entry", "remark", "[bibtex](\u2026)"),
        ("q3-nested-authors-link-title", "remark", "\n  - Ada Lovelace, Grace Hopper, Alan Turing"),
        ("v9-fire-mark", "\u201cTitle\u201d", "[[NewKV]](https://github.com/x/NewKV)"),
        ("s8-ccf-team-column", "\u201c\u8bf4\u660e\u201d", "[IIMedGPT](https://github.com/iimed/"),
        (
            "s2-bold-title-all-linked",
            "pages of the authors",
            f"**{FRESH}.**<br>\n*\u2026.*<br>\nCVPR",
        ),
        ("n-author", "\u201cQA\u201d", "[Dale](https://arxiv.org/abs/2611.40002)"),
    ],
)
def test_a_draft_says_what_only_the_maintainer_knows(name: str, lacking: str, draft: str) -> None:
    edit = edit_of(name)
    assert edit.after == edit.before
    refusal = edit.refused[0]
    assert any(lacking in each for each in refusal.lacking)
    assert draft in refusal.draft


@pytest.mark.parametrize(
    ("name", "gone"),
    [("q10-code-label-other-kind", "Tweet](https://github"), ("c15-footnotes", "[^]")],
)
def test_nothing_of_another_kind_is_written(name: str, gone: str) -> None:
    assert gone not in edit_of(name).after


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("k1-complete-bold-link-title", "/2401.00002)** [[code](https://github.com/new/two)]\n"),
        ("k2-complete-code-placeholder", ")/[Code](https://github.com/new/three)\n"),
        ("k2c-complete-warning-sign", "|[[three]](https://github.com/new/three) ![](https://img."),
        ("k4-complete-code-label", "| [two](https://github.com/new/two) |"),
    ],
)
def test_the_entry_is_completed_as_it_should_be(name: str, shown: str) -> None:
    home = folder("data/cases/lists") / name
    lines = (home / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [record_from_json(json.loads(line), name) for line in lines]
    result = complete((home / "README.md").read_bytes().decode(), papers)
    assert shown in result.after
    assert complete(result.after, papers).after == result.after


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("c10b-dup-same-path", "stands more than once (lines 5 and 13)"),
        ("c27e-generated", "its entries are generated from data (lines 5 to 11)"),
        ("c41-blockquote", "its entries stand in a block quote (lines 5 to 9)"),
        ("v4b-contents-absolute-chinese", "does not hold papers"),
    ],
)
def test_a_refusal_says_what_stands_in_the_way(name: str, reason: str) -> None:
    assert reason in edit_of(name).refused[0].reason


def test_bold_titles_with_linked_authors_are_entries() -> None:
    home = folder("data/cases/lists") / "s2-bold-title-all-linked"
    document = parse((home / "README.md").read_bytes().decode())
    assert len(document.entries) == 8
    assert section_paths(document) == (("L",), ("L", "A"))


@pytest.mark.parametrize("name", ["n-venue-headings", "n-venue-headings-several"])
def test_a_section_is_chosen_by_venue_and_year(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    home = folder("data/cases/lists") / name
    main(["list", "insert", f"{home}/README.md", "--papers", f"{home}/papers.jsonl", "--json"])
    [paper] = json.loads(capsys.readouterr().out)["papers"]
    assert (paper["result"], paper["section"][-2:]) == ("placed", ["2026", "arXiv'26"])


@pytest.mark.parametrize(
    "name",
    ["q14-keywords-in-brackets", "q15-findings-of-naacl", "s3-brackets-in-address",
     "q16-submitted-to-label", "s4-maintainers"],
)  # fmt: skip
def test_what_is_right_is_no_fault(name: str) -> None:
    assert check((folder("data/cases/lists") / name / "README.md").read_bytes().decode()) == []


@pytest.mark.parametrize(("name", "count"), [("r7-same-arxiv-renamed", 1), ("c30-dup-forms", 7)])
def test_the_same_paper_under_another_title_is_for_a_person(name: str, count: int) -> None:
    edit = edit_of(name)
    assert edit.after == edit.before
    assert sum("under another title" in each.reason for each in edit.refused) == count
