"""Fits the weights by which a list's profile judges papers (`classify.subject.weights`).

    python -m medvl_watch.training.subject_weights PAPERS [--held-out]

PAPERS is a JSON Lines file (gzipped or not) with `title` and `abstract`. No list and no label
is read: a pattern stands for a subject, the titles of some papers that match it stand for a
list, and other papers that match it are to be told from those that do not. Half of these share
the second half of a subject of two (language models, but not for robots). With `--held-out`,
each subject is judged with weights fitted on the others. Needs scikit-learn (the extra `train`).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from medvl_watch.classify.sections.word_vectors import WordVectors
from medvl_watch.classify.subject.background import Background
from medvl_watch.classify.subject.profile import Signals, SubjectProfile
from medvl_watch.classify.subject.weights import FULL_WEIGHTS, TITLE_WEIGHTS
from medvl_watch.storage.model_files import bundled_background, bundled_word_vectors
from medvl_watch.training.background import read_papers

_LANGUAGE_MODELS = r"language model|\bLLMs?\b|vision-language|\bVLMs?\b|multimodal large"
_MEDICINE = r"medical|clinical|radiolog|patholog|patient"
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "remote sensing": (r"remote sensing|earth observation|satellite imag", ""),
    "graph learning": (r"graph neural network|graph representation learning|\bGNNs?\b", ""),
    "proteins": (r"\bproteins?\b", ""),
    "driving": (r"autonomous driving|self-driving", ""),
    "speech": (r"speech recognition|\bASR\b|text-to-speech", ""),
    "federated learning": (r"federated learning", ""),
    "splatting": (r"gaussian splatting|\b3DGS\b", ""),
    "recommendation": (r"recommender system|sequential recommendation|recommendation system", ""),
    "time series": (r"time series forecasting|time-series", ""),
    "code": (r"code generation|program synthesis", ""),
    "pose": (r"pose estimation", ""),
    "attacks": (r"adversarial attack|jailbreak", ""),
    "translation": (r"machine translation|low-resource language", ""),
    "video generation": (r"video generation|text-to-video", ""),
    "medical segmentation": (r"medical image segmentation", ""),
    "quantization": (r"quantization", ""),
    "education": (r"\beducation\b|student", ""),
    "law": (r"\blegal\b", ""),
    "weather": (r"weather forecast|climate", ""),
    "music": (r"\bmusic\b", ""),
    "driving, language": (r"autonomous driving|self-driving", _LANGUAGE_MODELS),
    "robots, language": (r"robot", _LANGUAGE_MODELS),
    "education, language": (r"\beducation\b|student", _LANGUAGE_MODELS),
    "law, language": (r"\blegal\b", _LANGUAGE_MODELS),
    "code, language": (r"code generation|program synthesis", _LANGUAGE_MODELS),
    "recommendation, language": (r"recommend", _LANGUAGE_MODELS),
    "speech, language": (r"speech|audio", _LANGUAGE_MODELS),
    "graphs, language": (r"\bgraph", _LANGUAGE_MODELS),
    "medicine, language": (_MEDICINE, _LANGUAGE_MODELS),
    "medicine, diffusion": (_MEDICINE, r"diffusion model"),
    "medicine, segmentation": (_MEDICINE, r"segmentation"),
    "splatting, scenes": (r"gaussian splatting|\b3DGS\b", r"driving|scene"),
    "video, diffusion": (r"video generation|text-to-video", r"diffusion"),
}
"""Each subject as one pattern, or as two that a paper must both match."""
_POOL = 16_000
_SIZES = (20, 60, 200)
_LEAST_MATCHES, _MOST_POSITIVE, _SHARING, _OTHERS = 25, 40, 60, 100
_OFTEN = 3, 2  # occurrences in the abstract: of a pattern alone, of each of two

Paper = tuple[str, str]


@dataclass(frozen=True, slots=True)
class JudgedSignals:
    """The signals of a paper, with and without its abstract, and whether it is on the subject."""

    subject: str
    full: Signals
    title_only: Signals
    fits: bool


def judged_signals(
    papers: Sequence[Paper], background: Background, vectors: WordVectors
) -> Iterator[JudgedSignals]:
    """The signals of papers on each of the subjects and of others."""
    chance = random.Random(5)  # noqa: S311  nothing secret
    pool = chance.sample(list(papers), min(_POOL, len(papers)))
    for number, (name, patterns) in enumerate(SUBJECTS.items()):
        on_subject, sharing, others = _divide(pool, *patterns)
        chance.shuffle(on_subject)
        if len(on_subject) < _LEAST_MATCHES:
            continue
        for size in (_SIZES[number % 3], _SIZES[(number + 1) % 3]):
            listed = min(size, len(on_subject) // 2)
            profile = SubjectProfile([t for t, _ in on_subject[:listed]], background, vectors)
            positive = on_subject[listed : listed + _MOST_POSITIVE]
            negative = [
                *chance.sample(sharing, min(_SHARING, len(sharing))),
                *chance.sample(others, min(_OTHERS, len(others))),
            ]
            for fits, some in ((True, positive), (False, negative)):
                for title, abstract in some:
                    yield JudgedSignals(
                        name, profile.signals(title, abstract), profile.signals(title), fits
                    )


def _divide(
    pool: Sequence[Paper], first: str, second: str
) -> tuple[list[Paper], list[Paper], list[Paper]]:
    """The papers on the subject, those that share its second pattern, and those that share
    nothing; what mentions the first pattern in passing is left out."""
    one, other = re.compile(first, re.IGNORECASE), re.compile(second or first, re.IGNORECASE)
    least = _OFTEN[bool(second)]
    found: tuple[list[Paper], list[Paper], list[Paper]] = ([], [], [])
    for paper in pool:
        has_other = _mentions(other, paper, least)
        if has_other and _mentions(one, paper, least):
            found[0].append(paper)
        elif not one.search(paper[0]) and not one.search(paper[1]):
            found[1 if has_other else 2].append(paper)
    return found


def _mentions(pattern: re.Pattern[str], paper: Paper, least: int) -> bool:
    return bool(pattern.search(paper[0])) or len(pattern.findall(paper[1])) >= least


def fit(rows: Sequence[JudgedSignals], *, full: bool) -> dict[str, float]:
    """The weights of the signals, with a bias for as many papers that fit as do not."""
    linear = import_module("sklearn.linear_model")
    names = [name for name in (FULL_WEIGHTS if full else TITLE_WEIGHTS) if name != "bias"]
    table = [[(row.full if full else row.title_only)[name] for name in names] for row in rows]
    model = linear.LogisticRegression(class_weight="balanced", max_iter=2_000)
    model.fit(table, [row.fits for row in rows])
    weights = dict(zip(names, map(float, model.coef_[0]), strict=True))
    return weights | {"bias": float(model.intercept_[0])}


def _report(rows: Sequence[JudgedSignals], *, full: bool) -> str:
    """How many papers are judged rightly with weights that were fitted on other subjects."""
    names = list(dict.fromkeys(row.subject for row in rows))
    right: dict[bool, list[bool]] = {True: [], False: []}
    for fold in range(5):
        left_out = set(names[fold::5])
        weights = fit([row for row in rows if row.subject not in left_out], full=full)
        for row in rows:
            if row.subject in left_out:
                signals = row.full if full else row.title_only
                score = sum(w * signals.get(name, 1.0) for name, w in weights.items())
                right[row.fits].append((score > 0) is row.fits)
    shares = [sum(each) / len(each) for each in (right[True], right[False])]
    return f"right of those that fit {shares[0]:.3f}, of the others {shares[1]:.3f}"


def main() -> None:
    """Run `python -m medvl_watch.training.subject_weights`."""
    parser = argparse.ArgumentParser(prog="python -m medvl_watch.training.subject_weights")
    parser.add_argument("papers", type=Path)
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    papers = list(read_papers(options.papers))
    rows = list(judged_signals(papers, bundled_background(), bundled_word_vectors()))
    for full in (True, False):
        what = "title and abstract" if full else "title alone"
        if options.held_out:
            sys.stdout.write(f"{what}: {_report(rows, full=full)}\n")
        for name, weight in fit(rows, full=full).items():
            sys.stdout.write(f'    "{name}": {weight:.3f},\n')


if __name__ == "__main__":
    main()
