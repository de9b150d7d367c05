"""The log of `serve`: lines for a person or JSON for a collector, through structlog.

Nothing of others can forge a line: control characters and line ends are removed, and every line
begins with a time that we write. Secrets of the environment are removed last, also from
exceptions.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any, TextIO

import structlog

from medvl_watch.publish import render
from medvl_watch.redaction import redact_all

_CHATTY = ("apscheduler", "arxiv")
_Event = MutableMapping[str, Any]


class _LogHandler(logging.StreamHandler[TextIO]):
    """Ours among the handlers, so that a second configuration replaces it."""


def configure_log(form: str, secrets: Sequence[str], stream: TextIO | None = None) -> None:
    """Send all log records to `stream`, by default standard error, as `text` or `json`."""
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _LogHandler)]:
        root.removeHandler(old)
    handler = _LogHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(form, secrets))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(form: str, secrets: Sequence[str]) -> logging.Formatter:
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    render_line = structlog.processors.JSONRenderer(ensure_ascii=False)

    def last(logger: Any, name: str, event: _Event) -> str:
        line = str(render_line(logger, name, event)) if form == "json" else _as_line(event)
        return redact_all(line, secrets)

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )


def _as_line(event: _Event) -> str:
    """`2026-12-01T06:41:00Z info first: created pull request 1`, on one line."""
    said = render.log(str(event["event"]), None)
    trouble = f" | {render.log(event['exception'], None)}" if event.get("exception") else ""
    return f"{event['timestamp']} {event['level']} {said}{trouble}"
