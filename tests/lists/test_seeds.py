"""Each seed list, extended as its maintainer would: the golden cases."""

from typing import Any

import pytest

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.paper_matching import identify_entries
from medvl_watch.lists.parsing.document import parse, section_paths
from medvl_watch.records import Record
from tests.lists.samples import NAMES, add, added_lines, paper, published, section, seed

DOI = "https://doi.org/10.1007/978-3-031-72000-0_7"
TITLE = "Aligning Pathology Slides with Diagnostic Reports"
RADNET = "RadNet: A Vision-Language Model for Chest X-ray Reports"

CASES = [
    pytest.param(
        "medical-clip",
        (
            (
                "\uf8ff\u00fc\u00df\u00eb\uf8ff\u00fc\u00e8\u00aa\u201a\u00c4\u00e7\u201a\u00f6\u00ef"
                "\u00d4\u220f\u00e8 Medical-Specific Methods"
            ),
        ),
        paper(),
        [f"### [arXiv 2025 RadNet] [{RADNET}](https://arxiv.org/abs/2501.00001)", ""],
        "(https://arxiv.org/abs/2406.06512)\n\n",
        id="heading entry with a blank line before it",
    ),
    pytest.param(
        "medical-clip",
        ("\uf8ff\u00fc\u00eb\u00eb Universal Methods",),
        published(title=f"PathNet: {TITLE}"),
        [f"### [MICCAI 2024 PathNet] [PathNet: {TITLE}]({DOI})", ""],
        "",
        id="heading entry goes among its year",
    ),
    pytest.param(
        "chest-xray-vlp",
        ("2024",),
        paper(published="2024-05-01", arxiv_id="2405.00009", id="arxiv:2405.00009"),
        [
            (
                f" - [**arxiv 2024**] [**RadNet**] {RADNET} [[pdf]](https://arxiv.org/pdf/2405.00009.pdf)"
                " [[code]](https://github.com/x/radnet)"
            )
        ],
        "[[code]]\n",
        id="bracketed bullet with a blank before its marker, at the end of its year",
    ),
    pytest.param(
        "chest-xray-vlp",
        ("2021",),
        published(venue="MICCAI 2021", published="2021-10-03", title=f"PathNet: {TITLE}"),
        [f"- [**MICCAI 2021**] [**PathNet**] PathNet: {TITLE} [[pdf]]({DOI})"],
        "",
        id="no blank before the marker where the section has none",
    ),
    pytest.param(
        "vlm-in-mia",
        ("VLM in Medical image VQA",),
        published(),
        [f"|{TITLE}|[PDF]({DOI})|-|"],
        "P-VQA)|\n",
        id="table row with the placeholder for missing code",
    ),
    pytest.param(
        "vlm-in-mia",
        ("VLM in Medical image detection",),
        paper(title="A|B: Pipes in Chest X-ray Titles"),
        [
            (
                r"|A\|B: Pipes in Chest X-ray Titles|[PDF](https://arxiv.org/abs/2501.00001)|"
                "[Code](https://github.com/x/radnet)|"
            )
        ],
        "",
        id="table row with a pipe in its title",
    ),
    pytest.param(
        "clip-in-medical-imaging",
        ("Data-efficient",),
        paper(),
        [
            f"[**arXiv 2025**] {RADNET} \\",
            "_Ana B. Silva, Li Wei, John P. Doe_ \\",
            "[[paper](https://arxiv.org/abs/2501.00001)] [[code](https://github.com/x/radnet)]",
            "",
        ],
        "",
        id="three lines held by backslashes, blank line before the rule",
    ),
    pytest.param(
        "vl-learning-in-medical-domain",
        ("Pre-training", "2023"),
        published(published="2023-10-03", venue="NeurIPS 2023"),
        [f"- {TITLE}. NIPS 2023. [[paper]({DOI})]", ""],
        "**2023**\n\n",
        id="plain bullet at the top, the list's own word for NeurIPS",
    ),
]


@pytest.mark.parametrize(("name", "tail", "record", "lines", "after"), CASES)
def test_entry_is_written_as_the_maintainer_would(
    name: str, tail: tuple[str, ...], record: Any, lines: list[str], after: str
) -> None:
    before = seed(name)
    edit = insert(before, [add(record, section(name, *tail))])
    assert edit.refused == ()
    assert sorted(added_lines(before, edit.after)) == sorted(lines)
    [placement] = edit.placed
    text = [line for line in lines if line]
    assert list(placement.lines) == text
    shown = edit.after.split("\n")
    assert shown[placement.line - 1 : placement.line - 1 + len(text)] == text
    if after:
        assert after + text[0] in edit.after


