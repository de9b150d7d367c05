"""The settings `[classifier.llm]` and `[classifier.cascade]` of the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class _LlmSettingsModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class LlmSettings(_LlmSettingsModel):
    """The address of the model, the limits for calls, and the budget.

    The API key is never a setting: `api_key_env` names the environment variable with the key. A
    server on this machine needs no key. It costs nothing, unless its model has a price in
    `prices.PRICES`: then the server may be a proxy to the seller of that model.
    """

    base_url: str = "https://api.openai.com/v1"
    model: str = Field(default="gpt-4.1-mini", min_length=1, max_length=200)
    api_key_env: str = Field(default="OPENAI_API_KEY", pattern=r"^[A-Z][A-Z0-9_]*$")
    timeout: float = Field(default=60.0, gt=0, le=3600)
    """The most seconds for one complete reply."""
    patience: float = Field(default=60.0, ge=0, le=3600)
    """The longest wait in seconds that a server may ask for (Retry-After) before we give up."""
    attempts: int = Field(default=3, ge=1, le=10)
    """The most calls for one answer if the server is busy or the connection breaks."""
    concurrency: int = Field(default=4, ge=1, le=64)
    """The number of calls at the same time."""
    failures_in_a_row: int = Field(default=5, ge=1, le=1000)
    """After this number of papers without an answer, no more calls are made in this run."""
    max_output_tokens: int = Field(default=600, ge=100, le=32_000)
    """The most tokens of an answer; a reasoning model needs more."""
    temperature: float | None = Field(default=0.0, ge=0, le=2)
    examples: int = Field(default=3, ge=0, le=10)
    """The number of listed papers that are shown to the model, the nearest ones."""
    budget_usd: float = Field(default=1.0, ge=0)
    """The most US dollars in a calendar month (UTC). 0: no call at all."""
    usd_per_million_input: float | None = Field(default=None, ge=0)
    usd_per_million_output: float | None = Field(default=None, ge=0)
    """The price of the model, if `prices.PRICES` lacks it or has another; 0 if it is free."""
    take_exam: bool = True
    """Let `run` and `serve` take the exam if the model has none that is valid."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_old_keys(cls, data: Any) -> Any:
        return _without_old_keys(
            data,
            ("trust", "may_move"),
            "what a model may change follows from its exam; remove the key and run "
            "`medvl-watch exam`",
        )

    @field_validator("base_url")
    @classmethod
    def _check_base_url(cls, base_url: str) -> str:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("should be an address such as https://api.openai.com/v1")
        if parts.username or parts.password or parts.query:
            raise ValueError(
                "must not contain a password or a query; the key is read from the environment"
            )
        return base_url.rstrip("/")

    @model_validator(mode="after")
    def _check_prices(self) -> LlmSettings:
        if (self.usd_per_million_input is None) != (self.usd_per_million_output is None):
            raise ValueError("give usd_per_million_input and usd_per_million_output, or neither")
        return self

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


class CascadeSettings(_LlmSettingsModel):
    """The settings of `cascade`, which has none of its own any more."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_old_keys(cls, data: Any) -> Any:
        return _without_old_keys(
            data,
            ("below_refer", "above_propose"),
            "the model is asked about every paper with a doubt that it could settle; remove the "
            "key",
        )


def _without_old_keys(data: Any, keys: Sequence[str], remedy: str) -> Any:
    """The data, if it has none of the keys that earlier versions had."""
    for key in keys:
        if isinstance(data, dict) and key in data:
            raise ValueError(f"the key {key} has no meaning any more: {remedy}")
    return data
