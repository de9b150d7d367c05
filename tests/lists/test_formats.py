"""Formats that no seed has: an entry is written as the list's others are, whatever they are."""

import pytest

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.document import parse
from tests.lists.samples import add, paper, published

DOI = "https://doi.org/10.1007/978-3-031-72000-0_7"
TITLE = "Aligning Pathology Slides with Diagnostic Reports"
RADNET = "RadNet: A Vision-Language Model for Chest X-ray Reports"
ARXIV = "https://arxiv.org/abs/2501.00001"


def listing(template: str, head: str = "", tail: str = "") -> str:
    """A list of four entries made from a template with {n}, {v} and {y}."""
    venues = (("arXiv", 2021), ("CVPR", 2021), ("arXiv", 2022), ("ICCV", 2023))
    entries = [template.format(n=n, v=v, y=y) for n, (v, y) in enumerate(venues)]
    return f"# P\n\n{head}" + "".join(entries) + tail


FORMATS = [
    pytest.param(
        listing(
            '* "Great Work {n} on Images", {v}, {y}. [[Paper](https://arxiv.org/abs/2101.0000{n})]\n'
        ),
        [f'* "{RADNET}", arXiv, 2025. [[Paper]({ARXIV})]'],
        [f'* "{TITLE}", MICCAI, 2024. [[Paper]({DOI})]'],
        id="quoted title",
    ),
    pytest.param(
        listing(
            "- `{v} {y}` **Great Work {n} on Images.** Ana Silva, Li Wei."
            " [Paper](https://arxiv.org/abs/2101.0000{n}) / [Code](https://github.com/a/b{n})\n"
        ),
        [
            (
                f"- `arXiv 2025` **{RADNET}.** Ana B. Silva, Li Wei, John P. Doe. [Paper]({ARXIV})"
                " / [Code](https://github.com/x/radnet)"
            )
        ],
        [f"- `MICCAI 2024` **{TITLE}.** Kim Lee, Ada Park. [Paper]({DOI})"],
        id="code span, bold, authors, slash between links",
    ),
    pytest.param(
        listing(
            "- **Net{n}**: Great Work {n} on Images. [{v} {y}]"
            " [[paper](https://arxiv.org/abs/2101.0000{n})]\n"
        ),
        [f"- **RadNet**: {RADNET[8:]}. [arXiv 2025] [[paper]({ARXIV})]"],
        [],
        id="name before the title, always told",
    ),
    pytest.param(
        listing(
            "- **Great Work {n} on Images**\n  - Ana Silva, Li Wei\n  - *{v} {y}*\n"
            "  - [paper](https://arxiv.org/abs/2101.0000{n}) | [code](https://github.com/a/b{n})\n"
        ),
        [
            f"- **{RADNET}**",
            "  - Ana B. Silva, Li Wei, John P. Doe",
            "  - *arXiv 2025*",
            f"  - [paper]({ARXIV}) | [code](https://github.com/x/radnet)",
        ],
        [f"- **{TITLE}**", "  - Kim Lee, Ada Park", "  - *MICCAI 2024*", f"  - [paper]({DOI})"],
        id="nested bullets",
    ),
    pytest.param(
        listing(
            "<tr>\n<td>{v} {y}</td>\n<td><b>Great Work {n} on Images</b></td>\n"
            '<td><a href="https://arxiv.org/abs/2101.0000{n}">paper</a></td>\n'
            '<td><a href="https://github.com/a/b{n}">code</a></td>\n</tr>\n',
            "<table>\n<tr><th>Venue</th><th>Title</th></tr>\n",
            "</table>\n",
        ),
        [
            "<tr>",
            "<td>arXiv 2025</td>",
            f"<td><b>{RADNET}</b></td>",
            f'<td><a href="{ARXIV}">paper</a></td>',
            '<td><a href="https://github.com/x/radnet">code</a></td>',
            "</tr>",
        ],
        [],
        id="HTML rows keep their cells",
    ),
    pytest.param(
        listing(
            "|**Great Work {n} on Images** <br> [![arXiv](https://img.shields.io/badge/arXiv-2101"
            ".0000{n}-red)](https://arxiv.org/abs/2101.0000{n})|{v}|{y}|"
            "![s](https://img.shields.io/github/stars/a/b{n})<br>[Code](https://github.com/a/b{n})|\n",
            "|Title|Venue|Year|Code|\n|-|-|-|-|\n",
        ),
        [
            (
                f"|**{RADNET}** <br> [![arXiv](https://img.shields.io/badge/arXiv-2501.00001-red)]({ARXIV})"
                "|arXiv|2025|![s](https://img.shields.io/github/stars/x/radnet)"
                "<br>[Code](https://github.com/x/radnet)|"
            )
        ],
        [],
        id="badges made of ids",
    ),
    pytest.param(
        listing(
            "- Silva A, Wei L. Great Work {n} on Images. {v}. {y}."
            " doi: [10.1000/x{n}](https://doi.org/10.1000/x{n})\n"
        ),
        [
            (
                f"- Silva AB, Wei L, Doe JP. {RADNET}. arXiv. 2025."
                " doi: [10.48550/arXiv.2501.00001](https://doi.org/10.48550/arXiv.2501.00001)"
            )
        ],
        [f"- Lee K, Park A. {TITLE}. MICCAI. 2024. doi: [{DOI[16:]}]({DOI})"],
        id="authors first, identifier as label",
    ),
    pytest.param(
        listing(
            "|{y}/0{n}|Silva et al.|[Great Work {n} on Images](https://arxiv.org/abs/2101.0000{n})|"
            "N/A|\n",
            "|Date|Authors|Title|Code|\n|-|-|-|-|\n",
        ).replace("/00|", "/09|"),
        [f"|2025/01|Silva et al.|[{RADNET}]({ARXIV})|N/A|"],
        [f"|2024/10|Lee et al.|[{TITLE}]({DOI})|N/A|"],
        id="dates, family names, no code ever shown",
    ),
]


