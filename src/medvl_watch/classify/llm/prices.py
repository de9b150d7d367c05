"""The prices of models, and upper estimates of the number of tokens in a text."""

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
# English has four bytes per token or more (https://platform.openai.com/tokenizer); with three the
# estimate is an upper bound.
_BYTES_PER_TOKEN = 3.0
_TOKENS_PER_MESSAGE = 10
_DATED = re.compile(r"-\d{4}-\d\d-\d\d$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """US dollars for this number of tokens."""
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
"""OpenAI's list prices (https://openai.com/api/pricing) in the month `PRICES_AS_OF`, without
discounts for cached input or batches. The configuration gives the price of any other model, and
the new price when one of these has changed."""

BATCH_FACTOR = 0.5
"""The price of a batch in relation to single calls
(https://platform.openai.com/docs/guides/batch)."""

_FREE = Price(0.0, 0.0)


def price_of(settings: LlmSettings) -> Price | None:
    """The price of the configured model; None if it is unknown.

    This is the first of: the configured price, the price in `PRICES`, and zero for a server on
    this machine. The table comes before the address, since a server on this machine that offers
    a commercial model may be a proxy or tunnel to its seller.
    """
    if settings.usd_per_million_input is not None and settings.usd_per_million_output is not None:
        return Price(settings.usd_per_million_input, settings.usd_per_million_output)
    name = settings.model.rpartition("/")[2]  # proxies write `openai/gpt-4.1-mini`
    price = PRICES.get(_DATED.sub("", name))
    return _FREE if price is None and settings.is_local else price


def max_tokens(text: str) -> int:
    """An upper estimate of the number of tokens in a text, for any usual tokenizer."""
    return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)


def max_input_tokens(messages: Sequence[ChatMessage], schema: Schema) -> int:
    """An upper estimate of the input tokens of one call. Servers also count the schema."""
    tokens = sum(max_tokens(each.content) + _TOKENS_PER_MESSAGE for each in messages)
    return tokens + max_tokens(str(schema))
