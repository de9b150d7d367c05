"""Reads the body of a chat completion: of a call, or of a line of a batch's results.

Servers differ, so nothing is taken for granted: every missing part is a clause that says so.
"""

from __future__ import annotations

import json
from typing import Any

from medvl_watch.classify.llm.protocols import ChatCompletion

REFUSED = "the model refused"
CUT_OFF = "it was cut off before its end; use fewer words"
FILTERED = "the server's content filter held it back"
NOT_THE_FORM = frozenset({REFUSED, CUT_OFF, FILTERED})
"""Problems that another form of asking would not solve."""
_NO_JSON = "the server's reply was no JSON"
_NO_OBJECT = "the server's reply was no JSON object"
_NO_CHOICE = "the server gave no choice"
NO_COMPLETION = frozenset({_NO_JSON, _NO_OBJECT, _NO_CHOICE})
"""Problems of a server that may be none for language models."""
_LONGEST_SHOWN = 2_000  # characters of a reply that is no completion
_MOST_TOKENS = 10_000_000  # in one call; who counts more has not counted


def read_completion(body: str | bytes) -> ChatCompletion:
    """The completion in a body; `problem` says why there is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ChatCompletion(text=_shown(body), problem=_NO_JSON)
    return completion_of(data)


def _shown(reply: object) -> str:
    """The beginning of what came instead of a completion, for people to read."""
    if isinstance(reply, bytes):
        reply = reply[: 4 * _LONGEST_SHOWN].decode("utf-8", "replace")
    try:
        return (reply if isinstance(reply, str) else json.dumps(reply))[:_LONGEST_SHOWN]
    except RecursionError:
        return ""


def completion_of(data: Any) -> ChatCompletion:
    """The completion in a decoded body."""
    if not isinstance(data, dict):
        return ChatCompletion(text=_shown(data), problem=_NO_OBJECT)
    found = data.get("usage")
    usage = found if isinstance(found, dict) else {}
    text, problem = _said(data)
    return ChatCompletion(
        text=text,
        problem=problem,
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
    )


def _count(value: Any) -> int | None:
    counted = isinstance(value, int) and not isinstance(value, bool)
    return value if counted and 0 <= value <= _MOST_TOKENS else None


def _said(data: dict[str, Any]) -> tuple[str, str]:
    choices = data.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return _shown(data), _NO_CHOICE
    if message.get("refusal"):
        return _shown(message["refusal"]), REFUSED
    said = _arguments(message.get("tool_calls")) or message.get("content")
    text = said if isinstance(said, str) else ""
    if choice.get("finish_reason") == "length":
        return text, CUT_OFF
    if choice.get("finish_reason") == "content_filter":
        return text, FILTERED
    return (text, "") if text.strip() else ("", "it was empty")


def _arguments(calls: Any) -> str:
    """The arguments of the only tool that was called, as text."""
    if not isinstance(calls, list) or len(calls) != 1 or not isinstance(calls[0], dict):
        return ""
    function = calls[0].get("function")
    arguments = function.get("arguments") if isinstance(function, dict) else None
    if isinstance(arguments, dict):  # some servers decode them
        return json.dumps(arguments)
    return arguments if isinstance(arguments, str) else ""
