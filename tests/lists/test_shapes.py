"""New entries as instances of a shape that the list shows: what is tied to a field of the
paper, what is fixed text, and what only the maintainer knows."""

from __future__ import annotations

from typing import Any

import pytest

from medvl_watch.changes import Edit
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.records import Record
from tests.lists.samples import add, paper, published

ARXIV = "https://arxiv.org/abs/2501.00001"
DOI = "https://doi.org/10.1007/978-3-031-72000-0_7"
TITLE = "RadNet: A Vision-Language Model for Chest X-ray Reports"
PLAIN = "Aligning Pathology Slides with Diagnostic Reports"
WORKS = (
    ("LungTalk", "Talking About Lungs with Machines", "CVPR", 2024, "Ines Sol"),
    ("SlideSee", "Seeing Whole Slides at Once", "arXiv", 2024, "Bo Lind"),
    ("DermAsk", "Asking Questions About Skin", "MICCAI", 2023, "Uma Roy"),
    ("RetiMap", "Mapping the Retina by Words", "arXiv", 2023, "Jan Kok"),
    ("BrainBind", "Binding Brain Scans to Notes", "AAAI", 2022, "Mia Fox"),
    ("HeartHear", "Hearing Hearts in Reports", "arXiv", 2022, "Eli Orr"),
)


def entries(form: str, head: str = "", **more: tuple[str, ...]) -> str:
    """A list of six entries of one form: {name}, {title}, {venue}, {year}, {yy}, {who}, {n} and
    what else is given, one for each."""
    lines = []
    for n, (name, title, venue, year, who) in enumerate(WORKS):
        extra: dict[str, Any] = {key: values[n] for key, values in more.items()}
        lines.append(
            form.format(
                name=name, title=title, venue=venue, year=year, yy=year % 100, who=who, n=n, **extra
            )
        )
    return "# P\n\n" + head + "\n".join(lines) + "\n"


def edited(text: str, record: Record) -> Edit:
    return insert(text, [add(record, ("P",))])


def written(text: str, record: Record) -> str:
    edit = edited(text, record)
    assert edit.refused == ()
    return "\n".join(edit.placed[0].lines)


PAPER = "https://arxiv.org/abs/2401.0000{n}"
CODE = "https://github.com/lab{n}/{name}"
TAGS = ("CT", "slides", "CT", "eyes", "MRI", "slides")


