"""`medvl-watch explain`: a paper's whole story."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import bar, say, say_json
from medvl_watch.cli.session import LEDGER_NAME, read_settings
from medvl_watch.errors import ConfigError, ExitCode
from medvl_watch.ledger.opening import copy_of_ledger
from medvl_watch.ledger.store import OUTCOME, PAPER, VERDICT
from medvl_watch.papers.identifiers import keys_in, parse_identifier
from medvl_watch.ports import Ledger
from medvl_watch.publish.render import terminal
from medvl_watch.records import Outcome, Paper, Verdict


@click.command(
    epilog=examples(
        "medvl-watch explain 2403.17834",
        "medvl-watch explain https://arxiv.org/abs/2403.17834v2",
        "medvl-watch explain 10.1609/aaai.v39i1.32001 --json",
    )
)
@click.argument("identifier")
@config_option
@json_option
def command(identifier: str, config: Path | None, *, as_json: bool) -> ExitCode:
    """Tell what became of the paper with this arXiv id, DOI or address, and why."""
    settings, _ = read_settings(config)
    with closing(copy_of_ledger(settings.state / LEDGER_NAME)) as ledger:
        paper = find_paper(ledger, identifier)
        verdict = ledger.verdicts([paper.id]).get(paper.id)
        history = ledger.outcomes(paper.id)
    if as_json:
        say_json(_as_json(paper, verdict, history))
        return ExitCode.DONE
    _tell_of_paper(paper)
    _tell_of_verdict(verdict)
    say("\nWhat became of it")
    for outcome in history:
        where = outcome.list_id or "all lists"
        place = f", under {' > '.join(outcome.section)}" if outcome.section else ""
        line = f", line {outcome.line}" if outcome.line else ""
        say(f"  {outcome.at:%Y-%m-%d %H:%M}  {outcome.state.value:<9}  {where}: "
            f"{terminal(outcome.reason + place + line)}")  # fmt: skip
    return ExitCode.DONE


def find_paper(ledger: Ledger, identifier: str) -> Paper:
    """The paper that a person means. Raises ConfigError if the ledger does not know it."""
    normal = parse_identifier(identifier)
    keys = set(keys_in(identifier)) | {identifier}
    if normal:
        keys |= {f"arxiv:{normal}", f"doi:{normal}"}
    ids = set(ledger.paper_ids(keys).values()) | keys
    papers = ledger.papers(ids)
    if not papers:
        raise ConfigError(
            "the ledger has no such paper",
            where=identifier,
            remedy="give an arXiv id or DOI, or try `medvl-watch classify` on it",
        )
    return papers[0]


def _tell_of_paper(paper: Paper) -> None:
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


def _tell_of_verdict(verdict: Verdict | None) -> None:
    if verdict is None:
        say("\nNot judged yet")
        return
    reason = f"; {verdict.reason}" if verdict.reason else ""
    say(
        f"\nVerdict of {verdict.classifier} {verdict.version}: {verdict.decision.value}, "
        f"relevance {verdict.relevance:.2f}{reason}"
    )
    for flag in verdict.flags:
        say(f"  flagged: {flag}")
    for section in verdict.sections[:3]:
        say(f"  {bar(section.score)} {section.score:.2f}  {' > '.join(section.path)}")
    for evidence in verdict.evidence[:8]:
        say(f"  “{terminal(evidence.quote)}” in the {evidence.field} speaks "
            f"{'for' if evidence.weight >= 0 else 'against'} {evidence.speaks_for}")  # fmt: skip


def _as_json(paper: Paper, verdict: Verdict | None, history: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "paper": json.loads(PAPER.dump_json(paper)),
        "verdict": json.loads(VERDICT.dump_json(verdict)) if verdict else None,
        "outcomes": [json.loads(OUTCOME.dump_json(outcome)) for outcome in history],
    }
