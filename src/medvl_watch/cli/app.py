"""`medvl-watch`: finds the command, runs it, and turns what went wrong into an exit code.

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

COMMANDS = {
    "run": "Poll the sources, judge what is new, and open or update the pull requests.",
    "serve": "Do the same on a schedule until stopped.",
    "classify": "Judge one paper, or a file of papers, by hand.",
    "digest": "Write the week's digest: what came, where it went, how the sources are.",
    "prs": "Show, diff, merge or close the pull requests.",
    "explain": "Tell a paper's whole story: records, verdict, evidence, outcomes.",
    "list": "Inspect, check or extend a curated list by hand.",
    "train": "Make a model for the classifier `local`, from lists and from decisions.",
    "eval": "Measure medvl-watch on cases whose answers are known.",
    "config": "Check the configuration, or write one to start from.",
}
"""Each command is a module of the same name in this folder with a click command `command`."""

EPILOG = """\b
Examples:
  medvl-watch run                        the demonstration, where no medvl-watch.toml is found
  medvl-watch run --dry-run              say what would be done, write nothing
  medvl-watch classify 2403.17834        why (not) this paper, and where it would go
  medvl-watch prs diff chest-xray-vlp    what a pull request changes
\b
Exit codes: 0 done or nothing to do, 1 a bug of ours, 2 configuration or usage,
3 authentication or permission, 4 partly done, 75 put off (limits), 130 interrupted.
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
    """Run the command line and return its exit code; never raises for what a person did."""
    _write_whatever_comes()
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
        _say("interrupted; what was recorded stays, the next run goes on from there.")
        return ExitCode.INTERRUPTED
    except SystemExit:
        if sys.stdout is stdout:
            raise  # the shell asked for completions
        sys.stdout, sys.stderr = stdout, stderr  # click's way to say that the pipe broke
        _forget_the_pipe()
        return ExitCode.DONE
    except WatchError as error:
        _say(str(error))
        return error.exit_code
    except Exception:  # noqa: BLE001 - the last line of defence: a bug is ours, and says so
        _say("this is a bug in medvl-watch; please report it with the lines below.")
        _say(f"medvl-watch {__version__}, Python {sys.version.split()[0]}")
        traceback.print_exc()
        return ExitCode.BUG
    return result if isinstance(result, int) else ExitCode.DONE


def _write_whatever_comes() -> None:
    """A terminal that has no letter for something is shown its number instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _forget_the_pipe() -> None:
    """The reader (head, less) has seen enough: keep the interpreter from complaining at its
    end that nobody listens."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(words: str) -> None:
    click.echo(f"medvl-watch: {words}", err=True)