@pytest.mark.parametrize(
    ("form", "record", "line"),
    [
        pytest.param(
            "- {title} [[{venue}{year}]](" + PAPER + ")",
            paper(code_urls=()),
            f"- {TITLE} [[arXiv2025]]({ARXIV})",
            id="venue and year as a link's label",
        ),
        pytest.param(
            "- {title} [[{venue}{year}]](" + PAPER + ")",
            published(),
            f"- {PLAIN} [[MICCAI2024]]({DOI})",
            id="the label of a published paper",
        ),
        pytest.param(
            "- {title}. [[paper](" + PAPER + ")] [{name}](" + CODE + ")",
            paper(code_urls=("https://github.com/x/radnet-code",)),
            f"- {TITLE}. [[paper]({ARXIV})] [radnet-code](https://github.com/x/radnet-code)",
            id="the repository's own name as a label",
        ),
        pytest.param(
            "- {title}. [{who} et al.](" + PAPER + ")",
            paper(code_urls=()),
            f"- {TITLE}. [Ana B. Silva et al.]({ARXIV})",
            id="the first author as a label",
        ),
        pytest.param(
            "- **{title}** (**{venue}'{yy}**) [[paper](" + PAPER + ")]",
            published(),
            f"- **{PLAIN}** (**MICCAI'24**) [[paper]({DOI})]",
            id="venue in bold within brackets",
        ),
        pytest.param(
            "- {title} (**{venue}-{yy}**) [[paper](" + PAPER + ")]",
            published(),
            f"- {PLAIN} (**MICCAI-24**) [[paper]({DOI})]",
            id="a plain title before emphasis in brackets",
        ),
        pytest.param(
            "- (*arXiv {year}.{month}*) {title} [[paper](" + PAPER + ")]",
            paper(code_urls=()),
            f"- (*arXiv 2025.01*) {TITLE} [[paper]({ARXIV})]",
            id="emphasis in brackets before a plain title",
        ),
        pytest.param(
            "- {title} (**arXiv {yy}{month}**) [[paper](" + PAPER + ")]",
            paper(code_urls=()),
            f"- {TITLE} (**arXiv 2501**) [[paper]({ARXIV})]",
            id="the month of the arXiv id",
        ),
        pytest.param(
            '- **{name}:** "{title}" **{venue} ({year})** [[paper](' + PAPER + ")]",
            paper(code_urls=()),
            f'- **RadNet:** "{TITLE[8:]}" **arXiv (2025)** [[paper]({ARXIV})]',
            id="a short name with its colon in bold",
        ),
        pytest.param(
            "- {title}. [[paper](" + PAPER + ")] [[code](" + CODE + ")]",
            published(),
            f"- {PLAIN}. [[paper]({DOI})]",
            id="no code, though all others have it",
        ),
        pytest.param(
            "- {title}. [[paper](" + PAPER + ")], [Tweet](https://x.com/a/status/{n})",
            paper(),
            f"- {TITLE}. [[paper]({ARXIV})]",
            id="code is no tweet",
        ),
        pytest.param(
            "- {title}. [[paper](" + PAPER + ")][^{n}]",
            paper(code_urls=()),
            f"- {TITLE}. [[paper]({ARXIV})]",
            id="a footnote is about another paper",
        ),
        pytest.param(
            "- {title} [![](https://img.shields.io/badge/{venue}%20{year}-b31b1b)](" + PAPER + ")",
            published(),
            f"- {PLAIN} [![](https://img.shields.io/badge/MICCAI%202024-b31b1b)]({DOI})",
            id="venue and year of a badge with an encoded blank",
        ),
        pytest.param(
            "- {title} [![](https://img.shields.io/badge/{venue}'{yy}-b31b1b)](" + PAPER + ")",
            published(),
            f"- {PLAIN} [![](https://img.shields.io/badge/MICCAI'24-b31b1b)]({DOI})",
            id="a badge with two digits of its year",
        ),
        pytest.param(
            "- {title} \uff08" + PAPER + "\uff09",
            paper(code_urls=()),
            f"- {TITLE} \uff08{ARXIV}\uff09",
            id="an address in full-width brackets",
        ),
        pytest.param(
            "- {title} [paper](" + PAPER + ")",
            paper(code_urls=(), url=ARXIV + "\uff09\u3002"),
            f"- {TITLE} [paper]({ARXIV})",
            id="a bracket and a stop behind the record's address",
        ),
        pytest.param(
            '- "{title}", {year}. [[paper](' + PAPER + ")]",
            paper(code_urls=(), title='"Is It Cancer?" and Other Questions'),
            f'- "Is It Cancer?" and Other Questions", 2025. [[paper]({ARXIV})]',
            id="a title that begins with a quotation mark",
        ),
    ],
)
def test_varying_parts_are_the_papers_own(form: str, record: Record, line: str) -> None:
    months = ("11", "10", "09", "05", "03", "02")
    assert written(entries(form, month=months), record) == line


@pytest.mark.parametrize(
    ("form", "record", "lacking"),
    [
        pytest.param(
            "- {title}. {who} et al. [[paper](" + PAPER + ")]",
            paper(authors=(), code_urls=()),
            ("authors",),
            id="authors",
        ),
        pytest.param(
            "- {title}. 1{n} June {year}. [[paper](" + PAPER + ")]",
            paper(published="2025-01-01", code_urls=()),
            ("day of publication",),
            id="a day",
        ),
        pytest.param(
            "- {title}. {venue} {year}. [[paper](" + PAPER + ")]",
            published(venue=None),
            ("venue",),
            id="a venue",
        ),
        pytest.param(
            "- [**{name}**] {title} [[paper](" + PAPER + ")]",
            published(),
            ("short name",),
            id="a short name",
        ),
        pytest.param(
            "- {title}. [[arXiv](" + PAPER + ")]",
            published(),
            (f"label for {DOI}",),
            id="a label that names another server",
        ),
    ],
)
def test_what_the_record_lacks_is_said_with_a_draft(
    form: str, record: Record, lacking: tuple[str, ...]
) -> None:
    text = entries(form)
    edit = edited(text, record)
    assert edit.after == text
    [refusal] = edit.refused
    assert refusal.lacking == lacking
    assert record.title in refusal.draft


