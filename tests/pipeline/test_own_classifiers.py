"""Lists on other subjects: a classifier that does not know a list proposes nothing to it, and a
list's own classifier judges by its entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from medvl_watch.changes import Target
from medvl_watch.classify.register import OpenClassifier, open_classifier
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers.own_entries import check_own_entries, paper_titles
from medvl_watch.pipeline.list_classifiers import ListClassifier, ListClassifiers
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.records import Decision, State
from tests.classify.taxonomies import bundled_taxonomy
from tests.classify.test_subject import FILM_PAPER, FILMS, SATELLITE_PAPER, SATELLITES
from tests.fakes import FakeClassifier, FakeSource, World, paper_id, record, verdict, world

SKY, FILM = paper_id(1), paper_id(2)


def list_of(titles: tuple[str, ...]) -> str:
    lines = [
        f"- {title}. [[paper](https://arxiv.org/abs/2401.{number:05})]"
        for number, title in enumerate(titles)
    ]
    half = len(lines) // 2
    return "\n".join(["# A list", "", "## Images", "", *lines[:half], ""]) + "\n".join(
        ["", "## Words", "", *lines[half:], ""]
    )


def rules() -> OpenClassifier:
    return open_classifier("rules", bundled_taxonomy())


def make_world(folder: Path, **lists: tuple[str, ...]) -> World:
    for list_id, titles in lists.items():
        seed = folder / "seeds" / f"{list_id}.md"
        seed.parent.mkdir(parents=True, exist_ok=True)
        seed.write_text(list_of(titles), encoding="utf-8")
    made = world(folder, ids=tuple(lists))
    made.sources = [
        FakeSource(
            [
                record(number, title=title, abstract=abstract)
                for number, (title, abstract) in enumerate((SATELLITE_PAPER, FILM_PAPER), 1)
            ]
        )
    ]
    made.classifier = FakeClassifier({SKY: verdict(SKY, Decision.REJECT)})
    return made


def with_classifiers(**names: str) -> Callable[[PipelineParts], PipelineParts]:
    """Runs in which these lists have these classifiers."""
    classifiers = ListClassifiers(bundled_taxonomy(), rules())

    def of(target: Target, document: Document) -> ListClassifier:
        return classifiers.of(replace(target, classifier=names.get(target.id, "")), document)

    return lambda parts: replace(parts, classifier_of=of)


def test_nothing_is_proposed_to_a_list_that_the_classifier_does_not_know(tmp_path: Path) -> None:
    satellites = make_world(tmp_path, sky=SATELLITES)
    run = satellites.run(with_classifiers())
    (report,) = run.lists
    assert report.published is None
    assert str(report.problem) == (
        "sky: the classifier `rules` would reject 12 of 12 of this list's own entries, so it gets"
        ' no pull request; set `classifier = "subject"` for the list sky, so that its own entries'
        " say what belongs on it."
    )
    assert satellites.pulls("sky") == []


def test_a_list_gets_what_its_own_entries_are_about(tmp_path: Path) -> None:
    both = make_world(tmp_path, sky=SATELLITES, films=FILMS)
    run = both.run(with_classifiers(sky="subject"))
    assert run.problems == []
    assert both.latest_outcomes("sky").get(SKY) in {State.PROPOSED, State.REFERRED}
    assert both.latest_outcomes("sky")[FILM] is State.REJECTED
    assert FILM in both.latest_outcomes("films")
    assert SKY not in both.latest_outcomes("films")


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    satellites = make_world(tmp_path, sky=SATELLITES)
    judge_by_subject = with_classifiers(sky="subject")
    satellites.run(judge_by_subject)
    before = satellites.latest_outcomes("sky"), satellites.pulls("sky")
    again = satellites.run(judge_by_subject)
    assert again.problems == []
    assert (satellites.latest_outcomes("sky"), satellites.pulls("sky")) == before


@pytest.mark.parametrize(
    ("titles", "words"),
    [
        pytest.param(SATELLITES[:3], "cannot be learned yet from 3 entries", id="three entries"),
        pytest.param(
            tuple(f"卫星 图像 的 描述 {number}" for number in range(12)),
            "do not seem to be in English",
            id="another language",
        ),
    ],
)
def test_a_subject_that_cannot_be_learned_is_one_sentence(
    tmp_path: Path, titles: tuple[str, ...], words: str
) -> None:
    run = make_world(tmp_path, sky=titles).run(with_classifiers(sky="subject"))
    (problem,) = run.problems
    assert words in str(problem)
    assert "language model" in str(problem)


def test_sections_of_tools_are_not_the_subject() -> None:
    text = list_of(SATELLITES) + "\n## Tools\n\n- [A viewer of maps](https://example.org)\n"
    assert len(paper_titles(parse(text))) == len(SATELLITES)


@pytest.mark.parametrize(
    ("known", "knows"),
    [pytest.param(9, True, id="one in ten"), pytest.param(8, False, id="one in five")],
)
def test_a_fifth_rejected_is_too_many(known: int, *, knows: bool) -> None:
    films = (FILMS * 3)[:known]
    others = ("Tighter bounds for linear bandits",) * (10 - known)
    titles = tuple(f"Medical vision-language models: {title}" for title in films) + others
    check = check_own_entries(rules().classifier, titles)
    assert check.knows_the_list is knows
