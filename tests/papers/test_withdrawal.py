"""Withdrawn papers, notices about other papers, and papers that only look like either."""

from __future__ import annotations

import pytest

from medvl_watch.papers.withdrawal import (
    NoticeKind,
    notice_in,
    says_withdrawn,
    without_withdrawal_mark,
)
from medvl_watch.records import Record

TITLE = "Seeing and Reading Chest Radiographs"


@pytest.mark.parametrize(
    "comment",
    [
        "Errors were found, therefore we would like to withdraw the paper",
        "The data are wrong and the paper needs to be withdrawn",
        "The paper needs to be retracted",
        "This version has been removed by arXiv administrators",
        "This article has been removed by arXiv administrators because of its licence",
        "Paper has been withdrawn",
        "The authors wish to withdraw this paper",
        "I would like to withdraw this submission because of an error in Lemma 2",
        "Withdrawn for further revision",
        "12 pages. This manuscript has been temporarily withdrawn by the author",
        "arXiv admin note: submission has been withdrawn by arXiv administrators due to overlap",
        "We are withdrawing this paper as Table 3 is wrong",
        "Accepted at MICCAI 2025; the authors have decided to retract this article",
    ],
)
def test_comments_of_withdrawn_papers(comment: str) -> None:
    assert says_withdrawn(Record(id="x", title=TITLE, comment=comment))


@pytest.mark.parametrize(
    "comment",
    [
        "This paper was withdrawn from ICLR 2025 and improved",
        "We withdrew the submission from NeurIPS",
        "A previous version was withdrawn; this one is corrected",
        "The earlier version has been withdrawn by its publisher's request",
        "A study of retracted papers in radiology",
        "Data set of 1,000 withdrawn drugs; 12 pages",
        "The contrast agent has been withdrawn from the market",
        "Camera ready. We removed the appendix",
    ],
)
def test_comments_of_other_papers(comment: str) -> None:
    assert not says_withdrawn(Record(id="x", title=TITLE, comment=comment))


@pytest.mark.parametrize(
    "title",
    [
        f"[RETRACTED] {TITLE}",
        f"RETRACTED: {TITLE}",
        f"Retracted: {TITLE}",
        f"RETRACTED ARTICLE: {TITLE}",
        f"Retracted Article: {TITLE}",
        f"[Withdrawn] {TITLE}",
        f"{TITLE} (Retracted)",
        f"{TITLE} [RETRACTED]",
        f"{TITLE} (Retracted Article. See vol. 12, 2025)",
        f"WITHDRAWN: {TITLE}",
    ],
)
def test_marked_titles(title: str) -> None:
    assert says_withdrawn(Record(id="x", title=title))
    assert without_withdrawal_mark(title) == TITLE


@pytest.mark.parametrize(
    "title",
    [
        "Retracted papers in radiology keep being cited",
        "Withdrawn consent in medical imaging",
        "Why are papers of machine learning retracted?",
        "Detecting retracted articles with language models",
    ],
)
def test_titles_of_papers_about_withdrawal(title: str) -> None:
    assert not says_withdrawn(Record(id="x", title=title))
    assert without_withdrawal_mark(title) == title


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        (f"Correction: {TITLE}", NoticeKind.CORRECTION),
        (f"Author Correction: {TITLE}", NoticeKind.CORRECTION),
        (f"Publisher Correction: {TITLE}", NoticeKind.CORRECTION),
        (f"Correction to: {TITLE}", NoticeKind.CORRECTION),
        (f"Erratum to: {TITLE}", NoticeKind.CORRECTION),
        (f"Corrigendum to “{TITLE}” [Med. Image Anal. 95 (2024) 1]", NoticeKind.CORRECTION),
        (f"Corrections to “{TITLE}”", NoticeKind.CORRECTION),
        (f"Retraction Note: {TITLE}", NoticeKind.RETRACTION),
        (f"Retraction notice to “{TITLE}”", NoticeKind.RETRACTION),
        (f"Retraction: {TITLE}", NoticeKind.RETRACTION),
        (f"Expression of Concern: {TITLE}", NoticeKind.CORRECTION),
    ],
)
def test_notices(title: str, kind: NoticeKind) -> None:
    notice = notice_in(title)
    assert notice is not None
    assert (notice.kind, notice.title) == (kind, TITLE)


@pytest.mark.parametrize(
    "title",
    [
        "Correction for Domain Shift in Chest Radiographs with CLIP",
        "Correction of Motion Artefacts: A Survey",
        "Retraction of Reports by Radiologists",
        "Corrections to radiology reports by language models",
        "Motion Correction: Learning from k-space",
        "Error Correction for Reports",
        TITLE,
        "Erratum",
    ],
)
def test_titles_that_are_no_notices(title: str) -> None:
    assert notice_in(title) is None
