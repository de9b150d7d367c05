"""`medvl-watch`: finds the command, runs it, and turns errors into exit codes.

Commands are imported when they are called, so `--version` and `--help` answer at once.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from medvl_watch import __version__
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.redaction import redact_all, secrets_of

COMMANDS = {
    "init": "Look at a list and write the files with which it is kept up to date.",
    "run": "Poll the sources, judge what is new, and open or update the pull requests.",
    "serve": "Do the same on a schedule until stopped.",
    "classify": "Judge one paper, or a file of papers.",
    "exam": "Find out how far the configured language model can be trusted.",
    "digest": "Write the weekly digest: new papers, what became of them, health of the sources.",
    "prs": "Show, diff, merge or close the pull requests.",
    "explain": "Show the history of one paper: records, verdict, evidence, outcomes.",
    "list": "Inspect, check, extend or complete a curated list.",
    "sources": "Show the sources of papers and how they are, or try one.",
    "train": "Train a model for the classifier `local`, from lists and from decisions.",
    "eval": "Measure medvl-watch on cases with known answers.",
    "config": "Check the configuration, or write one to start from.",
    "link": "Find the records that describe one paper, and correct what was found.",
    "ledger": "Back up, restore and check the ledger: what was seen and decided.",
    "doctor": "Check the installation: configuration, disk, clock, sources, token and access.",
}
"""Each command is a module of the same name in this folder with a click command `command`."""

EPILOG = """\b
Examples:
  medvl-watch run                        run the demonstration (without a medvl-watch.toml)
  medvl-watch run --dry-run              show what would be done; write nothing
  medvl-watch classify 2403.17834        whether a paper belongs, why, and in which section
  medvl-watch prs diff chest-xray-vlp    what a pull request changes
\b
Exit codes: 0 success, 1 internal error, 2 wrong configuration or usage, 3 authentication
or permission, 4 partly done, 75 temporary failure (rate limit, budget or lock): try again
later, 130 interrupted.
"""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed, not when help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"medvl_watch.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """Keep curated lists of medical vision-language papers up to date, by pull request."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never raises for an error of the user."""
    _escape_unknown_characters()
    stdout, stderr = sys.stdout, sys.stderr
    try:
        result = app.main(
            args=None if argv is None else list(argv),
            prog_name="medvl-watch",
            standalone_mode=False,
        )
    except click.ClickException as error:
        error.show()
        return ExitCode.CONFIG
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted; what was recorded is kept, and the next run continues from there.")
        return ExitCode.INTERRUPTED
    except SystemExit:
        if sys.stdout is stdout:
            raise  # the shell asked for completions
        sys.stdout, sys.stderr = stdout, stderr  # click's way to say that the pipe broke
        _ignore_closed_pipe()
        return ExitCode.DONE
    except WatchError as error:
        _say(str(error))
        return error.exit_code
    except Exception:  # noqa: BLE001 - an internal error is reported as one
        _say("internal error; please report it with the lines below.")
        _say(f"medvl-watch {__version__}, Python {sys.version.split()[0]}")
        click.echo(redact_all(traceback.format_exc(), secrets_of(os.environ)), err=True)
        return ExitCode.INTERNAL_ERROR
    return result if isinstance(result, int) else ExitCode.DONE


def _escape_unknown_characters() -> None:
    """Write characters that the terminal's encoding lacks as escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _ignore_closed_pipe() -> None:
    """Silence the interpreter's complaint at exit about a pipe whose reader (head, less) has
    ended."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(words: str) -> None:
    """A sentence on standard error, without secrets of the environment: an error of a library
    may quote an address or a header."""
    click.echo(redact_all(f"medvl-watch: {words}", secrets_of(os.environ)), err=True)
