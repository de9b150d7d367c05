"""`medvl-watch classify`: whatever a person hands over."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.errors import ExitCode, SourceError
from medvl_watch.ledger import files
from medvl_watch.ledger.files import copy_of_ledger
from medvl_watch.ledger.store import SqlLedger
from medvl_watch.ports import Fetcher, Request, RequestTurns, Response
from medvl_watch.sources import live
from medvl_watch.sources.lookup import LONGEST
from medvl_watch.sources.request_gaps import FolderTurns
from tests.cli.conftest import CONFIG, ENTRIES, Folder
from tests.papers.pdfs import Piece, column, pdf
from tests.publish.examples import tree

RECORD = {"title": ENTRIES[0][1], "abstract": ENTRIES[0][2]}
OTHER = {"title": ENTRIES[2][1], "abstract": ENTRIES[2][2]}


def send(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def decisions(lines: list[dict[str, Any]]) -> list[str]:
    return [line["decision"] for line in lines]


@pytest.mark.parametrize(
    "given",
    ["2602.00001", "arXiv:2602.00001v1", "https://arxiv.org/abs/2602.00001",
     "https://arxiv.org/pdf/2602.00001v2.pdf"],
)  # fmt: skip
@pytest.mark.parametrize("seen", [False, True], ids=["never seen", "in the ledger"])
def test_a_paper_by_its_identifier(folder: Folder, given: str, seen: bool) -> None:
    if seen:
        folder.watch("run")
    before = tree(folder.path)
    said = folder.watch("classify", given, "--json")

    assert said.code == 0
    assert said.json["id"] == "arxiv:2602.00001"
    assert said.json["decision"] == "propose"
    assert said.json["sections"][0]["path"] == ["Words"]
    assert said.json["evidence"][0]["quote"]
    assert tree(folder.path) == before


def test_for_a_person_it_says_why_and_where(folder: Folder) -> None:
    said = folder.watch("classify", "2602.00001").out

    for words in ("[arxiv:2602.00001]", "relevance  █", "propose", "section    █", "Words",
                  "because    “", "every list: it would be proposed under Reports"):  # fmt: skip
        assert words in said


def test_for_a_person_it_says_what_became_of_a_paper_that_was_seen(folder: Folder) -> None:
    folder.watch("run")
    folder.watch("prs", "close", "first")
    folder.watch("run")
    said = folder.watch("classify", "2602.00001").out

    assert "first: nothing: it was refused (pull request 1 was closed without a merge)" in said
    assert "second: nothing: it is proposed (in pull request 1)" in said


def test_a_long_answer_keeps_to_the_width_of_the_page(folder: Folder) -> None:
    folder.write("one.json", json.dumps({"title": "Medical images " * 30, "abstract": "x"}))
    lines = folder.watch("classify", "one.json").out.splitlines()

    assert all(len(line) <= 100 for line in lines[1:])
    assert all(line == line.rstrip() for line in lines)


BIB = f"""\
@article{{one, title = {{{RECORD["title"]}}}, abstract = {{{RECORD["abstract"]}}}}}
@article{{open, title = {{It does not end

@article{{two, title = {{{OTHER["title"]}}}, abstract = {{{OTHER["abstract"]}}}}}
"""


def test_every_entry_of_a_bibtex_file_and_the_broken_one_named(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write("refs.bib", BIB)
    said = folder.watch("classify", "refs.bib", "--json")

    assert said.code == ExitCode.PARTLY
    assert [(line["id"], line["decision"]) for line in said.lines] == [
        ("one", "propose"), ("two", "reject"),
    ]  # fmt: skip
    assert [line.startswith("medvl-watch: refs.bib:2: ") for line in said.problems] == [True]
    send(monkeypatch, BIB.encode())
    assert folder.watch("classify", "-", "--json").lines == said.lines


def test_a_bibtex_entry_without_abstract_is_judged_with_the_one_that_was_seen(
    folder: Folder,
) -> None:
    folder.write("refs.bib", "@misc{one, title = {Cedar and dune}, eprint = {2602.00002}}")
    title_only = folder.watch("classify", "refs.bib")
    folder.watch("run")
    with_abstract = folder.watch("classify", "refs.bib")

    assert "no abstract: its title alone was judged" in title_only.out
    assert "no abstract" not in with_abstract.out
    assert "because" in with_abstract.out


def page_of(title: str, abstract: str) -> bytes:
    lines = [Piece(title, 18), Piece("Abstract", 11, y=600), *column(abstract, 10, 72, 580)]
    return pdf([*lines, Piece("1 Introduction", 11, y=300)])


def test_a_pdf_by_its_content_whatever_it_is_called(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    abstract = f"{RECORD['abstract']} We write them for images of the chest.\n" * 3
    folder.write("paper.pdf", page_of(RECORD["title"], abstract))
    folder.write("paper", page_of(RECORD["title"], abstract))
    said = folder.watch("classify", "paper.pdf", "paper", "--json")
    send(monkeypatch, page_of(RECORD["title"], abstract))

    assert said.code == ExitCode.DONE
    assert decisions(said.lines) == ["propose", "propose"]
    assert folder.watch("classify", "-", "--json").json == said.lines[0]
    assert RECORD["title"] in folder.watch("classify", "paper.pdf").out


@pytest.mark.parametrize("name", ["none.pdf", "note.pdf"])
def test_a_file_called_pdf_that_is_none(folder: Folder, name: str) -> None:
    folder.write("note.pdf", "a title")
    said = folder.watch("classify", name)

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1


@pytest.mark.parametrize(
    ("text", "title", "abstract"),
    [
        pytest.param(
            "A title\n\nAn abstract.\nOf two lines.\n\nAnd more.",
            "A title",
            "An abstract. Of two lines. And more.",
            id="paragraphs",
        ),
        pytest.param(
            "A title\nof two lines\n\nAn abstract.",
            "A title of two lines",
            "An abstract.",
            id="a long title",
        ),
        pytest.param("A title\nAn abstract.", "A title", "An abstract.", id="two lines"),
        pytest.param(
            f"A title\n{'word ' * 100}\n\nAnd more.",
            "A title",
            "word " * 100 + "And more.",
            id="no line between",
        ),
        pytest.param("A title", "A title", "", id="a title alone"),
        pytest.param(
            "Title: A title\n\nAbstract: An abstract.",
            "A title",
            "An abstract.",
            id="with headings",
        ),
        pytest.param("A title\r\n\r\nAn abstract.", "A title", "An abstract.", id="Windows"),
    ],
)
def test_what_is_title_and_what_is_abstract(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, text: str, title: str, abstract: str
) -> None:
    send(monkeypatch, text.encode())
    read = folder.watch("classify", "-", "--records").json

    assert (read["title"], read["abstract"]) == (title, abstract)


def test_what_was_read_can_be_kept_as_records(folder: Folder) -> None:
    folder.write("refs.bib", BIB)
    said = folder.watch("classify", "refs.bib", "2602.00002", "--records")

    assert said.code == ExitCode.PARTLY
    assert [line["id"] for line in said.lines] == ["one", "two", "arxiv:2602.00002"]
    folder.write("papers.jsonl", said.out)
    again = folder.watch("classify", "papers.jsonl", "--records")
    assert (again.code, again.out) == (ExitCode.DONE, said.out)
    assert folder.watch("classify", "--input", "papers.jsonl", "--records").code == ExitCode.CONFIG


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("one.json", json.dumps(RECORD), id="one record"),
        pytest.param("one.json", json.dumps(RECORD, indent=2), id="pretty-printed"),
        pytest.param("one.json", json.dumps([RECORD], indent=2), id="a list"),
        pytest.param("one.jsonl", json.dumps(RECORD) + "\n\n", id="a JSON line"),
        pytest.param("one.json", "\ufeff" + json.dumps(RECORD), id="with a byte order mark"),
        pytest.param("one.txt", f"{RECORD['title']}\n\n{RECORD['abstract']}\n", id="plain text"),
        pytest.param("one.txt", f"{RECORD['title']}\r\n{RECORD['abstract']}", id="from Windows"),
    ],
)
def test_a_paper_from_a_file_or_standard_input(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    folder.write(name, text)
    from_file = folder.watch("classify", name, "--json")
    send(monkeypatch, text.encode())
    from_input = folder.watch("classify", "-", "--json")

    assert from_file.code == from_input.code == 0
    assert from_file.json == from_input.json
    assert from_file.json["decision"] == "propose"


def test_the_order_of_the_input_is_kept_around_what_is_wrong(folder: Folder) -> None:
    lines = [{"id": "b", **OTHER}, {"id": "a", **RECORD}, {"abstract": "nameless"},
             {"id": "c", **RECORD}]  # fmt: skip
    text = "\n".join(json.dumps(line) for line in lines)
    folder.write("many.jsonl", text.replace('{"id": "c"', 'not JSON\n{"id": "c"'))
    said = folder.watch("classify", "2602.00002", "many.jsonl", "none", "2602.00003", "--json")

    assert said.code == ExitCode.PARTLY
    assert [line["id"] for line in said.lines] == [
        "arxiv:2602.00002", "b", "a", "c", "arxiv:2602.00003",
    ]  # fmt: skip
    assert decisions(said.lines) == ["propose", "reject", "propose", "propose", "reject"]
    assert len(said.problems) == 3
    assert "many.jsonl:3: title is missing" in said.err
    assert "many.jsonl:4: this is not JSON" in said.err


def test_one_wrong_record_in_a_list_does_not_end_it(folder: Folder) -> None:
    folder.write("list.json", json.dumps([RECORD, 3, {"abstract": "nameless"}, OTHER]))
    said = folder.watch("classify", "list.json", "--json")

    assert said.code == ExitCode.PARTLY
    assert decisions(said.lines) == ["propose", "reject"]
    assert "list.json[2]: a record is a JSON object" in said.err
    assert "list.json[3]: title is missing" in said.err


def test_unknown_keys_and_the_given_id_come_back(folder: Folder) -> None:
    folder.write(
        "one.json", json.dumps({"id": "mine-7", "label": ["x", 1], "reason": "r", **RECORD})
    )
    said = folder.watch("classify", "one.json", "--json").json

    assert (said["id"], said["label"]) == ("mine-7", ["x", 1])
    assert said["reason"] != "r", "our own keys are ours"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "there is nothing in it", id="nothing"),
        pytest.param(b" \n\n ", "there is nothing in it", id="white space"),
        pytest.param(b"\xff\xfe", "not valid UTF-8", id="not UTF-8"),
        pytest.param(b'{"title": "a"', "not JSON", id="cut off"),
        pytest.param(b'{"title": ""}', "title is empty", id="an empty title"),
        pytest.param(
            b'{"title": 3}', "title: input should be a valid string", id="a number for a title"
        ),
        pytest.param(b"[" * 100_000, "nested too deeply", id="very deep"),
        pytest.param(
            b'{"title": "a", "n": ' + b"9" * 5000 + b"}", "too many digits", id="very long"
        ),
        pytest.param(b'{"title": "a", "doi": "x"}', "is not a valid DOI", id="a DOI that is none"),
        pytest.param(
            b'{"title": "a", "arxiv_id": "x"}', "is not a valid arXiv id", id="an id that is none"
        ),
    ],
)
def test_input_that_is_none_is_said_in_a_sentence(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, data: bytes, reason: str
) -> None:
    send(monkeypatch, data)
    said = folder.watch("classify", "-")

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert said.problems[0].startswith("medvl-watch: standard input")
    assert reason in said.problems[0]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        *(
            (given, "neither a file nor")
            for given in ("", "a" * 300, "a" * 5000, "a\0b", "--", "~")
        ),
        (
            "http://example.com",
            "names neither a file nor an arXiv id nor a DOI, as those of arXiv,",
        ),
        ("https://example.com/paper.pdf", "names neither a file nor"),
        *(
            (given, "there is no such file")
            for given in ("none.json", "./none", "/none/a", "b.bib")
        ),
        *((given, "this is a folder") for given in (".", "lists", "/")),
    ],
)
def test_what_is_neither_file_nor_paper(folder: Folder, given: str, reason: str) -> None:
    said = folder.watch("classify", "--", given)

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert reason in said.problems[0]


@pytest.mark.parametrize("given", ["2602.09999", "10.1000/none"])
def test_a_paper_that_no_source_knows(folder: Folder, given: str) -> None:
    said = folder.watch("classify", given)

    assert said.code in {ExitCode.CONFIG, ExitCode.PARTLY}
    assert len(said.problems) == 1


def test_all_papers_of_a_command_are_fetched_by_one_that_keeps_the_gaps(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two fetchers know nothing of each other's requests, and arXiv asks for three seconds."""
    asked = without_network(folder, monkeypatch)
    said = folder.watch("classify", "2602.00001", "10.1000/a.b", "--json")

    assert [source for _, source in asked] == ["arxiv", "venue"]
    assert len({id(fetcher) for fetcher, _ in asked}) == 1
    assert len(said.problems) == 2
    assert "… " not in said.err, "a machine reads this"


def without_network(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Fetcher, str]]:
    """Nobody answers; whom each fetcher asks."""
    asked: list[tuple[Fetcher, str]] = []

    class Silent:
        def __init__(self, contact: str, left: Callable[[], float], turns: RequestTurns) -> None:
            assert contact
            assert turns == FolderTurns(folder.data), (
                "the gap between requests holds over all processes"
            )
            self.left = left

        def get(self, request: Request) -> Response:
            assert 0 < self.left() <= LONGEST
            asked.append((self, request.source))
            raise SourceError("no answer", where=request.source, remedy="it is tried again")

    monkeypatch.setattr(live, "LiveFetcher", Silent)
    folder.write("medvl-watch.toml", CONFIG.replace('recordings = "recorded"\n', ""))
    return asked


def test_whom_it_asks_is_told_and_what_to_do_without_an_answer(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_network(folder, monkeypatch)
    said = folder.watch("classify", "2602.00001")
    assert said.code == ExitCode.PARTLY
    assert said.err.splitlines()[0] == "… asking arxiv"
    [problem] = said.problems
    assert "2602.00001: arxiv: no answer; try again later, or give its text" in problem
    assert "asking venue" in folder.watch("classify", "10.1000/a.b").err


def test_a_paper_is_given_up_when_the_time_is_over(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = without_network(folder, monkeypatch)
    monkeypatch.setattr("medvl_watch.sources.lookup.LONGEST", 0.0)
    said = folder.watch("classify", "10.1000/a.b")
    assert not asked
    assert said.code == ExitCode.PARTLY
    assert "not every source could be asked within 0 s" in said.problems[0]


def test_that_recordings_are_all_that_is_read_is_said(folder: Folder) -> None:
    said = folder.watch("classify", "2010.00747")
    assert said.code == ExitCode.CONFIG
    assert "the recordings, which are all that is read here, do not hold this" in said.problems[0]
    assert "give its text, its PDF or" in said.problems[0]


def test_a_ledger_is_looked_into_once_for_all_papers_of_a_command(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.watch("run")
    copied: list[Path] = []

    def copying(path: Path) -> SqlLedger:
        copied.append(path)
        return copy_of_ledger(path)

    monkeypatch.setattr(files, "copy_of_ledger", copying)
    said = folder.watch("classify", "2602.00001", "2602.00002", "--records")
    assert [line["arxiv_id"] for line in said.lines] == ["2602.00001", "2602.00002"]
    assert len(copied) == 1


def test_text_that_means_to_play_tricks_is_only_text(folder: Folder) -> None:
    folder.write("evil.json", json.dumps(
        {"title": "\x1b[31mred\x1b[0m \u202e report of medical images \ud800", "abstract": "x"}
    ))  # fmt: skip
    for more in ((), ("--json",)):
        said = folder.watch("classify", "evil.json", *more)
        assert said.code == 0
        assert "\x1b" not in said.out


def test_another_classifier_by_name(folder: Folder) -> None:
    assert folder.watch("classify", "2602.00001", "--classifier", "rules").code == 0
    said = folder.watch("classify", "2602.00001", "--classifier", "oracle")
    assert said.code == ExitCode.CONFIG
    assert "there is no classifier 'oracle'" in said.problems[0]


# --- what the bot would do -----------------------------------------------------------

HOLDS_IT = (
    "- Birch: Report Generation for Radiology Images. [[paper](https://arxiv.org/abs/{id})]\n"
)


def holding(folder: Folder, name: str = "lists/first.md", arxiv_id: str = "2602.00001") -> None:
    """Let a list hold the first of the folder's papers at its line 9."""
    path = folder.path / name
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines.insert(8, HOLDS_IT.format(id=arxiv_id))
    path.write_text("".join(lines), "utf-8")


@pytest.mark.parametrize("classifier", ["rules", "local"])
@pytest.mark.parametrize("known", [False, True], ids=["never seen", "seen by a run"])
def test_nothing_is_done_on_a_list_that_has_the_paper(
    folder: Folder, classifier: str, known: bool
) -> None:
    holding(folder)
    if known:
        folder.watch("run")
    said = folder.watch("classify", "2602.00001", "--classifier", classifier)
    assert "first: nothing: the list has it already (line 9)\n" in said.out
    assert "second: nothing: the list" not in said.out
    first, second = folder.watch("classify", "2602.00001", "--json").json["lists"]
    assert (first["list"], first["would"], first["line"]) == ("first", "nothing", 9)
    assert first["reason"] == "the list has it already"
    assert second["would"] == ("nothing" if known else "propose")
    assert known or second["sections"][0]["path"] == ["The second list", "Reports"]


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_nor_on_the_list_of_a_file(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...]
) -> None:
    folder.write("mine.md", (folder.path / "lists/first.md").read_bytes())
    holding(folder, "mine.md")
    send(monkeypatch, f"{RECORD['title']}\n\n{RECORD['abstract']}".encode())
    said = folder.watch("classify", "-", "--list", "mine.md", *option)
    if option:
        [plan] = said.json["lists"]
        assert (plan["list"], plan["would"], plan["line"]) == ("mine.md", "nothing", 9)
    else:
        assert "mine.md: nothing: the list has it already (line 9)\n" in said.out


def test_nor_in_a_file_of_papers_against_a_list(folder: Folder) -> None:
    holding(folder)
    folder.write("papers.jsonl", "\n".join(map(json.dumps, (RECORD, OTHER))))
    said = folder.watch("classify", "--input", "papers.jsonl", "--list", "lists/first.md")
    assert [line["lists"][0]["line"] for line in said.lines] == [9, None]
    without = folder.watch("classify", "--input", "papers.jsonl")
    assert all("lists" not in line for line in without.lines)


def test_a_person_is_asked_where_the_list_gives_the_address_to_another_title(
    folder: Folder,
) -> None:
    path = folder.path / "lists/first.md"
    path.write_text(path.read_text("utf-8").replace("2401.00001", "2602.00001"), "utf-8")
    said = folder.watch("classify", "2602.00001").out
    assert "first: a person is asked: its arxiv:2602.00001 stands at line 7 under another" in said
    plan = folder.watch("classify", "2602.00001", "--json").json["lists"][0]
    assert (plan["would"], plan["line"]) == ("refer", 7)


def test_who_judged_is_told(folder: Folder) -> None:
    for name in ("rules", "local"):
        version = folder.watch("classify", "2602.00001", "--classifier", name, "--json").json
        said = folder.watch("classify", "2602.00001", "--classifier", name).out
        assert said.rstrip().endswith(f"judged by  {name} {version['version']}")


def test_a_sentence_of_the_abstract_says_why(folder: Folder) -> None:
    said = folder.watch("classify", "2602.00002", "--classifier", "local").out
    assert "because    “" in said
    for raw in ("speaks for", "learned", "outlines", "in the title"):
        assert raw not in said


@pytest.mark.parametrize("link", ["same", "symlink", "hard link", "other way"])
@pytest.mark.parametrize("name", ["papers.jsonl", "papers.jsonl.gz"])
def test_what_is_read_is_not_written_over(folder: Folder, link: str, name: str) -> None:
    data = json.dumps(RECORD).encode() + b"\n"
    given = folder.write(name, gzip.compress(data) if name.endswith(".gz") else data)
    before = given.read_bytes()
    output = folder.path / f"out-{name}"
    if link == "same":
        output = given
    elif link == "symlink":
        output.symlink_to(given)
    elif link == "hard link":
        output.hardlink_to(given)
    else:
        output = folder.path / "lists" / ".." / name
    said = folder.watch("classify", "--input", str(given), "--output", str(output))
    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert "is the file that --input reads" in said.problems[0]
    assert given.read_bytes() == before
    assert not list(folder.path.glob(".*"))


def test_nor_is_the_list_that_sections_come_from(folder: Folder) -> None:
    folder.write("papers.jsonl", json.dumps(RECORD))
    read = ("--input", "papers.jsonl", "--list", "lists/first.md")
    said = folder.watch("classify", *read, "--output", "lists/first.md")
    assert said.code == ExitCode.CONFIG
    assert "is the file that --list reads" in said.problems[0]
