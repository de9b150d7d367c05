"""`medvl-watch list inspect`: how medvl-watch reads a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.inspect_view import InspectedList, direction_of, never_written, report
from medvl_watch.cli.list_files import configured_templates, file_type, list_option
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import say_json
from medvl_watch.errors import ExitCode
from medvl_watch.lists.inspecting.levels import levels_of, meaning_of
from medvl_watch.lists.inspecting.section_report import learned_of, units_of
from medvl_watch.lists.inspecting.traits import Trait, traits_of
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.lists.style.overrides import Overrides
from medvl_watch.lists.style.samples import ListSamples
from medvl_watch.storage.user_files import read_list


@click.command(
    short_help="Show how a list is read and how entries are written.",
    epilog=examples(
        "medvl-watch list inspect README.md",
        "medvl-watch list inspect README.md --json",
    ),
)
@click.argument("file", type=file_type)
@list_option
@config_option
@json_option
def inspect(file: Path, list_id: str | None, config: Path | None, *, as_json: bool) -> ExitCode:
    """Show how the list FILE is read, and how new entries would be written.

    For the whole list: the meaning of each heading level; its wording, labels and counts, each
    with the share of places that agree. For each section: its entries and their order, the
    place of new ones, and the Jinja2 template that is learned from them, which the configuration
    can override. Also the regions that are never written to, and why. A file that cannot be
    edited safely is refused with the reason.
    """
    document = parse(read_list(file))
    habits = ListSamples(document, Overrides(configured_templates(list_id, config)))
    seen = [
        InspectedList(section, meaning_of(document, section), units_of(habits, section),
              learned_of(habits, section))
        for section in document.sections
        if section.path
    ]  # fmt: skip
    traits = traits_of(habits)
    if as_json:
        say_json(_as_json(file, document, seen, traits))
    else:
        report(file, document, seen, traits)
    return ExitCode.DONE


def _as_json(
    file: Path, document: Document, seen: Sequence[InspectedList], traits: Sequence[Trait]
) -> dict[str, Any]:
    return {
        "file": str(file),
        "lines": len(document.lines),
        "entries": len(document.entries),
        "newline": "CRLF" if document.newline == "\r\n" else "LF",
        "final_newline": bool(document.lines) and document.lines[-1].endswith("\n"),
        "levels": [
            {"depth": n, "meaning": meaning, "confidence": round(share, 2), "headings": count}
            for n, (meaning, share, count) in enumerate(levels_of(document), start=1)
        ],
        "habits": [{**asdict(each), "share": round(each.share, 2)} for each in traits],
        "sections": [_section_json(each) for each in seen],
        "never_written": never_written(document),
    }


def _section_json(each: InspectedList) -> dict[str, Any]:
    """A section for machines; each learned thing stands beside its confidence."""
    learned, order = each.learned, each.order
    return {
        "line": each.section.line + 1,
        "path": each.section.path,
        "notation": each.section.kind,
        "meaning": each.meaning,
        "entries": each.entries,
        "units": {unit.name: count for unit, count in each.units.items()},
        "unit": learned.unit,
        "unit_confidence": round(learned.unit_share, 2),
        "marker": learned.marker,
        "marker_confidence": round(learned.marker_share, 2),
        "blank_lines": learned.blank_lines,
        "blank_lines_confidence": round(learned.blank_lines_share, 2),
        "order": direction_of(order) if order else "",
        "order_confidence": round(min(1.0, order.strength), 2) if order else 0.0,
        "order_from": learned.order_source if order else "",
        "ties": "last" if learned.ties_last else "first",
        "grows_at": "top" if learned.growth.at_top else "bottom",
        "grows_confidence": round(learned.growth.share, 2),
        "grows_from": learned.growth.source,
        "template": learned.template,
        "template_confidence": round(learned.template_share, 2),
        "template_from": learned.template_source,
        "configured": learned.configured,
        "fidelity": round(learned.fidelity.share, 2),
        "tried": learned.fidelity.tried,
        "refusal": learned.refusal,
    }
