from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.papers.identifiers import (
    derived_id,
    family_name,
    is_generic_title,
    keys_in,
    keys_of,
    parse_identifier,
    search_keys,
    title_key,
)
from medvl_watch.papers.schemes import doi_keys, normal_doi
from medvl_watch.records import Record

SICI = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("10.1007/978-3-031-72390-2\\_1", "10.1007/978-3-031-72390-2_1", id="BibTeX"),
        pytest.param("https://doi.org/10.1007%2F978-3-031-72390-2_1",
                     "10.1007/978-3-031-72390-2_1", id="percent-encoded"),
        pytest.param("10.1007/abc?utm_source=x", "10.1007/abc", id="a campaign"),
        pytest.param(
            "10.1007/abc#:~:text=The%20first%20words,the%20last", "10.1007/abc", id="marked words"
        ),
        pytest.param("10.1007/abc?via%3Dihub", "10.1007/abc", id="a query, encoded"),
        pytest.param("10.1007/abc#sec1", "10.1007/abc", id="a fragment"),
        pytest.param("10.1007/abc\u200b", "10.1007/abc", id="a zero-width space"),
        pytest.param("\ufeff10.1007/abc", "10.1007/abc", id="a byte order mark"),
        pytest.param("10.1007/abc\u201d", "10.1007/abc", id="a closing quotation mark"),
        pytest.param("10.1109/tmi.1; 10.1007/b", "10.1109/tmi.1", id="two, with a semicolon"),
        pytest.param("10.1109/tmi.1;10.1007/b", "10.1109/tmi.1", id="two, without a space"),
        pytest.param("10.1109/tmi.1 10.1007/b", "10.1109/tmi.1", id="two, with a space"),
        pytest.param("doi:10.1109/tmi.1, doi:10.1007/b", "10.1109/tmi.1", id="two, each marked"),
        pytest.param("info:doi/10.1109/tmi.1", "10.1109/tmi.1", id="an info URI"),
        pytest.param(SICI, SICI.lower(), id="SICI"),
        pytest.param(SICI[:-1] + "#", SICI.lower()[:-1] + "#", id="SICI that ends with #"),
        pytest.param(SICI[:50], None, id="SICI, cut off at the page"),
        pytest.param("10.1000/a;b", "10.1000/a;b", id="a semicolon inside"),
        pytest.param("10.1007/", None, id="a registrant without a number"),
    ],
)  # fmt: skip
def test_a_doi_in_normal_form(text: str, expected: str | None) -> None:
    assert normal_doi(text) == expected
    assert expected is None or normal_doi(expected) == expected


