"""Reads the papers of the exam from `seeds/exam.yaml`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from medvl_watch.records import Headings, Paper, Record
from medvl_watch.seedfile import SeedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamPaper:
    """A paper with our verdict.

    `leaves` are the ids of the taxonomy's nodes under which it may stand, the best first; empty
    if it does not belong. `section` is the path of its section in the list with the id
    `list_id`, or both are empty.
    """

    paper: Paper
    belongs: bool
    leaves: tuple[str, ...] = ()
    list_id: str = ""
    section: Headings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """The papers of an exam. `digest` is the beginning of the SHA-256 of the file."""

    papers: tuple[ExamPaper, ...]
    digest: str

    @property
    def leaves(self) -> frozenset[str]:
        """The nodes of the taxonomy that are asked for."""
        return frozenset(leaf for each in self.papers for leaf in each.leaves)

    @property
    def repeated(self) -> Sequence[ExamPaper]:
        """The tenth of the papers, or a few more, that are asked twice. The step is odd, so that
        both kinds are among them in a file in which they alternate."""
        return self.papers[::9]


class _FileModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ListSectionRow(_FileModel):
    list: str = Field(min_length=1)
    path: tuple[str, ...] = Field(min_length=1)


class _PaperRow(_FileModel):
    id: str = Field(pattern=r"^(?:arxiv|doi|title):\S+$")
    title: str = Field(min_length=1)
    abstract: str = ""
    belongs: bool
    why: str = ""
    """Why it belongs or does not, for whoever edits the file."""
    leaves: tuple[str, ...] = ()
    section: _ListSectionRow | None = None


class _ExamFile(_FileModel):
    version: Annotated[int, Field(ge=1, le=1)]
    papers: tuple[_PaperRow, ...] = Field(min_length=1)


def load_exam(text: str, where: str) -> Exam:
    """Read an exam from the text of its file; `where` is the file's name for messages.

    Raises ConfigError if the text is not valid or names a paper twice.
    """
    file = SeedFile(text, where)
    rows = file.check(_ExamFile).papers
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if row.id in seen:
            file.refuse(("papers", number, "id"), "another paper has this id")
        if row.leaves and not row.belongs:
            file.refuse(("papers", number, "leaves"), "a paper that does not belong has no leaf")
        seen.add(row.id)
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:12]
    return Exam(papers=tuple(map(_exam_paper, rows)), digest=digest)


def _exam_paper(row: _PaperRow) -> ExamPaper:
    abstract = " ".join(row.abstract.split())
    facts = Record(id=row.id, title=" ".join(row.title.split()), abstract=abstract)
    return ExamPaper(
        paper=Paper(id=row.id, facts=facts),
        belongs=row.belongs,
        leaves=row.leaves,
        list_id=row.section.list if row.section else "",
        section=row.section.path if row.section else (),
    )
