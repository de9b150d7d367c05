"""`medvl-watch doctor`: check the installation, one line per check."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import click

from medvl_watch.classify.register import LLM_CLASSIFIERS
from medvl_watch.cli.config import problems_of
from medvl_watch.cli.exam_taking import latest_result
from medvl_watch.cli.judges import list_classifiers
from medvl_watch.cli.ledger_place import ledger_place
from medvl_watch.cli.list_routing import CurrentLists
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import plural, say, say_json
from medvl_watch.cli.session import existing_ledger, now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.cli.source_opening import catalogue_of
from medvl_watch.config import Settings
from medvl_watch.diagnosis.assessment import (
    HttpAnswer,
    assess_clock,
    assess_disk,
    assess_schedule,
    assess_sources,
    assess_workflows,
)
from medvl_watch.diagnosis.classifier_checks import assess_exam, assess_list
from medvl_watch.diagnosis.findings import HealthFinding, HealthStatus, failed, passed, skipped
from medvl_watch.diagnosis.github_access import assess_repository, assess_token
from medvl_watch.diagnosis.measurement import ask_all, measure_disk, server_time
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.publish.render import terminal

_MARKS = {
    HealthStatus.OK: ("ok", "green"),
    HealthStatus.WARNING: ("warning", "yellow"),
    HealthStatus.FAILED: ("FAILED", "red"),
    HealthStatus.SKIPPED: ("skipped", None),
}


@click.command(
    epilog=examples(
        "medvl-watch doctor",
        "medvl-watch doctor --config lists/medvl-watch.toml",
        "medvl-watch doctor --json | jq '.findings[] | select(.status == \"failed\")'",
    )
)
@config_option
@json_option
def command(config: Path | None, *, as_json: bool) -> ExitCode:
    """Check configuration, disk, model, lists, clock, sources, schedule, token and access.

    Each line is fine, or says in one sentence what to do. Nothing is written. Each question to
    a server takes at most two seconds; without a network, what needs one is skipped. Whether a
    source works right now is checked by `medvl-watch sources test`.

    The exit code is 0 if nothing failed, else 4; 2 if the configuration cannot be read.
    """
    settings, path = read_settings(config)
    findings = list(_findings(settings, path, now()))
    if as_json:
        say_json({"config": str(path), "findings": [asdict(each) for each in findings]})
    else:
        _print_findings(findings)
    is_wrong = any(each.status is HealthStatus.FAILED for each in findings)
    return ExitCode.PARTLY if is_wrong else ExitCode.DONE


_PATIENCE = 2
"""Seconds that a server has to answer."""


def _findings(settings: Settings, path: Path, moment: datetime) -> Iterator[HealthFinding]:
    problems = list(problems_of(settings, offline=True))
    for problem in problems:
        yield _configuration_failure(problem)
    if not problems:
        yield passed("configuration", f"{path} is valid, with {_lists(settings)}")
    yield assess_disk(measure_disk(settings.state))
    yield _ledger(settings)
    if not problems:
        yield from _classifiers(settings, moment)
    yield from _history(settings, moment)
    yield from _forge(settings, moment)


def _configuration_failure(problem: WatchError) -> HealthFinding:
    detail = f"{problem.where}: {problem.what}" if problem.where else problem.what
    return failed("configuration", detail, problem.remedy)


def _classifiers(settings: Settings, moment: datetime) -> Iterator[HealthFinding]:
    """Whether the language model has passed its exam, and whether what judges papers for a list
    knows what the list holds. No model is asked."""
    taxonomy = read_taxonomy(settings)
    chosen = settings.classifier
    if chosen.name in LLM_CLASSIFIERS:
        yield assess_exam(chosen.llm.model, latest_result(settings, taxonomy))
    current = CurrentLists(settings, moment)
    classifiers = list_classifiers(settings, taxonomy, moment)
    for entry in settings.lists:
        document = current.document(entry)
        if document is None:
            yield skipped(f"list {entry.id}", "it was not read yet")
            continue
        found = classifiers.of(entry.target(), document)
        yield assess_list(entry.id, found.check, found.problem)


def _ledger(settings: Settings) -> HealthFinding:
    """Whether the ledger can be read."""
    from medvl_watch.ledger.files import engine_to_read

    place = ledger_place(settings)
    try:
        engine = engine_to_read(place if isinstance(place, Path) else place.within(_PATIENCE))
    except WatchError as error:
        return failed("ledger", f"{place}: {error.what}", error.remedy)
    if engine is None:
        return skipped("ledger", f"{place}: the first run makes it")
    engine.dispose()
    return passed("ledger", f"{place} can be read")


def _history(settings: Settings, moment: datetime) -> Iterator[HealthFinding]:
    """What the ledger knows of earlier runs."""
    if settings.recordings is not None:
        yield skipped("sources", "recorded answers are read instead of the network")
        return
    try:
        names = [each.id for each in catalogue_of(settings).enabled()]
        with existing_ledger(settings, wait=_PATIENCE) as ledger:
            health = ledger.receipts() if ledger else ()
    except WatchError:
        yield skipped("sources", "their earlier polls cannot be read")
        return
    yield assess_schedule(health, moment)
    yield from assess_sources(names, health, moment)


def _forge(settings: Settings, moment: datetime) -> Iterator[HealthFinding]:
    """The token, and what it sees of the lists and of the repository of the digest."""
    if settings.forge.name != "github":
        yield skipped("token", f"the forge {settings.forge.name} needs none")
        return
    token = os.environ.get(settings.forge.token_env, "")
    finding = assess_token(token, settings.forge.token_env)
    yield finding
    if finding.status is HealthStatus.FAILED:
        return
    lists = list(dict.fromkeys(entry.repository for entry in settings.lists))
    home = settings.forge.digest_repository
    api = settings.forge.api.rstrip("/")
    repositories = [*lists, *([home] if home and home not in lists else [])]
    addresses = [f"{api}/repos/{quote(name)}" for name in repositories]
    if home:
        addresses.append(f"{api}/repos/{quote(home)}/actions/workflows?per_page=100")
    answers = ask_all(addresses, token)
    yield assess_clock(server_time(answers), moment)
    for name, answer in zip(repositories, answers, strict=False):
        yield assess_repository(answer, name, lists=name in lists)
    yield from _workflows(answers, home)


def _workflows(answers: Sequence[HttpAnswer], home: str) -> Iterator[HealthFinding]:
    if home:
        yield assess_workflows(answers[-1], home)
    else:
        yield skipped("workflows", "no repository for the digest is configured")


def _print_findings(findings: Sequence[HealthFinding]) -> None:
    wide = min(40, max(len(each.check) for each in findings))
    for each in findings:
        word, colour = _MARKS[each.status]
        mark = click.style(f"{word:<8}", fg=colour)
        say(f"{mark} {terminal(each.check, wide):<{wide}}  {terminal(each.detail)}")
        if each.remedy:
            say(f"{'':8} {'':<{wide}}  → {terminal(each.remedy)}")
    counts = {status: sum(each.status is status for each in findings) for status in HealthStatus}
    say()
    say(
        f"{plural(counts[HealthStatus.OK], 'check')} passed, {counts[HealthStatus.WARNING]} with a "
        f"warning, {counts[HealthStatus.FAILED]} failed, {counts[HealthStatus.SKIPPED]} skipped."
    )


def _lists(settings: Settings) -> str:
    return plural(len(settings.lists), "list")