@pytest.mark.parametrize(
    ("versions", "key"),
    [
        pytest.param(("10.26434/chemrxiv.15004493/v1", "10.26434/chemrxiv.15004493.v2",
                      "10.26434/chemrxiv.15004493-v3"), "10.26434/chemrxiv.15004493",
                     id="ChemRxiv"),
        pytest.param(("10.26434/chemrxiv-2021-abcde", "10.26434/chemrxiv-2021-abcde-v2"),
                     "10.26434/chemrxiv-2021-abcde", id="ChemRxiv since 2021"),
        pytest.param(("10.12688/f1000research.12345.1", "10.12688/f1000research.12345.2"),
                     "10.12688/f1000research.12345", id="F1000Research"),
        pytest.param(("10.12688/wellcomeopenres.15842.3",), "10.12688/wellcomeopenres.15842",
                     id="Wellcome Open Research"),
        pytest.param(("10.21203/rs.3.rs-12345/v1", "10.21203/rs.3.rs-12345/v2"),
                     "10.21203/rs.3.rs-12345", id="Research Square"),
        pytest.param(("10.20944/preprints202401.0001.v1", "10.20944/preprints202401.0001.v2"),
                     "10.20944/preprints202401.0001", id="Preprints.org"),
        pytest.param(("10.36227/techrxiv.12345.v1", "10.36227/techrxiv.12345/v2"),
                     "10.36227/techrxiv.12345", id="TechRxiv"),
        pytest.param(("10.31219/osf.io/abcde_v1", "10.31219/osf.io/abcde"),
                     "10.31219/osf.io/abcde", id="OSF"),
        pytest.param(("10.7554/elife.88888.1", "10.7554/elife.88888"), "10.7554/elife.88888",
                     id="eLife"),
        pytest.param(("10.2196/preprints.12345", "10.2196/12345"), "10.2196/12345", id="JMIR"),
        pytest.param(("10.1109/tmi.2024.1.v2",), "10.1109/tmi.2024.1.v2",
                     id="a publisher that writes no versions"),
    ],
)  # fmt: skip
def test_versions_of_a_doi_have_one_key(versions: tuple[str, ...], key: str) -> None:
    assert {frozenset(doi_keys(doi)) for doi in versions} == {frozenset({f"doi:{key}"})}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("2403.17834", "2403.17834", id="bare arXiv id"),
        pytest.param(" arXiv:2403.17834v2 ", "2403.17834", id="with prefix, version and spaces"),
        pytest.param("https://arxiv.org/abs/2403.17834", "2403.17834", id="address"),
        pytest.param("arxiv.org/pdf/2403.17834v1.pdf", "2403.17834", id="address without scheme"),
        pytest.param("0704.0001", "0704.0001", id="four digits before 2015"),
        pytest.param("cs.CV/9901001", "cs/9901001", id="old id with subject class"),
        pytest.param("math/0306266", "math/0306266", id="old id"),
        pytest.param("10.1007/978-3-031-16443-9_1", "10.1007/978-3-031-16443-9_1", id="DOI"),
        pytest.param("https://doi.org/10.1007/ABC-1", "10.1007/abc-1", id="resolver, capitals"),
        pytest.param("10.48550/arXiv.2403.17834", "2403.17834", id="arXiv's own DOI"),
        pytest.param(
            "https://link.springer.com/chapter/10.1007/978-3-030-59719-1_28",
            "10.1007/978-3-030-59719-1_28",
            id="publisher's page",
        ),
        pytest.param("2403.17834 [cs.CV]", "2403.17834", id="as a listing prints it"),
        pytest.param("arXiv:2403.17834v2 [cs.CV] 26 Mar 2024", "2403.17834", id="the stamp"),
        pytest.param("oai:arXiv.org:2403.17834", "2403.17834", id="OAI-PMH"),
        pytest.param("oai:arXiv.org:cs/9901001", "cs/9901001", id="OAI-PMH, old id"),
        pytest.param("DBLP:journals/corr/abs-2403-17834", "2403.17834", id="DBLP's key"),
        pytest.param("ar5iv.org/abs/2403.17834", "2403.17834", id="ar5iv without scheme"),
        pytest.param("10.1007/978-3-031-72390-2\\_1", "10.1007/978-3-031-72390-2_1", id="TeX"),
        pytest.param("2403.1783", None, id="too few digits for 2024"),
        pytest.param("2413.17834", None, id="there is no 13th month"),
        pytest.param("CLIP", None, id="a word"),
        pytest.param("", None, id="nothing"),
        pytest.param("foo/1234567", None, id="no archive of that name"),
    ],
)
def test_what_a_person_types(typed: str, expected: str | None) -> None:
    assert parse_identifier(typed) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("https://arxiv.org/html/2404.12345v7", {"arxiv:2404.12345"}, id="html"),
        pytest.param(
            "https://arxiv.org/ftp/arxiv/papers/2310/2310.12345.pdf", {"arxiv:2310.12345"}, id="ftp"
        ),
        pytest.param("https://arxiv.org/pdf/cs/9901001", {"arxiv:cs/9901001"}, id="old id"),
        pytest.param("https://alphaxiv.org/abs/2404.12345", {"arxiv:2404.12345"}, id="alphaxiv"),
        pytest.param(
            "https://huggingface.co/papers/2404.12345", {"arxiv:2404.12345"}, id="Hugging Face"
        ),
        pytest.param("https://huggingface.co/org/model-2404", set(), id="a model is no paper"),
        pytest.param("https://dl.acm.org/doi/abs/10.1145/3581783.3611830",
                     {"doi:10.1145/3581783.3611830"}, id="ACM"),
        pytest.param("https://dl.acm.org/citation.cfm?doid=2522848.2522886",
                     {"doi:10.1145/2522848.2522886"}, id="ACM, old page"),
        pytest.param("https://www.nature.com/articles/s41551-022-00936-9",
                     {"doi:10.1038/s41551-022-00936-9"}, id="Nature"),
        pytest.param("https://www.nature.com/articles/ng.2764.", {"doi:10.1038/ng.2764"},
                     id="Nature, old, with a full stop"),
        pytest.param("https://proceedings.mlr.press/v162/li22n.html", {"pmlr:v162/li22n"},
                     id="PMLR"),
        pytest.param("http://proceedings.mlr.press/v97/tran19a/tran19a.pdf",
                     {"pmlr:v97/tran19a"}, id="PMLR, pdf"),
        pytest.param("https://openreview.net/pdf?id=w-x7U26GM7j", {"openreview:w-x7U26GM7j"},
                     id="OpenReview keeps capitals"),
        pytest.param("https://openreview.net/references/pdf?id=abc", set(),
                     id="a revision's number is not the forum's"),
        pytest.param("https://aclanthology.org/2021.acl-long.463/", {"acl:2021.acl-long.463"},
                     id="ACL"),
        pytest.param("http://aclweb.org/anthology/D17-1095", {"acl:d17-1095"}, id="ACL, old"),
        pytest.param("https://doi.org/10.18653/v1/2021.acl-long.463",
                     {"doi:10.18653/v1/2021.acl-long.463", "acl:2021.acl-long.463"},
                     id="ACL by DOI"),
        pytest.param("https://www.biorxiv.org/content/10.1101/2023.08.21.554208v1.full.pdf",
                     {"doi:10.1101/2023.08.21.554208"}, id="bioRxiv without version and suffix"),
        pytest.param("https://www.medrxiv.org/content/medrxiv/early/2023/09/19/2023.09.19.23295772.full.pdf",
                     {"doi:10.1101/2023.09.19.23295772"}, id="medRxiv, early"),
        pytest.param("https://www.sciencedirect.com/science/article/abs/pii/S0960894X26002295",
                     {"pii:s0960894x26002295"}, id="ScienceDirect"),
        pytest.param("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3009383/",
                     {"pmcid:pmc3009383"}, id="PMC"),
        pytest.param("https://papers.miccai.org/miccai-2024/paper/1786_paper.pdf",
                     {"miccai:2024/1786"}, id="MICCAI, pdf"),
        pytest.param("https://papers.miccai.org/miccai-2024/415-Paper1786.html",
                     {"miccai:2024/1786"}, id="MICCAI, page of the same paper"),
        pytest.param("https://ojs.aaai.org/index.php/AAAI/article/view/26431",
                     {"ojs:aaai/26431"}, id="AAAI"),
        pytest.param("https://doi.org/10.1609/aaai.v37i10.26431",
                     {"doi:10.1609/aaai.v37i10.26431", "ojs:aaai/26431"}, id="AAAI by DOI"),
        pytest.param("https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F2404.12345&sa=D",
                     {"arxiv:2404.12345"}, id="a search engine's redirect"),
        pytest.param("https://evil.example/arxiv.org/abs/2404.12345", set(), id="another host"),
        pytest.param("https://notarxiv.org/abs/2404.12345", set(), id="a host that ends alike"),
        pytest.param("see [x](https://arxiv.org/abs/2404.12345), and arXiv:2405.00001v2.",
                     {"arxiv:2404.12345", "arxiv:2405.00001"}, id="Markdown and free text"),
        pytest.param("[a](https://doi.org/10.1016/S0140-6736(23)00001-2)",
                     {"doi:10.1016/s0140-6736(23)00001-2"}, id="parentheses in a DOI in Markdown"),
        pytest.param("doi: 10.1038/s41591-023-02448-8.", {"doi:10.1038/s41591-023-02448-8"},
                     id="DOI in a sentence"),
        pytest.param("it cost 2403.17834 euros", set(), id="a number is no arXiv id"),
        pytest.param("PMID: 34902460", {"pmid:34902460"}, id="PubMed's number"),
        pytest.param("https://[broken/abs/2404.12345", set(), id="a broken address"),
        pytest.param("https://linkinghub.elsevier.com/retrieve/pii/S1361841524000123",
                     {"pii:s1361841524000123"}, id="Elsevier's hub"),
        pytest.param(f"in {SICI}, and", {f"doi:{SICI.lower()}"}, id="SICI in text"),
        pytest.param(f"https://doi.org/{SICI}", {f"doi:{SICI.lower()}"}, id="SICI in an address"),
        pytest.param(f"<https://doi.org/{quote(SICI)}>", {f"doi:{SICI.lower()}"},
                     id="SICI, encoded"),
        pytest.param("10.1002/(SICI)1097-0258(19980815/30)17:15", set(), id="SICI, cut off"),
        pytest.param("https://doi.org/10.1109/TMI.2024.1?utm_source=x&utm_medium=y",
                     {"doi:10.1109/tmi.2024.1"}, id="a campaign behind a DOI"),
        pytest.param("https://preprints.jmir.org/preprint/12345", {"doi:10.2196/12345"},
                     id="the preprint of a JMIR paper"),
        pytest.param("https://ieeexplore.ieee.org/abstract/document/9876543/", {"ieee:9876543"},
                     id="IEEE, abstract"),
        pytest.param("https://ieeexplore.ieee.org/stamp/stamp.jsp?tp=&arnumber=9876543",
                     {"ieee:9876543"}, id="IEEE, the PDF"),
        pytest.param("https://openreview.net/forum?id=AbC_1&noteId=xyz", {"openreview:AbC_1"},
                     id="a comment in an OpenReview forum"),
        pytest.param("https://link.springer.com/content/pdf/10.1007/978-3-031-72390-2_1.pdf?pdf=x",
                     {"doi:10.1007/978-3-031-72390-2_1"}, id="Springer, the PDF"),
        pytest.param("https://pubmed.ncbi.nlm.nih.gov/34902460/?dopt=Abstract", {"pmid:34902460"},
                     id="PubMed with a query"),
    ],
)  # fmt: skip
def test_keys_in_text(text: str, expected: set[str]) -> None:
    assert keys_in(text) == expected