@pytest.mark.parametrize(("text", "preprint", "conference"), FORMATS)
def test_entry_is_written_as_the_others_are(
    text: str, preprint: list[str], conference: list[str]
) -> None:
    [path] = [section.path for section in parse(text).sections if section.path]
    edit = insert(text, [add(paper(), path), add(published(), path)])
    wanted = {paper().id: preprint, published().id: conference}
    written = {placement.paper_id: list(placement.lines) for placement in edit.placed}
    assert written == {paper_id: lines for paper_id, lines in wanted.items() if lines}
    assert [bool(r.lacking and r.draft) for r in edit.refused] == [True] * (not conference)


@pytest.mark.parametrize("text", [each.values[0] for each in FORMATS], ids=[e.id for e in FORMATS])
def test_the_ends_of_lines_make_no_difference(text: str) -> None:
    [path] = [section.path for section in parse(text).sections if section.path]
    both = [add(paper(), path), add(published(), path)]
    plain, edit = insert(text, both), insert(text.replace("\n", "\r\n"), both)
    assert edit.after == plain.after.replace("\n", "\r\n")
    assert edit.placed == plain.placed


def tables(*years: int) -> str:
    return "# P\n" + "".join(
        f"\n## {year}\n\n|Title|Link|\n|:-|-|\n"
        + "".join(
            f"|Great Work {n} of {year} on Images|[pdf](https://x.org/{year}{n}.pdf)|\n"
            for n in range(3)
        )
        for year in years
    )


@pytest.mark.parametrize(
    ("years", "start"),
    [((2024, 2023), "# P\n\n## 2025\n\n"), ((2023, 2024), "\n\n## 2025\n\n")],
    ids=["newest first", "oldest first"],
)
def test_year_that_is_opened_among_tables_gets_a_table(years: tuple[int, ...], start: str) -> None:
    before = tables(*years)
    edit = insert(before, [add(paper(), ("P", "2025"))])
    assert edit.refused == ()
    assert f"{start}|Title|Link|\n|:-|-|\n|{RADNET}|[pdf]({ARXIV})|\n" in edit.after
    for year in years:
        assert tables(year).removeprefix("# P\n") in edit.after
    assert insert(edit.after, [add(paper(), ("P", "2025"))]).after == edit.after
