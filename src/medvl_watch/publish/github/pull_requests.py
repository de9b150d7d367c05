"""GitHub's pull requests in our words."""

from __future__ import annotations

from github.PullRequest import PullRequest as GithubPull

from medvl_watch.changes import PullRequest, PullState
from medvl_watch.publish.github.client import ForgeUncertain

HOLD_LABEL = "medvl-watch:hold"
"""Whoever may label a pull request may put it on hold: that needs the right to triage."""
WITH_A_SAY = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""Who may decide in a repository: https://docs.github.com/graphql/reference/enums#commentauthorassociation"""


def shown(pull: GithubPull) -> PullRequest:
    if not isinstance(pull.number, int):
        raise ForgeUncertain("GitHub accepted the pull request but shows no number for it")
    # `merged` is not part of a listing (https://docs.github.com/rest/pulls/pulls) and would cost
    # a call each.
    closed = PullState.CLOSED if pull.merged_at is None else PullState.MERGED
    return PullRequest(
        number=pull.number,
        title=pull.title,
        body=(pull.body or "").replace("\r\n", "\n"),
        branch=pull.head.ref,
        base=pull.base.ref,
        on_hold=any(label.name == HOLD_LABEL for label in pull.labels or ()),
        state=PullState.OPEN if pull.state == "open" else closed,
        head=pull.head.sha,
        address=pull.html_url,
        closed_at=pull.closed_at if pull.state != "open" else None,
    )