def test_a_record_has_the_keys_of_all_its_identifiers() -> None:
    record = Record(
        id="x",
        title="Seeing and reading radiographs",
        authors=("Ana Cruz",),
        arxiv_id="2404.12345",
        doi="10.1609/aaai.v37i10.26431",
        url="https://openreview.net/forum?id=Abc",
        abstract="We follow arXiv:2103.00020.",
    )

    keys = keys_of(record)

    assert {key for key in keys if not key.startswith("title:")} == {
        "arxiv:2404.12345", "doi:10.1609/aaai.v37i10.26431", "ojs:aaai/26431", "openreview:Abc",
    }  # fmt: skip
    assert "arxiv:2103.00020" not in keys, "what the abstract cites is another paper"


def test_works_without_identifier_are_told_apart_by_title_and_author() -> None:
    one, other = (
        Record(id="x", title="Seeing and reading radiographs", authors=(author,))
        for author in ("Ana Cruz", "Bo Li")
    )

    assert derived_id(one) != derived_id(other)
    assert derived_id(one) in keys_of(one)


def test_a_work_without_authors_can_be_searched_by_its_title() -> None:
    record = Record(id="x", title="Seeing and Reading Radiographs")
    assert keys_of(record) == frozenset()
    assert search_keys(record) == {"title:seeingandreadingradiographs"}