OPENINGS = [
    pytest.param(
        "chest-xray-vlp",
        ("awesome-medical-vision-and-language-pretraining", "2025"),
        "[[code]]\n### 2025\n - [**arxiv 2025**] [**RadNet**] ",
        id="ascending, below the newest",
    ),
    pytest.param(
        "chest-xray-vlp",
        ("awesome-medical-vision-and-language-pretraining", "2020"),
        "this area with me.\n### 2020\n- [**arxiv 2025**] [**RadNet**] ",
        id="ascending, above the oldest",
    ),
    pytest.param(
        "vl-learning-in-medical-domain",
        ("Awesome-Vision-Language-Learning-in-Medical-Domain", "Papers", "Pre-training", "2025"),
        "### Pre-training\n\n**2025**\n\n- RadNet: ",
        id="descending, bold, above the newest",
    ),
    pytest.param(
        "vl-learning-in-medical-domain",
        ("Awesome-Vision-Language-Learning-in-Medical-Domain", "Papers", "Segmentation", "2020"),
        "2206.14718)]\n\n**2020**\n\n- RadNet: ",
        id="descending, bold, below the oldest",
    ),
]


@pytest.mark.parametrize(("name", "path", "expected"), OPENINGS)
def test_missing_year_is_opened_as_its_siblings_are(
    name: str, path: tuple[str, ...], expected: str
) -> None:
    before = seed(name)
    edit = insert(before, [add(paper(), path)])
    assert expected in edit.after
    added_lines(before, edit.after)
    assert path in section_paths(parse(edit.after))


def test_two_years_are_opened_in_their_order() -> None:
    name = "vl-learning-in-medical-domain"
    parent = section(name, "Papers", "Pre-training")
    old = published()
    edit = insert(seed(name), [add(old, (*parent, "2024")), add(paper(), (*parent, "2025"))])
    years = [path[-1] for path in section_paths(parse(edit.after)) if path[:-1] == parent]
    assert years == ["2025", "2024", "2023", "2022", "2021", "2020"]


@pytest.mark.parametrize(
    ("name", "tail", "record", "lacking", "draft"),
    [
        pytest.param(
            "clip-in-medical-imaging",
            "Dense Prediction",
            published(authors=()),
            ("authors",),
            "_\u2026_",
            id="authors",
        ),
        pytest.param(
            "chest-xray-vlp",
            "2021",
            published(),
            ("short name",),
            "[**\u2026**]",
            id="a short name",
        ),
        pytest.param(
            "clip-in-medical-imaging",
            "Dataset Resource",
            paper(title="RadSet: Reports and Images of the Chest"),
            ("\u201cdomain\u201d", "\u201cimage\u201d", "\u201ctext\u201d"),
            "[RadSet](https://github.com/x/radnet)",
            id="cells of a table of data sets",
        ),
    ],
)
def test_what_entries_always_tell_is_asked_of_a_person(
    name: str, tail: str, record: Record, lacking: tuple[str, ...], draft: str
) -> None:
    edit = insert(seed(name), [add(record, section(name, tail))])
    assert edit.after == seed(name)
    [refusal] = edit.refused
    assert set(lacking) <= set(refusal.lacking)
    assert draft in refusal.draft


@pytest.mark.parametrize("name", NAMES)
def test_every_section_takes_papers_and_a_second_time_nothing_changes(name: str) -> None:
    before = seed(name)
    document = parse(before)
    paths = [s.path for s in document.sections if document.entries_of(s)]
    additions = [
        add(
            paper(id=f"arxiv:2501.1{n:04}", arxiv_id=f"2501.1{n:04}", title=f"Topic{n}: {word}"),
            path,
        )
        for n, (path, word) in enumerate(zip(paths, WORDS, strict=False))
    ]
    edit = insert(before, additions)
    tables = {a.paper.id for a in additions if "Dataset" in a.section[-1]}
    assert {r.paper_id for r in edit.refused if r.lacking} == tables
    assert {p.paper_id for p in edit.placed} == {a.paper.id for a in additions} - tables
    added_lines(before, edit.after)
    again = insert(edit.after, additions)
    assert again.after == edit.after
    assert {h.paper_id for h in again.already_listed} == {p.paper_id for p in edit.placed}


WORDS = [
    f"{kind} {what} in {where}"
    for kind in ("Weakly Supervised", "Contrastive", "Generative", "Federated")
    for what, where in (
        ("Reading", "Mammograms of Rural Clinics"),
        ("Grounding", "Abdominal Ultrasound Video"),
        ("Dialogue", "Emergency Departments"),
        ("Localisation", "Retinal Fundus Photographs"),
    )
]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("medical-clip", 14),
        ("chest-xray-vlp", 27),
        ("clip-in-medical-imaging", 115),
        ("vlm-in-mia", 126),
        ("vl-learning-in-medical-domain", 19),
    ],
)
def test_entries_are_counted_as_a_person_would(name: str, count: int) -> None:
    assert len(identify_entries(parse(seed(name)))) == count
