"""`medvl-watch init`: look at a list and write the files with which it is kept up to date."""

from __future__ import annotations

import os
from pathlib import Path

import click

from medvl_watch.cli.init_look import ListStart, look_at, preview_of
from medvl_watch.cli.init_preview import MOST_SHOWN, Preview
from medvl_watch.cli.init_view import print_start, start_as_json
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import dry_run_option, examples, json_option
from medvl_watch.cli.output import say, say_json, warn
from medvl_watch.errors import ConfigError, ExitCode, ForgeDenied
from medvl_watch.publish import render
from medvl_watch.storage.user_files import write_text

_TOKEN, _API = "GITHUB_TOKEN", "GITHUB_API_URL"


@click.command(
    epilog=examples(
        "medvl-watch init README.md              a file on this machine",
        "medvl-watch init ../my-list             a clone",
        "medvl-watch init owner/name             a repository on GitHub",
        "medvl-watch init owner/name --pull-request    propose the files there (GITHUB_TOKEN)",
        "medvl-watch init README.md --dry-run    show what would be written and proposed",
        "medvl-watch init README.md --papers papers.jsonl    with papers at hand, not from arXiv",
    )
)
@click.argument("source", default=".", metavar="[REPO | FILE]")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Write the files into this folder. Default: the working folder.",
)
@click.option(
    "--pull-request",
    is_flag=True,
    help="Write nothing here; open a pull request with the files in the list's repository.",
)
@click.option(
    "--papers",
    type=file_type,
    help="Show what would be proposed of the papers in this file, instead of asking arXiv.",
)
@click.option("--offline", is_flag=True, help="Do not ask arXiv.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@dry_run_option
@json_option
def command(  # noqa: PLR0913  one parameter per option
    source: str,
    output: Path,
    papers: Path | None,
    *,
    pull_request: bool,
    offline: bool,
    force: bool,
    dry_run: bool,
    as_json: bool,
) -> ExitCode:
    """Look at a list and write what is needed to keep it up to date.

    The list is the README of a folder or of a repository on GitHub, or a Markdown file. Its
    sections and its subject are learned from its entries. Written are medvl-watch.toml with every
    key explained, a workflow for GitHub Actions, and, if the list is on another subject than ours,
    sources.yaml with a query derived from its entries and taxonomy.yaml made from its headings.

    Then the papers of the last two weeks are judged, and what would be proposed is shown. Nothing
    is written if one of the files exists already, unless --force is given.
    """
    start = look_at(source, output)
    if pull_request:
        _check_place(start)
    elif not (dry_run or force):
        _refuse_existing(start, output)
    shown, problems = preview_of(start, papers, offline=offline, quiet=as_json)
    problems = [*start.problems, *problems]
    address = ""
    if not dry_run:
        if pull_request:
            address = _open_pull(start, shown)
        else:
            _write(start, output)
    if as_json:
        report = start_as_json(start, shown, problems, output, dry_run=dry_run)
        say_json(report | {"pull_request": address or None})
    else:
        print_start(start, shown, output, dry_run=dry_run, is_local=not pull_request)
        if address:
            say(f"The pull request with {', '.join(start.files)}: {render.terminal(address)}")
    warn(problems)
    return ExitCode.PARTLY if problems else ExitCode.DONE


def _write(start: ListStart, output: Path) -> None:
    for name, text in start.files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)


def _refuse_existing(start: ListStart, output: Path) -> None:
    existing = [name for name in start.files if (output / name).exists()]
    if existing:
        raise ConfigError(
            f"{' and '.join(existing)} {'exists' if len(existing) == 1 else 'exist'} already, so"
            " nothing was written",
            where=str(output),
            remedy="name another folder with --output, or replace with --force",
        )


def _check_place(start: ListStart) -> None:
    if not start.at_hand.repository:
        raise ConfigError(
            "the repository of this list on GitHub is not known",
            where="--pull-request",
            remedy="name it as owner/name, or a clone of it",
        )
    if not os.environ.get(_TOKEN, "").strip():
        raise ForgeDenied(
            "the token for GitHub is missing",
            where=f"environment variable {_TOKEN}",
            remedy="give one with contents: write, pull_requests: write and workflows: write",
        )


def _open_pull(start: ListStart, shown: Preview | None) -> str:
    from medvl_watch.publish.github.client import PUBLIC_API
    from medvl_watch.publish.github.setup_pull import open_setup_pull

    body = render.templates().get_template("setup.md.j2").render(
        title=start.target.title,
        entries=len(start.document.entries),
        sections=start.sections,
        words=", ".join(start.strongest_words[:8]),
        files=list(start.files),
        shown=shown,
        most=MOST_SHOWN,
    )  # fmt: skip
    published = open_setup_pull(
        os.environ[_TOKEN].strip(),
        start.at_hand.repository,
        start.files,
        title="Keep this list up to date with medvl-watch",
        body=body,
        base_url=os.environ.get(_API) or PUBLIC_API,
    )
    return published.address
