"""Pairs of records that are one paper, and pairs that only look like it.

Four papers, each changed in the ways in which sources and authors change them, and each beside
the kinds of other papers that come close to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from medvl_watch.papers.linking import link
from medvl_watch.records import Record

Change = Callable[[Record], Record]

PAPERS = (
    Record(
        id="arxiv:2605.00001",
        title="Region-Aligned Vision-Language Pretraining for Chest Radiographs and Their Reports",
        abstract=(
            "We present a contrastive pretraining method that aligns the sentences of radiology "
            "reports with regions of chest radiographs. A shared encoder proposes candidate "
            "regions, and a soft assignment links each sentence to a few of them without any "
            "annotation. On three public benchmarks the approach improves zero-shot "
            "classification by four points and phrase grounding by nine points over global "
            "alignment. Ablations show that rare findings profit most. We release code, weights "
            "and the evaluation protocol."
        ),
        authors=("Wei Zhang", "Søren Østergård", "Ana M. de la Cruz", "Jürgen Müller"),
        arxiv_id="2605.00001",
        published="2026-05-01",
        venue="arXiv",
    ),
    Record(
        id="arxiv:2605.00002",
        title="Counting Tumour Nodules in Whole Slide Images by Asking a Language Model for Plans",
        abstract=(
            "Pathologists count nodules in gigapixel slides, which takes hours. We let a language "
            "model write a plan of magnifications and viewpoints, execute the plan with a frozen "
            "vision encoder, and revise it when the evidence is contradictory. The planner never "
            "sees pixels. In a study with twelve readers from five hospitals the system agreed "
            "with the consensus as often as the readers agreed among one another, while it used "
            "two percent of the tiles. We describe failures on frozen sections and necrosis."
        ),
        authors=("Olena Kovalenko", "Xiao-Ming Li", "Pierre-Yves Dubois"),
        arxiv_id="2605.00002",
        published="2026-05-11",
        venue="arXiv",
    ),
    Record(
        id="arxiv:2605.00003",
        title="Retrieval Helps Small Models Answer Questions about Retinal Photographs",
        abstract=(
            "Small multimodal models hallucinate when they describe retinal photographs. We "
            "attach a memory of annotated cases that is searched by lesion embeddings instead of "
            "global similarity, and condition the decoder on the three nearest cases. Across four "
            "cameras and two countries the retrieval raises exact match from 41 to 58 percent at "
            "no cost in latency on a laptop. The gains vanish when the memory misses a disease, "
            "which we detect with a calibrated threshold and answer with an abstention."
        ),
        authors=("Sofía Álvarez", "Tomasz Łukaszewicz", "Hye-Jin Park", "Li Na", "Bo Chen"),
        arxiv_id="2605.00003",
        published="2026-05-21",
        venue="arXiv",
    ),
    Record(
        id="arxiv:2605.00004",
        title="Faithful Explanations of Ultrasound Diagnoses by Constrained Decoding of Reports",
        abstract=(
            "Explanations that a report generator gives for its diagnoses are often plausible and "
            "wrong. We constrain the decoder of an ultrasound report model so that each adjective "
            "of the explanation has to be entailed by a measurement, which is computed by an "
            "independent segmentation network. Sonographers rated 400 reports blindly: unfaithful "
            "statements fell from 23 to 6 percent, while fluency did not change. The constraint "
            "is a finite automaton that can be written by clinicians in an afternoon."
        ),
        authors=("Mary-Ann O'Connor", "Đorđe Petrović", "Yuki Tanaka"),
        arxiv_id="2605.00004",
        published="2026-05-29",
        venue="arXiv",
    ),
)
ids = [paper.id for paper in PAPERS]


def printed(paper: Record, **changes: object) -> Record:
    """The paper as a publisher's feed has it."""
    base = replace(
        paper,
        id=f"doi:10.1109/tmi.2026.{paper.id[-1]}",
        arxiv_id=None,
        doi=f"10.1109/tmi.2026.{paper.id[-1]}",
        venue="TMI 2026",
        published="2026-09-01",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def swapped(name: str) -> str:
    given, _, family = name.rpartition(" ")
    return f"{family} {given}"


def initials(name: str) -> str:
    given, _, family = name.rpartition(" ")
    return f"{family}, {' '.join(word[0] + '.' for word in given.split())}"


LATIN = str.maketrans({"ø": "o", "Ø": "O", "å": "a", "ü": "ue", "í": "i", "Á": "A", "Ł": "L",
                       "Đ": "D", "đ": "d", "ć": "c"})  # fmt: skip


def reworded(abstract: str) -> str:
    """Another first sentence, and a third of the other sentences left out."""
    sentences = abstract.split(". ")
    return ". ".join(["In this work we study a problem of clinical practice", *sentences[1:-1]])


def without(record: Record, *fields: str) -> Record:
    empty = {"authors": (), "abstract": "", "published": None}
    return replace(record, **{field: empty[field] for field in fields})  # type: ignore[arg-type]


ONE_PAPER: dict[str, Change] = {
    "the printed paper": printed,
    "a title in capitals": lambda p: printed(p, title=p.title.upper()),
    "hyphens and a full stop": lambda p: printed(p, title=p.title.replace("-", " - ") + "."),
    "TeX in the title": lambda p: printed(
        p, title=r"\textbf{" + p.title.replace("Language", "{L}anguage") + "}", abstract=""
    ),
    "tags in the title": lambda p: printed(p, title=f"<i>{p.title}</i>", abstract=""),
    "family name first": lambda p: printed(p, authors=tuple(map(swapped, p.authors)), abstract=""),
    "initials": lambda p: printed(p, authors=tuple(map(initials, p.authors)), abstract=""),
    "names in plain letters": lambda p: printed(
        p, authors=tuple(name.translate(LATIN) for name in p.authors), abstract=""
    ),
    "another order of authors": lambda p: printed(p, authors=p.authors[::-1], abstract=""),
    "an author more": lambda p: printed(p, authors=("Eva Novak", *p.authors), abstract=""),
    "an author less": lambda p: printed(p, authors=p.authors[1:], abstract=""),
    "et al.": lambda p: printed(p, authors=(p.authors[0], "et al."), abstract=""),
    "no authors": lambda p: without(printed(p), "authors"),
    "no authors, abstract reworded": lambda p: without(
        printed(p, abstract=reworded(p.abstract)), "authors"
    ),
    "printed in the year after": lambda p: printed(
        p, published="2027-02-01", venue="TMI 2027", abstract=""
    ),
    "printed three years later": lambda p: printed(p, published="2029", venue="TMI 2029"),
    "a name in front": lambda p: printed(p, title=f"MedX: {p.title}"),
    "a name in front, no abstract": lambda p: printed(p, title=f"MedX: {p.title}", abstract=""),
    "a name in front, no authors": lambda p: without(
        printed(p, title=f"MedX: {p.title}"), "authors"
    ),
    "title cut off": lambda p: printed(p, title=p.title[:55].rstrip() + "…"),
    "title cut off, no abstract": lambda p: printed(p, title=p.title[:60] + "...", abstract=""),
    "a typing error": lambda p: printed(p, title=p.title.replace("on", "onn", 1)),
    "renamed": lambda p: printed(p, title="Evidence before Eloquence: Grounded Medical Models"),
    "renamed, and reworded": lambda p: printed(
        p, title="Evidence before Eloquence: Grounded Models", abstract=reworded(p.abstract)
    ),
    "renamed, names swapped": lambda p: printed(
        p, title="Grounding Matters in Clinics", authors=tuple(map(swapped, p.authors))
    ),
    "an abstract of two sentences": lambda p: without(
        printed(p, abstract=". ".join(p.abstract.split(". ")[:2]) + "."), "authors"
    ),
    "a preprint elsewhere": lambda p: replace(
        printed(p), doi=f"10.1101/2026.05.01.2630000{p.id[-1]}", venue="medRxiv", abstract=""
    ),
    "a retraction mark": lambda p: printed(p, title=f"[RETRACTED] {p.title}", abstract=""),
}  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS, ids=ids)
@pytest.mark.parametrize("change", ONE_PAPER.values(), ids=list(ONE_PAPER))
def test_one_paper(paper: Record, change: Change) -> None:
    other = change(paper)
    for records in ([paper, other], [other, paper]):
        (found,) = link([*records, *(each for each in PAPERS if each is not paper)], {}, []).papers[
            :1
        ]
        assert len(found.records) == 2
        assert found.links[1].evidence


