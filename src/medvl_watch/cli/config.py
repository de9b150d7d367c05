"""`medvl-watch config`: check what a curator edits, or begin."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.classify.llm.setup import find_key_problem
from medvl_watch.classify.register import LLM_CLASSIFIERS
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.judges import judge_of, list_classifiers
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import plural, say, say_json, warn
from medvl_watch.cli.session import as_dry_run, forge_of, now
from medvl_watch.cli.settings_files import (
    missing_questions,
    read_only_taxonomy,
    read_prompt,
    read_settings,
    read_venues,
)
from medvl_watch.cli.source_opening import make_sources
from medvl_watch.config import FILE_NAME, Settings
from medvl_watch.errors import ConfigError, ExitCode, WatchError, combined_exit_code, os_reason
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import parse
from medvl_watch.offers.section_examples import missing_sections
from medvl_watch.papers.venue_names import VenueNames
from medvl_watch.storage.user_files import read_text


@click.group(
    epilog=examples(
        "medvl-watch config check",
        "medvl-watch config check --config lists/medvl-watch.toml --json",
        "medvl-watch config init",
    )
)
def command() -> None:
    """Check the configuration, or write one to start from."""


@command.command(
    short_help="Check configuration, taxonomy, sources, prompts and lists.",
    epilog=examples("medvl-watch config check", "medvl-watch config check --offline"),
)
@config_option
@click.option("--offline", is_flag=True, help="Do not read the lists themselves.")
@json_option
def check(config: Path | None, *, offline: bool, as_json: bool) -> ExitCode:
    """Check configuration, taxonomy, sources, venues, prompts and lists; write nothing.

    Reports all errors at once, each with file, key and reason.
    """
    settings, path = read_settings(config)
    problems = list(problems_of(settings, offline=offline))
    doubts = list(_doubts(settings, path))
    if as_json:
        say_json(
            {
                "config": str(path),
                "problems": [str(problem) for problem in problems],
                "warnings": [str(doubt) for doubt in doubts],
            }
        )
    elif not problems:
        say(f"{path} is valid: {plural(len(settings.lists), 'list')}, "
            f"classifier {settings.classifier.name}, forge {settings.forge.name}.")  # fmt: skip
    warn([*problems, *doubts])
    code = combined_exit_code(problems, something_done=False)
    return ExitCode.CONFIG if code is ExitCode.PARTLY else code


@command.command(epilog=examples("medvl-watch config init", "medvl-watch config init other.toml"))
@click.argument("path", type=click.Path(path_type=Path), default=Path(FILE_NAME))
@json_option
def init(path: Path, *, as_json: bool) -> ExitCode:
    """Write a configuration file to start from, with every key explained."""
    text = read_text(
        bundled_folder("seeds") / "medvl-watch.example.toml", "install medvl-watch again"
    )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(
            f"cannot be written ({os_reason(error)})", where=str(path), remedy="name another file"
        ) from error
    if as_json:
        say_json({"written": str(path)})
        return ExitCode.DONE
    say(f"Wrote {path}: edit it, then run `medvl-watch config check --config {path}`.")
    return ExitCode.DONE


def _doubts(settings: Settings, path: Path) -> Iterator[WatchError]:
    """Settings that are valid but probably a mistake."""
    if settings.forge.name == "github" and not settings.forge.digest_repository:
        yield ConfigError(
            "forge.digest_repository is not set, so `digest` and the weekly job of `serve` fail",
            where=str(path),
            remedy="name the repository in which the digest is posted as an issue",
        )
    if settings.classifier.name in LLM_CLASSIFIERS:
        with suppress(WatchError):  # a prompt that cannot be read is among the problems
            yield from missing_questions(read_prompt(settings))


def problems_of(settings: Settings, *, offline: bool) -> Iterator[WatchError]:
    """Everything that is wrong, as values, so that one fault does not hide another."""
    from medvl_watch.scheduling.due_jobs import check_timetables

    taxonomy: Taxonomy | None = None
    try:
        taxonomy = read_only_taxonomy(settings)
        judge_of(settings, taxonomy, now(), may_ask=False).close()
    except WatchError as error:
        yield error
    if settings.classifier.name in LLM_CLASSIFIERS:
        yield from filter(None, [find_key_problem(settings.classifier.llm, os.environ)])
    venues: VenueNames | None = None
    try:
        venues = read_venues(settings)
    except WatchError as error:
        yield error
    for attempt in (
        lambda: make_sources(settings),
        lambda: check_timetables(settings.schedule),
        lambda: read_prompt(settings),
    ):
        try:
            attempt()
        except WatchError as error:
            yield error
    if taxonomy is not None and venues is not None and not offline:
        yield from _problems_of_lists(settings, taxonomy)


def _problems_of_lists(settings: Settings, taxonomy: Taxonomy) -> Iterator[WatchError]:
    try:
        forge = as_dry_run(forge_of(settings, now()))
    except WatchError as error:
        yield error
        return
    try:
        classifiers = list_classifiers(settings, taxonomy, now())
    except WatchError:  # the classifier cannot be opened, which is reported already
        return
    for target in settings.targets():
        try:
            text = decode(forge.read(target).content, where=target.id)
        except WatchError as error:
            yield error
            continue
        document = parse(text)
        missing = missing_sections(target, taxonomy, document)
        yield from filter(None, (missing, classifiers.of(target, document).problem))
