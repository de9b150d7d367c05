from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.evaluate.links import measure_links, parse_pairs
from medvl_watch.papers.identifiers import keys_of
from medvl_watch.papers.linking import LinkResult, identify, link
from medvl_watch.records import Origin, Paper, Record
from tests import beside

ABSTRACT = (
    "We align chest radiographs with the sentences of their reports, so that findings can be "
    "classified without labels, and we show on four data sets that local alignment helps most "
    "where findings are small and reports are long."
)
LATER = datetime(2024, 6, 5, tzinfo=UTC)
PREPRINT = Record(
    id="arxiv:2403.00001",
    title="Seeing and Reading Chest Radiographs",
    abstract=ABSTRACT,
    authors=("Ana M. Cruz", "Bo Li"),
    categories=("cs.CV",),
    arxiv_id="2403.00001",
    version=1,
    published="2024-03-01T10:00:00Z",
    updated="2024-03-01T10:00:00Z",
    venue="arXiv",
    comment="Code: github.com/cruz/seeing.",
    url="https://arxiv.org/abs/2403.00001",
    origin=Origin(source="arxiv", fetched_at=datetime(2024, 3, 4, tzinfo=UTC)),
)
PRINTED = Record(
    id="doi:10.1007/978-3-031-00000-1_7",
    title="Seeing and reading chest radiographs.",
    authors=("Cruz, A.", "Li, B."),
    doi="10.1007/978-3-031-00000-1_7",
    published="2024-10-03",
    venue="MICCAI 2024",
    url="https://doi.org/10.1007/978-3-031-00000-1_7",
    origin=Origin(source="miccai", fetched_at=datetime(2024, 10, 4, tzinfo=UTC)),
)


def known(papers: Sequence[Paper]) -> Mapping[str, str]:
    """What the ledger would answer: every key of every record, with its paper."""
    return {key: one.id for one in papers for record in one.records for key in keys_of(record)}


def again(before: LinkResult, *records: Record) -> LinkResult:
    return link(records, known(before.papers), before.papers)


def test_preprint_and_print_become_one_paper_with_the_best_of_both() -> None:
    linked = link([PREPRINT, PRINTED], {}, [])

    (paper,) = linked.papers
    assert paper.id == "arxiv:2403.00001"
    assert linked.new == {paper.id}
    assert paper.records == (PREPRINT, PRINTED)
    assert [(one.source, one.proof) for one in paper.links] == [
        ("arxiv", "first record"),
        ("miccai", "title+author+year"),
    ]
    facts = paper.facts
    assert facts.id == paper.id
    assert facts.title == PREPRINT.title
    assert facts.abstract == ABSTRACT
    assert facts.authors == PREPRINT.authors
    assert facts.venue == "MICCAI 2024"
    assert facts.doi == PRINTED.doi
    assert facts.published == "2024-03-01T10:00:00Z"
    assert facts.url == PREPRINT.url
    assert facts.code_urls == ("https://github.com/cruz/seeing",)


def test_the_order_of_records_changes_nothing_but_who_came_first() -> None:
    (one,) = link([PREPRINT, PRINTED], {}, []).papers
    (other,) = link([PRINTED, PREPRINT], {}, []).papers
    assert one.facts == other.facts
    assert one.id == other.id


def test_a_known_paper_keeps_its_id_when_a_stronger_identifier_comes() -> None:
    before = link([PRINTED], {}, [])

    after = again(before, PREPRINT)

    (paper,) = after.papers
    assert paper.id == "doi:10.1007/978-3-031-00000-1_7"
    assert paper.facts.arxiv_id == "2403.00001"
    assert after.new == frozenset()
    assert after.changed == {paper.id}


def test_linking_again_changes_nothing() -> None:
    before = link([PREPRINT, PRINTED], {}, [])
    later = Origin(source="arxiv", fetched_at=datetime(2025, 1, 1, tzinfo=UTC))

    after = again(before, replace(PREPRINT, origin=later), PRINTED)

    assert after.papers == before.papers
    assert after.new == after.changed == frozenset()


def test_a_new_version_brings_its_text_and_keeps_the_first_day() -> None:
    second = replace(PREPRINT, version=2, title="Reading Chest Radiographs",
                     updated="2024-06-01", published="2024-06-01")  # fmt: skip
    before = link([PREPRINT], {}, [])

    (paper,) = again(before, second).papers

    assert paper.facts.title == "Reading Chest Radiographs"
    assert paper.facts.version == 2
    assert paper.facts.published == "2024-03-01T10:00:00Z"
    assert len(paper.records) == 1


def test_the_day_of_the_announcement_is_not_the_first_day() -> None:
    announced = replace(PREPRINT, version=2, published="2024-06-05", comment=None,
                        origin=Origin(source="rss", fetched_at=LATER))  # fmt: skip
    for records in ([PREPRINT, announced], [announced, PREPRINT]):
        (paper,) = link(records, {}, []).papers
        assert paper.facts.published == "2024-03-01T10:00:00Z"
        assert paper.facts.version == 2
        assert paper.facts.comment == PREPRINT.comment, "what the newest lacks, an older one tells"


