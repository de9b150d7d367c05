"""Plays recorded answers of a capable model, and measures what arrives through the rule.

    python -m tests.classify.exam.recorded PAPERS.jsonl JUDGED.tsv READINGS.jsonl [VERDICTS.jsonl]

PAPERS are records; JUDGED has a grade and a leaf for each; READINGS are answers in the form of the
prompt. The exam that gives the model its weight consists of the other four fifths of the papers.
Printed are the figures for each value of `weight.SHARED`, and the log loss to choose it by.
VERDICTS has a line for each judged paper; those without a recorded answer are judged by `local`.

`readings.jsonl`, beside this file, has answers on 216 more papers of October to December 2025: all
about which the cascade asks among those that were judged by reading. A language model gave them,
once each, with the rules of the prompt, title and up to 500 characters of the abstract in sight,
and without the verdicts. They were not used to choose anything. The answers name no quote, so the
title stands for one.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from medvl_watch.classify.cascade import AdviceScope, CascadeClassifier
from medvl_watch.classify.exam.outcome import ExamOutcome
from medvl_watch.classify.exam.scores import ExamAnswer, score
from medvl_watch.classify.exam.weight import SHARED, ModelWeight, weigh
from medvl_watch.classify.llm.classifier import LlmClassifier
from medvl_watch.classify.llm.environment import Environment
from medvl_watch.classify.llm.protocols import (
    ChatCompletion,
    NoNearestPapers,
    ResponseFormat,
    Schema,
)
from medvl_watch.classify.llm.response_formats import ResponseFormats
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.llm.verdict_rule import FALLBACK
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.prompt import ChatMessage, load_prompt
from medvl_watch.classify.taxonomy import ancestry
from medvl_watch.classify.verdictfile import verdict_line
from medvl_watch.papers.merging import paper_of
from medvl_watch.records import Decision, Paper, Record, Verdict
from medvl_watch.storage.json_lines import records_of
from medvl_watch.storage.model_files import bundled_model, read_model
from tests.classify.llm.harness import FakeTime, MemoryStore
from tests.classify.taxonomies import SEEDS, bundled_taxonomy

FOLDS = 5
_ASKED_ID = re.compile(r"JSON object for (\S+)\.")
LEAVES = {
    "dataset-resource": "data",
    "pre-training/multi-scale": "pre.multi",
    "pre-training/data-efficient": "pre.data",
    "pre-training/knowledge-enhanced": "pre.know",
    "pre-training/others": "pre.other",
    "pre-training": "pre.other",
    "application/classification": "app.cls",
    "application": "app.cls",
    "application/dense-prediction": "app.dense",
    "application/cross-modal": "app.cross",
    "survey": "survey",
}
"""The leaves of the judged papers by the nodes of the taxonomy."""


@dataclass(frozen=True, kw_only=True)
class JudgedPaper:
    paper: Paper
    grade: int
    leaf: str
    second: str
    reading: Mapping[str, Any]

    @property
    def belongs(self) -> bool:
        return self.grade >= 2


class KnownVerdicts:
    """The local classifier, which judges each paper once for all folds."""

    name = "local"

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        return [local_verdict(each) for each in papers]


class RecordedEndpoint:
    """Answers with what was recorded for the title in the question."""

    address = "recorded"

    def __init__(self, papers: Sequence[JudgedPaper]) -> None:
        self._readings = {
            each.paper.id: {
                "evidence": [each.paper.facts.title[:100]],
                "suspicious": False,
                **each.reading,
            }
            for each in papers
        }

    def complete(
        self, messages: Sequence[ChatMessage], response_format: ResponseFormat, schema: Schema
    ) -> ChatCompletion:
        paper_id = _ASKED_ID.findall(messages[-1].content)[-1]
        reading = self._readings[paper_id]
        return ChatCompletion(
            text=json.dumps({**reading, "id": paper_id}), input_tokens=0, output_tokens=0
        )


def judged_papers(papers: Path, judged: Path) -> Iterator[Paper]:
    """The papers that were judged, with or without a recorded answer."""
    with judged.open(encoding="utf-8") as file:
        ids = {row["arxiv_id"] for row in csv.DictReader(file, delimiter="\t")}
    for record in records_of(papers):
        if isinstance(record, Record) and record.arxiv_id in ids:
            yield paper_of(record)


def read_judged(papers: Path, judged: Path, readings: Path) -> Sequence[JudgedPaper]:
    """The papers that have both a grade and a recorded answer."""
    with judged.open(encoding="utf-8") as file:
        rows = {row["arxiv_id"]: row for row in csv.DictReader(file, delimiter="\t")}
    answers = {
        answer["id"]: answer
        for line in readings.read_text(encoding="utf-8").splitlines()
        for answer in [json.loads(line)]
    }
    return [
        JudgedPaper(
            paper=paper_of(record),
            grade=int(rows[record.arxiv_id]["grade"]),
            leaf=rows[record.arxiv_id]["leaf"],
            second=rows[record.arxiv_id]["second"],
            reading=answers[record.arxiv_id],
        )
        for record in records_of(papers)
        if isinstance(record, Record) and record.arxiv_id in answers and record.arxiv_id in rows
    ]


@cache
def local() -> LocalClassifier:
    return LocalClassifier(bundled_taxonomy(), read_model(bundled_model()))


@cache
def local_verdict(paper: Paper) -> Verdict:
    return local().judge([paper])[0]


def exam_answers(papers: Sequence[JudgedPaper]) -> tuple[ExamAnswer, ...]:
    """The recorded answers as those of an exam."""
    verdicts = [local_verdict(each.paper) for each in papers]
    return tuple(
        ExamAnswer(
            paper_id=each.paper.id,
            belongs=each.belongs,
            local_relevance=verdict.relevance,
            relevance=each.reading["relevance"],
            leaf_right=_is_leaf(each, [(s["node"], s["score"]) for s in each.reading["sections"]]),
            local_leaf_right=_is_leaf(each, [(s.node, s.score) for s in verdict.sections]),
        )
        for each, verdict in zip(papers, verdicts, strict=True)
    )


def leaves_of(nodes: Sequence[tuple[str, float]]) -> Sequence[str]:
    """The leaves, best first."""
    scores: dict[str, float] = {}
    for node, points in nodes:
        leaf = next((LEAVES[each] for each in ancestry(node) if each in LEAVES), None)
        if leaf is not None:
            scores[leaf] = scores.get(leaf, 0.0) + points
    return sorted(scores, key=lambda leaf: -scores[leaf])


def _is_leaf(paper: JudgedPaper, nodes: Sequence[tuple[str, float]]) -> bool | None:
    return None if paper.leaf == "-" else leaves_of(nodes)[:1] == [paper.leaf]


def cascade_of(papers: Sequence[JudgedPaper], weight: ModelWeight) -> CascadeClassifier:
    """The cascade with the recorded model, which has earned this weight."""
    taxonomy, model, time, store = (
        bundled_taxonomy(), read_model(bundled_model()), FakeTime(), MemoryStore(),
    )  # fmt: skip
    path = SEEDS.parent / "prompts" / "classify.md"
    first = KnownVerdicts()
    classifier = LlmClassifier(
        LlmSettings(base_url="http://127.0.0.1/v1", model="recorded", concurrency=1),
        taxonomy=taxonomy,
        prompt=load_prompt(path.read_text(encoding="utf-8"), str(path)),
        fallback=first,
        environment=Environment(
            endpoint=RecordedEndpoint(papers),
            cache=store,
            payment_log=store,
            nearest_papers=NoNearestPapers(),
            clock=time.clock,
            sleep=time.sleep,
        ),
        response_formats=ResponseFormats(),
        thresholds=(model.propose, model.refer),
        outcome=ExamOutcome(weight=weight),
    )
    scope = AdviceScope(refer=model.refer, sure=taxonomy.placing.sure)
    return CascadeClassifier(first, classifier, scope)


def judge_in_folds(papers: Sequence[JudgedPaper]) -> Sequence[Verdict]:
    """The verdict on each paper, with a weight from the papers of the other folds."""
    verdicts: dict[str, Verdict] = {}
    for fold in range(FOLDS):
        part = papers[fold::FOLDS]
        others = [each for each in papers if each not in part]
        found = cascade_of(part, weigh(exam_answers(others))).judge([each.paper for each in part])
        verdicts.update({each.paper_id: each for each in found})
    return [verdicts[each.paper.id] for each in papers]


def figures(papers: Sequence[JudgedPaper], verdicts: Sequence[Verdict]) -> Mapping[str, float]:
    """The figures of the documents, unweighted."""
    pairs = list(zip(papers, verdicts, strict=True))
    core = [pair for pair in pairs if pair[0].grade == 3]
    proposed = [pair for pair in pairs if pair[1].decision is Decision.PROPOSE]
    with_leaf = [pair for pair in core if pair[0].leaf != "-"]
    ranked = [
        (paper, leaves_of([(s.node, s.score) for s in verdict.sections])[:1])
        for paper, verdict in with_leaf
    ]
    losses = [
        -math.log(max(1e-3, each.relevance if paper.belongs else 1 - each.relevance))
        for paper, each in pairs
    ]
    return {
        "core proposed": sum(pair in proposed for pair in core) / len(core),
        "core seen": sum(pair[1].decision is not Decision.REJECT for pair in core) / len(core),
        "of the proposed, belong": sum(pair[0].belongs for pair in proposed) / len(proposed),
        "referred": sum(pair[1].decision is Decision.REFER for pair in pairs),
        "asked": sum(pair[1].classifier == "llm" for pair in pairs),
        "without an answer": sum(
            flag.startswith(FALLBACK) for pair in pairs for flag in pair[1].flags
        ),
        "leaf": sum(best == [paper.leaf] for paper, best in ranked) / len(ranked),
        "leaf or second": sum(set(best) <= {paper.leaf, paper.second} and bool(best)
                              for paper, best in ranked) / len(ranked),
        "log loss": sum(losses) / len(losses),
    }  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    papers = read_judged(*map(Path, arguments[:3]))
    answers = exam_answers(papers)
    weight = weigh(answers)
    report = [str(score(answers)), str(weight)]
    for shared in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0):
        with patch("medvl_watch.classify.exam.weight.SHARED", shared):
            found = figures(papers, judge_in_folds(papers))
        rounded = {name: round(value, 3) for name, value in found.items()}
        report.append(f"shared {shared}: {rounded}")
    report.append(f"in use: shared {SHARED}")
    sys.stdout.write("\n".join(report) + "\n")
    if len(arguments) > 3:
        verdicts = {each.paper_id: each for each in judge_in_folds(papers)}
        lines = [
            verdict_line(verdicts.get(paper.id) or local_verdict(paper), paper.facts.arxiv_id, {})
            for paper in judged_papers(Path(arguments[0]), Path(arguments[1]))
        ]
        Path(arguments[3]).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
