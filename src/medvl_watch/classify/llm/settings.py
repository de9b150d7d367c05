"""The settings `[classifier.llm]` and `[classifier.cascade]` of the configuration."""

from __future__ import annotations

from ipaddress import ip_address
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
    trust: float = Field(default=0.3, ge=0, le=1)
    """The weight of the model's opinion beside the first classifier's. With a model of half a
    billion parameters, which is no better than chance, `cascade` loses a listed paper at 0.5 and
    none at 0.3. Raise it for a model that does well on your own papers."""
    may_move: float = Field(default=0.15, ge=0, le=1)
    """The most by which the model can raise or lower the relevance of a paper."""

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
    """The papers about which the model is asked: those near the first classifier's thresholds."""

    below_refer: float = Field(default=0.0, ge=0, le=1)
    """The margin of relevance below the threshold for referring in which a rejection is unclear.
    With 0 the model is asked about the papers that would be referred: 2.9 % of three months of
    arXiv with `rules`."""
    above_propose: float = Field(default=0.0, ge=0, le=1)
    """The margin of relevance above the threshold for proposing in which a proposal is unclear."""