def test_an_old_version_that_comes_late_changes_nothing() -> None:
    before = link([replace(PREPRINT, version=3)], {}, [])
    assert again(before, PREPRINT).changed == frozenset()


def variant(**changes: object) -> Record:
    """The printed record, as another work or as the same one told otherwise."""
    return replace(PRINTED, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "proof"),
    [
        pytest.param(variant(arxiv_id="2403.00001", title="Reading Radiographs with Words"),
                     "arxiv_id", id="arXiv id and authors, the title changed"),
        pytest.param(variant(arxiv_id="2403.00001", authors=()), "arxiv_id",
                     id="arXiv id and title"),
        pytest.param(variant(url="https://arxiv.org/pdf/2403.00001v3"), "arxiv_id",
                     id="arXiv id in the address"),
        pytest.param(variant(published="2025-01-01", venue="TMI 2025"), "title+author+year",
                     id="the year after"),
        pytest.param(variant(authors=(), abstract=ABSTRACT), "title+abstract",
                     id="no authors, but the abstract"),
        pytest.param(variant(published="2029", venue="TMI 2029", abstract=ABSTRACT),
                     "title+author+abstract", id="years later, but the abstract"),
    ],
)  # fmt: skip
def test_records_of_one_work(other: Record, proof: str) -> None:
    (paper,) = link([PREPRINT, other], {}, []).papers
    assert paper.links[1].proof == proof


@pytest.mark.parametrize(
    ("other", "doubtful"),
    [
        pytest.param(variant(authors=("Dora Ek",)), False, id="the same title by somebody else"),
        pytest.param(variant(published="2029", venue="TMI 2029"), False,
                     id="the same title and author years later"),
        pytest.param(variant(title="Seeing chest radiographs"), False, id="another title"),
        pytest.param(variant(authors=()), True, id="the same title and nothing to compare"),
        pytest.param(variant(arxiv_id="2403.00001", title="Protein folding at scale",
                             authors=("Dora Ek",)), True,
                     id="a shared arXiv id where all else differs"),
        pytest.param(variant(arxiv_id="2409.99999"), True, id="two arXiv ids"),
    ],
)  # fmt: skip
def test_records_that_stay_apart(other: Record, doubtful: bool) -> None:
    linked = link([PREPRINT, other], {}, [])

    assert len(linked.papers) == 2
    assert len({paper.id for paper in linked.papers}) == 2
    assert bool(linked.doubts) is doubtful
    if doubtful:
        assert {linked.doubts[0].paper_id, linked.doubts[0].other_id} == {
            paper.id for paper in linked.papers
        }


def test_a_doubt_does_not_open_a_paper_at_every_poll() -> None:
    stranger = variant(arxiv_id="2403.00001", title="Protein folding at scale", authors=())
    before = link([PREPRINT, stranger], {}, [])

    after = again(before, PREPRINT, stranger)

    assert after.new == frozenset()
    assert {paper.id for paper in after.papers} == {paper.id for paper in before.papers}


def test_two_publishers_numbers_with_one_title_are_two_papers() -> None:
    journal = variant(id="j", doi="10.1016/j.media.2024.1", venue="Medical Image Analysis 2024",
                      url="https://doi.org/10.1016/j.media.2024.1")  # fmt: skip
    linked = link([PRINTED, journal], {}, [])
    assert len(linked.papers) == 2
    assert "DOIs" in linked.doubts[0].reason


def test_a_preprint_servers_number_is_no_conflict() -> None:
    medrxiv = variant(id="m", doi="10.1101/2024.01.01.24300001", venue="medRxiv", url=None)
    (paper,) = link([medrxiv, PRINTED], {}, []).papers
    assert paper.facts.doi == PRINTED.doi


def test_prefaces_never_become_one() -> None:
    prefaces = [
        Record(id=number, title="Preface", authors=("Ana Cruz",), published="2024", venue="X 2024")
        for number in "ab"
    ]
    assert len(link(prefaces, {}, []).papers) == 2


def test_a_record_with_both_identifiers_joins_two_groups() -> None:
    printed = variant(authors=(), abstract="")  # nothing but the bridge can join it
    bridge = replace(PREPRINT, id="bridge", doi=PRINTED.doi, origin=None)

    linked = link([PREPRINT, printed, bridge], {}, [])

    (paper,) = linked.papers
    assert len(paper.records) == 3
    assert linked.doubts == (), "what was in doubt is settled"


def test_two_known_papers_are_not_merged_behind_the_back_of_the_ledger() -> None:
    before = link([PREPRINT, variant(authors=())], {}, [])
    bridge = replace(PREPRINT, id="bridge", doi=PRINTED.doi)

    after = again(before, bridge)

    assert [paper.id for paper in after.papers] == ["arxiv:2403.00001"]
    assert after.doubts[0].other_id == "doi:10.1007/978-3-031-00000-1_7"


