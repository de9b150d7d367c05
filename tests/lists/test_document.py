"""Reading lists: nothing is lost, sections are full paths, entries are what a reader counts."""

import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.document import find_section, parse, section_paths, text_of
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.lists.parsing.markup import links_in
from tests.limits import RUNAWAY
from tests.lists.samples import NAMES, add, paper, seed

LINKED = "[Some Title of a Paper with Words](https://arxiv.org/abs/2101.00001) "

MARKUP = st.lists(
    st.sampled_from(
        [
            "# A",
            "## B",
            "### 2024",
            "**2023**",
            "- [T](https://arxiv.org/abs/2101.00001)",
            "-[T](u)",
            "* x",
            "  - y",
            "1. z",
            "|a|b|",
            "|-|-|",
            "|[T](https://doi.org/10.1/x)|-|",
            "```",
            "~~~",
            "<!--",
            "-->",
            "---",
            "===",
            "",
            " ",
            "<details>",
            "<summary>S</summary>",
            "</details>",
            "<tr>",
            "</tr>",
            "<h2>H",
            "text \\",
            "text  ",
            "\ufeff",
            "a\x1eb",
            "[[p]](https://x.org)",
            "[[[[[[",
            "\\|",
            "<!-- BEGIN -->",
            "<!-- END -->",
        ]
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=100)
@given(st.text())
@example("\ufeff# A\r\n\r\n- b\r\n")
@example("a\x1eb\u2028c\rd\x85e\n\n")
@example("```\n- never closed")
def test_nothing_is_lost_of_any_text(text: str) -> None:
    assert text_of(parse(text)) == text


@settings(deadline=None, max_examples=100)
@given(MARKUP, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_nothing_is_lost_of_broken_lists(lines: list[str], newline: str, last: bool) -> None:
    text = newline.join(lines) + (newline if last else "")
    document = parse(text)
    assert text_of(document) == text
    ends = [entry.end for entry in document.entries]
    assert ends == sorted(ends)
    assert all(one.end <= two.start for one, two in pairwise(document.entries))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_of_the_seeds(name: str) -> None:
    assert text_of(parse(seed(name))) == seed(name)


ENTRY = "- [A Title of Some Length](https://arxiv.org/abs/2101.00001)\n"
HEADINGS = [
    pytest.param(f"# A\n## B :tada: ##\n{ENTRY}", ("A", "B :tada:"), id="ATX"),
    pytest.param(f"##B\n{ENTRY}", ("B",), id="ATX without a blank"),
    pytest.param(f"A\n===\n\nB\n---\n{ENTRY}", ("A", "B"), id="setext"),
    pytest.param(f'<h2 align="center">B <br></h2>\n\n{ENTRY}', ("B",), id="HTML"),
    pytest.param(f"# A\n\n**2023**\n\n{ENTRY}", ("A", "2023"), id="bold line"),
    pytest.param(f"# A\n- **2023**\n{ENTRY}", ("A", "2023"), id="bold bullet"),
    pytest.param(
        f"# A\n<details>\n<summary><b>B</b></summary>\n\n{ENTRY}</details>\n",
        ("A", "B"),
        id="summary",
    ),
    pytest.param(f"# A\n- B\n  {ENTRY}", ("A", "B"), id="grouping bullet"),
    pytest.param(f"# A\n#### B\n{ENTRY}", ("A", "B"), id="skipped level"),
    pytest.param(f"# <p align=center>`A` **b**</p>\n{ENTRY}", ("A b",), id="dressing"),
    pytest.param(f"# A ![x](https://x.org/a.svg)\n{ENTRY}", ("A",), id="badge"),
    pytest.param(f"# A [link](https://x.org) {{#a}}\n{ENTRY}", ("A link",), id="link and anchor"),
]


TITLED = "**Some Title of Six Short Words**"
ITALIC = "*Kim Lee, Ada Park* · [pdf](https://arxiv.org/abs/2101.00001)\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"# A\n{TITLED}\n{ITALIC}", id="authors in italics below"),
        pytest.param(f"# A\n{TITLED}  \n2023 · {ENTRY[2:]}", id="two blanks at its end"),
        pytest.param(f"# A\n{TITLED}\\\n2023 · {ENTRY[2:]}", id="a backslash at its end"),
    ],
)
def test_title_in_bold_is_no_heading_where_its_entry_goes_on(text: str) -> None:
    document = parse(text)
    [entry] = document.entries
    assert (entry.start, entry.end) == (1, 3)


