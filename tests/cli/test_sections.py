"""Any list's own sections, without a map of it: `classify --list` and `list insert`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medvl_watch.errors import ExitCode
from tests.cli.conftest import Folder
from tests.cli.streams import configured, write

NAMES = ("liver", "kidney", "spleen", "heart", "pancreas")
LIST = """\
# Awesome garden of scans

## Outlining
### 2024
{outlining}
## Answering
### 2024
{answering}
## Finding
### 2024
{finding}
## Courses
- Learn it all. [[link](https://example.org/course)]
""".format(
    outlining="\n".join(
        f"- Segmentation of the {name} by words, medical vision-language. [[paper](https://arxiv.org/abs/2401.0000{n})]"
        for n, name in enumerate(NAMES)
    ),
    answering="\n".join(
        f"- Question answering on {name} scans, medical vision-language. [[paper](https://arxiv.org/abs/2402.0000{n})]"
        for n, name in enumerate(NAMES)
    ),
    finding="\n".join(
        f"- Retrieval of {name} reports, medical vision-language. [[paper](https://arxiv.org/abs/2403.0000{n})]"
        for n, name in enumerate(NAMES)
    ),
)
TOP = "Awesome garden of scans"
CLEAR = {
    "id": "clear",
    "title": "Visual question answering on lung scans",
    "abstract": "Medical vision-language models answer questions on radiology images.",
    "arxiv_id": "2405.00001",
    "published": "2024-05-01",
}
NEXT_YEAR = CLEAR | {
    "id": "next",
    "title": "Brain segmentation by words",
    "abstract": "Medical vision-language models outline lesions in CT images.",
    "arxiv_id": "2502.00001",
    "published": "2025-02-01",
}
UNSURE = CLEAR | {"id": "unsure", "title": "Medical vision-language models, all in all",
                  "abstract": "", "arxiv_id": "2405.00002"}  # fmt: skip


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Folder:
    monkeypatch.chdir(tmp_path)
    configured(tmp_path)
    (tmp_path / "garden.md").write_text(LIST, encoding="utf-8")
    write(tmp_path / "papers.jsonl", [CLEAR, NEXT_YEAR, UNSURE])
    return Folder(tmp_path, capsys)


def test_a_paper_is_given_the_sections_of_the_list(here: Folder) -> None:
    here.write("one.json", json.dumps(CLEAR))
    said = here.watch("classify", "one.json", "--list", "garden.md", "--json")
    assert said.code == ExitCode.DONE
    assert said.json["decision"] == "propose"
    assert said.json["sections"][0]["path"] == [TOP, "Answering", "2024"]
    assert {each["path"][1] for each in said.json["sections"]} == {
        "Outlining",
        "Answering",
        "Finding",
    }


def test_a_person_reads_the_section_and_the_entries_like_the_paper(here: Folder) -> None:
    here.write("one.json", json.dumps(CLEAR))
    said = here.watch("classify", "one.json", "--list", "garden.md")
    assert "garden.md: it would be proposed under Answering > 2024\n" in said.out
    near = "Question answering on liver scans, medical vision-language (garden.md, line 12: 2024)"
    assert near in " ".join(said.out.split())


def test_a_section_yet_to_be_opened_is_like_entries_where_they_stand(here: Folder) -> None:
    twice = {"abstract": f"{NEXT_YEAR['abstract']} Radiologists read the text and the images."}
    here.write("one.json", json.dumps(NEXT_YEAR | twice))
    said = here.watch("classify", "one.json", "--list", "garden.md")
    assert "proposed under Outlining > 2025 (a section to open)" in said.out
    near = "Segmentation of the liver by words, medical vision-language (garden.md, line 5: 2024)"
    assert near in " ".join(said.out.split())
    nearest = here.watch("classify", "one.json", "--list", "garden.md", "--json").json["neighbours"]
    lines = LIST.splitlines()
    for each in nearest:
        assert each["title"] in lines[each["line"] - 1]
        assert each["section"] == [TOP, "Outlining", "2024"]


def test_the_title_of_the_list_is_not_said_again_in_every_section(here: Folder) -> None:
    here.write("one.json", json.dumps(CLEAR))
    said = here.watch("classify", "one.json", "--list", "garden.md").out
    assert TOP not in said
    assert "Answering > 2024" in said


def test_a_long_name_of_a_file_is_shortened(here: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    here.write("one.json", json.dumps(CLEAR))
    name = "of-everything-that-can-be-" * 6 + "read.md"
    here.write(name, LIST)
    said = here.watch("classify", "one.json", "--list", name).out
    assert name not in said.replace("\n", "").replace(" ", "")
    assert name[:30] in said
    assert all(len(line) <= 80 for line in said.splitlines())
    assert (
        here.watch("classify", "one.json", "--list", name, "--json").json["lists"][0]["list"]
        == name
    )


def test_no_year_is_made_up_for_a_paper_without_one(here: Folder) -> None:
    undated = {key: CLEAR[key] for key in ("id", "title", "abstract")}
    here.write("one.json", json.dumps(undated))
    said = here.watch("classify", "one.json", "--list", "garden.md").out
    words = " ".join(said.split())
    assert (
        "which section (its year is unknown, and the sections of the list go by year): Answering or"
        in words
    )
    sections = said[said.index("section  ") : said.index("because")]
    assert "Answering" in sections
    assert "2024" not in sections
    plan = said[said.index("lists  ") :]
    assert "2024" not in plan


def test_a_file_of_papers_is_given_the_sections_of_the_list(here: Folder) -> None:
    arguments = ("--input", "papers.jsonl", "--output", "out.jsonl", "--list", "garden.md")
    assert here.watch("classify", *arguments).code == ExitCode.DONE
    lines = [json.loads(line) for line in (here.path / "out.jsonl").read_text().splitlines()]
    assert [each["id"] for each in lines] == ["clear", "next", "unsure"]
    assert [each["sections"][0]["path"][1:] for each in lines[:2]] == [
        ["Answering", "2024"],
        ["Outlining", "2025"],
    ]
    assert lines[2]["decision"] != "propose"
    assert lines[2]["sections"]


def test_an_unsure_section_refers_a_paper_that_would_be_proposed(here: Folder) -> None:
    here.write("one.json", json.dumps(UNSURE | {"abstract": "We look at radiology images."}))
    alone = here.watch("classify", "one.json", "--json").json
    said = here.watch("classify", "one.json", "--list", "garden.md", "--json").json
    assert (alone["decision"], said["decision"]) == ("propose", "refer")
    assert said["reason"].startswith("its section is uncertain: ")


def test_papers_without_a_section_find_theirs_or_are_refused(here: Folder) -> None:
    said = here.watch(
        "list", "insert", "garden.md", "--papers", "papers.jsonl", "--in-place", "--json"
    )
    first, second, third = said.json["papers"]
    assert (first["result"], first["section"]) == ("placed", [TOP, "Answering", "2024"])
    assert (second["result"], second["section"]) == ("placed", [TOP, "Outlining", "2025"])
    assert third["result"] == "refused"
    assert "its section is uncertain: " in third["reason"]
    after = (here.path / "garden.md").read_text(encoding="utf-8")
    assert "### 2025" in after
    assert [line for line in after.splitlines() if line in LIST.splitlines()] == LIST.splitlines()


def test_inserting_again_changes_nothing(here: Folder) -> None:
    arguments = ("list", "insert", "garden.md", "--papers", "papers.jsonl", "--in-place", "--json")
    here.watch(*arguments)
    after = (here.path / "garden.md").read_bytes()
    said = here.watch(*arguments)
    assert [each["result"] for each in said.json["papers"]] == ["duplicate", "duplicate", "refused"]
    assert (here.path / "garden.md").read_bytes() == after


def test_a_file_that_is_no_list_is_told(here: Folder) -> None:
    here.write("one.json", json.dumps(CLEAR))
    here.write("prose.md", "Nothing but prose.\n")
    said = here.watch("classify", "one.json", "--list", "prose.md", "--json")
    assert said.code == ExitCode.DONE
    assert (said.json["decision"], said.json["reason"]) == ("reject", "the list has no sections")
