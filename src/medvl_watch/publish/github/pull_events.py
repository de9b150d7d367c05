"""What people did on a pull request: its reviews and its comments, read in one request."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import github
from github.Issue import Issue as GithubIssue
from github.PullRequest import PullRequest as GithubPull
from github.Repository import Repository

from medvl_watch.publish import marker

_REVIEWS = frozenset({"APPROVED", "CHANGES_REQUESTED", "COMMENTED"})
"""What a review that was sent may say; one that was dismissed counts no more:
https://docs.github.com/graphql/reference/enums#pullrequestreviewstate"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullEvent:
    """A review (`state` says what it says, `commit` of which commit) or a comment of a person."""

    id: int
    login: str
    association: str
    body: str
    state: str = ""
    commit: str = ""
    has_reaction: bool = False


def events_of(repository: Repository, pull: GithubPull) -> list[PullEvent]:
    """The reviews and comments of people, oldest first. The timeline has both
    (https://docs.github.com/rest/issues/timeline); a server without it is asked for each."""
    address = f"{repository.url}/issues/{pull.number}"
    thread = GithubIssue(repository.requester, {}, {"url": address, "number": pull.number})
    try:
        raw = [each.raw_data for each in thread.get_timeline()]
    except github.UnknownObjectException:
        raw = [{**each.raw_data, "event": "reviewed"} for each in pull.get_reviews()]
        raw += [{**each.raw_data, "event": "commented"} for each in thread.get_comments()]
    return [event for each in raw if (event := _event(each))]


def reviews(events: Sequence[PullEvent], commits: Collection[str]) -> Iterator[PullEvent]:
    """The reviews of one of these commits. We write no reviews, so one under our own name is a
    person's, too."""
    return (each for each in events if each.state in _REVIEWS and each.commit in commits)


def comments(events: Sequence[PullEvent]) -> Iterator[PullEvent]:
    """The comments that are not ours."""
    return (each for each in events if not each.state and marker.COMMENT not in each.body)


def _event(raw: Mapping[str, Any]) -> PullEvent | None:
    """A person's review or comment; None for everything else."""
    kind, user = raw.get("event"), raw.get("user") or {}
    if kind not in {"reviewed", "commented"} or user.get("type") == "Bot" or not user.get("login"):
        return None
    is_review = kind == "reviewed"
    reactions = raw.get("reactions") or {}
    return PullEvent(
        id=int(raw.get("id") or 0),
        login=str(user["login"]),
        association=str(raw.get("author_association") or ""),
        body=str(raw.get("body") or "").replace("\r\n", "\n"),
        state=str(raw.get("state") or "").upper() if is_review else "",
        commit=str(raw.get("commit_id") or ""),
        has_reaction=bool(reactions.get("+1") or reactions.get("confused")),
    )
