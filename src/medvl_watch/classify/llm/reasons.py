"""The reasons why a model was not asked or gave no answer, as errors for the user."""

from __future__ import annotations

from medvl_watch.classify.llm.budget import Budget
from medvl_watch.classify.llm.completion import NOT_A_COMPLETION
from medvl_watch.classify.llm.prices import PRICES_AS_OF, Price
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.errors import ModelError

BUDGET = "budget"
PRICE = "price unknown"
KEY = "no key"
BUSY = "server busy"
UNUSABLE = "answer unusable"
UNREACHED = "not reached"
BROKEN = "no complete reply"
REFUSED = "refused"
CHANGED = "model changed"

_REMEDIES = {
    BUSY: "try again later, or lower concurrency",
    UNUSABLE: "try a model that follows a JSON schema better",
    UNREACHED: "check that the server runs and that base_url is its address",
    BROKEN: "try again later, or raise timeout",
}
_OTHER_REMEDY = "check base_url and model"
_NOT_A_MODEL_SERVER = "check that base_url is the address of an OpenAI-compatible server"


def refusal(
    settings: LlmSettings, price: Price | None, budget: Budget
) -> tuple[str, ModelError] | None:
    """Why no call may be made at all, as a short reason and an error; None if calls may be made."""
    if settings.budget_usd <= 0:
        return BUDGET, no_budget(settings)
    if price is None:
        return PRICE, price_unknown(settings)
    return (BUDGET, out_of_budget(settings)) if budget.is_closed else None


def no_budget(settings: LlmSettings) -> ModelError:
    return ModelError(
        "the budget is 0, so no model was asked",
        where=settings.base_url,
        remedy="set budget_usd, or use the classifier `local`, which costs nothing",
    )


def out_of_budget(settings: LlmSettings) -> ModelError:
    return ModelError(
        f"the rest of the budget of {settings.budget_usd:g} USD per month does not suffice for "
        "another call",
        where=settings.base_url,
        remedy="raise budget_usd if need be; the other papers were judged without the model",
    )


def price_unknown(settings: LlmSettings) -> ModelError:
    return ModelError(
        f"the price of {settings.model} is not in the table of {PRICES_AS_OF}, so no budget can "
        "be kept and no model was asked",
        where=settings.base_url,
        remedy="set usd_per_million_input and usd_per_million_output",
    )


def ignored(settings: LlmSettings, why: str) -> ModelError:
    """The error for a model that is not asked because of its exam; `why` is a clause."""
    return ModelError(
        f"{settings.model} is not asked: {why}",
        where=settings.base_url,
        remedy="take the exam with `medvl-watch exam`, or use another model; until then papers "
        "are judged without one",
    )


def changed(settings: LlmSettings, papers: int) -> ModelError:
    """The error for a model that was found to answer differently during a run."""
    count = "1 paper" if papers == 1 else f"{papers} papers"
    return ModelError(
        f"{settings.model} answers known papers differently from its exam, so its answers on "
        f"{count} do not count",
        where=settings.base_url,
        remedy="check what the server runs, then take the exam again with `medvl-watch exam`",
    )


def wait_too_long(settings: LlmSettings, seconds: float) -> ModelError:
    return ModelError(
        f"the server asks us to wait {seconds:.0f} s, longer than patience = "
        f"{settings.patience:g} allows",
        where=settings.base_url,
        remedy="try again later; the other papers were judged without the model",
    )


def no_answer(address: str, papers: int, kind: str, reason: str, *, stopped: bool) -> ModelError:
    """The error for a number of papers without a usable answer, of which the last failed for
    this reason. `stopped` says that they came in a row and no other paper was asked about."""
    count = "1 paper" if papers == 1 else f"{papers} papers"
    row = " in a row, so the model was asked about no other" if stopped else ""
    return ModelError(
        f"no usable answer on {count}{row} ({'last: ' if papers > 1 else ''}{reason or kind})",
        where=address,
        remedy=f"judged without the model; {_remedy(kind, reason)}",
    )


def _remedy(kind: str, reason: str) -> str:
    if reason in NOT_A_COMPLETION:
        return _NOT_A_MODEL_SERVER
    return _REMEDIES.get(kind, _OTHER_REMEDY)