FACTS = "- **Venue:** CVPR 2023\n- **Paper:** [link](https://arxiv.org/abs/2101.0000{n})\n"
NAMED = "- **Net{n}** [paper](https://arxiv.org/abs/2101.0000{n})\n- More to come\n"


@pytest.mark.parametrize(
    ("below", "unit", "count"),
    [
        pytest.param(FACTS, "heading", 3, id="a paper's facts"),
        pytest.param(NAMED, "bullet", 3, id="a section's papers"),
    ],
)
def test_heading_with_a_papers_facts_below_is_an_entry(below: str, unit: str, count: int) -> None:
    titles = [f"### Great Work {n} on Images\n\n{below.format(n=n)}\n" for n in range(3)]
    document = parse("# A\n\n## B\n\n" + "".join(titles))
    assert [entry.unit.name for entry in document.entries] == [unit] * count


@pytest.mark.parametrize(("text", "path"), HEADINGS)
def test_heading_of_every_notation_is_a_section(text: str, path: tuple[str, ...]) -> None:
    document = parse(text)
    [entry] = document.entries
    assert document.sections[entry.section].path == path


CLOSED = [
    pytest.param(f"```\n{ENTRY}```\n", id="fence"),
    pytest.param(f"~~~~\n{ENTRY}~~~\n{ENTRY}", id="fence that a shorter one does not close"),
    pytest.param(f"<!--\n{ENTRY}-->\n", id="comment"),
    pytest.param(f"---\ntitle: x\n{ENTRY}---\n", id="front matter"),
    pytest.param(f"<!-- BEGIN LIST -->\n{ENTRY}<!-- END LIST -->\n", id="generated block"),
    pytest.param("- [A Title of Some Length](#a)\n", id="contents"),
    pytest.param(f"# News\n{ENTRY}", id="news"),
    pytest.param(f"# Citation\n{ENTRY}", id="citation"),
    pytest.param("|Paper|Code|\n|---|---|\n", id="table's header alone"),
    pytest.param(
        "Please see [our paper](https://arxiv.org/abs/2101.00001) for more.\n", id="prose"
    ),
]


@pytest.mark.parametrize("text", CLOSED)
def test_what_is_no_entry_is_not_taken_for_one(text: str) -> None:
    assert parse(text).entries == ()


UNITS = [
    pytest.param("-[Title of a Paper](https://doi.org/10.1/x) - `LLM`\n", 1, id="no blank after -"),
    pytest.param(
        "1. **Title of the Paper**\n   - [PDF](https://x.org/a.pdf)\n\n2. **Title of"
        " Another**\n   - [PDF](https://x.org/b.pdf)\n",
        2,
        id="numbered, nested",
    ),
    pytest.param(
        "**Title of a paper.** [2021]<br>\n*A B, C D*<br>\n[[PDF](https://x.org/a.pdf)]\n",
        1,
        id="paragraph with breaks",
    ),
    pytest.param(
        "[One Paper of Them](https://arxiv.org/abs/1)\n[Two Papers of Them]"
        "(https://arxiv.org/abs/2)\n",
        2,
        id="one paragraph, an entry a line",
    ),
    pytest.param(
        "|Paper|Code\n|---|---\n|A [p](https://x.org/a.pdf)|-|x\nB [p](https://x.org)|-\n",
        2,
        id="ragged rows",
    ),
    pytest.param(
        "<table>\n<tr><th>a</th></tr>\n<tr>\n<td><a href='https://x.org/a.pdf'>A</a></td>\n"
        "</tr>\n</table>\n",
        1,
        id="HTML rows",
    ),
    pytest.param(
        "<table>\n<tr>\n<td><a href='https://x.org/a.pdf'>A</a></td>\n"
        "<tr>\n<td><a href='https://x.org/b.pdf'>B</a></td>\n</table>\n",
        2,
        id="HTML rows that are not closed",
    ),
    pytest.param(
        "<tr>\n<td><a href='https://x.org/a.pdf'>A</a></td>\n\n```\n</tr>\n```\n",
        0,
        id="an HTML row that only a fence closes",
    ),
    pytest.param("- Title without any link that is long enough\n", 1, id="no link"),
]


