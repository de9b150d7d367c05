"""Kinds of papers and sections: surveys, data sets, and sections for all other papers.

Lists in every field make these distinctions, whatever their subject.
"""

from __future__ import annotations

import re
from enum import StrEnum

from medvl_watch.records import Headings


class Kind(StrEnum):
    """The kind of papers that a section collects, beside its subject. `REST` is a section for
    papers that fit nowhere else."""

    SURVEY = "survey"
    DATASET = "dataset"
    REST = "rest"


_LONGEST_TITLE = 300

_SURVEY_HEADING = re.compile(
    r"\b(?:surveys?|reviews?|overviews?|perspectives?|position papers?)\b|综述", re.IGNORECASE
)
_DATASET_HEADING = re.compile(
    r"\b(?:data[ -]?(?:sets?|sources?|resources?|bases?)|benchmarks?|corpora|corpus)\b"
    r"|\bdata\W*$|数据集",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r"\s+(?:and|or)\s+|\s*[&/+,|]\s*", re.IGNORECASE)
_REST_HEADING = re.compile(
    r"^\W*(?:others?|misc\w*|general|more|various|unsorted|uncategori[sz]ed|other \w+"
    r"(?: \w+)?)\W*$",
    re.IGNORECASE,
)
_NO_PAPERS = re.compile(
    r"^\W*(?:(?:useful |related |open[- ]source |software )*tools?(?: ?kits?)?"
    r"|librar(?:y|ies)|software|toolbox\w*|code ?bases?"
    r"|(?:other|additional|further|more|useful|related|learning|external)[\w ]*"
    r"(?:resources?|links?|lists?|repositor(?:y|ies)|repos?)"
    r"|blogs?(?: posts?)?|courses?[\w +&]*|lectures?(?: and tutorials)?|workshops?"
    r"|talks?|slides?|videos?|books?|posts?|(?:latest |recent )?(?:news|updates?)"
    r"|leader ?boards?|communit(?:y|ies)|jobs?)\W*$",
    re.IGNORECASE,
)
_NO_ENTRIES = re.compile(
    r"^\W*(?:resources?|links|table of contents?|contents?|introduction|motivation|background"
    r"|citations?|acknowledge?ments?|licen[cs]e|contribut\w+|contact\w*|people|star history"
    r"|how to (?:cite|contribute)[\w ]*)\W*$",
    re.IGNORECASE,
)

_SURVEY_TITLE = re.compile(r"\b(?:survey|review|overview|meta[- ]analysis)\b(?!ing)", re.IGNORECASE)
_SURVEY_HINT = re.compile(
    r"\b(?:recent|current) (?:advances|progress|trends|developments)\b"
    r"|\bfuture (?:directions|trends|prospects|opportunities)\b|\b(?:roadmap|perspectives?)\b"
    r"|\bchallenges(?:,| and) (?:opportunities|future|prospects|promises)"
    r"|\bopportunities and challenges\b|\badvances (?:in|and)\b|\bfrontiers\b|\bprimer\b",
    re.IGNORECASE,
)
_SURVEY_ABSTRACT = re.compile(
    r"\b(?:this|our|the present) (?:\w+ ){0,2}(?:survey|review|overview)\b"
    r"|\bwe (?:\w+ )?(?:survey|review)\b(?! process)",
    re.IGNORECASE,
)
_NO_SURVEY = re.compile(
    r"\b(?:review(?:s|er)? (?:text|comments?|process|rating)|peer[- ]review)\b", re.IGNORECASE
)
_DATASET_TITLE = re.compile(
    r"\b(?:data ?sets?|corpus|corpora|databases?|data collection|grand challenge)\b", re.IGNORECASE
)
_BENCHMARK_TITLE = re.compile(r"\b(?:benchmark\w*|challenges? (?:on|for|at))\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(?:\d{1,3}(?:,\d{3})+|\d{4,}|\d[\d.]*\s?(?:k|m|million|thousand))\+? (?:[\w-]+ ){0,3}"
    r"(?:images?|reports?|texts?|pairs|cases|patients|scans|slides|videos|samples|sequences"
    r"|questions|stud(?:y|ies))\b",
    re.IGNORECASE,
)
_DATASET_ABSTRACT = re.compile(
    r"\b(?:we|this paper|this work|here|article)\b[^.]{0,80}?"
    r"\b(?:introduc\w+|present\w*|releas\w+|collect\w*|curat\w+|creat\w+|construct\w*|provid\w+"
    r"|propos\w+|describ\w+|build|built|contribut\w+|publish\w*|establish\w*)"
    r"[^.]{0,60}?\b(?:data ?sets?|benchmarks?|corpus|corpora|databases?)\b",
    re.IGNORECASE,
)
_CONTENT = (
    r"(?:[\w-]+ ){0,3}(?:images?|imaging|data|reports?|texts?|captions?|pairs|records?|scans?"
    r"|slides|videos?|sequences?|signals?|questions?|notes?|x-?rays?|mri|ct|pet|oct|wsis?|ultrasound"
    r"|fluoroscopy|mammograph\w*|radiograph\w*|microscopy)"
)
_CONTENTS = re.compile(rf"{_CONTENT}(?:\s*[,;&+]\s*{_CONTENT})+\W*", re.IGNORECASE)
"""`X-ray images, reports` is not the title of a paper but the contents of a data set, as tables
of data sets name them."""
_USES_DATASET = re.compile(
    r"\b(?:on|across|using|with|from|of) (?!the art)[\w -]{0,30}$", re.IGNORECASE
)


def split_heading(heading: str) -> list[str]:
    """The subjects that a heading names: `Explanation, Bias and Robustness` has three."""
    return [part for part in _CONJUNCTION.split(heading) if part.strip()]


def kind_of_path(path: Headings) -> Kind | None:
    """The kind that the innermost possible heading names; None if no heading names one.
    `Applications and Datasets` names none: it collects other papers, too."""
    for title in reversed(path):
        parts = split_heading(title)
        if parts and all(_DATASET_HEADING.search(part) for part in parts):
            return Kind.DATASET
        if _SURVEY_HEADING.search(title):
            return Kind.SURVEY
        if _REST_HEADING.match(title):
            return Kind.REST
    return None


def takes_no_papers(path: Headings) -> bool:
    """Whether the section collects other things than papers, as all sections below `Tools` do.

    A heading such as `Contents` counts only as the innermost one, since sections of papers may
    stand below it.
    """
    return bool(_NO_ENTRIES.match(path[-1][:_LONGEST_TITLE])) or any(
        _NO_PAPERS.match(title[:_LONGEST_TITLE]) for title in path
    )


def survey_share(title: str, abstract: str = "") -> float:
    """How likely the paper is a survey, as a rough share from 0 to 1."""
    title = title[:_LONGEST_TITLE]
    if _SURVEY_TITLE.search(title) and not _NO_SURVEY.search(title):
        return 1.0
    if _SURVEY_HINT.search(title):
        return 0.6
    return 0.4 if _SURVEY_ABSTRACT.search(abstract[:4_000]) else 0.0


def dataset_share(title: str, abstract: str = "") -> float:
    """How likely the paper presents a data set for others to use, as a rough share from 0 to 1."""
    title = title[:_LONGEST_TITLE]
    if _CONTENTS.fullmatch(title):
        return 1.0
    match = _DATASET_TITLE.search(title) or _COUNTED.search(title)
    if match and not _USES_DATASET.search(title[: match.start()]):
        return 1.0
    if _BENCHMARK_TITLE.search(title):
        return 0.6
    return 0.4 if _DATASET_ABSTRACT.search(abstract[:4_000]) else 0.0
