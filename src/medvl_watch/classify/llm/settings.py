"""What a configuration may say: `[classifier.llm]` and `[classifier.cascade]`."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class _LlmSettingsModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class LlmSettings(_LlmSettingsModel):
    """Where the model is, how patient we are and what it may cost.

    The key is never here: `api_key_env` names the environment variable that holds it. A
    server on this machine needs none, and costs nothing unless its model is one whose price
    we know: then it may be a way to who sells it.
    """

    base_url: str = "https://api.openai.com/v1"
    model: str = Field(default="gpt-4.1-mini", min_length=1, max_length=200)
    api_key_env: str = Field(default="OPENAI_API_KEY", pattern=r"^[A-Z][A-Z0-9_]*$")
    timeout: float = Field(default=60.0, gt=0, le=3600)
    """Seconds for one whole answer."""
    patience: float = Field(default=60.0, ge=0, le=3600)
    """Longest wait in seconds that a server may ask for (Retry-After) before we give up."""
    attempts: int = Field(default=3, ge=1, le=10)
    """Calls for one answer where the server is busy or the connection breaks."""
    concurrency: int = Field(default=4, ge=1, le=64)
    failures_in_a_row: int = Field(default=5, ge=1, le=1000)
    """After so many papers without an answer the others go to the fallback uncalled."""
    max_output_tokens: int = Field(default=600, ge=100, le=32_000)
    """Room for the answer; a model that thinks aloud needs more."""
    temperature: float | None = Field(default=0.0, ge=0, le=2)
    examples: int = Field(default=3, ge=0, le=10)
    """Listed papers shown to the model, nearest first."""
    budget_usd: float = Field(default=1.0, ge=0)
    """At most so much in a calendar month (UTC). 0: no call at all."""
    usd_per_million_input: float | None = Field(default=None, ge=0)
    usd_per_million_output: float | None = Field(default=None, ge=0)
    """The model's price where our table does not know it, or another; 0 where it is free."""
    trust: float = Field(default=0.3, ge=0, le=1)
    """What the model's opinion weighs beside the first classifier's. A model of half a billion
    weights, no better than chance, loses a paper to `cascade` at 0.5 and none at 0.3; raise it
    for one that does well on your own papers."""
    may_move: float = Field(default=0.15, ge=0, le=1)
    """The most by which the model can raise or lower a paper's relevance, whatever it says."""

    @field_validator("base_url")
    @classmethod
    def _an_endpoint(cls, base_url: str) -> str:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("should be an address such as https://api.openai.com/v1")
        if parts.username or parts.password or parts.query:
            raise ValueError("must hold no password and no query; keys come from the environment")
        return base_url.rstrip("/")

    @model_validator(mode="after")
    def _both_prices(self) -> LlmSettings:
        if (self.usd_per_million_input is None) != (self.usd_per_million_output is None):
            raise ValueError("give usd_per_million_input and usd_per_million_output, or neither")
        return self

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is this machine."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


class CascadeSettings(_LlmSettingsModel):
    """Which papers the first classifier leaves to the model: those near its thresholds."""

    below_refer: float = Field(default=0.0, ge=0, le=1)
    """So far below the threshold for referring a rejection is not yet clear. At 0 the model
    is asked about what would be referred: 2.9 % of three months of arXiv with `rules`."""
    above_propose: float = Field(default=0.0, ge=0, le=1)
    """So far above the threshold for proposing a proposal is not yet clear."""
