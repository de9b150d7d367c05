"""Which sections of a list a language model is shown for a paper."""

from __future__ import annotations

from dataclasses import replace

from medvl_watch.classify.routing import Router
from medvl_watch.lists.parsing.document import parse
from medvl_watch.offers.section_candidates import candidates_of, fields_of_list
from medvl_watch.offers.section_examples import router_of
from medvl_watch.records import Decision, Record, Verdict
from tests.classify.taxonomies import bundled_taxonomy

TEXT = """\
# A list

## Report generation
### 2023
- [Reports for chest films](https://arxiv.org/abs/2301.00001)
- [Writing findings](https://arxiv.org/abs/2301.00002)
### 2024
- [Reports from volumes](https://arxiv.org/abs/2401.00001)

## Question answering
### 2023
- [Asking about slides](https://arxiv.org/abs/2301.00003)
### 2024
- [Answering about scans](https://arxiv.org/abs/2401.00004)

## Data sets
| Paper | Task | Modality |
|---|---|---|
| [Pairs of films and reports](https://arxiv.org/abs/2301.00005) | reports | X-ray |
"""
FACTS = Record(
    id="arxiv:2401.00009", title="Reports for chest films", arxiv_id="2401.00009",
    published="2024-01-05",
)  # fmt: skip


def verdict() -> Verdict:
    return Verdict(paper_id=FACTS.id, relevance=0.9, decision=Decision.PROPOSE)


def router(text: str = TEXT) -> Router:
    return router_of(parse(text), bundled_taxonomy(), None, "a")


def test_subjects_are_offered_without_years_and_never_the_paper_itself() -> None:
    found = candidates_of(router(), FACTS, verdict(), title="A list")
    assert found is not None
    assert found.list_id == "a"
    assert [each.path[1:] for each in found.sections] == [
        ("Report generation", "{year}"),
        ("Question answering", "{year}"),
        ("Data sets",),
    ]
    reports = found.sections[0].examples
    assert set(reports) == {"Writing findings", "Reports from volumes"}


def test_a_list_with_one_section_offers_nothing() -> None:
    text = TEXT[: TEXT.index("## Question")]
    assert candidates_of(router(text), FACTS, verdict(), title="A list") is None


def test_a_paper_outside_the_scope_is_not_asked_about() -> None:
    taxonomy = bundled_taxonomy()
    chest = router_of(parse(TEXT), taxonomy, taxonomy.lists["chest-xray-vlp"], "a")
    elsewhere = replace(FACTS, title="Reports for skin photographs")
    assert candidates_of(chest, elsewhere, verdict(), title="A list") is None


def test_the_columns_of_tables_name_the_fields() -> None:
    assert fields_of_list(parse(TEXT)) == ("task", "modality", "summary")
    assert fields_of_list(parse("# A list\n\n- [A](https://a.example)\n")) == ("summary",)
    assert fields_of_list(None) == ("summary",)


def test_many_sections_are_offered_but_only_the_likeliest_with_entries() -> None:
    sections = "".join(
        f"\n## Subject {number}\n\n"
        f"- [Pictures of kind {number}](https://arxiv.org/abs/2301.{number:05})\n"
        for number in range(30)
    )
    found = candidates_of(router(f"# A list\n{sections}"), FACTS, verdict(), title="A list")
    assert found is not None
    assert len(found.sections) == 30
    assert sum(bool(each.examples) for each in found.sections) == 12