def test_a_known_paper_that_is_missing_is_an_internal_error() -> None:
    with pytest.raises(ValueError, match="not among the known papers"):
        link([PREPRINT], {"arxiv:2403.00001": "arxiv:2403.00001"}, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"comment": "This paper has been withdrawn by the authors"},
        {"comment": "Withdrawn due to an error in Table 2"},
        {"comment": "This version has been withdrawn due to authorship changes"},
        {"abstract": "This paper has been withdrawn due to a crucial error in equation 3."},
        {"title": "WITHDRAWN: Seeing and Reading Chest Radiographs"},
        {"comment": "arXiv admin note: withdrawn by arXiv administrators"},
        {"comment": "The authors have withdrawn this manuscript"},
    ],
    ids=str,
)
def test_withdrawn(changes: dict[str, str]) -> None:
    (paper,) = link([replace(PREPRINT, **changes)], {}, []).papers  # type: ignore[arg-type]
    assert paper.withdrawn


@pytest.mark.parametrize(
    "changes",
    [
        {"abstract": "Alcohol withdrawal is a syndrome. " + ABSTRACT},
        {"abstract": "We study why this drug has been withdrawn from the market. " + ABSTRACT},
        {"abstract": "Retracted citations remain a concern. " + ABSTRACT},
        {"comment": "This paper was withdrawn from ICLR 2024 and improved"},
        {"title": "Withdrawn consent in medical imaging"},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_not_withdrawn(changes: dict[str, str]) -> None:
    (paper,) = link([replace(PREPRINT, **changes)], {}, []).papers  # type: ignore[arg-type]
    assert not paper.withdrawn


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("Code: https://github.com/a/b.", ("https://github.com/a/b",)),
        ("(http://www.github.com/a/b).", ("https://github.com/a/b",)),
        ("at github.com/a/b.git, and https://huggingface.co/a/m",
         ("https://github.com/a/b", "https://huggingface.co/a/m")),
        ("\\url{https://gitlab.com/g/p/r}", ("https://gitlab.com/g/p/r",)),
        ("see https://github.com/a/b.We show", ("https://github.com/a/b",)),
        ("https://huggingface.co/papers/2403.1", ()),
        ("mail me@github.com/x or https://evilgithub.com/a/b", ()),
        ("https://a.github.io/page", ()),
    ],
)  # fmt: skip
def test_code_in_the_abstract(abstract: str, expected: tuple[str, ...]) -> None:
    record = replace(PREPRINT, comment=None, abstract=abstract)
    (paper,) = link([record], {}, []).papers
    assert paper.facts.code_urls == expected


titles = st.sampled_from(["Seeing Radiographs by Words", "Words for Scans of the Chest", "Preface"])
people = st.lists(st.sampled_from(["Ana Cruz", "Bo Li", "Dora Ek"]), max_size=2).map(tuple)
some_records = st.lists(
    st.builds(
        Record,
        id=st.uuids().map(str),
        title=titles,
        authors=people,
        arxiv_id=st.sampled_from([None, "2403.00001", "2403.00002"]),
        doi=st.sampled_from([None, "10.1007/a", "10.1007/b"]),
        published=st.sampled_from([None, "2024", "2025-01", "2028"]),
        abstract=st.sampled_from(["", ABSTRACT]),
    ),
    max_size=8,
)


@given(some_records, st.randoms(use_true_random=False))
def test_every_record_lies_in_one_paper_and_stays_there(
    records: list[Record], random: Random
) -> None:
    linked = link(records, {}, [])
    homes = {record.id: paper.id for paper in linked.papers for record in paper.records}
    assert sorted(homes) == sorted(record.id for record in records)
    assert sum(len(paper.records) for paper in linked.papers) == len(records)
    assert len({paper.id for paper in linked.papers}) == len(linked.papers)
    for paper in linked.papers:
        assert len({one.arxiv_id for one in paper.records if one.arxiv_id}) <= 1

    papers = list(linked.papers)
    random.shuffle(papers)
    after = link(records, known(papers), papers)
    assert after.new == after.changed == frozenset()
    assert {record.id: one.id for one in after.papers for record in one.records} == homes


@pytest.mark.parametrize(
    ("given_record", "expected", "is_doubt"),
    [
        pytest.param(PREPRINT, PREPRINT.id, False, id="the same record"),
        pytest.param(Record(id="x", title=PREPRINT.title), PREPRINT.id, False,
                     id="a title that somebody typed"),
        pytest.param(Record(id="x", title="Another title altogether, of another work"), None,
                     False, id="another title"),
        pytest.param(replace(PREPRINT, id="arxiv:2403.00009", arxiv_id="2403.00009", url=None),
                     None, True, id="another identifier under the title"),
    ],
)  # fmt: skip
def test_the_paper_that_a_person_means(
    given_record: Record, expected: str | None, is_doubt: bool
) -> None:
    papers = link([PREPRINT], {}, []).papers
    found, doubt = identify(given_record, known(papers), papers)

    assert (found.id if found.id == papers[0].id else None) == expected
    assert bool(doubt) is is_doubt


@pytest.mark.recordings
def test_known_pairs_are_found_and_nothing_is_merged_falsely() -> None:
    path = beside.folder("data/papers") / "pairs.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        figures = measure_links(parse_pairs(lines))
    assert figures.pairs > 1_000
    assert figures.false_merges == 0
    assert figures.recall > 0.975
