"""`medvl-watch sources`: the sources, how their polls went, and a poll that keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import plural, progress, say, say_json, warn
from medvl_watch.cli.session import existing_ledger, now
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.cli.source_opening import catalogue_of, live_fetcher
from medvl_watch.errors import ConfigError, ExitCode, SourceError, WatchError, combined_exit_code
from medvl_watch.ports import Source, SourceHealth, Window
from medvl_watch.publish.render import terminal
from medvl_watch.records import Poll, Receipt
from medvl_watch.sources.entries import SourceEntry

SHOWN = 5
"""Records that `test` and `replay` show of each source."""


@click.group(
    epilog=examples(
        "medvl-watch sources list",
        "medvl-watch sources status",
        "medvl-watch sources test radiology-ai",
        "medvl-watch sources replay recordings",
    )
)
def command() -> None:
    """Show the sources of papers and how they are, or try one."""


@command.command(
    "list", epilog=examples("medvl-watch sources list", "medvl-watch sources list --json")
)
@config_option
@json_option
def list_(config: Path | None, *, as_json: bool) -> ExitCode:
    """Show every source of the catalogue: its kind, whether it is polled, and how sure it is.

    "recorded" means that a real answer of this kind of source was read, "documented" and "used"
    that its documentation or other programs name the address, "unproven" that the first poll has
    to show whether it works.
    """
    settings, _ = read_settings(config)
    entries = catalogue_of(settings).sources
    if as_json:
        for entry in entries:
            say_json(entry.model_dump(mode="json"))
        return ExitCode.DONE
    widths = [max(len(getattr(entry, name)) for entry in entries) for name in ("id", "kind")]
    for entry in entries:
        state = "polled" if entry.enabled else "off"
        quiet = f", silent for up to {entry.quiet_days} days" if entry.quiet_days else ""
        say(f"{entry.id:{widths[0]}}  {entry.kind:{widths[1]}}  {state:6}  {entry.sure}{quiet}")
    polled = sum(entry.enabled for entry in entries)
    say(f"{plural(len(entries), 'source')}, {polled} of them polled.")
    return ExitCode.DONE


@command.command(epilog=examples("medvl-watch sources status", "medvl-watch sources status --json"))
@config_option
@json_option
def status(config: Path | None, *, as_json: bool) -> ExitCode:
    """Show how the latest poll of each source went, as the ledger has it.

    The exit code is 4 if a source has trouble or is silent for longer than is usual for it.
    """
    settings, _ = read_settings(config)
    entries = catalogue_of(settings).enabled()
    with existing_ledger(settings) as ledger:
        health = {one.receipt.source: one for one in ledger.receipts()} if ledger else {}
    problems: list[WatchError] = []
    for entry in entries:
        known = health.get(entry.id)
        trouble = _trouble(known)
        if trouble:
            problems.append(SourceError(trouble, where=entry.id))
        if as_json:
            say_json(_health_as_json(entry.id, known, trouble))
        else:
            say(_health_line(entry.id, known, trouble))
    return combined_exit_code(problems)


def _trouble(health: SourceHealth | None) -> str:
    """What is wrong with a source that was polled; empty if nothing is."""
    if health is None:
        return ""
    receipt = health.receipt
    return health.problem or receipt.incomplete or receipt.alarm


def _health_line(name: str, health: SourceHealth | None, trouble: str) -> str:
    if health is None:
        return f"{name}: not polled yet"
    receipt = health.receipt
    parts = [f"polled on {receipt.fetched_at:%Y-%m-%d %H:%M} UTC"]
    if trouble:
        parts.append(terminal(trouble.rstrip(".")))
    else:
        claimed = "" if receipt.claimed is None else f" of {receipt.claimed}"
        parts.append(f"{receipt.received}{claimed} records, {receipt.new or 0} new")
    parts += [terminal(one) for one in (receipt.detail, receipt.silence) if one]
    if trouble:
        good = f"{health.last_good:%Y-%m-%d}" if health.last_good else "never"
        parts.append(f"last read whole: {good}")
    return f"{name}: {'; '.join(parts)}"


def _health_as_json(name: str, health: SourceHealth | None, trouble: str) -> dict[str, Any]:
    if health is None:
        return {"source": name, "polled": False}
    return {
        "source": name,
        "polled": True,
        "ok": not trouble,
        "problem": trouble,
        "last_good": health.last_good,
        "last_news": health.last_news,
        **receipt_as_json(health.receipt),
    }


def receipt_as_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt with all its counts."""
    return {
        "fetched_at": receipt.fetched_at,
        "since": receipt.since,
        "until": receipt.until,
        "received": receipt.received,
        "claimed": receipt.claimed,
        "complete": receipt.complete,
        "incomplete": receipt.incomplete,
        "new": receipt.new,
        "repeats": receipt.repeats,
        "notices": receipt.notices,
        "unusable": dict(receipt.unusable),
        "pages": receipt.pages,
        "bytes": receipt.bytes,
        "status": receipt.status,
        "seconds": receipt.seconds,
        "detail": receipt.detail,
        "silence": receipt.silence,
        "alarm": receipt.alarm,
    }


