"""A pull request's title and description as they should be, with what a person wrote there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medvl_watch.changes import Change, PullRequest
from medvl_watch.publish import choices, marker, render
from medvl_watch.publish.descriptions import own_pull

_COUNT = re.compile(r"\d+ papers?")
_LINES = "https://medvl-watch.invalid/line/"
_LINE_LINK = re.compile(r"\]\([^()\s]*(?:/line/|#L)(\d+)\)")


def line_link(line: int) -> render.Encoded:
    """The address of a line of the changed file, until its branch is known."""
    return render.Encoded(f"{_LINES}{line:d}")


def with_line_links(body: str, address: str) -> str:
    """The body with the links to lines of the changed file at this address, to which a line's
    number is added."""
    return body.replace(_LINES, address)


def revised_body(change: Change, heads: Sequence[str], current: PullRequest | None = None) -> str:
    """The wanted body with what a person wrote into the current one, and the state of both.

    `heads` are the commits of ours that the branch stands on or has stood on, the newest first.
    """
    wanted = marker.read(change.body)
    if wanted is None:
        raise ValueError("the body of a change carries no state")
    now = marker.read(current.body) if current else None
    refused = own_pull(current).refused if current else frozenset()
    own_title = current is None or revised_title(change, current) == change.title
    given = now.title if now and now.title else marker.title_hash(change.title)
    state = wanted.model_copy(
        update={
            "base": change.base,
            "path": change.target.path,
            "branch": change.into,
            "after": marker.blob_id(change.content),
            "heads": tuple(dict.fromkeys(heads))[: marker.MOST_HEADS],
            # a state that holds more cannot be read; the ledger knows them all
            "refused": tuple(sorted(refused.difference(wanted.papers)))[: marker.MOST_PAPERS],
            "title": marker.title_hash(change.title) if own_title else given,
        }
    )
    body = change.body
    if current is not None:
        body = choices.tick(marker.merge(current.body, body), current.body)
    return marker.restate(body, state)


def revised_title(change: Change, current: PullRequest) -> str:
    """The wanted title, unless a person gave the pull request another one than we did. Where the
    description no longer says which one that was, ours are those that differ in a number."""
    state = marker.read(current.body)
    if state is not None and state.title:
        is_ours = state.title == marker.title_hash(current.title)
    else:
        is_ours = _without_count(current.title) == _without_count(change.title)
    return change.title if is_ours or not current.title else current.title


def _without_count(title: str) -> str:
    return _COUNT.sub("papers", title)


def same_body(current: str, wanted: str, head: str) -> bool:
    """Whether a description already says what is wanted of a branch on this head."""
    now, then = marker.read(current), marker.read(wanted)
    if now is None or then is None or _comparable(current) != _comparable(wanted):
        return False
    # Which commit was made when does not matter as long as ours is recognised as ours.
    placeless = {"heads": (), "base": None}
    same = now.model_copy(update=placeless) == then.model_copy(update=placeless)
    return same and now.heads[:1] == (head,)


def _comparable(body: str) -> str:
    """A hash of what a reader sees, wherever the links to lines lead."""
    return marker.body_hash(_LINE_LINK.sub(r"](line \1)", body))
