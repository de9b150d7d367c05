"""Whether a new model may take the old one's place; training itself is an extra."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medvl_watch.classify.model import Calibration, Model, Regression
from medvl_watch.errors import ConfigError
from medvl_watch.evaluate.triage import TriageFigures, triage_figures
from medvl_watch.papers.merging import paper_of
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.records import Decision, Verdict
from medvl_watch.training import comparison
from medvl_watch.training.comparison import (
    ModelComparison,
    data_card,
    figures_of,
    train_and_compare,
    verdicts_on,
)
from medvl_watch.training.decisions import PaperDecisions
from medvl_watch.training.examples import Labels
from medvl_watch.training.material import TrainingInputs, TrainingSet, gather
from tests.classify.taxonomies import paper, small_rules, small_taxonomy
from tests.cli.streams import LISTED, STREAM, write


def model_of(words: dict[str, tuple[float, float]]) -> Model:
    weights = Regression(bias=-4.0, calibration=Calibration(1.0, 0.0), lexicon={}, words=words)
    return Model(trained_on="tests", whole=weights, title=weights, propose=0.6, refer=0.4)


GOOD = model_of({"agents": (1.0, 40.0)})
"""Knows the listed papers by a word that no other paper has."""
BLIND = model_of({"outlines": (1.0, 40.0)})


def material(folder: Path, labels: bool = True) -> TrainingSet:
    stream = write(folder / "stream.jsonl", STREAM)
    listed = write(folder / "listed.jsonl", LISTED if labels else LISTED[:0])
    inputs = TrainingInputs(papers=(stream,), labels=(listed,))
    return gather(inputs, PaperDecisions(), small_taxonomy(), [])


def compared(
    monkeypatch: pytest.MonkeyPatch, found: TrainingSet, new: Model, old: Model | None
) -> tuple[ModelComparison, list[str]]:
    said: list[str] = []
    monkeypatch.setattr(comparison, "train_model", lambda *_, **__: new)
    return train_and_compare(found, small_taxonomy(), old, said.append), said


def test_a_better_model_meets_no_objection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result, said = compared(monkeypatch, material(tmp_path), GOOD, BLIND)
    assert result.objections == ()
    assert result.figures is not None
    assert result.figures.average_precision == 1.0
    assert [each.split(" on ")[0] for each in said] == ["training", "comparing with the old model"]
    assert result.material.examples == [], "they take memory"


def test_a_worse_model_is_told_in_what(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result, _ = compared(monkeypatch, material(tmp_path), BLIND, GOOD)
    assert [each.split(" 0.")[0] for each in result.objections] == [
        "average precision",
        "recall of proposed or referred",
    ]


def test_the_first_model_has_nothing_to_match(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result, _ = compared(monkeypatch, material(tmp_path), BLIND, None)
    assert result.before is None
    assert result.objections == ()


def test_without_listed_papers_nothing_can_be_compared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result, said = compared(monkeypatch, material(tmp_path, labels=False), GOOD, GOOD)
    assert result.figures is result.before is None
    assert len(said) == 1
    assert result.objections == ("only 0 listed papers are there to compare on",)


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        pytest.param(1, "only 1 listed paper is there to compare on", id="one"),
        pytest.param(9, "only 9 listed papers are there to compare on", id="nine"),
        pytest.param(10, "", id="ten are enough"),
    ],
)
def test_a_handful_of_papers_compares_nothing(tmp_path: Path, listed: int, words: str) -> None:
    verdicts = [
        Verdict(paper_id=str(number), relevance=1.0, decision=Decision.PROPOSE)
        for number in range(listed)
    ]
    figures = triage_figures(verdicts, {each.paper_id for each in verdicts})
    result = ModelComparison(
        model=GOOD, material=material(tmp_path), figures=figures, before=figures
    )
    assert result.objections == ((words,) if words else ())


def test_verdicts_carry_the_keys_that_labels_have_and_no_quotes() -> None:
    facts = record_from_json({"arxiv_id": "2501.00001", "title": "Segmentation", "id": "own"}, "x")
    [found] = verdicts_on([paper_of(facts)], small_rules())
    assert found.paper_id == "2501.00001"
    assert found.evidence == ()


def test_figures_need_a_listed_paper() -> None:
    verdicts = list(verdicts_on([paper("Crystals", "They grow.")], small_rules()))
    with pytest.raises(ConfigError, match="here: none of the papers is labelled as relevant"):
        figures_of(verdicts, Labels(listed={"another"}), "here")


def test_the_card_says_how_to_make_the_model_again(tmp_path: Path) -> None:
    found = material(tmp_path)
    figures = TriageFigures(
        papers=3, positives=1, hard=0, recall=1.0, recall_proposed=1 / 3, read95=1.0, read99=1.0,
        average_precision=0.5, hard_proposed=0.0, proposed=0.25, referred=0.0,
    )  # fmt: skip
    result = ModelComparison(model=GOOD, material=found, figures=figures, before=None)
    card = data_card(TrainingInputs(papers=(Path("a/b.jsonl"),)), result, {"b.jsonl": "1a"}, "x 1")
    assert card["command"] == "medvl-watch train --papers b.jsonl"
    assert card["files"] == {"b.jsonl": "1a"}
    assert card["measured on"] == "one in five of the papers, held back"
    shown = card["figures"]
    assert isinstance(shown, dict)
    assert shown["recall_proposed"] == 0.3333
    on = tuple(Path(name) for name in ("s", "l", "n", "p"))
    result = replace(result, figures=None)
    card = data_card(TrainingInputs(evaluate_on=on), result, {}, "x 1")
    assert (card["measured on"], card["figures"]) == ("s", {})
