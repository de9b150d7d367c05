"""Each rule on what it must leave alone, and on what it must find."""

# ruff: noqa: E501, RUF001 - whole entries, and damaged characters, are the subject

import pytest

from medvl_watch.lists.checking.fixing import mend
from medvl_watch.lists.checking.register import RULES, check
from tests.lists.checking.examples import GLORIA, ROENT, TIER, arxiv, bullets, faults, notes

OTHER = "Reading Slides of Tissue with Very Small Networks. MICCAI 2023."


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        pytest.param("duplicate", bullets(GLORIA, TIER, ROENT), id="three papers"),
        pytest.param(
            "duplicate",
            bullets(f"Learning 2D Views of the Heart from Text. {arxiv(7)}",
                    f"Learning 3D Views of the Heart from Text. {arxiv(8)}"),
            id="titles that differ in a number",
        ),
        pytest.param(
            "duplicate",
            bullets(f"Long Nap: A Command Line Tool for Images from Text. {arxiv(7)}",
                    f"Deep Dive: A Command Line Tool for Images from Text. {arxiv(8)}"),
            id="two names before one subtitle",
        ),
        pytest.param("shared-address", bullets(GLORIA, TIER), id="an address each"),
        pytest.param(
            "shared-address",
            bullets(f"CLIP-Lung: Malignancy from Text. {arxiv(1)}",
                    f"CLIP-Lung: Malignancy of Nodules from Text. {arxiv(1)}"),
            id="a preprint under its first title",
        ),
        pytest.param("shared-code", bullets(
            f"MAVL: Many Aspects of Disease. {arxiv(1)} [[code](https://github.com/a/mavl)]",
            f"MAVL-2: More Aspects of Disease and Care. {arxiv(2)} [[code](https://github.com/a/mavl)]",
        ), id="a method and its successor"),
        pytest.param("empty-link", bullets(f"{GLORIA} [[code](https://x.org/a)]"), id="a target"),
        pytest.param("empty-link", bullets(f"[arXiv] {GLORIA}"), id="a venue in brackets"),
        pytest.param("empty-link", bullets(f"[Github] {GLORIA}"), id="a tag before the title"),
        pytest.param(
            "empty-link", bullets(f"{GLORIA} Key: [model], [data]", f"{TIER} Key: [code]"), id="keywords"
        ),
        pytest.param(
            "empty-link", bullets(f"{GLORIA} [code]") + "\n[code]: https://github.com/a/b\n",
            id="a key that is defined",
        ),
        pytest.param(
            "no-link",
            bullets(GLORIA, TIER, "A Title with a Key [paper][1]") + "\n[1]: https://arxiv.org/abs/2301.00001\n",
            id="a link that gives a key",
        ),
        pytest.param(
            "brackets", bullets(f"{GLORIA} [[CVPR]](https://example.org/[CVPR24]0.pdf)"),
            id="brackets within an address",
        ),
        pytest.param("empty-link", "# A\n\n```\n[code]()\n```\n", id="an example in a fence"),
        pytest.param("empty-link", "# A\n\nWrite `[code]()` for none.\n", id="in a code span"),
        pytest.param("no-link", bullets(GLORIA, TIER), id="all linked"),
        pytest.param(
            "no-link",
            bullets("A Title without Any Link at All", "Another Title without a Link to It"),
            id="a list without links",
        ),
        pytest.param("redirect", bullets(GLORIA), id="a plain address"),
        pytest.param(
            "redirect", bullets("[Data](https://google.com/dataset?url=https://a.org)"), id="a page of google's"
        ),
        pytest.param("scheme", "See [this](docs/a.md), ![](asset/a.png) and [that](#top).\n", id="files"),
        pytest.param("scheme", "[mail](mailto:a@b.org) [x](//a.org/b) [y](www.md)\n", id="other schemes"),
        pytest.param("code-target", bullets(f"{GLORIA} [[code](https://github.com/a/b)]"), id="a repository"),
        pytest.param(
            "code-target",
            bullets(f"{GLORIA} [[code](https://physionet.org/content/x/)]").replace("Methods", "Data sets"),
            id="data among data sets",
        ),
        pytest.param(
            "duplicate",
            bullets("Suggestive Marks in Brain Tumour Images by Guided Sampling. MICCAI 2020.",
                    "Suggestive Marks in Brain MR Images by Guided Sampling. MedIA 2022."),
            id="titles that differ in a word",
        ),
        pytest.param("empty-link", f"# A\n\n> **[[PDF]]()** - the paper\n\n- {GLORIA}\n", id="a legend"),
        pytest.param("other-venue", bullets(f"A Title of Four Words. arXiv 2023. {arxiv(1)}"), id="arXiv at arXiv"),
        pytest.param(
            "other-venue",
            bullets(f"A Title of Four Words. arXiv 2023. [[paper](https://www.nature.com/articles/s1)] {arxiv(1)}"),
            id="arXiv and the journal",
        ),
        pytest.param(
            "venue-spelling",
            bullets("A Title of Four Words. PMLH 2021. [[paper](https://x.org/a)]"),
            id="an acronym that nothing contradicts",
        ),
        pytest.param(
            "code-target",
            bullets("Transformers: A Library of Many Models. "
                    "[[code](https://github.com/huggingface/transformers)]"),
            id="a tool under its own title",
        ),
        pytest.param("decoded-twice", "# Ärzte, l’été, “Émile” – naïve café Ångström £5 α β\n", id="accents"),
        pytest.param("decoded-twice", "# 医学影像 🧑🏻‍⚕️ Ωμέγα Łódź – … ™\n", id="other scripts"),
        pytest.param("pdf-characters", "# García, Müller, Rückert, naïve\n", id="accents on letters"),
        pytest.param(
            "year-heading", f"# P\n\n## 2022\n\n- {GLORIA}\n- {TIER}\n- {ROENT}\n", id="one year apart"
        ),
        pytest.param(
            "year-heading",
            f"# P\n\n## 2022\n\n- {ROENT}\n- A Title of Four Words. PMLR 2024 (arXiv 2022). {arxiv(4)}\n",
            id="the reason is said",
        ),
        pytest.param("year-heading", bullets(GLORIA, TIER), id="no years"),
        pytest.param("venue-spelling", bullets(GLORIA, TIER, ROENT), id="known venues"),
        pytest.param(
            "venue-spelling",
            bullets(f"A Title of Four Words. ICMR 2022. {arxiv(1)}",
                    f"Another Title of Five Words. ICLR 2022. {arxiv(2)}"),
            id="two acronyms that are alike",
        ),
        pytest.param(
            "other-venue",
            bullets(f"{OTHER} [[paper](https://papers.miccai.org/miccai-2023/001-Paper0001.html)]"),
            id="the address agrees",
        ),
        pytest.param("glued-words", bullets(
            f"DeepLab and GLoRIA Meet MedCLIP in CheXzero at 3:2. {arxiv(1)}"), id="names of models"),
        pytest.param("brackets", bullets(GLORIA, r"A Title of \[Four\] Words. [[p](https://a.org/b)]"),
                     id="brackets that match"),
        pytest.param("brackets", bullets(rf"{OTHER} \[[code](https://a.org/b)]"), id="the list's own way"),
    ],
)  # fmt: skip
def test_left_alone(rule: str, text: str) -> None:
    assert faults(text, rule) == []


