"""`medvl-watch explain`: the history of one paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click

from medvl_watch.classify.llm.answer_cache import find_answer, find_unusable_answer
from medvl_watch.classify.llm.protocols import CachedAnswer
from medvl_watch.classify.llm.setup import CACHE_NAME
from medvl_watch.classify.llm.verdict_rule import FALLBACK, OVER
from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.cli.ledger_place import ledger_place
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import bar, plural, say, say_json
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.cli.verdict_view import (
    NEIGHBOURS,
    because,
    flags_in_words,
    judge_of,
    neighbours_as_json,
    sections_of,
)
from medvl_watch.errors import ConfigError, ExitCode
from medvl_watch.ledger.files import ledger_to_read
from medvl_watch.ledger.outcome_rows import OUTCOME
from medvl_watch.ledger.paper_rows import PAPER
from medvl_watch.ledger.verdict_rows import VERDICT
from medvl_watch.list_copies import ListedPapers
from medvl_watch.papers.identifiers import keys_in, parse_identifier
from medvl_watch.ports import Ledger
from medvl_watch.publish.render import terminal
from medvl_watch.records import Outcome, Paper, State, Verdict

_LONGEST_ANSWER = 2_000
_SECTIONS, _WORDS = 3, 8
_MINUTE = timedelta(minutes=1)


@click.command(
    epilog=examples(
        "medvl-watch explain 2403.17834",
        "medvl-watch explain https://arxiv.org/abs/2403.17834v2",
        "medvl-watch explain 10.1609/aaai.v38i17.29826 --json",
    )
)
@click.argument("identifier")
@config_option
@json_option
def command(identifier: str, config: Path | None, *, as_json: bool) -> ExitCode:
    """Show what became of the paper with this arXiv id, DOI or address, and why."""
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    with closing(ledger_to_read(ledger_place(settings))) as ledger:
        paper = find_paper(ledger, identifier)
        verdict = ledger.verdicts([paper.id]).get(paper.id)
        history = ledger.outcomes(paper.id)
    answer = _answer(settings.state, verdict)
    near = ListedPapers(settings, taxonomy).nearest(paper, NEIGHBOURS)
    if as_json:
        say_json(_as_json(paper, verdict, answer, near, history))
        return ExitCode.DONE
    _print_paper(paper)
    _print_verdict(paper, verdict)
    if answer is not None:
        _print_answer(answer)
    _print_neighbours(near)
    _print_history(history)
    return ExitCode.DONE


class _ModelAnswer(NamedTuple):
    """A model's answer about a paper; `why` says why it is unusable, empty if it is usable."""

    cached: CachedAnswer
    why: str = ""


def _answer(state: Path, verdict: Verdict | None) -> _ModelAnswer | None:
    """The model's answer, if one was asked: the one that the verdict uses, or an unusable one."""
    if verdict is None:
        return None
    file = state / CACHE_NAME
    if OVER in verdict.version:
        version = verdict.version.partition(OVER)[0]
        cached = find_answer(file, verdict.paper_id, version)
        return _ModelAnswer(cached) if cached else None
    lead = f"{FALLBACK}: "
    for why in (flag.removeprefix(lead) for flag in verdict.flags if flag.startswith(lead)):
        cached = find_unusable_answer(file, verdict.paper_id, why)
        return _ModelAnswer(cached, why) if cached else None
    return None


def find_paper(ledger: Ledger, identifier: str) -> Paper:
    """The paper with this identifier. Raises ConfigError if the ledger does not have it."""
    normal = parse_identifier(identifier)
    keys = set(keys_in(identifier)) | {identifier}
    if normal:
        keys |= {f"arxiv:{normal}", f"doi:{normal}"}
    # A paper that a person made part of another one is found under the other's id.
    papers = ledger.papers(set(ledger.paper_ids(keys).values()) or keys)
    if not papers:
        raise ConfigError(
            "the ledger has no such paper",
            where=identifier,
            remedy="give an arXiv id or DOI, or try `medvl-watch classify` on it",
        )
    return papers[0]


