"""Titles, authors, dates and kinds of items, in the styles of many publishers."""

# ruff: noqa: E501, RUF001 - texts of publishers hold such letters

from __future__ import annotations

import pytest

from medvl_watch.sources.author_names import authors_of
from medvl_watch.sources.feed_dates import checked_date
from medvl_watch.sources.item_kinds import ItemKind, kind_of, without_retraction_mark
from medvl_watch.sources.markup import plain, plain_abstract, plain_title
from tests.sources.feed_examples import SEEN

ABSTRACT = "We present a model that reads reports and scans together. " * 5


@pytest.mark.parametrize(
    ("creator", "expected"),
    [
        pytest.param("John Smith, MD, PhD, Kim Lee, MSc", ["John Smith", "Kim Lee"], id="degrees"),
        pytest.param("John Smith, Ph.D., F.R.C.R., Kim Lee, M.D.", ["John Smith", "Kim Lee"],
                     id="degrees with dots"),
        pytest.param("John Smith MD PhD and Kim Lee MSc", ["John Smith", "Kim Lee"],
                     id="degrees without commas"),
        pytest.param("Smith, MD, Lee, K", ["MD Smith", "K Lee"], id="initials that look like a degree"),
        pytest.param("Ana Cruz, Member, IEEE, Bo Li, Senior Member, IEEE", ["Ana Cruz", "Bo Li"],
                     id="members of a society"),
        pytest.param("Dr. John Smith, Prof. Kim Lee", ["John Smith", "Kim Lee"], id="titles"),
        pytest.param("Smith, John and Lee, Kim and Garcia, Maria",
                     ["John Smith", "Kim Lee", "Maria Garcia"], id="as in BibTeX"),
        pytest.param("Cruz, A. and Li, B.", ["A. Cruz", "B. Li"], id="as in BibTeX, initials"),
        pytest.param("Smith, J., Lee, K., & Garcia, M.", ["J. Smith", "K. Lee", "M. Garcia"],
                     id="as in APA"),
        pytest.param("Smith, John, Lee, Kim", ["John Smith", "Kim Lee"], id="families first"),
        pytest.param("Wilson E, Rinker G, Brook KA", ["E Wilson", "G Rinker", "KA Brook"],
                     id="as in Vancouver"),
        pytest.param("Cruz A.M., Li B.", ["A.M. Cruz", "B. Li"], id="initials with dots behind"),
        pytest.param("King, M. L., Jr., Smith, J.", ["M. L. King Jr.", "J. Smith"], id="a suffix"),
        pytest.param("Smith, Jr., John", ["John Smith Jr."], id="a suffix in the middle"),
        pytest.param("Ana Cruz, III, Bo Li", ["Ana Cruz III", "Bo Li"], id="a number of a name"),
        pytest.param("张伟；李娜；王芳", ["张伟", "李娜", "王芳"], id="wide semicolons"),
        pytest.param("张伟、李娜、王芳", ["张伟", "李娜", "王芳"], id="wide commas of a list"),
        pytest.param("张伟, 李娜", ["张伟", "李娜"], id="two Chinese names"),
        pytest.param("张伟 李娜 王芳", ["张伟", "李娜", "王芳"], id="Chinese names and spaces"),
        pytest.param("John Smith<sup>1</sup>, Kim Lee<sup>2,3</sup>", ["John Smith", "Kim Lee"],
                     id="raised numbers"),
        pytest.param("John Smith1,2, Kim Lee3*", ["John Smith", "Kim Lee"], id="numbers and marks"),
        pytest.param("John Smith¹, Kim Lee²†", ["John Smith", "Kim Lee"], id="raised digits"),
        pytest.param("Jia Li 0001, Wei Wang 0050", ["Jia Li", "Wei Wang"], id="numbers of DBLP"),
        pytest.param("John Smith, et al", ["John Smith"], id="et al without a dot"),
        pytest.param("Ana Cruz, Bo Li and others", ["Ana Cruz", "Bo Li"], id="and others"),
        pytest.param("Ana Cruz, Bo Li, …", ["Ana Cruz", "Bo Li"], id="three dots"),
        pytest.param("jsmith@x.org (John Smith)", ["John Smith"], id="an address of RSS"),
        pytest.param("Ana Cruz <ana@x.org>, Bo Li <bo@y.org>", ["Ana Cruz", "Bo Li"],
                     id="addresses in brackets"),
        pytest.param("Ana Cruz https://orcid.org/0000-0001-2345-6789; Bo Li", ["Ana Cruz", "Bo Li"],
                     id="an address before a semicolon"),
        pytest.param("Ana Cruz ana@x.org, Bo Li bo@y.org, Dora Ek", ["Ana Cruz", "Bo Li", "Dora Ek"],
                     id="addresses before commas"),
        pytest.param("Ana Cruz (University of X, Y), Bo Li (Z)", ["Ana Cruz", "Bo Li"],
                     id="affiliations"),
        pytest.param("Ana Cruz | Bo Li", ["Ana Cruz", "Bo Li"], id="bars"),
        pytest.param("Ana Cruz • Bo Li", ["Ana Cruz", "Bo Li"], id="bullets"),
        pytest.param("By Ana Cruz and Bo Li", ["Ana Cruz", "Bo Li"], id="by"),
        pytest.param("Ana Cruz, Bo Li, Dora Ek and\n Jan Berg, Kim Lee",
                     ["Ana Cruz", "Bo Li", "Dora Ek", "Jan Berg", "Kim Lee"], id="wrapped lines"),
        pytest.param("O'Neil, P., D'Souza, R.", ["P. O'Neil", "R. D'Souza"], id="apostrophes"),
        pytest.param("García Márquez, G., López, J.", ["G. García Márquez", "J. López"],
                     id="two family names"),
        pytest.param("van der Berg, Jan; de la Cruz, Ana M.", ["Jan van der Berg", "Ana M. de la Cruz"],
                     id="particles"),
        pytest.param("Ana Cruz; Bo Li; and Dora Ek", ["Ana Cruz", "Bo Li", "Dora Ek"],
                     id="and behind a semicolon"),
        pytest.param("Wei Zhang, Wei Zhang", ["Wei Zhang", "Wei Zhang"], id="two of one name"),
        pytest.param("Anonymous", [], id="nobody"),
    ],
)  # fmt: skip
def test_authors_in_one_creator(creator: str, expected: list[str]) -> None:
    assert list(authors_of([creator])) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (
            "Authors: Ana Cruz, Bo Li Upvotes: 3 Summary: Models, charts, and scans.",
            ["Ana Cruz", "Bo Li"],
        ),
        ("Author(s): Ana Cruz, Bo Li Abstract: Models.", ["Ana Cruz", "Bo Li"]),
        (
            "<p>Publication date: May 2026</p><p>Author(s): Ana Cruz, Bo Li</p>",
            ["Ana Cruz", "Bo Li"],
        ),
        ("Authors: Ana Cruz DOI: 10.1/x", ["Ana Cruz"]),
    ],
    ids=["labels behind", "an abstract behind", "the end behind", "a DOI behind"],
)
def test_authors_in_a_description(description: str, expected: list[str]) -> None:
    assert list(authors_of([], [description])) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(
            '&lt;mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"&gt;&lt;mml:mi&gt;k&lt;/mml:mi&gt;'
            "&lt;/mml:math&gt;-CLIP", "k-CLIP", id="MathML, escaped"),
        pytest.param("<mml:math>\n <mml:msup>\n <mml:mi>x</mml:mi> <mml:mn>2</mml:mn></mml:msup>"
                     "<mml:annotation encoding='application/x-tex'>x^2</mml:annotation></mml:math> maps",
                     "x2 maps", id="MathML with TeX beside it"),
        pytest.param("<inline-formula><tex-math>$x$</tex-math></inline-formula>-Net", "x-Net",
                     id="TeX in JATS"),
        pytest.param("<jats:italic>E. coli</jats:italic> nets", "E. coli nets", id="JATS"),
        pytest.param("<fixed-case>CLIP</fixed-case> for CT", "CLIP for CT", id="letters of the ACL"),
        pytest.param("Rights &amp;amp;amp; Repositories", "Rights & Repositories", id="escaped thrice"),
        pytest.param("&lt;![CDATA[Esc title]]&gt;", "Esc title", id="an escaped section"),
        pytest.param("R&D of CT models", "R&D of CT models", id="a bare ampersand"),
        pytest.param("Q&A and AT&T", "Q&A and AT&T", id="ampersands"),
        pytest.param("Q&reg for R&copyright", "Q&reg for R&copyright", id="no entities"),
        pytest.param("[CLS] Tokens Suffice", "[CLS] Tokens Suffice", id="a token"),
        pytest.param("[MASK] and [SEP]", "[MASK] and [SEP]", id="tokens"),
        pytest.param("<cls> and List<T>", "<cls> and List<T>", id="tokens in angles"),
        pytest.param("[Research Article] A", "A", id="a section of a journal"),
        pytest.param("[ASAP] A", "A", id="another section"),
        pytest.param("if x < y and y > z", "if x < y and y > z", id="less and more"),
        pytest.param("A<br/>B", "A B", id="a line end"),
        pytest.param(r"$\beta$-VAE and $k$-CLIP", "β-VAE and k-CLIP", id="TeX"),
        pytest.param(r"$L_{1}$, M$^3$Net, $\sim$10x", "L1, M3Net, ~10x", id="TeX with indices"),
        pytest.param(r"Erd\H{o}s, M\"uller, \v{S}koda, Na\"{\i}ve", "Erdős, Müller, Škoda, Naïve",
                     id="accents in TeX"),
        pytest.param(r"{\it In vivo} \textit{E. coli}: 100\% {CLIP}", "In vivo E. coli: 100% CLIP",
                     id="dress in TeX"),
        pytest.param("From $5 to $10, or $5-$10", "From $5 to $10, or $5-$10", id="money"),
        pytest.param("JosÃ©â€™s", "José’s", id="encoded twice"),
        pytest.param("CAFÉ’S Ã", "CAFÉ’S Ã", id="capitals with accents"),
        pytest.param("A\u200bB\u202e", "AB", id="invisible letters"),
    ],
)  # fmt: skip
def test_titles_are_cleaned_of_markup_alone(raw: str, expected: str) -> None:
    assert plain_title(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<jats:title>Abstract</jats:title><jats:p>We <jats:italic>see</jats:italic>.</jats:p>",
         "Abstract We see."),
        ('<p title="a > b">One</p><p>two</p>', "One two"),
        ("p < 0.05 & q > 0.1", "p < 0.05 & q > 0.1"),
        ("&lt;![CDATA[We present a model.]]&gt;", "We present a model."),
        (r"a loss $\mathcal{L}_1$ of 5\%", "a loss L1 of 5%"),
    ],
    ids=["JATS", "an attribute with an angle", "no tags", "an escaped section", "TeX"],
)  # fmt: skip
def test_abstracts(raw: str, expected: str) -> None:
    assert plain_abstract(raw) == expected
    assert plain(plain(raw)) == plain(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        *((one, None) for one in ("0000-00-00", "Mon, 01 Jan 0001 00:00:00 +0000", "2099-01-01",
          "Thu, 01 Jan 1970 00:00:00 GMT", "Wed, 31 Dec 1969 19:00:00 -0500", "1781567000",
          "1781567000000", "2026-13-45", "Fri, 31 Jun 2026 00:00:00", "9999-12-31", "yesterday",
          "1899-12-30", "", "-1", "12:30")),
        ("2016/6/29 15:07:41", "2016-06-29"), ("2026-06-29T10:00:00Z", "2026-06-29"),
        ("2026.06.29", "2026-06-29"), ("20260629", "2026-06-29"), ("2026", "2026"), ("2026-03", "2026-03"),
        ("29 June 2026", "2026-06-29"), ("June 29, 2026", "2026-06-29"), ("28-Oct-21", "2021-10-28"),
        ("2026 Jun 5", "2026-06-05"), ("Mon Jun 29 15:07:41 2026", "2026-06-29"), ("Sept 2026", "2026-09"),
        ("29/06/2026", "2026-06-29"), ("06/29/2026", "2026-06-29"), ("06/05/2026", "2026"),
        ("1.6.2026", "2026-06-01"), ("2026年6月29日", "2026-06-29"), ("le 3 mars 2026", "2026-03-03"),
        ("Summer 2026", "2026"), ("March-April 2026", "2026-03"), ("2027-06", "2027-06"),
        ("Mon, 02 Mar 2026 00:09:28 -0800", "2026-03-02"),
    ],
)  # fmt: skip
def test_dates_are_checked(raw: str, expected: str | None) -> None:
    assert checked_date(raw, SEEN) == expected