@command.command(
    epilog=examples(
        "medvl-watch sources test arxiv",
        "medvl-watch sources test radiology-ai --days 30",
    )
)
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 400), default=7, help="How far to go back.")
@config_option
@json_option
def test(name: str, days: int, config: Path | None, *, as_json: bool) -> ExitCode:
    """Poll the source NAME once, over the network, and show what came. Nothing is kept."""
    settings, _ = read_settings(config)
    catalogue = catalogue_of(settings)
    entry = _named(catalogue.sources, name, str(settings.sources))
    moment = now()
    window = Window(since=moment - timedelta(days=days), until=moment)
    with progress() as report_step:
        report_step(f"reading {name}")
        problem, poll = _polled(entry.open(live_fetcher(settings, catalogue.contact)), window)
    _show(entry.id, poll, problem, as_json=as_json)
    warn([problem] if problem else [])
    return combined_exit_code([problem] if problem else [], something_done=poll is not None)


def _named(entries: Sequence[SourceEntry], name: str, where: str) -> SourceEntry:
    for entry in entries:
        if entry.id == name:
            return entry
    raise ConfigError(
        f"no source has the id {name!r}", where=where, remedy="see `medvl-watch sources list`"
    )


@command.command(epilog=examples("medvl-watch sources replay recordings"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@config_option
@json_option
def replay(folder: Path, config: Path | None, *, as_json: bool) -> ExitCode:
    """Read the recorded answers in FOLDER with the sources of the catalogue. Nothing is kept.

    FOLDER has an index.json that names the file of each page of each source. Sources of which
    there is no recording are left out.
    """
    from medvl_watch.sources.recorded import NotRecorded, RecordedFetcher

    settings, _ = read_settings(config)
    fetcher = RecordedFetcher(folder)
    moment = now()
    window = Window(since=moment - timedelta(days=14), until=moment)
    problems: list[WatchError] = []
    read = 0
    for entry in catalogue_of(settings).sources:
        problem, poll = _polled(entry.open(fetcher), window)
        if isinstance(problem, NotRecorded) and poll is None:
            continue
        read += poll is not None
        _show(entry.id, poll, problem, as_json=as_json)
        problems += [problem] if problem else []
    if not read and not problems:
        raise ConfigError(
            "no source of the catalogue is recorded here", where=str(folder),
            remedy="name the catalogue that belongs to it with --config",
        )  # fmt: skip
    warn(problems)
    return combined_exit_code(problems, something_done=read > 0)


def _polled(source: Source, window: Window) -> tuple[WatchError | None, Poll | None]:
    try:
        poll = source.poll(window)
    except WatchError as error:
        return error, None
    if poll.receipt.complete:
        return None, poll
    what = poll.receipt.incomplete or "not all of it came"
    return SourceError(what, where=source.name), poll


def _show(name: str, poll: Poll | None, problem: WatchError | None, *, as_json: bool) -> None:
    if as_json:
        counts = receipt_as_json(poll.receipt) if poll else {}
        titles = [record.title for record in poll.records] if poll else []
        say_json({"source": name, "problem": str(problem or ""), **counts, "titles": titles})
        return
    if poll is None:
        say(f"{name}: failed")
        return
    receipt = poll.receipt
    claimed = "" if receipt.claimed is None else f" of {receipt.claimed}"
    detail = f" ({terminal(receipt.detail)})" if receipt.detail else ""
    say(f"{name}: {receipt.received}{claimed} records{detail}")
    for record in poll.records[:SHOWN]:
        say(f"    {terminal(record.title)} ({record.published or 'no date'})")
    if len(poll.records) > SHOWN:
        say(f"    … and {len(poll.records) - SHOWN} more")
