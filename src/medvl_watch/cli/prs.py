"""`medvl-watch prs`: show the pull requests; merge or close those of the local forge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from medvl_watch.changes import PullRequest, PullState, Target
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import nearby, say, say_json, warn
from medvl_watch.cli.session import now, workbench
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, ExitCode, combined_exit_code
from medvl_watch.pipeline.list_state import pulls_of
from medvl_watch.ports import Forge, Workbench
from medvl_watch.publish.list_diff import list_diff
from medvl_watch.publish.render import terminal


class _PullOptions(NamedTuple):
    """The options of the group, which may be given before or after the subcommand."""

    config: Path | None
    as_json: bool


def pull_options(function: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Add the arguments that name a pull request, and the options of the group."""
    for decorate in (
        json_option,
        config_option,
        click.argument("number", type=click.IntRange(min=1), required=False),
        click.argument("list_id", metavar="LIST"),
    ):
        function = decorate(function)
    return function


@click.group(
    invoke_without_command=True,
    epilog=examples(
        "medvl-watch prs",
        "medvl-watch prs show chest-xray-vlp",
        "medvl-watch prs diff chest-xray-vlp | less",
        "medvl-watch prs merge chest-xray-vlp",
        "medvl-watch prs close medical-clip 1     its papers do not come back",
    ),
)
@config_option
@json_option
@click.pass_context
def command(context: click.Context, config: Path | None, *, as_json: bool) -> ExitCode:
    """Show the pull requests; with a subcommand: show, diff, merge or close one.

    NUMBER defaults to the open pull request of the list. `merge` and `close` work with the
    local forge only; on GitHub, use GitHub itself. There, `diff` shows an open pull request.
    """
    context.obj = _PullOptions(config, as_json)
    if context.invoked_subcommand is None:
        return _overview(config, as_json=as_json)
    return ExitCode.DONE


def _overview(config: Path | None, *, as_json: bool) -> ExitCode:
    settings, forge = _open(config)
    targets = settings.targets()
    pulls, problems = pulls_of(forge, targets)
    rows = [(target, pull) for target in targets for pull in pulls.get(target.id, ())]
    if as_json:
        say_json([_as_json(target, pull) for target, pull in rows])
    elif not rows and not problems:
        say("There are no pull requests yet; `medvl-watch run` opens them.")
    else:
        for target, pull in rows:
            say(f"{target.id} {pull.number}  {pull.state.value:<6}  {terminal(pull.title)}")
            say(f"    {nearby(pull.address)}")
    warn(problems)
    return combined_exit_code(problems, something_done=bool(pulls))


@command.command(epilog=examples("medvl-watch prs show medical-clip"))
@pull_options
def show(list_id: str, number: int | None, config: Path | None, *, as_json: bool) -> ExitCode:
    """Print a pull request's title and body."""
    options = _pull_options(config, as_json=as_json)
    _, target, pull = _find(options.config, list_id, number)
    if options.as_json:
        say_json(_as_json(target, pull) | {"body": pull.body})
    else:
        say(f"# {pull.title}\n\n{pull.body}")
    return ExitCode.DONE


@command.command(epilog=examples("medvl-watch prs diff medical-clip"))
@pull_options
def diff(list_id: str, number: int | None, config: Path | None, *, as_json: bool) -> ExitCode:
    """Print what a pull request changes in its list."""
    options = _pull_options(config, as_json=as_json)
    forge, target, pull = _find(options.config, list_id, number)
    text = _diff(forge, target, pull)
    if options.as_json:
        say_json(_as_json(target, pull) | {"diff": text})
    else:
        click.echo(text, nl=False)
    return ExitCode.DONE


@command.command(epilog=examples("medvl-watch prs merge medical-clip"))
@pull_options
def merge(list_id: str, number: int | None, config: Path | None, *, as_json: bool) -> ExitCode:
    """Merge an open pull request into its list; its papers are accepted."""
    options = _pull_options(config, as_json=as_json)
    forge, target, pull = _find(options.config, list_id, number, only_open=True)
    merged = workbench(forge).merge(target, pull.number)
    return _print_pull(options, target, merged, "the next run records its papers")


@command.command(
    short_help="Close an open pull request; its papers are refused.",
    epilog=examples("medvl-watch prs close medical-clip"),
)
@pull_options
def close(list_id: str, number: int | None, config: Path | None, *, as_json: bool) -> ExitCode:
    """Close an open pull request without merging; its papers are refused for good."""
    options = _pull_options(config, as_json=as_json)
    forge, target, pull = _find(options.config, list_id, number, only_open=True)
    closed = workbench(forge).close(target, pull.number)
    return _print_pull(options, target, closed, "its papers will not come back")


def _diff(forge: Forge, target: Target, pull: PullRequest) -> str:
    """The changes that a forge on this machine kept, else those that an open pull request would
    make to the list as it is now."""
    if isinstance(forge, Workbench):
        return forge.diff(target, pull.number)
    after = forge.proposed_list(target, pull) if pull.state is PullState.OPEN else None
    if after is None:
        raise ConfigError(
            f"the changes of pull request {pull.number} are shown only while it is open",
            where=target.id,
            remedy=f"look at {pull.address}/files",
        )
    return list_diff(forge.read(target).content, after, target.path)


def _print_pull(options: _PullOptions, target: Target, pull: PullRequest, words: str) -> ExitCode:
    if options.as_json:
        say_json(_as_json(target, pull))
    else:
        say(f"{target.id} {pull.number} is {pull.state.value}; {words}.")
    return ExitCode.DONE


def _pull_options(config: Path | None, *, as_json: bool) -> _PullOptions:
    before: _PullOptions = click.get_current_context().obj
    return _PullOptions(config or before.config, as_json or before.as_json)


def _open(config: Path | None) -> tuple[Settings, Forge]:
    from medvl_watch.cli.session import forge_of

    settings, _ = read_settings(config)
    return settings, forge_of(settings, now())


def _find(
    config: Path | None, list_id: str, number: int | None, *, only_open: bool = False
) -> tuple[Forge, Target, PullRequest]:
    settings, forge = _open(config)
    targets = {target.id: target for target in settings.targets()}
    if list_id not in targets:
        raise ConfigError(
            f"there is no list {list_id!r}", remedy=f"use one of {', '.join(targets)}"
        )
    target = targets[list_id]
    pulls = forge.pull_requests(target)
    wanted = [
        pull
        for pull in pulls
        if (number is None or pull.number == number)
        and (not only_open or pull.state is PullState.OPEN)
    ]
    ranked = sorted(wanted, key=lambda pull: (pull.state is PullState.OPEN, pull.number))
    if not ranked:
        kind = "open pull request" if only_open else "pull request"
        which = f"{kind} {number}" if number is not None else kind
        raise ConfigError(f"{list_id} has no {which}", remedy="`medvl-watch prs` shows them all")
    return forge, target, ranked[-1]


def _as_json(target: Target, pull: PullRequest) -> dict[str, Any]:
    return {
        "list": target.id,
        "number": pull.number,
        "state": pull.state.value,
        "title": pull.title,
        "branch": pull.branch,
        "head": pull.head,
        "address": pull.address,
    }