_TABLE = "# D\n\n|Name|Source|\n|---|---|\n"


@pytest.mark.parametrize(
    ("rule", "text", "line", "words"),
    [
        pytest.param("duplicate", bullets(GLORIA, TIER, GLORIA), 7, "line 5", id="the same twice"),
        pytest.param(
            "duplicate",
            bullets(GLORIA, TIER, GLORIA.replace("Features", "Fetures")),
            7, "line 5", id="with a slip in the title",
        ),
        pytest.param(
            "duplicate", f"# P\n\n## 2021\n\n- {GLORIA}\n\n## 2022\n\n- {GLORIA}\n", 9, "2021",
            id="under another year",
        ),
        pytest.param(
            "shared-address", bullets(GLORIA, TIER.replace("00002", "00001")), 6, "line 5",
            id="one address, two papers",
        ),
        pytest.param(
            "shared-code",
            bullets(
                f"MAVL: Many Aspects of Disease. *Ann Lee, Bo Li*. {arxiv(1)} [[code](https://github.com/a/mavl)]",
                f"{TIER} *Cy Young, Di Wu*. [[code](https://github.com/a/MAVL.git)]",
            ),
            6, "github.com/a/mavl", id="code with the other's name, of other authors",
        ),
        pytest.param("empty-link", bullets(f"{GLORIA} [[code]()]"), 5, "[code]()", id="no target"),
        pytest.param("empty-link", bullets(f"{GLORIA} [[code]]()"), 5, "[[code]]()", id="brackets inside"),
        pytest.param("empty-link", bullets(f"{GLORIA} [[code](link)]"), 5, "(link)", id="a word as target"),
        pytest.param(
            "empty-link",
            bullets(f"{GLORIA} [[code](https://x.org/a)]", f"{ROENT} [[code](https://x.org/b)]", f"{TIER} [[code]]"),
            7, "[[code]]", id="a label alone, where others have a link",
        ),
        pytest.param("empty-link", '# A\n\n<a href="">code</a>\n', 3, "href", id="HTML without target"),
        pytest.param(
            "no-link", bullets(GLORIA, TIER, ROENT, "A Title without Any Link at All"), 8, "no link",
            id="one among linked ones",
        ),
        pytest.param(
            "redirect",
            bullets("T. [[p](https://www.google.com.hk/url?sa=t&url=https%3A%2F%2Fa.org%2Fb(1).pdf&x=1)]"),
            5, "google", id="google with an encoded address",
        ),
        pytest.param("scheme", "[a](github.com/a/b)\n", 1, "github.com/a/b", id="no scheme"),
        pytest.param("scheme", "[a](https//a.org/b)\n", 1, "https//", id="a colon missing"),
        pytest.param("scheme", "[a](https:/a.org/b)\n", 1, "https:/a", id="a slash missing"),
        pytest.param("scheme", "[a](https://https://a.org/b)\n", 1, "https://https", id="twice"),
        pytest.param(
            "code-target", bullets(f"{GLORIA} [[code](https://github.com/fxsjy/jieba)]"), 5, "segmenting",
            id="a tool",
        ),
        pytest.param(
            "code-target", bullets(f"{GLORIA} [[code](https://github.com/somebody/)]"), 5, "account",
            id="an account",
        ),
        pytest.param(
            "other-title",
            bullets(
                f"{OTHER} [[paper](https://openaccess.thecvf.com/content/CVPR2024/html/"
                "Li_Driving_Cars_Through_Heavy_Rain_CVPR_2024_paper.html)]"
            ),
            5, "Driving Cars", id="a title in the address",
        ),
        pytest.param("decoded-twice", "# Visionâ€“Language\n", 1, "–", id="read as Windows-1252"),
        pytest.param("decoded-twice", "# Vision‚ÄìLanguage\n", 1, "–", id="read as Mac Roman"),
        pytest.param("decoded-twice", "# Ma\ufffdana\n", 1, "lost", id="a character lost"),
        pytest.param("pdf-characters", "# Jeﬀery\n", 1, "Jeffery", id="a ligature"),
        pytest.param("pdf-characters", "# Patr´ıcio\n", 1, "Patrício", id="an accent before its letter"),
        pytest.param(
            "year-heading", f"# P\n\n## 2022\n\n- {ROENT}\n- {TIER.replace('2023', '2019')}\n", 6, "2019",
            id="three years apart",
        ),
        pytest.param(
            "venue-spelling",
            bullets(f"A Title of Four Words. Nature Communication 2023. {arxiv(1)}", TIER),
            5, "Nature Communications", id="a letter missing",
        ),
        pytest.param(
            "venue-spelling",
            bullets("A Title of Four Words. PMLH 2021. [[paper](https://proceedings.mlr.press/v158/a21a.html)]"),
            5, "PMLR", id="an acronym one letter off what the address says",
        ),
        pytest.param(
            "other-venue",
            bullets("A Title of Four Words. arXiv 2023. [[paper](https://papers.ssrn.com/sol3/papers.cfm?abstract_id=1)]"),
            5, "SSRN", id="a preprint of another server",
        ),
        pytest.param(
            "code-target",
            bullets(f"{GLORIA} [[code](https://stanfordmlgroup.github.io/competitions/chexpert/)]"),
            5, "leads to data", id="a page of data",
        ),
        pytest.param(
            "other-venue",
            bullets("A Title of Four Words. CVPR 2023. [[paper](https://openaccess.thecvf.com/content/"
                    "ICCV2023/html/Li_A_Title_of_Four_Words_ICCV_2023_paper.html)]"),
            5, "ICCV 2023", id="another conference",
        ),
        pytest.param(
            "other-venue",
            bullets(*(
                f"A Title of Four Words {n}. MICCAI {year}. "
                f"[[paper](https://link.springer.com/chapter/10.1007/978-3-031-43990-2_{n})]"
                for n, year in ((0, 2023), (3, 2023), (6, 2022), (7, 2023))
            )),
            7, "MICCAI 2023", id="others in the very volume",
        ),
        pytest.param(
            "glued-words", bullets(f"MedM2G:Unifying Medical Generation. {arxiv(1)}"), 5, "MedM2G: Unifying",
            id="after the colon",
        ),
        pytest.param(
            "glued-words",
            bullets(f"DecomposingDiseaseDescriptionsforEnhancedDetection. {arxiv(1)}"),
            5, "Decomposing Disease Descriptions for", id="a whole title",
        ),
        pytest.param(
            "glued-words",
            bullets(f"{OTHER} *Ann Lee, WeidiXie and Bo Li*. {arxiv(4)}",
                    f"A Title of Four Words. *Weidi Xie and Bo Li*. {arxiv(5)}"),
            5, "Weidi Xie", id="a name",
        ),
        pytest.param(
            "value-spelling",
            _TABLE + "".join(f"|[Set{n}](https://a.org/{n})|{value} reports|\n" for n, value in
                             enumerate(("medical", "medical", "medicla", "medical"))),
            7, "medical reports", id="letters swapped",
        ),
        pytest.param(
            "brackets", bullets(f"{GLORIA} \\[[code](https://a.org/b)]", TIER), 5, "backslash",
            id="escaped by mistake",
        ),
        pytest.param(
            "brackets", bullets("A Title of Four Words. [[paper](https://arxiv.org/abs/2301.00001)"), 5,
            "not closed", id="the outer bracket",
        ),
    ],
)  # fmt: skip
def test_found(rule: str, text: str, line: int, words: str) -> None:
    [finding] = faults(text, rule)
    assert finding.line == line
    assert words in f"{finding.what} -> {finding.fix}"


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        pytest.param("duplicate", bullets(GLORIA, TIER, GLORIA), bullets(GLORIA, TIER), id="removed"),
        pytest.param(
            "redirect",
            bullets("T. [[p](https://www.google.com/url?q=https%3A%2F%2Fa.org%2Fb%20(1).pdf)]"),
            bullets("T. [[p](https://a.org/b%20%281%29.pdf)]"),
            id="the inner address, fit for Markdown",
        ),
        pytest.param("scheme", "[a](github.com/a/b)\r\n", "[a](https://github.com/a/b)\r\n", id="CRLF kept"),
        pytest.param("scheme", "\ufeff[a](https//a.org/b)", "\ufeff[a](https://a.org/b)", id="BOM kept"),
        pytest.param(
            "decoded-twice", "# \uf8ffüßëüèª‚Äç‚öïÔ∏è x\n".replace("ßëüè", "ßë\uf8ffüè"), "# 🧑🏻‍⚕️ x\n",
            id="an emoji of several parts",
        ),
        pytest.param("decoded-twice", "# cafÃƒÂ©\n", "# café\n", id="decoded three times"),
        pytest.param(
            "pdf-characters", "# P ́ erez-Garc ́ıa, Jeﬀery\n", "# Pérez-García, Jeffery\n",
            id="split accents and ligatures",
        ),
        pytest.param(
            "venue-spelling",
            bullets(f"A Title of Four Words. **Nature Communication 2023**. {arxiv(1)}", TIER),
            bullets(f"A Title of Four Words. **Nature Communications 2023**. {arxiv(1)}", TIER),
            id="the venue's name alone",
        ),
        pytest.param(
            "brackets",
            bullets(f"{GLORIA} \\[[code](https://a.org/b)]", TIER),
            bullets(f"{GLORIA} [[code](https://a.org/b)]", TIER),
            id="the backslash alone",
        ),
    ],
)  # fmt: skip
def test_mended(rule: str, before: str, after: str) -> None:
    mended = mend(before, faults(before, rule))
    assert mended.text == after
    assert not faults(mended.text, rule)


