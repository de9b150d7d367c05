"""How `list inspect` shows a list to a person: traits, sections, templates, refusals."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from medvl_watch.cli.output import plural, say
from medvl_watch.lists.inspecting.levels import levels_of
from medvl_watch.lists.inspecting.section_report import SectionReport
from medvl_watch.lists.inspecting.traits import Trait
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.entries import Unit
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.lists.style.order import EntryOrder
from medvl_watch.publish.render import terminal

_WORDS = {"date": "date", "year": "year", "arxiv": "arXiv id"}
_NARROWEST, _WIDEST, _BESIDE, _PIPE = 18, 46, 93, 140
"""Columns of a section's name, of all that stands beside it, and of a line in a pipe."""
_ELSEWHERE = "°"


@dataclass(frozen=True, slots=True)
class InspectedList:
    """A section, what it means, and what it teaches."""

    section: Section
    meaning: str
    units: dict[Unit, int]
    learned: SectionReport

    @property
    def entries(self) -> int:
        return sum(self.units.values())

    @property
    def order(self) -> EntryOrder | None:
        return self.learned.order if self.entries > 1 else None


def report(
    file: Path, document: Document, seen: Sequence[InspectedList], traits: Sequence[Trait]
) -> None:
    """Say how the list is read and how it would be written."""
    filled = sum(each.entries > 0 for each in seen)
    count = len(document.entries)
    ends = "CRLF line ends" if document.newline == "\r\n" else "LF line ends"
    if document.lines and not document.lines[-1].endswith("\n"):
        ends += ", no final newline"
    say(f"{file}: {_entries(count)} in {filled} of {plural(len(seen), 'section')}, {ends}")
    levels = levels_of(document)
    if levels:
        shown = (f"{n} {meaning} ({share:.2f} of {of})"
                 for n, (meaning, share, of) in enumerate(levels, start=1))  # fmt: skip
        say(f"Levels: {', '.join(shown)}")
    _say_traits(traits)
    letters = _letters(seen)
    _say_sections(seen, letters)
    _say_templates(seen, letters)
    _say_refusals(document, seen)


def _say_traits(traits: Sequence[Trait]) -> None:
    if not traits:
        return
    say("\nThe list writes")
    wide = max(len(each.name) for each in traits)
    for each in traits:
        share = f"  ({each.share:.2f} of {each.count})"
        say(f"  {each.name:<{wide}}  {terminal(each.value, 90)}{share}")


def _letters(seen: Sequence[InspectedList]) -> dict[str, str]:
    """A short name for each template, by how many entries are written so."""
    used: Counter[str] = Counter()
    for each in seen:
        if each.learned.template and each.meaning != "other":
            used[each.learned.template] += 1 + each.entries
    return {text: _letter(n) for n, (text, _) in enumerate(used.most_common())}


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"T{number}"


def _say_sections(seen: Sequence[InspectedList], letters: dict[str, str]) -> None:
    if not seen:
        return
    from rich.cells import cell_len, set_cell_size

    names = {id(s): "  " * (len(s.section.path) - 1) + terminal(s.section.path[-1]) for s in seen}
    room = shutil.get_terminal_size((_PIPE, 0)).columns - _BESIDE
    wide = max(_NARROWEST, min(_WIDEST, room, max(map(cell_len, names.values()))))
    head = f"{'line':>6}  {'section':<{wide}}  {'meaning':<7}  {'entries':<13}  "
    say(f"\n{head}{'order':<25}  {'new ones':<13}  written by")
    elsewhere = False
    for each in seen:
        cells = _cells(each, letters)
        elsewhere = elsewhere or any(_ELSEWHERE in cell for cell in cells)
        name = names[id(each)]
        if cell_len(name) > wide:
            name = f"{set_cell_size(name, wide - 1)}…"
        name = set_cell_size(name, wide)
        line = f"{each.section.line + 1:>6}  {name}  {each.meaning:<7}  "
        say((line + "  ".join(cells)).rstrip())
    say("A number is the share of what was seen that agrees; 9/10: so many of the nearest entries "
        "are explained by their papers' fields.")  # fmt: skip
    if elsewhere:
        say(f"{_ELSEWHERE} was learned from other sections.")


def _cells(each: InspectedList, letters: dict[str, str]) -> tuple[str, ...]:
    """Entries, order, where new ones go, and the template, as cells of one width."""
    learned = each.learned
    if each.meaning == "other" and not each.entries:
        return ("",)
    units = ", ".join(unit.counted(n) for unit, n in each.units.items()) or "none yet"
    growth = learned.growth
    where = "top" if growth.at_top else "bottom"
    if growth.source != "nowhere":
        where += f" {growth.share:.2f}{'' if growth.source == 'section' else _ELSEWHERE}"
    if learned.refusal:
        return f"{units:<13}", f"{_order_cell(each):<25}", f"{where:<13}", "nothing, see below"
    how = "configured" if learned.configured else f"{learned.template_share:.2f}"
    own = "" if learned.template_source == "section" or learned.configured else _ELSEWHERE
    tried = learned.fidelity
    proof = f", {tried.understood}/{tried.tried}" if tried.tried else ""
    letter = letters.get(learned.template, "?")
    return f"{units:<13}", f"{_order_cell(each):<25}", f"{where:<13}", f"{letter} {how}{own}{proof}"


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def _order_cell(each: InspectedList) -> str:
    if each.order is None:
        return "none to be seen" if each.entries > 1 else ""
    mark = "" if each.learned.order_source == "section" else _ELSEWHERE
    return f"{direction_of(each.order)} {min(1.0, each.order.strength):.2f}{mark}"


def direction_of(order: EntryOrder) -> str:
    """`date, newest first` in words."""
    if order.is_alphabetic:
        return f"{order.key}, {'A' if order.rising else 'Z'} first"
    return f"{_WORDS[order.key]}, {'oldest' if order.rising else 'newest'} first"


def _say_templates(seen: Sequence[InspectedList], letters: dict[str, str]) -> None:
    if not letters:
        return
    say("\nTemplates")
    for template, letter in letters.items():
        users = [s for s in seen if s.learned.template == template and s.meaning != "other"]
        entries = sum(each.entries for each in users)
        say(f"  {letter}  ({plural(len(users), 'section')}, {_entries(entries)})")
        for line in template.split("\n"):
            say(f"       {terminal(line)}")


def _say_refusals(document: Document, seen: Sequence[InspectedList]) -> None:
    refused = [s for s in seen if s.learned.refusal and not s.section.closed]
    refused = [s for s in refused if s.entries or s.meaning != "other"]
    if refused:
        say("\nNothing can be put into")
    for each in refused:
        say(f"  {terminal(each.section.path[-1], 50)} (line {each.section.line + 1}): "
            f"{terminal(each.learned.refusal)}")  # fmt: skip
    regions = never_written(document)
    if regions:
        say("\nNever written")
    for region in regions:
        first, last = region["from"], region["to"]
        lines = f"line {first}" if first == last else f"lines {first}-{last}"
        say(f"  {lines}: {terminal(region['why'])}")


def never_written(document: Document) -> list[dict[str, Any]]:
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
