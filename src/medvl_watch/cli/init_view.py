"""What `init` learned and wrote, shown at a terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from medvl_watch.cli.init_look import ListStart
from medvl_watch.cli.init_preview import MOST_SHOWN, Preview
from medvl_watch.cli.output import plural, say
from medvl_watch.config import FILE_NAME
from medvl_watch.errors import WatchError


def print_start(
    start: ListStart, shown: Preview | None, output: Path, *, dry_run: bool, is_local: bool = True
) -> None:
    """What was learned and written, for a person."""
    say(f"{start.target.title}: {plural(len(start.document.entries), 'entry')} in "
        f"{plural(start.sections, 'section')}.".replace("entrys", "entries"))  # fmt: skip
    if start.strongest_words:
        words = ", ".join(start.strongest_words[:8])
        say(f"Its subject is not ours, so its own entries judge: {words}.")
    elif not start.problems:
        say("Its subject is ours: the trained model judges.")
    which = " of the last two years" if start.are_recent else ""
    say(f"By titles alone the search finds {start.found} of {start.asked} of the list's own papers"
        f"{which}; abstracts are searched, too.")  # fmt: skip
    if shown is not None:
        _say_preview(shown)
    if not is_local and not dry_run:
        return
    verb = "Would write" if dry_run else "Wrote"
    say(f"{verb} {', '.join(str(output / name) for name in start.files)}.")
    if not dry_run:
        config = output / FILE_NAME
        say(f"Next: `medvl-watch config check --config {config}`, then "
            f"`medvl-watch run --dry-run --config {config}`.")  # fmt: skip


def _say_preview(shown: Preview) -> None:
    say(f"Of {plural(shown.read, 'paper')}, {len(shown.proposed)} would be proposed and "
        f"{shown.referred} referred to a person:")  # fmt: skip
    for paper in shown.proposed[:MOST_SHOWN]:
        say(f"  {paper.relevance:.2f} {paper.title}")
        say(f"       {paper.in_words}")
    if len(shown.proposed) > MOST_SHOWN:
        say(f"  and {len(shown.proposed) - MOST_SHOWN} more")


def start_as_json(
    start: ListStart,
    shown: Preview | None,
    problems: list[WatchError],
    output: Path,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    return {
        "list": start.target.id,
        "title": start.target.title,
        "repository": start.target.repository,
        "entries": len(start.document.entries),
        "sections": start.sections,
        "classifier": start.target.classifier or start.shared.classifier.name,
        "subject": start.strongest_words,
        "search": {"finds": start.found, "of": start.asked, "recent": start.are_recent},
        "files": {str(output / name): text for name, text in start.files.items()},
        "written": not dry_run,
        "preview": asdict(shown) if shown else None,
        "problems": [str(problem) for problem in problems],
    }
