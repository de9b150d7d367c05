"""A new model beside the one in use, on papers that the new one was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from medvl_watch import __version__
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import Card, Model, dump_model, load_model
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.evaluate.judged import JudgedFigures, judged_figures, judged_regressions
from medvl_watch.evaluate.triage import TriageFigures, regressions, triage_figures
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Verdict
from medvl_watch.storage.json_lines import BATCH, batches
from medvl_watch.training.examples import Labels, key_of, shares_for
from medvl_watch.training.fitting.model_fit import train_model
from medvl_watch.training.label_files import nothing_listed
from medvl_watch.training.material import TestPapers, TrainingInputs, TrainingSet

FEWEST_LISTED = 10
"""Listed papers below which a comparison says nothing."""
FEWEST_JUDGED = 100
"""Judged papers from which models are compared by these, and not by what lists hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelComparison:
    """A new model, and how it did beside the old one on papers that it was not trained on;
    None where none of them is listed, or where there is no old one. `judged` and `judged_before`
    are the figures on those papers that a person judged, if there are any."""

    model: Model
    material: TrainingSet
    figures: TriageFigures | None
    before: TriageFigures | None
    judged: JudgedFigures | None = None
    judged_before: JudgedFigures | None = None

    @property
    def objections(self) -> tuple[str, ...]:
        """Why the new model should not replace the old one; empty if it should."""
        listed = self.figures.positives if self.figures else 0
        if listed < FEWEST_LISTED:
            papers = "listed paper is" if listed == 1 else "listed papers are"
            return (f"only {listed} {papers} there to compare on",)
        if self.judged and self.judged_before and self.judged.judged >= FEWEST_JUDGED:
            return judged_regressions(self.judged, self.judged_before)
        return regressions(self.figures, self.before) if self.figures and self.before else ()


def train_and_compare(
    material: TrainingSet, taxonomy: Taxonomy, old: Model | None, report_step: Callable[[str], None]
) -> ModelComparison:
    """Train a model and measure it beside `old`. The examples are used up: they take memory.

    Raises ConfigError where there is too little to train on. `tell` gets what is being done.
    """
    report_step(f"training on {len(material.examples)} papers")
    shares = shares_for(material.examples)
    model = train_model(material.examples, taxonomy, trained_on=material.summary, shares=shares)
    model = load_model(dump_model(model), "the new model")  # as it will be read, rounded
    material.examples.clear()
    bench = material.bench
    if not bench.listed:
        return ModelComparison(model=model, material=material, figures=None, before=None)
    report_step("comparing with the old model")
    figures, judged = _measured(model, bench, taxonomy)
    before, judged_before = _measured(old, bench, taxonomy) if old else (None, None)
    return ModelComparison(
        model=model,
        material=material,
        figures=figures,
        before=before,
        judged=judged,
        judged_before=judged_before,
    )


def _measured(
    model: Model, bench: TestPapers, taxonomy: Taxonomy
) -> tuple[TriageFigures, JudgedFigures | None]:
    verdicts = list(verdicts_on(bench.papers, LocalClassifier(taxonomy, model)))
    return (
        figures_of(verdicts, bench.labels, bench.where),
        judged_figures(verdicts, bench.labels.judged),
    )


def verdicts_on(papers: Iterable[Paper], classifier: Classifier) -> Iterator[Verdict]:
    """Verdicts under the papers' keys, without the words that decided: a stream of them has
    to fit into memory."""
    for batch in batches(iter(papers), BATCH):
        for paper, verdict in zip(batch, classifier.judge(batch), strict=True):
            yield Verdict(
                paper_id=key_of(paper.facts),
                relevance=verdict.relevance,
                decision=verdict.decision,
            )


def figures_of(verdicts: Sequence[Verdict], labels: Labels, where: str) -> TriageFigures:
    """The figures on papers that were judged. Raises ConfigError if none of them is listed."""
    there = {verdict.paper_id for verdict in verdicts}
    if not labels.listed & there:
        raise nothing_listed(where)
    return triage_figures(
        verdicts, labels.listed & there, labels.refused & there, labels.plausible & there
    )


def data_card(
    inputs: TrainingInputs, result: ModelComparison, files: dict[str, str], made_with: str
) -> Card:
    """What went in, how, and what came out: enough to make the same model again."""
    return {
        "made by": f"medvl-watch {__version__} with {made_with}",
        "command": inputs.command,
        "files": files,
        "counts": dict(result.material.counts),
        "dates": result.material.dates,
        "measured on": inputs.evaluate_on[0].name
        if inputs.evaluate_on
        else "one in five of the papers, held back",
        "figures": result.figures.rounded() if result.figures else {},
        "figures on judged papers": result.judged.rounded() if result.judged else {},
        "holds": "words with their rarity and weight, counted over many papers; no text",
    }