@pytest.mark.parametrize(("text", "count"), UNITS)
def test_entries_of_every_unit_are_seen(text: str, count: int) -> None:
    assert len(parse(text).entries) == count


def test_section_is_its_whole_path() -> None:
    text = f"# A\n**2024**\n{ENTRY}\n# B\n**2024**\n{ENTRY}"
    assert section_paths(parse(text)) == (("A",), ("A", "2024"), ("B",), ("B", "2024"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Pre-training", "2023"), ("pre training", "**2023**"), True),
        (("Survey 📚",), (":books: survey",), False),
        (("📚 Survey",), ("Survey",), True),
        (("A", "bold:2023"), ("A", "2023"), True),
        (("Methods:",), ("Methods",), True),
        (("Methods",), ("Method",), False),
        (("A", "B"), ("B",), False),
        (("📚",), ("🏥",), False),
    ],
)
def test_paths_are_compared_as_readers_would(
    one: tuple[str, ...], other: tuple[str, ...], same: bool
) -> None:
    assert (path_key(one) == path_key(other)) is same


def test_exact_path_wins_over_a_similar_one() -> None:
    document = parse(f"# data\n{ENTRY}{ENTRY}\n# Data\n{ENTRY}")
    found = find_section(document, ("Data",))
    assert found is not None
    assert found.path == ("Data",)


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 20_000,
        "![" * 10_000,
        "<a " * 10_000,
        "*_`" * 10_000,
        "](" * 10_000,
        "|" * 20_000,
        "[a](" * 8_000,
    ],
)
def test_hostile_line_is_read_in_time(hostile: str) -> None:
    start = time.perf_counter()
    parse(f"# A\n- {hostile}\n{hostile}\n")
    assert time.perf_counter() - start < RUNAWAY


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("<tr> <td>" + LINKED + "<tr>a " * 1200, id="many rows on one line"),
        pytest.param(
            "<tr><td>\n" + ("<td> ab cd <tr>" * 500 + "\n") * 60 + LINKED + "</tr>",
            id="an endless row",
        ),
        pytest.param(
            "\n".join(f"## {LINKED}{n}\n" + ("word word2 " * 900 + "\n") * 20 for n in range(3)),
            id="endless text below titles",
        ),
        pytest.param(
            f"| a | b |\n|---|---|\n| {LINKED} |" + " x |" * 6000, id="a row of many cells"
        ),
        pytest.param(f"- {LINKED}" + "\n  - ab cd" * 1800, id="an item of many lines"),
        pytest.param(f"- {LINKED}" + "*a* `b` " * 900, id="much that is marked"),
    ],
)
def test_long_entries_are_learned_from_in_time_or_not_at_all(entry: str) -> None:
    text = f"# A\n\n{entry}\n"
    start = time.process_time()
    edit = insert(text, [add(paper(), ("A",))])
    assert time.process_time() - start < RUNAWAY
    assert len(edit.placed) + len(edit.refused) == 1


GROUP_WITH_LINK = """\
# List

* **[Surveys](https://github.com/a/surveys)**
    * (arXiv 2023) **A survey of images and language**, A. Writer. [[v1](https://arxiv.org/abs/2301.00001)](2023.01.12)
    * (arXiv 2022) **Another survey of images and words**, B. Writer. [[v1](https://arxiv.org/abs/2201.00001)](2022.01.12)
"""


def test_a_link_inside_a_link_is_the_link() -> None:
    """As in CommonMark (section 6.3): of two nested links, the inner one is read."""
    document = parse(GROUP_WITH_LINK)
    assert [document.path_of(entry) for entry in document.entries] == [("List", "Surveys")] * 2
    links = links_in("[[v1](https://arxiv.org/abs/2301.00001)](2023.01.12)")
    assert [(each.label, each.url) for each in links] == [
        ("v1", "https://arxiv.org/abs/2301.00001")
    ]
