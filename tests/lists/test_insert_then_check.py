"""What `list insert` writes, `list check` does not find fault with."""

from __future__ import annotations

from typing import Any

import pytest

from medvl_watch.lists.checking.register import check
from medvl_watch.lists.editing.inserting import insert
from tests.lists.samples import add, paper

ENTRIES = (
    ("GLoRIA: Words for Local Regions of the Lung", "ICCV", 2021, "2101.00001"),
    ("TieNet: Text and Image for Common Diseases", "CVPR", 2018, "1801.00002"),
    ("RoentGen: Chest Images out of Sentences", "arXiv", 2022, "2211.00003"),
    ("MedKLIP: Knowledge before Pictures", "ICCV", 2023, "2301.00004"),
)


def bullet(title: str, venue: str, year: int, arxiv_id: str) -> str:
    code = f" [[code](https://github.com/lab/{arxiv_id})]"
    return f"- **{title}.** {venue} {year}. [[paper](https://arxiv.org/abs/{arxiv_id})]{code}"


def row(title: str, venue: str, year: int, arxiv_id: str) -> str:
    code = f"[code](https://github.com/lab/{arxiv_id})"
    return f"| {title} | {venue} {year} | [paper](https://arxiv.org/abs/{arxiv_id}) | {code} |"


HEAD = "# Words and Scans\n\n## Papers\n\n"
LISTS = {
    "bullets": HEAD + "\n".join(bullet(*each) for each in ENTRIES) + "\n",
    "table": HEAD + "| Title | Venue | Paper | Code |\n|---|---|---|---|\n"
    + "\n".join(row(*each) for each in ENTRIES) + "\n",
}  # fmt: skip
SECTION = ("Words and Scans", "Papers")
CODE = ("https://github.com/lab/new",)


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
@pytest.mark.parametrize(
    ("facts", "written"),
    [
        pytest.param({"venue": "MICCAI", "published": "2023-06-01",
                      "url": "https://papers.miccai.org/miccai-2024/415-Paper1786.html"},
                     "MICCAI 2024", id="a venue without a year, the year in the address"),
        pytest.param({"venue": "NeurIPS", "published": "2022-06-01",
                      "url": "https://papers.nips.cc/paper_files/paper/2023/hash/"
                      "0123456789abcdef0123456789abcdef-Abstract.html"},
                     "NeurIPS 2023", id="the same of NeurIPS"),
        pytest.param({"venue": "ACL 2024",
                      "url": "https://aclanthology.org/2024.bionlp-1.19/"},
                     "BioNLP 2024", id="a workshop that its source calls by the conference"),
        pytest.param({"venue": "CVPR 2023",
                      "url": "https://openaccess.thecvf.com/content/CVPR2024/html/"
                      "Lu_Sounds_of_the_Heart_Told_in_Plain_Sentences_CVPR_2024_paper.html"},
                     "CVPR 2024", id="another year than that of its address"),
        pytest.param({"venue": "arXiv", "published": "2023-09-08",
                      "url": "https://www.biorxiv.org/content/10.1101/2023.09.08.555192v5"},
                     "bioRxiv 2023", id="a preprint of another server"),
        pytest.param({"venue": "arXiv", "published": "2025-03-01",
                      "url": "https://www.techrxiv.org/users/1/articles/2-sounds"},
                     "TechRxiv 2025", id="a preprint of TechRxiv"),
    ],
)  # fmt: skip
def test_venue_is_that_of_the_address(text: str, facts: dict[str, Any], written: str) -> None:
    title = "HeartTone: Sounds of the Heart Told in Plain Sentences"
    record = paper(id="p", title=title, arxiv_id=None, code_urls=CODE, **facts)
    edit = insert(text, [add(record, SECTION)])
    [placement] = edit.placed
    assert written in "".join(placement.lines)
    assert check(text) == check(edit.after) == []


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_account_is_not_written_as_code(text: str) -> None:
    record = paper(id="p", arxiv_id="2405.00001", code_urls=("https://github.com/somebody",))
    edit = insert(text, [add(record, SECTION)])
    assert len(edit.placed) == 1
    assert "somebody" not in edit.after
    assert not any(each.rule == "code-target" for each in check(edit.after))


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_lost_blank_of_a_title_is_written(text: str) -> None:
    record = paper(
        id="p", title="HeartTone:Sounds of the Heart in Plain Sentences", arxiv_id="2405.00001",
        code_urls=CODE,
    )  # fmt: skip
    edit = insert(text, [add(record, SECTION)])
    assert "HeartTone: Sounds of the Heart in Plain Sentences" in edit.after
    assert check(edit.after) == []