@pytest.mark.parametrize(
    ("rule", "text", "words"),
    [
        pytest.param(
            "other-venue",
            bullets(*(
                f"A Title of Four Words {n}. MICCAI {year}. "
                f"[[paper](https://link.springer.com/chapter/10.1007/978-3-031-4399{n}-2_{n})]"
                for n, year in ((0, 2023), (3, 2023), (6, 2022), (7, 2023))
            )),
            "MICCAI 2023", id="the volume's neighbours",
        ),
        pytest.param(
            "other-venue",
            bullets("A Title of Four Words. arXiv 2023. [[paper](https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/)]"),
            "PubMed", id="a paper at PubMed Central",
        ),
        pytest.param(
            "shared-code",
            bullets(
                f"MAVL: Many Aspects of Disease. {arxiv(1)} [[code](https://github.com/a/mavl)]",
                f"{TIER} [[code](https://github.com/a/MAVL.git)]",
            ),
            "github.com/a/mavl", id="code with the other's name, perhaps of one group",
        ),
        pytest.param(
            "venue-spelling",
            bullets(f"A Title of Four Words. EMNLP 2021. {arxiv(1)}", f"Another Title of Five Words. ENNLP 2021. {arxiv(2)}"),
            "EMNLP", id="an acronym one letter off",
        ),
        pytest.param(
            "duplicate",
            bullets(f"MMLU (Medicine): Measuring Massive Understanding of Language by Multiple Tasks. {arxiv(1)}",
                    f"MMLU: Measuring Massive Understanding of Language by Multiple Tasks. {arxiv(2)}"),
            "may be", id="one title under two names",
        ),
        pytest.param("empty-link", bullets(f"{GLORIA} [[code](code)]"), "(code)", id="a word that may be a folder"),
        pytest.param("empty-link", bullets(f"{GLORIA} []()"), "[]()", id="nothing at all"),
        pytest.param(
            "year-heading",
            f"# P\n\n## 2021\n\n- {GLORIA}\n- A Title of Four Words. MLHC 2023. "
            "[[paper](https://arxiv.org/abs/2101.00002)]\n",
            "arXiv id", id="the year of its preprint",
        ),
    ],
)  # fmt: skip
def test_perhaps(rule: str, text: str, words: str) -> None:
    assert faults(text, rule) == []
    [note] = notes(text, rule)
    assert words in note.what


