"""Entries that stand already: what was found out is added, and nothing else is touched."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.lists.editing.completing import Completion, complete
from medvl_watch.lists.editing.patching import Patch, apply_patches
from medvl_watch.lists.paper_matching import identify_entries
from medvl_watch.lists.parsing.document import parse
from medvl_watch.records import Record
from tests.lists.samples import NAMES, paper, seed

CODE = "https://github.com/x/found"


def known(n: int = 0, **given: Any) -> Record:
    facts: dict[str, Any] = {
        "id": f"arxiv:2201.0000{n}",
        "arxiv_id": f"2201.0000{n}",
        "title": f"Great Work {n} on Images of the Chest",
    }
    return Record(**(facts | given))


def bullets(*entries: tuple[str, str]) -> str:
    return "# P\n\n## A\n\n" + "".join(
        f"- Great Work {n} on Images of the Chest. {imprint}."
        f" [[paper](https://arxiv.org/abs/2201.0000{n})]{code}\n"
        for n, (imprint, code) in enumerate(entries)
    )


def only(text: str, record: Record) -> tuple[Completion, str, str]:
    """The completion of one entry, with its old and its new text."""
    result = complete(text, [record])
    assert result.refused == ()
    [done] = result.done
    old, new = text.split("\n"), result.after.split("\n")
    at = done.line - 1
    assert old[:at] == new[:at]
    assert old[at + len(done.lines) :] == new[at + len(done.lines) :]
    return done, "\n".join(old[at : at + len(done.lines)]), "\n".join(done.lines)


OTHER = "[[code](https://github.com/a/b)]"
CODE_CASES = [
    pytest.param(
        bullets(("arXiv 2022", ""), ("arXiv 2022", OTHER)),
        ")]\n",
        f")][[code]({CODE})]\n",
        id="bullet, as another entry writes it",
    ),
    pytest.param(
        bullets(("arXiv 2022", " [[code]]"), ("arXiv 2022", " " + OTHER)),
        "[[code]]",
        f"[[code]({CODE})]",
        id="in the place kept free for it",
    ),
    pytest.param(
        bullets(("arXiv 2022", " [[code]()]"), ("arXiv 2022", " " + OTHER)),
        "[[code]()]",
        f"[[code]({CODE})]",
        id="in place of an empty link",
    ),
    pytest.param(
        "# P\n\n|Title|Paper|Code|\n|-|-|-|\n"
        "|Great Work 0 on Images of the Chest|[PDF](https://arxiv.org/abs/2201.00000)|-|\n"
        "|Great Work 1 on Images of the Chest|[PDF](https://arxiv.org/abs/2201.00001)|[Git](https://github.com/a/b)|\n",
        ")|-|\n|Great",
        f")|[Git]({CODE})|\n|Great",
        id="table cell in place of the placeholder",
    ),
    pytest.param(
        "# P\n\n"
        "- **Great Work 0 on Images of the Chest**\n  - Ana Silva, Li Wei\n"
        "  - [paper](https://arxiv.org/abs/2201.00000)\n"
        "- **Great Work 1 on Images of the Chest**\n  - Jo Park, Li Wei\n"
        "  - [paper](https://arxiv.org/abs/2201.00001)\n  - [code](https://github.com/a/b)\n",
        "2201.00000)\n",
        f"2201.00000)\n  - [code]({CODE})\n",
        id="nested bullet of its own",
    ),
    pytest.param(
        "# P\n\n"
        "1. **[Great Work 0 on Images of the Chest.](https://arxiv.org/abs/2201.00000)**\n"
        "1. **[Great Work 1 on Images of the Chest.](https://arxiv.org/abs/2201.00001)** "
        f"{OTHER}\n",
        "2201.00000)**\n",
        f"2201.00000)** [[code]({CODE})]\n",
        id="behind the emphasis that closes in both",
    ),
    pytest.param(
        "# P\n\n|Title|Links|\n|-|-|\n"
        "|Great Work 0 on Images of the Chest|[Paper](https://arxiv.org/abs/2201.00000)/Code|\n"
        "|Great Work 1 on Images of the Chest|[Paper](https://arxiv.org/abs/2201.00001)"
        "/[Code](https://github.com/a/b)|\n",
        "2201.00000)/Code|\n",
        f"2201.00000)/[Code]({CODE})|\n",
        id="in place of its own words that stand there bare",
    ),
]


@pytest.mark.parametrize(("text", "old", "new"), CODE_CASES)
def test_code_is_added_as_others_have_it(text: str, old: str, new: str) -> None:
    result = complete(text, [known(code_urls=(CODE,))])
    assert result.refused == ()
    assert result.after == text.replace(old, new, 1)
    assert [done.added for done in result.done] == [("code",)]


def test_code_that_stands_there_is_left_alone() -> None:
    text = bullets(("arXiv 2022", OTHER), ("arXiv 2022", OTHER))
    result = complete(text, [known(code_urls=(CODE,))])
    assert result.after == text
    assert [entry.line for entry in result.complete] == [5]


def test_code_is_refused_where_no_entry_shows_its_place() -> None:
    text = bullets(("arXiv 2022", ""), ("CVPR 2022", ""))
    result = complete(text, [known(code_urls=(CODE,))])
    assert result.after == text
    assert [r.reason for r in result.refused] == ["no entry of the list shows where code goes"]


def test_venue_takes_the_place_of_arxiv_in_the_words_of_the_list() -> None:
    text = bullets(("arXiv 2022", ""), ("NIPS 2021", ""), ("CVPR 2022", ""))
    done, old, new = only(text, known(venue="NeurIPS 2023"))
    assert done.added == ("venue",)
    assert new == old.replace("arXiv 2022", "NIPS 2023")


def test_link_follows_the_venue_where_the_list_does_so() -> None:
    doi = "https://doi.org/10.1000/182"
    text = bullets(("arXiv 2022", ""), ("CVPR 2021", "")).replace(
        "https://arxiv.org/abs/2201.00001", "https://openaccess.thecvf.com/x.pdf"
    )
    done, _, new = only(text, known(venue="MICCAI 2023", url=doi))
    assert done.added == ("venue", "link")
    assert new.endswith(f"MICCAI 2023. [[paper]({doi})]")


def test_link_stays_where_the_list_keeps_arxiv() -> None:
    text = bullets(("arXiv 2022", ""), ("CVPR 2021", ""))
    done, _, new = only(text, known(venue="MICCAI 2023", url="https://doi.org/10.1000/182"))
    assert done.added == ("venue",)
    assert new.endswith("MICCAI 2023. [[paper](https://arxiv.org/abs/2201.00000)]")


def test_venue_is_left_alone_where_its_year_is_not_known() -> None:
    text = bullets(("arXiv 2022", ""), ("CVPR 2021", ""))
    result = complete(text, [known(venue="MICCAI")])
    assert result.after == text
    assert [r.reason for r in result.refused] == ["the year of its venue is not known"]


def test_venue_that_stands_there_is_left_alone() -> None:
    text = bullets(("CVPR 2022", ""), ("CVPR 2021", ""))
    assert complete(text, [known(venue="MICCAI 2023")]).after == text


def test_paper_that_is_not_there_is_refused() -> None:
    text = bullets(("arXiv 2022", ""))
    result = complete(text, [known(7, title="Something Else about Lungs and Hearts")])
    assert [r.reason for r in result.refused] == ["the list does not hold it"]
    assert result.after == text


YEARS = (
    "# P\n\n## 2023\n\n- Great Work 5 on Images of the Chest. CVPR 2023."
    " [[paper](https://arxiv.org/abs/2201.00005)]\n"
    "- Great Work 6 on Images of the Chest. ECCV 2023."
    " [[paper](https://arxiv.org/abs/2201.00006)]\n\n## 2022\n\n"
)
OWN = "- Great Work 0 on Images of the Chest. {}. [[paper](https://arxiv.org/abs/2201.00000)]\n"
LATE = (
    "- Great Work 1 on Images of the Chest. ACL 2022. [[paper](https://arxiv.org/abs/2201.00001)]\n"
)


def test_entry_moves_to_the_year_of_its_venue() -> None:
    text = YEARS + OWN.format("arXiv 2022") + LATE
    result = complete(text, [known(venue="ICCV 2023")])
    [done] = result.done
    assert done.added == ("venue", "section")
    assert done.section == ("P", "2023")
    assert done.lines == (OWN.format("ICCV 2023").rstrip("\n"),)
    assert result.after.split("\n")[done.line - 1] == done.lines[0]
    moved = [line for line in result.after.split("\n") if line != done.lines[0]]
    assert moved == (YEARS + LATE).split("\n")


def test_lines_are_those_after_all_completions() -> None:
    text = seed("vl-learning-in-medical-domain")
    updates = [
        known(
            id="one",
            arxiv_id="2301.04558",
            title="Learning to Exploit Temporal Structure for Biomedical Vision-Language "
            "Processing",
            code_urls=("https://github.com/new/one",),
        ),
        known(
            id="two",
            arxiv_id="2301.02228",
            title="MedKLIP: Medical Knowledge Enhanced Language-Image Pre-Training",
            venue="MICCAI 2024",
        ),
    ]
    result = complete(text, updates)
    assert len(result.done) == 2
    lines = result.after.split("\n")
    assert [lines[each.line - 1] for each in result.done] == [each.lines[0] for each in result.done]


def test_entry_stays_where_years_are_not_those_of_venues() -> None:
    text = YEARS.replace("CVPR 2023", "CVPR 2024").replace("ECCV 2023", "ECCV 2021")
    text += OWN.format("arXiv 2022") + LATE
    result = complete(text, [known(venue="ICCV 2023")])
    assert result.after == text.replace("Chest. arXiv 2022", "Chest. ICCV 2023")


def test_last_entry_of_a_year_stays() -> None:
    text = YEARS + OWN.format("arXiv 2022")
    result = complete(text, [known(venue="ICCV 2023")])
    assert result.after == text.replace("arXiv 2022", "ICCV 2023")


def test_year_that_is_missing_is_opened() -> None:
    text = YEARS + OWN.format("arXiv 2022") + LATE
    result = complete(text, [known(venue="ICCV 2024")])
    assert [done.section for done in result.done] == [("P", "2024")]
    assert "# P\n\n## 2024\n\n" + OWN.format("ICCV 2024") + "\n## 2023\n" in result.after


def test_year_that_is_opened_gets_its_line_in_the_contents() -> None:
    contents = "- [2023](#2023)\n- [2022](#2022)\n\n"
    text = YEARS.replace("# P\n\n", f"# P\n\n{contents}") + OWN.format("arXiv 2022") + LATE
    assert contents in text
    result = complete(text, [known(venue="ICCV 2024")])
    assert [done.added for done in result.done] == [("venue", "section")]
    assert f"# P\n\n- [2024](#2024)\n{contents}## 2024\n\n" in result.after
    assert result.after.split("\n")[result.done[0].line - 1] == result.done[0].lines[0]


def test_what_one_entry_gets_is_an_example_for_those_before_it() -> None:
    row = "- Great Work {n} on Images{v}. [[pdf](https://arxiv.org/abs/2101.0000{n})]{c}\n"
    code = " [[code](https://github.com/a/b)]"
    bare, old = row.format(n=1, v="", c=""), row.format(n=2, v=". arXiv 2021", c=code)
    text = f"# P\n\n{bare}{old}"
    updates = [
        paper(
            id=f"p{n}",
            title=f"Great Work {n} on Images",
            arxiv_id=f"2101.0000{n}",
            venue="ICCV 2023",
            published="2023",
            code_urls=("https://github.com/a/b",),
        )
        for n in (1, 2)
    ]
    result = complete(text, updates)
    assert [(done.paper_id, done.line) for done in result.done] == [("p2", 4), ("p1", 3)]
    assert result.done[1].added == ("code", "venue")
    assert result.after.count("ICCV 2023") == 2
    assert complete(result.after, updates).after == result.after


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_completed_line_by_line_and_only_once(name: str) -> None:
    before = seed(name).replace("\n", "\r\n")
    records = [
        Record(id=f"x{n}", title=entry.title, code_urls=(f"https://github.com/x/found{n}",))
        for n, entry in enumerate(identify_entries(parse(before)))
        if len(entry.title.split()) >= 5
    ][:12]
    result = complete(before, records)
    old, new = before.split("\n"), result.after.split("\n")
    assert len(old) == len(new)
    changed = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    assert len(changed) == len(result.done)
    assert all("github.com/x/found" in line for _, line in changed)
    again = complete(result.after, records)
    assert (again.after, again.done) == (result.after, ())


VENUES = st.sampled_from(["MICCAI 2024", "Nature Medicine 2023", "arXiv", "A|B *c* 2024", ""])


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(NAMES),
    st.integers(0, 40),
    VENUES,
    st.sampled_from(["https://github.com/a/b|c", "https://github.com/x/y", "javascript:x"]),
)
def test_any_completion_keeps_every_other_entry(
    name: str, which: int, venue: str, code: str
) -> None:
    before = seed(name)
    entries = identify_entries(parse(before))
    chosen = entries[which % len(entries)]
    record = Record(id="x", title=chosen.title or "Nothing at All", venue=venue or None)
    record = Record(id="x", title=record.title, venue=record.venue, code_urls=(code,))
    result = complete(before, [record])
    if not result.done:
        assert result.after == before
    texts = [h.text_key for h in entries]
    left = [h.text_key for h in identify_entries(parse(result.after))]
    assert len(left) == len(texts)
    assert sum(text not in left for text in texts) <= len(result.done)
    assert complete(result.after, [record]).after == result.after


def test_patches_for_one_place_keep_their_order() -> None:
    patches = [Patch(1, 1, "x\n", 0), Patch(1, 1, "y\n", 0), Patch(1, 2, "z\n", 1)]
    assert apply_patches(("a\n", "b\n"), "\n", patches) == "a\nx\ny\nz\n"


RENAMED = "Reading Images of the Chest Aloud"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "- Great Work 0 on Images of the Chest. arXiv 2022. [[paper](https://arxiv.org/abs/2201.00000)]",
            f"- {RENAMED}. arXiv 2022. [[paper](https://arxiv.org/abs/2201.00000)]",
            id="bullet",
        ),
        pytest.param(
            "- **Great Work 0 on Images of the Chest** [[paper](https://arxiv.org/abs/2201.00000)]",
            f"- **{RENAMED}** [[paper](https://arxiv.org/abs/2201.00000)]",
            id="in bold",
        ),
        pytest.param(
            "- [Great Work 0 on Images of the Chest](https://arxiv.org/abs/2201.00000) (2022)",
            f"- [{RENAMED}](https://arxiv.org/abs/2201.00000) (2022)",
            id="linked",
        ),
        pytest.param(
            "- [Our own words for it](https://arxiv.org/abs/2201.00000) (2022)", None,
            id="the maintainer's own words",
        ),
        pytest.param(
            "- [Great Work 0 on Images of the Chest](https://arxiv.org/abs/2201.09999) (2022)",
            None, id="the address of another paper",
        ),
        pytest.param(
            "- Great Work 0 on Images of the Chest, 2022", None, id="no address",
        ),
        pytest.param(
            f"- [{RENAMED}](https://arxiv.org/abs/2201.00000) (2022)", None, id="has it already",
        ),
    ],
)  # fmt: skip
def test_a_former_title_gives_way_to_the_present_one(line: str, expected: str | None) -> None:
    other = line.replace("Work 0", "Work 1").replace("2201.0000", "2201.1111")
    text = f"# P\n\n## A\n\n{line}\n{other}\n"
    record = known(0, title=RENAMED)
    former = {record.id: ["Great Work 0 on Images of the Chest"]}
    result = complete(text, [record], former)
    assert result.after == (text if expected is None else text.replace(line, expected, 1))
    assert complete(result.after, [record], former).after == result.after
    assert complete(text, [record]).after == text, "without them nothing is known"
