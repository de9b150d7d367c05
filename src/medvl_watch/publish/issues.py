"""Our issues and comments as they should be, with what a person wrote into issues."""

from __future__ import annotations

from medvl_watch.changes import Action, Comment, FoundIssue, Issue
from medvl_watch.publish import dashboard_boxes, digest_boxes, marker


def revised_issue(issue: Issue, found: FoundIssue | None) -> tuple[str, str]:
    """Title and body as they should be: with the marker and what a person wrote around our
    text; exactly the present ones where a reader would see no difference."""
    if found is None:
        return issue.title, marker.with_issue_key(issue.body, issue.key)
    merged = marker.merge(found.body, issue.body)
    for boxes in (digest_boxes, dashboard_boxes):
        merged = boxes.keep_ticks(merged, found.body)
    body = marker.with_issue_key(merged, issue.key)
    same = marker.body_hash(body) == marker.body_hash(found.body)
    return issue.title, found.body if same else body


def comment_body(comment: Comment) -> str:
    """The comment with its marker."""
    return f"{comment.body.rstrip()}\n\n{marker.comment_line(comment.key)}\n"


def has_comment_key(body: str, key: str) -> bool:
    return marker.comment_line(key) in body.splitlines()


def foreseen_issue(issue: Issue, found: FoundIssue | None) -> Action:
    if found is None:
        return Action.WOULD_CREATE
    same = revised_issue(issue, found) == (found.title, found.body)
    return Action.NONE if same else Action.WOULD_UPDATE