def elsewhere(p: Record, **changes: object) -> Record:
    """Another paper of the same group and month, on arXiv."""
    base = replace(p, id="arxiv:2605.09999", arxiv_id="2605.09999")
    return replace(base, **changes)  # type: ignore[arg-type]


def of(paper: Record) -> str:
    """The abstract of one of the others."""
    return PAPERS[(PAPERS.index(paper) + 1) % len(PAPERS)].abstract


TWO_PAPERS: dict[str, tuple[Change, Change]] = {
    "parts I and II, printed": (
        lambda p: printed(p, title=f"{p.title}, Part I", abstract=""),
        lambda p: printed(p, id="b", doi=None, title=f"{p.title}, Part II", abstract=""),
    ),
    "a part II with nearly the same abstract": (
        lambda p: p, lambda p: printed(p, title=f"{p.title}: Part II"),
    ),
    "a corrigendum": (
        printed,
        lambda p: printed(p, id="b", doi=None, title=f"Corrigendum to “{p.title}”", abstract=""),
    ),
    "a correction": (lambda p: p, lambda p: printed(p, title=f"Correction: {p.title}")),
    "a retraction note": (lambda p: p, lambda p: printed(p, title=f"Retraction Note: {p.title}")),
    "a comment": (lambda p: p, lambda p: printed(p, title=f"Comment on: {p.title}", abstract="")),
    "a survey, updated": (
        lambda p: p, lambda p: elsewhere(p, title=f"{p.title}: An Update"),
    ),
    "a survey of another year": (
        lambda p: printed(p, title=f"{p.title} in 2025", abstract=""),
        lambda p: printed(p, id="b", doi=None, title=f"{p.title} in 2026", abstract=""),
    ),
    "workshop and journal": (
        lambda p: printed(p, doi=None, id="w", venue="MICCAI Workshop 2026"), printed,
    ),
    "conference and journal, by their DOIs": (
        lambda p: printed(p, id="c", doi="10.1007/978-3-031-1_7", venue="MICCAI 2026"), printed,
    ),
    "conference and journal, by their names": (
        lambda p: printed(p, doi=None, id="c", venue="MICCAI 2026"),
        lambda p: printed(p, doi=None, id="j", venue="Medical Image Analysis 2027"),
    ),
    "conference and workshop": (
        lambda p: printed(p, doi=None, id="c", venue="MICCAI 2026"),
        lambda p: printed(p, doi=None, id="w", venue="MICCAI Workshop 2026"),
    ),
    "one title on arXiv twice": (lambda p: p, elsewhere),
    "the same group and month": (
        lambda p: p,
        lambda p: printed(p, title="A Benchmark of Consent Forms", abstract=of(p)),
    ),
    "the same group and month, a near title, no abstract": (
        lambda p: p,
        lambda p: printed(
            p, title=p.title.replace(p.title.split()[-1], "Dermoscopy"), abstract=""
        ),
    ),
    "the same group, other words in one frame": (
        lambda p: p,
        lambda p: printed(
            p, title=p.title.replace(p.title.split()[-1], "Dermoscopy"),
            abstract=reworded(p.abstract),
        ),
    ),
    "the same title by somebody else": (
        lambda p: p, lambda p: printed(p, authors=("Eva Novak", "Ivo Kos"), abstract=of(p)),
    ),
    "swapped names under another title": (
        lambda p: p,
        lambda p: printed(
            p, title="Consent Forms", authors=tuple(map(swapped, p.authors)), abstract=""
        ),
    ),
    "a title alone": (lambda p: p, lambda p: without(printed(p), "authors", "abstract")),
    "a title and a year": (lambda p: p, lambda p: without(printed(p), "authors", "abstract")),
    "the same title years later": (
        lambda p: p, lambda p: printed(p, published="2031", venue="TMI 2031", abstract=of(p)),
    ),
    "the same title and authors, another text": (
        lambda p: p, lambda p: printed(p, abstract=of(p)),
    ),
    "an address with another work behind it": (
        lambda p: p,
        lambda p: Record(id="x", title="Protein Folding at Scale", authors=("Dora Ek",),
                         url=f"https://arxiv.org/abs/{p.arxiv_id}", abstract=of(p)),
    ),
    "two chapters with the DOI of the book": (
        lambda p: printed(p, abstract=""),
        lambda p: printed(p, id="b", title="Consent Forms in Twelve Countries", abstract=""),
    ),
    "another number in the title": (
        lambda p: printed(p, title=f"{p.title} in 2D", abstract=""),
        lambda p: printed(p, id="b", doi=None, title=f"{p.title} in 3D", abstract=""),
    ),
}  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS, ids=ids)
@pytest.mark.parametrize("pair", TWO_PAPERS.values(), ids=list(TWO_PAPERS))
def test_two_papers(paper: Record, pair: tuple[Change, Change]) -> None:
    one, other = (make(paper) for make in pair)
    for records in ([one, other], [other, one]):
        assert len(link(records, {}, []).papers) == 2