def test_same_paper_in_another_subject_is_a_note() -> None:
    text = f"# P\n\n## Reports\n\n- {GLORIA}\n- {TIER}\n\n## Questions\n\n- {GLORIA}\n- {ROENT}\n"
    assert not faults(text, "duplicate")
    [note] = notes(text, "duplicate")
    assert note.line == 10


def test_second_index_is_noted_once() -> None:
    entries = "".join(f"- {each}\n" for each in (GLORIA, TIER, ROENT))
    text = f"# P\n\n## By year\n\n{entries}\n## By theme\n\n{entries}"
    [note] = notes(text, "duplicate")
    assert "3 papers" in note.what
    assert not faults(text, "duplicate")


def test_many_works_at_one_address_are_a_page_of_theirs() -> None:
    page = "[[paper](https://challenge.org/2023/entries)]"
    titles = (GLORIA, TIER, ROENT, OTHER)
    text = bullets(*(f"{title.partition('.')[0]}. {page}" for title in titles))
    assert not faults(text, "shared-address")
    assert len(notes(text, "shared-address")) == 3


def test_copied_entry_is_reported_where_the_name_is_missing() -> None:
    shared = "[[paper](https://arxiv.org/abs/2305.10415)] [[code](https://a.github.io/PMC-VQA/)]"
    text = bullets(
        f"How Much Does Pre-training Help with Questions? {shared}",
        f"PMC-VQA: Visual Instruction Tuning. {shared}",
    )
    assert [each.line for each in faults(text, "shared-address")] == [5]
    assert [each.line for each in faults(text, "shared-code")] == [5]


def test_unknown_rule() -> None:
    with pytest.raises(KeyError):
        check("", ("grammar",))


def test_every_rule_says_what_it_means() -> None:
    assert all(rule.meaning and name == name.lower() for name, rule in RULES.items())
