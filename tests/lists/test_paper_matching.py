"""What a list holds already: title and address prove it, an address alone does not."""

import pytest

from medvl_watch.changes import AlreadyListed
from medvl_watch.lists.paper_matching import Conflict, identify_entries, match_paper
from medvl_watch.lists.parsing.document import parse
from medvl_watch.records import Record
from tests.lists.samples import paper, seed

CASES = [
    pytest.param(
        "medical-clip",
        paper(
            arxiv_id="2303.00915",
            title="BiomedCLIP: A multimodal biomedical foundation model"
            " pretrained from fifteen million scientific image-text pairs",
        ),
        AlreadyListed(paper_id="arxiv:2501.00001", line=25, proof="title and arxiv:2303.00915"),
        id="title in another case, and address",
    ),
    pytest.param(
        "medical-clip",
        paper(
            arxiv_id=None,
            title="A Visual\u2013Language Foundation Model for Pathology Image Analysis"
            " Using Medical Twitter",
        ),
        AlreadyListed(paper_id="arxiv:2501.00001", line=27, proof="title"),
        id="text decoded twice",
    ),
    pytest.param(
        "medical-clip",
        paper(
            arxiv_id="2403.17834",
            title="A foundation model utilizing chest CT volumes and radiology"
            " reports for supervised-level zero-shot detection of abnormalities",
        ),
        Conflict(
            "arxiv:2501.00001",
            29,
            "Developing Generalist Foundation Models from a Multimodal"
            " Dataset for 3D Computed Tomography",
            "arxiv:2403.17834",
        ),
        id="the address under another title is for a person to judge",
    ),
    pytest.param(
        "clip-in-medical-imaging",
        paper(
            arxiv_id="2305.10415",
            title="PMC-VQA: Visual Instruction Tuning for Medical Visual Question Answering",
        ),
        AlreadyListed(paper_id="arxiv:2501.00001", line=513, proof="title and arxiv:2305.10415"),
        id="the right entry of two with one address",
    ),
    pytest.param(
        "clip-in-medical-imaging",
        paper(arxiv_id=None, title="Does CLIP Benefit Visual Question Answering in Radiology?"),
        None,
        id="alike is not the same",
    ),
    pytest.param(
        "chest-xray-vlp",
        paper(
            arxiv_id=None,
            title="GLoRIA: A Multimodal Global-Local Representation Learning Framework"
            " for Label-efficient Medical Image Recognition",
        ),
        AlreadyListed(paper_id="arxiv:2501.00001", line=11, proof="title"),
        id="short name before the title, and a slip in it",
    ),
    pytest.param(
        "chest-xray-vlp",
        paper(
            arxiv_id=None,
            title="Decomposing Disease Descriptions for Enhanced Pathology Detection: A"
            " Multi-Aspect Vision-Language Pre-training Framework",
        ),
        AlreadyListed(paper_id="arxiv:2501.00001", line=37, proof="title"),
        id="blanks lost",
    ),
    pytest.param(
        "vlm-in-mia",
        paper(
            arxiv_id="2404.00578",
            title="M3D: Advancing 3D Medical Image Analysis with Multi-Modal Large Language Models",
        ),
        AlreadyListed(paper_id="arxiv:2501.00001", line=163, proof="title and arxiv:2404.00578"),
        id="table row",
    ),
    pytest.param("vlm-in-mia", paper(), None, id="unknown paper"),
    pytest.param(
        "vlm-in-mia",
        paper(
            arxiv_id="2501.00001",
            title="ZooNet: Advancing 3D Medical Image Analysis with Multi-Modal Large Language"
            " Models",
        ),
        None,
        id="another name before the same subtitle",
    ),
    pytest.param(
        "vlm-in-mia",
        paper(
            arxiv_id=None,
            title="Advancing 3D Medical Image Analysis with Multi-Modal Large Language Models",
        ),
        AlreadyListed(paper_id="arxiv:2501.00001", line=163, proof="title"),
        id="without the name that the list puts before it",
    ),
]


@pytest.mark.parametrize(("name", "record", "expected"), CASES)
def test_paper_is_told_among_the_holdings(
    name: str, record: Record, expected: AlreadyListed | Conflict | None
) -> None:
    assert match_paper(record, identify_entries(parse(seed(name)))) == expected


def test_versions_and_dimensions_tell_titles_apart() -> None:
    text = "# A\n- [SAM 2 for the Segmentation of Medical Images and Videos](https://x.org/a.pdf)\n"
    record = paper(arxiv_id=None, title="SAM 3 for the Segmentation of Medical Images and Videos")
    assert match_paper(record, identify_entries(parse(text))) is None


def test_entry_with_a_name_alone_is_held_by_its_address() -> None:
    text = "# A\n|Data|Year|\n|-|-|\n|[RadSet](https://arxiv.org/pdf/2501.00001v2)|2025|\n"
    found = match_paper(paper(), identify_entries(parse(text)))
    assert found == AlreadyListed(paper_id="arxiv:2501.00001", line=4, proof="arxiv:2501.00001")
