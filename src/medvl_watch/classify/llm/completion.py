"""Reads the body of a chat completion, from a single call or from a line of a batch's results.

The format is https://platform.openai.com/docs/api-reference/chat/object. Servers deviate from
it, so nothing is taken for granted: if a part is missing, the problem is stated in a clause.
"""

from __future__ import annotations

import json
from typing import Any

from medvl_watch.classify.llm.protocols import ChatCompletion

REFUSED = "the model refused"
CUT_OFF = "it was cut off before its end; use fewer words"
FILTERED = "the server's content filter held it back"
NOT_THE_FORMAT = frozenset({REFUSED, CUT_OFF, FILTERED})
"""Problems that another response format would not solve."""
_NO_JSON = "the server's reply was not JSON"
_NO_OBJECT = "the server's reply was not a JSON object"
_NO_CHOICE = "the server's reply had no choices"
NOT_A_COMPLETION = frozenset({_NO_JSON, _NO_OBJECT, _NO_CHOICE})
"""Problems which suggest that the server does not offer language models at all."""
_LONGEST_EXCERPT = 2_000  # characters of a reply that is not a completion
_MOST_TOKENS = 10_000_000  # in one call; a larger count cannot be true


def read_completion(body: str | bytes) -> ChatCompletion:
    """The completion in the body of a reply; `problem` says why there is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ChatCompletion(text=_excerpt(body), problem=_NO_JSON)
    return completion_of(data)


def _excerpt(reply: object) -> str:
    """The beginning of a reply that is not a completion, for people to read."""
    if isinstance(reply, bytes):
        reply = reply[: 4 * _LONGEST_EXCERPT].decode("utf-8", "replace")
    try:
        return (reply if isinstance(reply, str) else json.dumps(reply))[:_LONGEST_EXCERPT]
    except RecursionError:
        return ""


def completion_of(data: Any) -> ChatCompletion:
    """The completion in a decoded body; `problem` says why there is none."""
    if not isinstance(data, dict):
        return ChatCompletion(text=_excerpt(data), problem=_NO_OBJECT)
    value = data.get("usage")
    usage = value if isinstance(value, dict) else {}
    text, problem = _text_and_problem(data)
    return ChatCompletion(
        text=text,
        problem=problem,
        input_tokens=_token_count(usage.get("prompt_tokens")),
        output_tokens=_token_count(usage.get("completion_tokens")),
    )


def _token_count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if is_count and 0 <= value <= _MOST_TOKENS else None


def _text_and_problem(data: dict[str, Any]) -> tuple[str, str]:
    choices = data.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return _excerpt(data), _NO_CHOICE
    if message.get("refusal"):
        return _excerpt(message["refusal"]), REFUSED
    content = _tool_arguments(message.get("tool_calls")) or message.get("content")
    text = content if isinstance(content, str) else ""
    if choice.get("finish_reason") == "length":
        return text, CUT_OFF
    if choice.get("finish_reason") == "content_filter":
        return text, FILTERED
    return (text, "") if text.strip() else ("", "it was empty")


def _tool_arguments(calls: Any) -> str:
    """The arguments of the only tool call, as text; empty if there is no call or several."""
    if not isinstance(calls, list) or len(calls) != 1 or not isinstance(calls[0], dict):
        return ""
    function = calls[0].get("function")
    arguments = function.get("arguments") if isinstance(function, dict) else None
    if isinstance(arguments, dict):  # some servers send them decoded
        return json.dumps(arguments)
    return arguments if isinstance(arguments, str) else ""