def test_a_preface_has_no_key() -> None:
    assert keys_of(Record(id="x", title="Preface", authors=("Ana Cruz",))) == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("MedCLIP: A Study.", "medclip - a study", id="case and punctuation"),
        pytest.param("$\\beta$-VAE for $\\mathrm{CT}$", "β-VAE for CT", id="TeX and Greek"),
        pytest.param('Schr{\\"o}dinger nets', "Schrödinger Nets", id="TeX accents"),
        pytest.param("A <i>new</i> way &amp; more", "A new way and more", id="tags and entities"),
        pytest.param("CLIP\u2019s Potential", "CLIP's potential", id="curly quotes"),
        pytest.param("\ufb01ne-tuning", "Fine-Tuning", id="ligature"),
    ],
)
def test_titles_that_are_one(one: str, other: str) -> None:
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(
    "title",
    ["Preface", "Editorial", "Erratum", "Guest Editorial", "Introduction to the Special Issue",
     "Table of Contents", "Foreword 2024", "Reply", ""],
)  # fmt: skip
def test_titles_that_name_nothing(title: str) -> None:
    assert is_generic_title(title)


@pytest.mark.parametrize(
    "title",
    ["CheXagent", "Contents matter: what a report says", "A Preface to Medical CLIP",
     "Correction of motion artefacts in MRI"],
)  # fmt: skip
def test_titles_that_name_a_work(title: str) -> None:
    assert not is_generic_title(title)


@pytest.mark.parametrize(
    ("author", "family"),
    [
        ("Ana M. de la Cruz", "cruz"),
        ("de la Cruz, A. M.", "cruz"),
        ("Jia Li 0001", "li"),
        ("Jürgen Müller", "muller"),
        ("Smith, J., Jr.", "smith"),
        ("Martin Luther King Jr.", "king"),
        ("OpenAI", "openai"),
        ("", ""),
    ],
)
def test_family_names(author: str, family: str) -> None:
    assert family_name(author) == family


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(keys_in(text), frozenset)
    title_key(text)
    family_name(text)
    parse_identifier(text)


@given(
    st.integers(15, 40), st.integers(1, 12), st.integers(0, 99999), st.integers(1, 99),
    st.sampled_from(["https://arxiv.org/abs/{}", "https://arxiv.org/pdf/{}.pdf", "arXiv:{}",
                     "https://doi.org/10.48550/arXiv.{}", "https://huggingface.co/papers/{}"]),
)  # fmt: skip
def test_an_arxiv_id_is_found_in_every_dress(
    year: int, month: int, number: int, version: int, dress: str
) -> None:
    arxiv_id = f"{year}{month:02d}.{number:05d}"
    versioned = arxiv_id if "doi.org" in dress else f"{arxiv_id}v{version}"

    assert keys_in(f"(see {dress.format(versioned)})") == {f"arxiv:{arxiv_id}"}
    assert parse_identifier(dress.format(versioned)) == arxiv_id
