"""Papers out of BibTeX, as reference managers and people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.errors import ConfigError
from medvl_watch.papers.bibtexfile import looks_like_bibtex, plain_text, read_bibtex
from medvl_watch.records import Record

TWO = r"""
% exported
@string{tmi = "IEEE Transactions on Medical Imaging"}
@comment{jabref-meta: databaseType:bibtex;}
@article{luo2024,
  title = {{VividMed}: Vision {L}anguage {M}odel with {$L_2$} \& 90% Gr\"ounding},
  author = {Luo, Lingxiao and M{\"u}ller, J{\"o}rg and {Barnes and Noble} and others},
  journal = {arXiv preprint arXiv:2410.12694},
  year = {2024}, month = oct
}
@Article(second,
  title = "On reports",
  journal = tmi, date = {2023-05-17}, doi = {https://doi.org/10.1109/TMI.2023.1},
  abstract = {We write
    reports -- with \emph{images}. Costs \$5 \cite{x}.}
)
"""


def one(fields: str) -> Record:
    (found,) = read_bibtex(f"@misc{{key, title = {{A title}}, {fields}}}", "x.bib")
    assert isinstance(found, Record), found
    return found


def test_entries_are_read_in_their_order() -> None:
    first, second = read_bibtex(TWO, "x.bib")
    assert isinstance(first, Record)
    assert isinstance(second, Record)

    assert (first.id, first.arxiv_id, first.venue) == ("luo2024", "2410.12694", "arXiv")
    assert first.title == "VividMed: Vision Language Model with L_2 & 90% Gröunding"
    assert first.authors == ("Lingxiao Luo", "Jörg Müller", "Barnes and Noble")
    assert first.published == "2024-10"
    assert second.abstract.startswith("We write reports \u2013 with images. Costs $5")
    assert (second.doi, second.published) == ("10.1109/tmi.2023.1", "2023-05-17")
    assert second.venue == "IEEE Transactions on Medical Imaging 2023"


@pytest.mark.parametrize(
    ("fields", "arxiv_id"),
    [
        ("eprint = {2410.12694v2}, archivePrefix = {arXiv}", "2410.12694"),
        ("eprint = {2410.12694}, eprinttype = {arxiv}", "2410.12694"),
        ("eprint = {arXiv:2410.12694}", "2410.12694"),
        ("journal = {ArXiv}, volume = {abs/2410.12694}, url = {https://arxiv.org/abs/2410.12694v1}",
         "2410.12694"),
        ("journal = {arXiv:2410.12694 [cs.CV]}", "2410.12694"),
        ("howpublished = {arXiv:2410.12694}", "2410.12694"),
        ("doi = {10.48550/arXiv.2410.12694}", "2410.12694"),
        ("eprint = {2410.12694}, archivePrefix = {bioRxiv}", None),
        ("note = {see also the arXiv}", None),
        ("journal = {Nature}", None),
    ],
)  # fmt: skip
def test_where_the_preprint_is_named(fields: str, arxiv_id: str | None) -> None:
    assert one(fields).arxiv_id == arxiv_id


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ("year = 2024", "2024"),
        ("year = {2024}, month = {10}", "2024-10"),
        ("year = {2024}, month = {October}", "2024-10"),
        ("year = {2024}, month = {10~Oct}", "2024"),
        ("year = {in press}", None),
        ("date = {2024-10-03}", "2024-10-03"),
        ("date = {2024-10/2024-11}", "2024"),
        ("month = oct", None),
    ],
)
def test_when_it_appeared(fields: str, published: str | None) -> None:
    assert one(fields).published == published


BROKEN = r"""
@article{good1, title = {The first}}
@article{open, title = {It does not end,
  author = {X},

@article{good2, title = {The second}}
@article{twice, title = {A}, title = {B}}
@misc{nameless, author = {X}}
@article{good2, title = {Its key again}}
"""


def test_a_broken_entry_is_named_and_the_others_are_read() -> None:
    found = list(read_bibtex(BROKEN, "x.bib"))
    records = [each.title for each in found if isinstance(each, Record)]
    told = [str(each) for each in found if not isinstance(each, Record)]

    assert records == ["The first", "The second"]
    for words, said in zip(
        ("x.bib:3: this entry does not end as it should (@article{open, title",
         "x.bib:7: this entry has a field twice (title)",
         "x.bib:8 (nameless): title is empty",
         "x.bib:9: a second entry is called good2"),
        told, strict=True,
    ):  # fmt: skip
        assert said.startswith(words)


@pytest.mark.parametrize("text", ["", "A title", "@comment{nothing}", "% only"])
def test_a_file_without_an_entry_says_so(text: str) -> None:
    (found,) = read_bibtex(text, "x.bib")
    assert isinstance(found, ConfigError)
    assert "contains no BibTeX entry" in str(found)


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"Universit{\'e} de Gen\`eve", "Université de Genève"),
        (r"Erd{\H o}s and {\O}rsted and \ss", "Erdős and Ørsted and ß"),
        (r"$\alpha$-CLIP", "\u03b1-CLIP"),
        ("``Quoted'' -- and---on", "“Quoted” \u2013 and\u2014on"),
        (r"{{3D} {CT}}~scans", "3D CT scans"),
        ("90% of 50\\% of it", "90% of 50% of it"),
        ("plain\n   words", "plain words"),
        (r"cut \off {here", "cut here"),
    ],
)
def test_latex_as_a_reader_sees_it(latex: str, plain: str) -> None:
    assert plain_text(latex) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@article{a, title={b}}", True),
        ("\n% from Zotero\n\n  @InProceedings {a,", True),
        ("@string(a = {b})", True),
        ("A title about @article{", False),
        ("A title\n@article{a,", False),
        ("@home\n\nwith images", False),
    ],
)
def test_bibtex_is_known_by_its_beginning(text: str, said: bool) -> None:
    assert looks_like_bibtex(text) is said


@given(
    st.text(alphabet=st.sampled_from("@ab{}()\"=,\\%$&#~\n 'é0") | st.characters(), max_size=120)
)
def test_any_text_has_an_answer(text: str) -> None:
    for start in ("", "@article{k, title = {T}, author = {"):
        found = list(read_bibtex(start + text, "x.bib"))
        assert found
        assert all(isinstance(each, Record | ConfigError) for each in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("@article{a,title={X one}\n author={Ana Cruz},\n year=2024\n}",
                     [("X one", ("Ana Cruz",))], id="a comma is missing"),
        pytest.param("@article{a,title={X one},year=2024,year=2024}", [("X one", ())],
                     id="a field twice with one value"),
        pytest.param("@article{,title={X one},year=2024}\n@article{,title={Y two},year=2024}",
                     [("X one", ()), ("Y two", ())], id="no keys"),
        pytest.param("@article{a,title={X one},author={Wilson E, Rinker G, Brook KA}}",
                     [("X one", ("E Wilson", "G Rinker", "KA Brook"))], id="Vancouver style"),
        pytest.param("@article{a,title={X one},author={de la Cruz A, Li B}}",
                     [("X one", ("A de la Cruz", "B Li"))], id="Vancouver style with particles"),
        pytest.param("@article{a,title={X one},author={Wilson, E. and Rinker, G.}}",
                     [("X one", ("E. Wilson", "G. Rinker"))], id="the usual style"),
        pytest.param("@article{a,title={X one},author={Wilson, Emma}}",
                     [("X one", ("Emma Wilson",))], id="one author"),
    ],
)  # fmt: skip
def test_entries_with_small_faults_are_read(
    text: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    found = list(read_bibtex(text, "x.bib"))
    assert [(each.title, each.authors) for each in found if isinstance(each, Record)] == expected
    assert len(found) == len(expected)
