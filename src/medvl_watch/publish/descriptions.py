"""Reads what the description of one of our pull requests says."""

from __future__ import annotations

from medvl_watch.changes import PullRequest
from medvl_watch.offers.maintainer_decisions import OwnPull
from medvl_watch.publish import choices, commands, marker


def own_pull(pull: PullRequest) -> OwnPull:
    """The pull request with what its description and the comments of people say. What cannot be
    read counts as absent; see `marker` and `commands`."""
    return commands.with_commands(_described(pull))


def _described(pull: PullRequest) -> OwnPull:
    ticked = marker.ticked(pull.body)
    unticked = marker.unticked(pull.body) | choices.declined(pull.body)
    state = marker.read(pull.body)
    if state is None:
        return OwnPull(pull=pull, ticked=ticked, unticked=unticked)
    return OwnPull(
        pull=pull,
        is_readable=True,
        entries=state.papers,
        taken_out=state.refused,
        heads=state.heads,
        made_on=state.before,
        made_for=state.path,
        made_into=state.branch,
        closed_by_bot=state.closed,
        ticked=ticked,
        unticked=unticked,
        section_boxes=choices.ticked_sections(pull.body),
        remembered_sections={key: frozenset(keys) for key, keys in state.chosen.items()},
    )