def _print_paper(paper: Paper) -> None:
    facts = paper.facts
    say(f"{terminal(facts.title)}  [{paper.id}]")
    if facts.authors:
        more = " et al." if len(facts.authors) > 6 else ""
        say(f"  {terminal(', '.join(facts.authors[:6]))}{more}")
    imprint = [facts.venue, facts.published, facts.doi, facts.comment]
    say(f"  {terminal('; '.join(text for text in imprint if text))}")
    if paper.withdrawn:
        say("  withdrawn by its authors")
    say("\nWhere it was read")
    proofs = {link.record_id: link.proof for link in paper.links}
    for record in paper.records:
        origin = record.origin
        seen = f"{origin.source}, {origin.fetched_at:%Y-%m-%d}" if origin else "by hand"
        proof = f"; linked by {proofs[record.id]}" if record.id in proofs else ""
        say(f"  {terminal(record.id)}: {seen}{proof}")


def _print_verdict(paper: Paper, verdict: Verdict | None) -> None:
    if verdict is None:
        say("\nNot judged yet")
        return
    reason = f"; {terminal(verdict.reason)}" if verdict.reason else ""
    say(
        f"\nVerdict of {judge_of(verdict)}: {verdict.decision.value}, "
        f"relevance {verdict.relevance:.2f}{reason}"
    )
    for words in flags_in_words(paper, verdict):
        say(f"  flagged: {words}")
    for name, score in sections_of(verdict)[:_SECTIONS]:
        say(f"  {bar(score)} {score:.2f}  {terminal(name)}")
    for words in because(verdict):
        say(f"  {words}")


def _print_history(history: Sequence[Outcome]) -> None:
    say("\nWhat became of it")
    shown = _without_intermediate_steps(history)
    for outcome in shown:
        where = outcome.list_id or "all lists"
        place = f", under {' > '.join(outcome.section)}" if outcome.section else ""
        line = f", line {outcome.line}" if outcome.line else ""
        say(f"  {outcome.at:%Y-%m-%d %H:%M}  {outcome.state.value:<9}  {where}: "
            f"{terminal(outcome.reason + place + line)}")  # fmt: skip
    folded = len(history) - len(shown)
    if folded:
        say(f"  ({plural(folded, 'step')} between, within a minute; --json has all)")


def _without_intermediate_steps(history: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes without intermediate ones: deferrals, and outcomes for all lists, that were
    replaced on the same list within a minute."""
    shown: list[Outcome] = []
    after: dict[str, Outcome] = {}
    for outcome in reversed(history):
        following = after.get(outcome.list_id)
        only_led = not outcome.list_id or outcome.state is State.DEFERRED
        if following is None or not only_led or following.at - outcome.at >= _MINUTE:
            shown.append(outcome)
        after[outcome.list_id] = outcome
    return shown[::-1]


def _print_answer(answer: _ModelAnswer) -> None:
    cached = answer.cached
    say(f"\nWhat the model said{f' ({answer.why}; nothing of it counts)' if answer.why else ''}")
    say(f"  {cached.version}")
    say(f"  {cached.input_tokens} + {cached.output_tokens} tokens, {cached.usd:.4f} USD")
    for title in cached.shown:
        say(f"  shown as an example: “{terminal(title)}”")
    say(f"  {terminal(cached.raw, _LONGEST_ANSWER) or 'nothing'}")


def _print_neighbours(near: Sequence[ListedNeighbour]) -> None:
    if near:
        say("\nNearest papers of the lists, as they were last read")
    for each in near:
        where = f"{each.list_id}, line {each.line}: {' > '.join(each.path)}"
        say(f"  {bar(each.similarity)} {each.similarity:.2f}  {terminal(each.title)}")
        say(f"                   {terminal(where)}")


def _as_json(
    paper: Paper,
    verdict: Verdict | None,
    answer: _ModelAnswer | None,
    near: Sequence[ListedNeighbour],
    history: Sequence[Outcome],
) -> dict[str, Any]:
    return {
        "paper": json.loads(PAPER.dump_json(paper)),
        "verdict": json.loads(VERDICT.dump_json(verdict)) if verdict else None,
        "model_answer": _answer_as_json(answer) if answer else None,
        "neighbours": neighbours_as_json(near),
        "outcomes": [json.loads(OUTCOME.dump_json(outcome)) for outcome in history],
    }


def _answer_as_json(answer: _ModelAnswer) -> dict[str, object]:
    cached = answer.cached
    prompt, taxonomy, model = cached.version.split(" ", 2)
    name, _, sha = prompt.partition("@")
    return {
        "prompt": name,
        "prompt_hash": sha,
        "taxonomy": taxonomy.partition("@")[2],
        "model": model,
        "raw": cached.raw,
        "unusable": answer.why,
        "examples": list(cached.shown),
        "input_tokens": cached.input_tokens,
        "output_tokens": cached.output_tokens,
        "usd": cached.usd,
    }