@pytest.mark.parametrize(
    ("form", "what"),
    [
        pytest.param("- {title}. [[paper](" + PAPER + ")] `{tag}`", "CT", id="a keyword"),
        pytest.param(
            "- [{tag}] {title}. [[paper](" + PAPER + ")]", "CT", id="a tag before the title"
        ),
        pytest.param("- {title} ({lab}). [[paper](" + PAPER + ")]", "Lab of CT", id="an institute"),
        pytest.param(
            "- {title}. [[paper](" + PAPER + ")] ![](https://example.org/best-of-{year}.png)",
            "2024",
            id="a picture for each year",
        ),
        pytest.param(
            "- {title}. [[paper](" + PAPER + ")] [bib](./cite/{name}.bib)",
            "./cite/LungTalk.bib",
            id="a file for each entry",
        ),
    ],
)
def test_what_only_the_maintainer_knows_is_never_copied(form: str, what: str) -> None:
    text = entries(form, tag=TAGS, lab=tuple(f"Lab of {tag}" for tag in TAGS))
    [refusal] = edited(text, paper(code_urls=())).refused
    assert refusal.draft
    assert all(tag not in refusal.draft for tag in (what, *TAGS))


@pytest.mark.parametrize(
    ("form", "left_out", "line"),
    [
        pytest.param(
            "- {title}. [[paper](" + PAPER + ")]{tag}",
            "",
            f"- {TITLE}. [[paper]({ARXIV})]",
            id="a keyword",
        ),
        pytest.param(
            "- {tag}{title}. [[paper](" + PAPER + ")]",
            "",
            f"- {TITLE}. [[paper]({ARXIV})]",
            id="a mark of praise",
        ),
    ],
)
def test_what_a_tenth_leave_out_is_left_out(form: str, left_out: str, line: str) -> None:
    tags = (" `CT`", left_out, " `MRI`", " `CT`", left_out, " `skin`")
    stars = ("\U0001f525", left_out, "\U0001f525\U0001f525", "\U0001f525", left_out, "\u2b50")
    given = stars if form.startswith("- {tag}") else tags
    assert written(entries(form, tag=given), paper(code_urls=())) == line


HEAD = "| Work | Data | Link |\n|---|---|---|\n"


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        pytest.param(("CT", "-", "skin", "eyes", "-", "ECG"), "-", id="as the column has it"),
        pytest.param(("CT", "N/A", "skin", "eyes", "MRI", "ECG"), "N/A", id="in one row of six"),
        pytest.param(("", "CT", "skin", "", "MRI", "ECG"), "", id="nothing"),
    ],
)
def test_a_cell_is_unknown_as_other_rows_write_it(data: tuple[str, ...], shown: str) -> None:
    text = entries("| {title} | {tag} | [pdf](" + PAPER + ") |", HEAD, tag=data)
    line = written(text, paper(code_urls=()))
    assert [cell.strip() for cell in line.split("|")[1:-1]] == [TITLE, shown, f"[pdf]({ARXIV})"]


PADDED = """# P

|           Set            |  Domain  | Language |  Model  |
|:------------------------:|:--------:|:--------:|:-------:|
|   [A](https://a.org/a)   |   skin   |    En    | DermAsk |
|  [BB](https://b.org/bb)  |   skin   |    En    |    /    |
| [CCCC](https://c.org/cc) | multiple |  En/zh   |    /    |
| [DDDD](https://d.org/dd) | multiple |    Sp    | RetiMap |
| [EEEE](https://e.org/ee) |   eyes   |    En    | EyeTalk |
| [FFFF](https://f.org/ff) |   eyes   |    En    |    /    |
"""


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        pytest.param(PADDED, ("Domain", "Language"), id="cells that are padded alike"),
        pytest.param(
            "\n".join(PADDED.split("\n")[:5]), ("Domain", "Language", "Model"), id="one row"
        ),
    ],
)
def test_no_cell_is_taken_over_from_another_row(text: str, lacking: tuple[str, ...]) -> None:
    record = paper(title="RadSet: A Large Dataset of Radiographs", code_urls=())
    [refusal] = edited(text, record).refused
    assert refusal.lacking == tuple(f"\u201c{column}\u201d" for column in lacking)


