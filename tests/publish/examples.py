"""Papers, verdicts and placements to publish in tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medvl_watch.changes import Change, Placement, Snapshot, Target
from medvl_watch.publish.messages import ProposalItem, pull_request_message
from medvl_watch.records import (
    RELEVANCE,
    Decision,
    Evidence,
    Origin,
    Paper,
    Record,
    SectionScore,
    Verdict,
)

NOW = datetime(2026, 11, 20, 6, 17, tzinfo=UTC)
TARGET = Target(id="medical-clip", title="Medical CLIP", repository="acme/medical-clip")
LIST = "# Medical CLIP\n\n## 2024\n\n- An old paper. [[pdf](https://arxiv.org/abs/2401.00001)]\n"


def paper(
    number: int = 1,
    *,
    title: str = "Seeing and saying in radiology",
    abstract: str = "",
    **facts: Any,
) -> Paper:
    arxiv_id = f"2411.{number:05}"
    record = Record(
        id=f"arxiv:{arxiv_id}",
        title=title,
        abstract=abstract,
        authors=facts.pop("authors", ("Ada Lovelace", "Mary Somerville")),
        arxiv_id=arxiv_id,
        published=facts.pop("published", "2026-11-17T09:00:00Z"),
        origin=Origin(source="arxiv", fetched_at=NOW, raw_ids=(f"{arxiv_id}v1",)),
        **facts,
    )
    return Paper(id=record.id, facts=record, records=(record,))


def verdict(about: Paper, decision: Decision = Decision.PROPOSE, **more: Any) -> Verdict:
    return Verdict(
        paper_id=about.id,
        relevance=more.pop("relevance", 0.93),
        decision=decision,
        sections=more.pop(
            "sections",
            (SectionScore(node="generation.report", path=("Generation", "Reports"), score=0.8),),
        ),
        evidence=more.pop(
            "evidence",
            (
                Evidence(quote="radiology", field="title", speaks_for="medicine", weight=1.5),
                Evidence(
                    quote="It writes reports on chest radiographs.",
                    field="abstract",
                    speaks_for=RELEVANCE,
                    weight=1.0,
                ),
            ),
        ),
        classifier="rules",
        version="1",
        **more,
    )


def item(about: Paper, *, line: int = 5, section: Sequence[str] = ("2024",)) -> ProposalItem:
    return ProposalItem(
        paper=about,
        verdict=verdict(about),
        placement=Placement(
            paper_id=about.id, section=tuple(section), line=line, lines=(f"- {about.id}",)
        ),
    )


def grown(papers: Sequence[Paper], text: str = LIST) -> bytes:
    """The list with a line for each paper."""
    return (text + "".join(f"- {about.id}\n" for about in papers)).encode()


def change(
    snapshot: Snapshot, papers: Sequence[Paper], target: Target = TARGET, text: str | None = None
) -> Change:
    """The change that adds these papers at the end of the list."""
    message = pull_request_message(
        target, [item(about) for about in papers], before=snapshot.content
    )
    return Change(
        target=target,
        into=snapshot.branch,
        base=snapshot.revision,
        content=grown(papers, snapshot.content.decode() if text is None else text),
        message=message.commit,
        title=message.title,
        body=message.body,
    )


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with its time of change and bytes, and every folder. A folder's own time is
    left out: it changes when a database that is only read opens its log beside it."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        if path.is_file()
        else (0, b"")
        for path in sorted(folder.rglob("*"))
    }
