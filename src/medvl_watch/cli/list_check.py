"""`medvl-watch list check`: report errors in lists, and fix those of the rules named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.list_files import OutputOptions, delivery_options, file_type
from medvl_watch.cli.options import examples, json_option
from medvl_watch.cli.output import plural, say, say_json, warn
from medvl_watch.errors import ExitCode, WatchError, combined_exit_code
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.checking.fixing import FixResult, mend
from medvl_watch.lists.checking.register import RULES
from medvl_watch.lists.checking.register import check as findings_of
from medvl_watch.publish.render import terminal
from medvl_watch.storage.user_files import read_list

_RULES = "\n".join(
    ["\b", "Rules:", *(f"  {name:<15} {rule.meaning}" for name, rule in RULES.items())]
)
_SHOWN_ALIKE = 3
rule_type = click.Choice(list(RULES))


@dataclass(frozen=True, slots=True)
class _CheckResult:
    """A list with its findings, and its text with the findings of the named rules fixed."""

    path: Path
    text: str
    findings: tuple[Finding, ...]
    mended: FixResult

    @property
    def faults(self) -> list[Finding]:
        return [each for each in self.findings if not each.note]

    @property
    def left(self) -> list[Finding]:
        return [each for each in self.faults if each not in self.mended.mended]


@click.command(
    short_help="Report errors in lists; fix those that can be fixed safely.",
    epilog=examples(
        "medvl-watch list check README.md",
        "medvl-watch list check lists/*.md --strict --json",
        "medvl-watch list check README.md --fix decoded-twice --fix redirect --diff",
        "medvl-watch list check README.md --fix scheme --in-place",
    )
    + "\n\n"
    + _RULES,
)
@click.argument("files", nargs=-1, required=True, type=file_type, metavar="FILE...")
@click.option(
    "--rule",
    "only",
    multiple=True,
    type=rule_type,
    metavar="RULE",
    help="Check only this rule. Repeatable.",
)
@click.option(
    "--fix",
    multiple=True,
    type=rule_type,
    metavar="RULE",
    help="Fix the findings of this rule that are marked *. Repeatable.",
)
@delivery_options
@click.option(
    "--notes",
    is_flag=True,
    help="Also show notes: findings that may be intended, or that the list does not prove.",
)
@click.option("--strict", is_flag=True, help="Exit with 4 if findings remain.")
@json_option
def check(  # noqa: PLR0913 - click gives every option by its name
    *,
    files: tuple[Path, ...],
    only: tuple[str, ...],
    fix: tuple[str, ...],
    delivery: OutputOptions,
    notes: bool,
    strict: bool,
    as_json: bool,
) -> ExitCode:
    """Report errors in each list FILE: line, rule, what is wrong, and what to do.

    Nothing is changed unless --fix names a rule. Then only findings marked * are fixed: those
    that need no further knowledge. Each fix is proved to change nothing else. The exit code is
    0 even if there are findings, unless --strict is given.
    """
    if delivery.output is not None and len(files) > 1:
        raise click.UsageError("--output takes one list; use --in-place for several.")
    if delivery.is_asked and not fix:
        raise click.UsageError("--diff, --output and --in-place need --fix RULE.")
    checked, problems = _check(files, tuple(dict.fromkeys((*only, *fix))) if only else (), fix)
    _say_all(checked, delivery, fix, notes=notes, as_json=as_json)
    warn(problems)
    left = any(each.left for each in checked)
    return ExitCode.PARTLY if strict and left and not problems else combined_exit_code(problems)


def _say_all(
    checked: Sequence[_CheckResult],
    delivery: OutputOptions,
    fix: tuple[str, ...],
    *,
    notes: bool,
    as_json: bool,
) -> None:
    for each in checked:
        if as_json:
            _report_json(each, delivery, notes=notes)
        else:
            _report(each, delivery, fix, notes=notes)
    if not as_json:
        _summary(checked, fix, notes=notes)


def _check(
    files: Sequence[Path], rules: tuple[str, ...], fix: tuple[str, ...]
) -> tuple[list[_CheckResult], list[WatchError]]:
    checked: list[_CheckResult] = []
    problems: list[WatchError] = []
    for path in files:
        try:
            text = read_list(path)
        except WatchError as error:
            problems.append(error)
            continue
        findings = findings_of(text, rules)
        wanted = [each for each in findings if each.rule in fix and each.changes and not each.note]
        checked.append(_CheckResult(path, text, tuple(findings), mend(text, wanted)))
    return checked, problems


# --- for people -----------------------------------------------------------------------


def _report(
    checked: _CheckResult, delivery: OutputOptions, fix: tuple[str, ...], *, notes: bool
) -> None:
    if fix:
        _report_mended(checked, delivery)
        return
    shown = [each for each in checked.findings if notes or not each.note]
    if not shown:
        say(f"{checked.path}: nothing found")
        return
    say(f"{checked.path}:")
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for each in shown:
        alike.setdefault((each.rule, each.what, each.fix), []).append(each)
    for group in sorted(alike.values(), key=lambda group: group[0].line):
        for each in group if len(group) <= _SHOWN_ALIKE else group[:1]:
            _say_finding(each)
        if len(group) > _SHOWN_ALIKE:
            lines = ", ".join(str(each.line) for each in group[1:])
            say(f"{'':24} the same at {plural(len(group) - 1, 'more line')}: {lines}")


def _say_finding(finding: Finding) -> None:
    mark = "*" if finding.is_fixable else " "
    kind = f"{finding.rule}{mark}"
    note = "note: " if finding.note else ""
    say(f"{finding.line:>6}  {kind:<16} {note}{terminal(finding.what)}")
    say(f"{'':24} → {terminal(finding.fix)}")


def _report_mended(checked: _CheckResult, delivery: OutputOptions) -> None:
    written = delivery.deliver(checked.path, checked.text, checked.mended.text)
    if delivery.diff and written is None:
        return
    delivery.say(f"{checked.path}: {_mended_in_words(checked, written)}.")
    for each in checked.mended.left:
        say(f"{checked.path}:{each.line}: {each.rule} is not fixed: no change could be proved.")


def _mended_in_words(checked: _CheckResult, written: Path | None) -> str:
    mended = checked.mended.mended
    if not mended:
        return "nothing to fix by these rules"
    lines = ", ".join(str(line) for line in dict.fromkeys(each.line for each in mended))
    verb = f"fixed in {written}" if written else "would be fixed (--diff shows how)"
    return f"{plural(len(mended), 'finding')} at {lines} {verb}"


def _summary(checked: Sequence[_CheckResult], fix: tuple[str, ...], *, notes: bool) -> None:
    if fix or not checked:
        return
    faults = [each for one in checked for each in one.faults]
    fixable = [each for each in faults if each.is_fixable]
    silent = sum(each.note for one in checked for each in one.findings)
    say()
    say(f"{plural(len(faults), 'finding')} in {plural(len(checked), 'list')}.")
    if fixable:
        rules = " ".join(f"--fix {name}" for name in RULES if any(f.rule == name for f in fixable))
        say(f"{len(fixable)} of them (*) can be fixed: {rules}")
    if silent and not notes:
        say(f"{plural(silent, 'note')} not shown; --notes shows them.")


# --- for machines ---------------------------------------------------------------------


def _report_json(checked: _CheckResult, delivery: OutputOptions, *, notes: bool) -> None:
    delivered = delivery.as_json(checked.path, checked.text, checked.mended.text)
    findings = [_finding_json(each, checked) for each in checked.findings if notes or not each.note]
    count = len(checked.faults)
    say_json({"file": str(checked.path), "count": count, "findings": findings, **delivered})


def _finding_json(finding: Finding, checked: _CheckResult) -> dict[str, Any]:
    return {
        "line": finding.line,
        "rule": finding.rule,
        "what": finding.what,
        "fix": finding.fix,
        "fixable": finding.is_fixable,
        "note": finding.note,
        "mended": finding in checked.mended.mended,
    }
