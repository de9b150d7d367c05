from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.papers.venues import Venue, venue_of, year_of
from medvl_watch.records import Record

PREPRINT = Record(id="x", title="t", arxiv_id="2406.00001", venue="arXiv", published="2024-06-01")


def with_(**values: str | None) -> Record:
    return Record(**{"id": "x", "title": "t", **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        pytest.param("Accepted at MICCAI 2024", "MICCAI 2024", id="accepted at"),
        pytest.param("Accepted to CVPR2025; Code is available", "CVPR 2025", id="no space"),
        pytest.param("Accepted by ICML25!", "ICML 2025", id="two digits"),
        pytest.param("9 pages, 6 figures, AAAI 2025 Oral", "AAAI 2025", id="no verb at all"),
        pytest.param("ACMMM2025(oral)", "ACM MM 2025", id="ACM MM in one word"),
        pytest.param("ACL 2025 Findings. Public release", "ACL Findings 2025", id="findings"),
        pytest.param(
            "To appear in the 2025 International Conference on Machine Learning\n  (ICML)",
            "ICML 2025",
            id="full name with the year in front, over two lines",
        ),
        pytest.param("Accepted to IEEE Transactions on Medical Imaging", "TMI", id="no year"),
        pytest.param(
            "Submitted to TMI. Accepted at ISBI 2024.", "ISBI 2024", id="a claim after none"
        ),
        pytest.param("Camera-ready version, MIDL 2024", "MIDL 2024", id="camera-ready"),
        pytest.param(
            "Accepted at the ICCV 2025 Workshop on X", "ICCV Workshop 2025", id="workshop"
        ),
        pytest.param("CVPRW 2024", "CVPR Workshop 2024", id="workshop's short name"),
        pytest.param(
            "Accepted by iMIMIC at MICCAI 2025", "MICCAI Workshop 2025", id="an event beside"
        ),
        pytest.param(
            "Accepted at the 5th Workshop on Words, co-located with NeurIPS 2025",
            "NeurIPS Workshop 2025",
            id="a workshop beside, after a comma",
        ),
        pytest.param(
            "Accepted for presentation at MIDL 2025", "MIDL 2025", id="a claim that says for what"
        ),
    ],
)
def test_claims_in_comments(comment: str, expected: str) -> None:
    record = with_(arxiv_id="2406.00001", venue="arXiv", comment=comment)
    assert str(venue_of(record)) == expected


@pytest.mark.parametrize(
    "comment",
    [
        "Submitted to MICCAI 2024",
        "Under review at CVPR 2025",
        "This work has been submitted to the IEEE ISBI for possible publication",
        "Rejected by NeurIPS 2023",
        "Extended version of our MICCAI 2023 paper",
        "Winner of the BraTS challenge at MICCAI 2023",
        "12 pages, uses the NeurIPS 2023 style",
        "Code: https://github.com/x/MICCAI2024",
        "10 pages, 5 figures",
        "A preliminary version appeared at NeurIPS 2025",
    ],
)
def test_comments_that_claim_nothing(comment: str) -> None:
    record = with_(arxiv_id="2406.00001", venue="arXiv", published="2024-06", comment=comment)
    assert venue_of(record) == Venue("arXiv", 2024)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("MICCAI 2024", Venue("MICCAI", 2024)),
        ("NEURIPS 2023", Venue("NeurIPS", 2023)),
        ("2024 MICCAI", Venue("MICCAI", 2024)),
        ("CVPR'24", Venue("CVPR", 2024)),
        ("CVPR\u201924", Venue("CVPR", 2024)),
        ("nature medicine 2023", Venue("Nature Medicine", 2023)),
        ("Journal of Odd Things (2021)", Venue("Journal of Odd Things", 2021)),
        ("Radiology", Venue("Radiology", None)),
        ("MICCAI Workshop 2023", Venue("MICCAI Workshop", 2023)),
    ],
)
def test_names_of_venues(name: str, expected: Venue) -> None:
    assert venue_of(with_(venue=name)) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Medical Image Analysis 91 (2024) 102996", Venue("Medical Image Analysis", 2024)),
        ("Proceedings of MICCAI 2023, LNCS 14224", Venue("MICCAI", 2023)),
        ("Diagnostics 2023, 13(5), 900", Venue("Diagnostics", 2023)),
        ("IEEE Transactions on Medical Imaging, vol. 43, pp. 1-10, Feb. 2024", Venue("TMI", 2024)),
    ],
)
def test_journal_references(reference: str, expected: Venue) -> None:
    record = with_(venue="arXiv", journal_ref=reference, comment="Accepted at MICCAI 2019")
    assert venue_of(record) == expected


@pytest.mark.parametrize(
    "reference",
    ["Cruz, A. and Li, B. (2024). Words for scans, 83(34)", "A. Cruz et al 2024 Words 1",
     "Proceedings of the 3rd Something, 2024, pp. 1-6", ""],
)  # fmt: skip
def test_references_without_a_name(reference: str) -> None:
    assert venue_of(with_(arxiv_id="2406.00001", journal_ref=reference)) == Venue("arXiv", 2024)


def test_a_venue_of_its_own_outranks_the_comment() -> None:
    record = with_(venue="AAAI 2024", comment="Accepted at MICCAI 2024")
    assert venue_of(record) == Venue("AAAI", 2024)


def test_nothing_known_is_no_venue() -> None:
    assert venue_of(with_()) is None
    assert year_of(with_()) is None


@pytest.mark.parametrize(
    ("record", "year"),
    [
        pytest.param(with_(venue="MICCAI 2024", published="2023-12-30"), 2024, id="the venue's"),
        pytest.param(with_(venue="TMI", published="2023-12-30"), 2023, id="else the first day's"),
        pytest.param(with_(arxiv_id="2406.00001"), 2024, id="else the arXiv id's"),
        pytest.param(with_(arxiv_id="cs/9901001"), 1999, id="also of an old one"),
    ],
)
def test_years(record: Record, year: int) -> None:
    assert year_of(record) == year


@given(st.text(max_size=400), st.text(max_size=100), st.text(max_size=200))
def test_no_text_is_too_odd(comment: str, venue: str, reference: str) -> None:
    record = with_(comment=comment, venue=venue, journal_ref=reference)
    found = venue_of(record)
    assert found is None or found.name