@pytest.mark.parametrize(
    ("data", "column"),
    [
        pytest.param(TAGS, "Data", id="texts"),
        pytest.param(("+", "-", "+", "-", "+", "-"), "Data", id="answers in marks"),
        pytest.param(("CT", "CT", "CT", "CT", "CT", "MRI"), "Data", id="mostly one text"),
    ],
)
def test_a_cell_that_all_rows_fill_is_asked_for(data: tuple[str, ...], column: str) -> None:
    text = entries("| {title} | {tag} | [pdf](" + PAPER + ") |", HEAD, tag=data)
    [refusal] = edited(text, paper(code_urls=())).refused
    assert refusal.lacking == (f"\u201c{column}\u201d",)


@pytest.mark.parametrize(
    ("column", "shown"), [("First Author", "Ana B. Silva"), ("Author", "Ana B. Silva")]
)
def test_one_author_where_rows_have_one(column: str, shown: str) -> None:
    head = f"| Work | {column} | Link |\n|---|---|---|\n"
    text = entries("| {title} | {who} | [pdf](" + PAPER + ") |", head)
    assert written(text, paper(code_urls=())).split("|")[2].strip() == shown


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param(
            paper(title="A. Silva et al."), "authors where its title should be", id="authors"
        ),
        pytest.param(
            paper(title="[Code](https://x.org/c) <br> done"), "a piece of mark-up", id="mark-up"
        ),
        pytest.param(paper(title=""), "no title", id="nothing"),
    ],
)
def test_a_title_that_is_none_is_refused(record: Record, reason: str) -> None:
    text = entries("- {title}. [[paper](" + PAPER + ")]")
    edit = edited(text, record)
    assert edit.after == text
    assert reason in edit.refused[0].reason


TOOLS = (
    "Train and serve models that read reports of scans on one small machine",
    "Label slides with a few clicks and export them for later training runs",
    "An agent that answers questions about skin with pictures as its evidence",
    "Draw maps of the retina in a browser and share them with a colleague",
    "A library that binds scans of brains to notes from the same hospital",
    "Hear the heart, and write down what it says in a structured report",
)


@pytest.mark.parametrize(
    ("repository", "line"),
    [
        pytest.param(
            "{name}", "- [SlideText](https://github.com/a/SlideText) - {title}.", id="most"
        ),
        pytest.param("code-of-{name}", "", id="none"),
    ],
)
def test_a_work_has_the_name_of_its_repository_where_most_have(repository: str, line: str) -> None:
    form = "- [{name}](https://github.com/lab{n}/" + repository + ") - {tool}."
    title = "A toolbox with which to search in slides by words of a report"
    tool = paper(title=title, arxiv_id=None, code_urls=("https://github.com/a/SlideText",))
    edit = edited(entries(form, tool=TOOLS), tool)
    assert [p.lines[0] for p in edit.placed] == ([line.format(title=title)] if line else [])
    assert [r.lacking for r in edit.refused] == ([] if line else [("short name",)])


def test_an_entry_without_code_looks_as_one_of_another_section() -> None:
    code = " [[code](" + CODE + ")]"
    form = "- {title}. [[paper](" + PAPER + ")]," + code
    elsewhere = "\n## Q\n\n- Reading Notes Aloud. [[paper](https://arxiv.org/abs/2403.00001)]\n"
    line = f"- {PLAIN}. [[paper]({DOI})]"
    assert written(entries(form) + elsewhere, published()) == line


def test_numbers_that_fall_go_on_above() -> None:
    lines = "".join(f"{n}. [Work {n} on Lungs](https://x.org/{n}.pdf) (2024)\n" for n in (3, 2, 1))
    edit = edited("# P\n\n" + lines, paper(code_urls=(), published="2025-03-05"))
    assert [line.split(".")[0] for line in edit.after.split("\n")[2:6]] == ["4", "3", "2", "1"]


def test_entries_that_resemble_no_other_are_not_followed() -> None:
    text = (
        "# P\n\n- [Lungs](https://arxiv.org/abs/2401.00001) a toolkit, see its manual\n"
        "- see *Hearts and How They Beat* in https://arxiv.org/abs/2401.00002 for more\n"
        "- `pip install skin` [docs](https://arxiv.org/abs/2401.00003) by many people\n"
        "- https://arxiv.org/abs/2401.00004: eyes, seen with machines\n"
        "- [x](https://arxiv.org/abs/2401.00005), [y](https://y.example) and more of brains!\n"
    )
    edit = edited(text, paper())
    assert edit.after == text
    assert edit.refused[0].draft
