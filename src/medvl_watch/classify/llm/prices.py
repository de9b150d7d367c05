"""What models cost, and how many tokens a text has at most."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from medvl_watch.classify.llm.protocols import Schema
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.prompt import ChatMessage

PRICES_AS_OF = "2026-06"
_MILLION = 1_000_000
_BYTES_A_TOKEN = 3.0  # English has four and more; three so that an estimate is an upper one
_TOKENS_A_MESSAGE = 10
_DATED = re.compile(r"-\d{4}-\d\d-\d\d$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """US dollars for so many tokens."""
        return (input_tokens * self.input + output_tokens * self.output) / _MILLION

    def times(self, factor: float) -> Price:
        return Price(self.input * factor, self.output * factor)


PRICES: Mapping[str, Price] = MappingProxyType(
    {
        "gpt-4.1": Price(2.00, 8.00),
        "gpt-4.1-mini": Price(0.40, 1.60),
        "gpt-4.1-nano": Price(0.10, 0.40),
        "gpt-4o": Price(2.50, 10.00),
        "gpt-4o-mini": Price(0.15, 0.60),
        "gpt-5": Price(1.25, 10.00),
        "gpt-5-mini": Price(0.25, 2.00),
        "gpt-5-nano": Price(0.05, 0.40),
    }
)
"""OpenAI's list prices at `PRICES_AS_OF`, without discounts for cached input or batches. For
any other model, and when these have changed, the configuration gives the price."""

BATCH_FACTOR = 0.5
"""What a batch costs beside single calls."""

_FREE = Price(0.0, 0.0)


def price_of(settings: LlmSettings) -> Price | None:
    """The price per token: as configured, or as in our table, or nothing for a server on this
    machine; None where nobody has said it.

    The table goes before the place: what asks on this machine for a model that is sold may be
    a way to who sells it.
    """
    if settings.usd_per_million_input is not None and settings.usd_per_million_output is not None:
        return Price(settings.usd_per_million_input, settings.usd_per_million_output)
    name = settings.model.rpartition("/")[2]  # proxies say `openai/gpt-4.1-mini`
    listed = PRICES.get(_DATED.sub("", name))
    return _FREE if listed is None and settings.is_local else listed


def tokens_at_most(text: str) -> int:
    """An upper estimate of the tokens in a text, for any usual tokenizer."""
    return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_A_TOKEN)


def input_at_most(messages: Sequence[ChatMessage], schema: Schema) -> int:
    """An upper estimate of the input tokens of one call; the schema is counted by servers too."""
    said = sum(tokens_at_most(each.content) + _TOKENS_A_MESSAGE for each in messages)
    return said + tokens_at_most(str(schema))
