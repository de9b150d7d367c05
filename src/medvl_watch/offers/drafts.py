"""Entries of papers that a person has to decide on, as they would be written."""

from __future__ import annotations

from collections.abc import Mapping

from medvl_watch.changes import Addition
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.document import full_path
from medvl_watch.offers.consideration import JudgedPaper
from medvl_watch.offers.list_context import ListFacts
from medvl_watch.offers.list_plan import ListPlan
from medvl_watch.records import State


def draft_entries(
    plan: ListPlan, papers: Mapping[str, JudgedPaper], facts: ListFacts
) -> Mapping[str, str]:
    """By the ids of the papers that the plan refers: the entry in the likeliest section, or as
    far as the editor got. A paper without one is left out."""
    referred = {each.paper_id for each in plan.outcomes if each.state is State.REFERRED}
    found = {each.paper_id: each.draft for each in plan.refusals if each.draft}
    document = facts.document
    routes = {key: plan.unsure[key] for key in plan.unsure.keys() & referred & papers.keys()}
    if document is None or not routes:
        return found
    additions = [
        Addition(
            paper=papers[key].paper.facts,
            section=full_path(document, route.candidates[0].path),
            opens=route.candidates[0].opens,
        )
        for key, route in sorted(routes.items())
        if route.candidates
    ]
    edit = insert(facts.text, additions, templates=facts.target.templates)
    found |= {each.paper_id: each.draft for each in edit.refused if each.draft}
    return found | {each.paper_id: " ".join(each.lines) for each in edit.placed}
