"""`medvl-watch list inspect`: how medvl-watch reads a list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.list_files import file_type, read_list
from medvl_watch.cli.options import examples, json_option
from medvl_watch.cli.output import plural, say, say_json
from medvl_watch.errors import ExitCode
from medvl_watch.lists.checking.likeness import names_data
from medvl_watch.lists.document import Document, Section, parse
from medvl_watch.lists.habits import Habits, Sample
from medvl_watch.lists.order import Order, order_of, sight_of
from medvl_watch.lists.placing import main_entries
from medvl_watch.lists.regions import Region
from medvl_watch.lists.sections import is_venue_heading, year_of_heading
from medvl_watch.lists.template import foreign_chunks, skeleton
from medvl_watch.publish.render import terminal

_WORDS = {"date": "date", "year": "year", "arxiv": "arXiv id", "title": "title"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A section as it is read. `template` is the commonest form of its entries, with the
    fields in braces, and `confidence` its share among them."""

    line: int
    path: tuple[str, ...]
    notation: str
    meaning: str
    entries: int
    units: dict[str, int]
    order: str
    order_strength: float
    template: str
    confidence: float


@click.command(
    epilog=examples(
        "medvl-watch list inspect README.md",
        "medvl-watch list inspect README.md --json",
    )
)
@click.argument("file", type=file_type)
@json_option
def inspect(file: Path, *, as_json: bool) -> ExitCode:
    """Show how the list FILE is read: its sections, and what entries look like in each.

    For each section: its path and line, what kind of heading it is, how many entries of
    which unit it holds, in which order (and how sure that is), and their commonest template.
    Then the lines that are never written, and why. A file that cannot be edited safely is
    refused with the reason.
    """
    document = parse(read_list(file))
    habits = Habits(document)
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
    document = habits.document
    entries = document.entries_of(section)
    main = main_entries(document, section)
    samples = [Sample(entry, habits.fields_of(entry), 1.0) for entry in main]
    order = order_of([sight_of(sample.fields) for sample in samples], [])
    form, count = _commonest_form(samples)
    is_seen = order is not None and order.is_seen and len(entries) > 1
    return _Seen(
        line=section.line + 1,
        path=section.path,
        notation=section.kind,
        meaning=_meaning(section),
        entries=len(entries),
        units=dict(Counter(entry.unit.value for entry in entries)),
        order=_direction(order) if order and is_seen else "",
        order_strength=round(min(1.0, order.strength), 2) if order and is_seen else 0.0,
        template=form.replace("\ue001", "{").replace("\ue002", "}").strip(),
        confidence=round(count / len(main), 2) if main else 0.0,
    )


def _commonest_form(samples: Sequence[Sample]) -> tuple[str, int]:
    """What most entries look like around their fields, and how many do."""
    foreign = foreign_chunks(samples)
    forms = Counter(
        re.sub(r"(?<=\S) +(?=\S)", " ", skeleton(sample.fields, spans))  # padding of tables
        for sample, spans in zip(samples, foreign, strict=True)
    )
    return forms.most_common(1)[0] if forms else ("", 0)


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
            say(f"{'':8}{indent}{units}; {order}")
            template = terminal(each.template.replace("\n", "⏎"))
            say(f"{'':8}{indent}{each.confidence:.2f} of them: {template}")
    if regions:
        say("\nNever written:")
    for region in regions:
        say(f"  lines {region['from']}-{region['to']}: {terminal(region['why'])}")
