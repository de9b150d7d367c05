"""`medvl-watch list inspect`: how medvl-watch reads a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.list_files import configured_templates, file_type, list_option, read_list
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import plural, say, say_json
from medvl_watch.errors import ExitCode
from medvl_watch.lists.checking.likeness import names_data
from medvl_watch.lists.document import Document, Section, parse
from medvl_watch.lists.habits import Habits
from medvl_watch.lists.inspecting import learned_of, units_of
from medvl_watch.lists.order import Order
from medvl_watch.lists.overrides import Overrides
from medvl_watch.lists.regions import Region
from medvl_watch.lists.sections import is_venue_heading, year_of_heading
from medvl_watch.publish.render import terminal

_WORDS = {"date": "date", "year": "year", "arxiv": "arXiv id", "title": "title"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A section as it is read and would be written. `template` is Jinja2 text; `confidence`
    is how clearly the entries speak for it, `fidelity` how many of them it gives back."""

    line: int
    path: tuple[str, ...]
    notation: str
    meaning: str
    entries: int
    units: dict[str, int]
    unit: str
    unit_confidence: float
    order: str
    order_strength: float
    grows_at: str
    blank_lines: int
    template: str
    confidence: float
    fidelity: float
    configured: bool
    refusal: str


@click.command(
    epilog=examples(
        "medvl-watch list inspect README.md",
        "medvl-watch list inspect README.md --json",
    )
)
@click.argument("file", type=file_type)
@list_option
@config_option
@json_option
def inspect(file: Path, list_id: str | None, config: Path | None, *, as_json: bool) -> ExitCode:
    """Show how the list FILE is read: its sections, and what entries look like in each.

    For each section: its path and line, what kind of heading it is, how many entries of
    which unit it holds, in which order (and how sure that is), where new ones go, and the
    Jinja2 template by which they are written, as it may be changed in the configuration.
    Then the lines that are never written, and why. A file that cannot be edited safely is
    refused with the reason.
    """
    document = parse(read_list(file))
    habits = Habits(document, Overrides(configured_templates(list_id, config)))
    sections = [_seen(habits, section) for section in document.sections if section.path]
    regions = _regions(document)
    if as_json:
        say_json(
            {
                "file": str(file),
                "lines": len(document.lines),
                "entries": len(document.entries),
                "newline": "CRLF" if document.newline == "\r\n" else "LF",
                "final_newline": bool(document.lines) and document.lines[-1].endswith("\n"),
                "sections": [asdict(each) for each in sections],
                "never_written": regions,
            }
        )
        return ExitCode.DONE
    _report(file, document, sections, regions)
    return ExitCode.DONE


def _seen(habits: Habits, section: Section) -> _Seen:
    learned = learned_of(habits, section)
    units = units_of(habits, section)
    several = sum(units.values()) > 1
    order = learned.order if several else None
    return _Seen(
        line=section.line + 1,
        path=section.path,
        notation=section.kind,
        meaning=_meaning(section),
        entries=sum(units.values()),
        units=units,
        unit=learned.unit,
        unit_confidence=round(learned.unit_confidence, 2),
        order=_direction(order) if order else "",
        order_strength=round(min(1.0, order.strength), 2) if order else 0.0,
        grows_at="top" if learned.grows_at_top else "bottom",
        blank_lines=learned.blank_lines,
        template=learned.template,
        confidence=round(learned.template_confidence, 2),
        fidelity=round(learned.fidelity, 2),
        configured=learned.configured,
        refusal=learned.refusal,
    )


def _meaning(section: Section) -> str:
    title = section.path[-1]
    if section.closed:
        return "never written"
    if year_of_heading(title) is not None:
        return "year"
    if is_venue_heading(title):
        return "venue"
    return "data sets" if names_data(title) else "subject"


def _direction(order: Order) -> str:
    """`date, newest first` in words."""
    if order.key == "title":
        return "title, A first" if order.rising else "title, Z first"
    return f"{_WORDS[order.key]}, {'oldest' if order.rising else 'newest'} first"


def _regions(document: Document) -> list[dict[str, Any]]:
    """Runs of lines that are never written, by kind, 1-based and inclusive."""
    found = []
    for region, run in groupby(enumerate(document.regions, start=1), key=lambda pair: pair[1]):
        numbers = [number for number, _ in run]
        if region is not Region.OPEN:
            name = region.name.replace("_", " ").lower()
            found.append({"from": numbers[0], "to": numbers[-1], "why": name})
    found += [
        {"from": section.line + 1, "to": section.end, "why": f"section {section.path[-1]}"}
        for section in document.sections
        if section.closed
    ]
    return sorted(found, key=lambda each: (each["from"], each["to"]))


def _counted(count: int, unit: str) -> str:
    return f"{count} numbered" if unit == "numbered" else plural(count, unit)


def _report(
    file: Path, document: Document, sections: Sequence[_Seen], regions: Sequence[dict[str, Any]]
) -> None:
    filled = sum(each.entries > 0 for each in sections)
    ends = "CRLF line ends" if document.newline == "\r\n" else "LF line ends"
    say(f"{file}: {plural(len(document.entries), 'entry').replace('entrys', 'entries')} "
        f"in {filled} of {plural(len(sections), 'section')}, {ends}")  # fmt: skip
    for each in sections:
        say()
        indent = "  " * (len(each.path) - 1)
        said = [each.meaning, each.notation]
        say(f"{each.line:>6}  {indent}{terminal(each.path[-1], 70)}  ({', '.join(said)})")
        if each.entries:
            units = ", ".join(_counted(count, unit) for unit, count in each.units.items())
            order = (
                f"{each.order} ({each.order_strength:.2f})" if each.order else "no order to be seen"
            )
            say(f"{'':8}{indent}{units}; {order}; new ones at the {each.grows_at}")
            template = terminal(each.template.replace("\n", "⏎"))
            how = "configured" if each.configured else f"template {each.confidence:.2f}"
            say(f"{'':8}{indent}{how}, gives back {each.fidelity:.2f}: {template}")
        if each.refusal and each.meaning != "never written":
            say(f"{'':8}{indent}nothing can be put here: {each.refusal}")
    if regions:
        say("\nNever written:")
    for region in regions:
        say(f"  lines {region['from']}-{region['to']}: {terminal(region['why'])}")