@pytest.mark.parametrize(
    ("title", "abstract", "kind"),
    [
        *((one, "", ItemKind.NOTICE) for one in (
            "Correction", "Correction: A model", "Author Correction: A model", "Erratum to: A model",
            "Publisher’s Correction: A model", "Corrigendum to “A model” [Med Image Anal 2024]",
            "Retraction Note: A model", "Retraction: A model", "Expression of Concern: A model",
            "Correction to A model", "Correction for Cruz et al., A model", "Addendum: A model",
            "Notice of Retraction: A model", "Removal notice to “A model”", "Erratum for the Report “X”")),
        ("Correction to A model", "This corrects the article DOI: 10.1/x. " * 9, ItemKind.NOTICE),
        *((one, "", ItemKind.PAPER) for one in (
            "Correction for Domain Shift in Medical Models", "Correction of motion in MRI",
            "A correction to MRI bias fields", "Bias correction for CT", "Retraction of the lung",
            "Withdrawal of life support", "Automatic correction: a survey", "Error bars in imaging",
            "Errors in reports", "Advertisement call variation", "AD: a model of Alzheimer's disease",
            "Sponsored search and reports", "Error messages in VLMs", "RETRACTED: A model")),
        ("Correction to Attenuation in PET/MR", ABSTRACT, ItemKind.PAPER),
        *((one, "", ItemKind.ERROR) for one in (
            "Error 404", "HTTP Error 503", "Page not found", "Access denied", "Internal Server Error",
            "Attention Required! | Cloudflare", "Failed to fetch the feed", "No items found")),
        *((one, "", ItemKind.ADVERTISEMENT) for one in (
            "[Ad] Buy this", "Sponsored: a course", "Call for papers: a special issue",
            "Webinar: reading scans", "Subscribe now", "PhD position in imaging")),
    ],
)  # fmt: skip
def test_kinds_of_items(title: str, abstract: str, kind: ItemKind) -> None:
    assert kind_of(title, abstract) is kind


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("RETRACTED: A model", ("A model", "retracted")),
        ("[Retracted] A model", ("A model", "retracted")),
        ("RETRACTED ARTICLE: A model", ("A model", "retracted")),
        ("WITHDRAWN: A model", ("A model", "withdrawn")),
        ("A model (Retracted)", ("A model", "retracted")),
        ("A model [withdrawn article]", ("A model", "withdrawn")),
        ("Retracted papers in radiology", ("Retracted papers in radiology", "")),
        ("Withdrawn patients and scans", ("Withdrawn patients and scans", "")),
        ("How retracted papers are cited", ("How retracted papers are cited", "")),
    ],
)
def test_marks_of_retraction(title: str, expected: tuple[str, str]) -> None:
    assert without_retraction_mark(title) == expected
