"""Lists, pull requests and digests on GitHub. The repository is the state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from github.Issue import Issue as GithubIssue
from github.Repository import Repository

from medvl_watch.changes import Action, Change, Issue, Published, PullRequest, Snapshot, Target
from medvl_watch.errors import ConfigError, ForgeDenied
from medvl_watch.publish import marker, upsert
from medvl_watch.publish.github.client import (
    PUBLIC_API,
    ForgeUncertain,
    GitHubErrors,
    RequestLimits,
    connect,
)
from medvl_watch.publish.github.repository import GithubRepository, find_repository

_ISSUES = "issues: write"
_NEWEST_ISSUES = 300
"""How far back to look for an issue of ours that has lost its label."""
_TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_PATIENT = RequestLimits()


class GitHubForge:
    """`Forge` on GitHub. The token is used for calls and never shown.

    `issues_repository` (`owner/name`) is where digests go; without one, `ensure_issue`
    raises ConfigError.
    """

    name = "github"

    def __init__(
        self,
        token: str,
        *,
        issues_repository: str = "",
        base_url: str = PUBLIC_API,
        limits: RequestLimits = _PATIENT,
    ) -> None:
        if not token.strip():
            raise ForgeDenied(
                "the token for GitHub is missing",
                remedy="give one with contents: write, pull_requests: write and issues: write",
            )
        self._token = token.strip()
        self._issues_repository = issues_repository
        self._client = connect(self._token, base_url, limits)

    def read(self, target: Target) -> Snapshot:
        return self._repository(target).snapshot()

    def pull_requests(self, target: Target) -> Sequence[PullRequest]:
        return self._repository(target).pulls()

    def ensure_pull_request(self, change: Change) -> Published:
        return upsert.ensure_pull_request(self._repository(change.target), change)

    def close_pull_request(self, target: Target, pull: PullRequest, body: str) -> Published:
        return upsert.close_pull_request(self._repository(target), target, pull, body)

    def ensure_issue(self, issue: Issue) -> Published:
        repository, errors = self._home()
        found = self._find(repository, errors, issue.key)
        if found is None:
            return self._create_issue(repository, errors, issue)
        shown = _shown(found)
        title, body = upsert.revised_issue(issue, shown)
        action = Action.NONE
        if (title, body) != (shown.title, shown.body):
            with errors.translated(f"editing issue {found.number}", _ISSUES):
                found.edit(title=errors.redacted(title), body=errors.redacted(body))
            action = Action.UPDATED
        return Published(action=action, number=shown.number, address=shown.address)

    def find_issue(self, key: str) -> upsert.FoundIssue | None:
        repository, errors = self._home()
        found = self._find(repository, errors, key)
        return _shown(found) if found else None

    # --- pieces -----------------------------------------------------------------------

    def _repository(self, target: Target) -> GithubRepository:
        errors = GitHubErrors(target.repository, self._token)
        found = find_repository(self._client, target.repository, errors)
        return GithubRepository(found, target, errors)

    def _home(self) -> tuple[Repository, GitHubErrors]:
        if not self._issues_repository:
            raise ConfigError(
                "no repository for digests is configured",
                remedy="name the repository whose issues shall hold them",
            )
        errors = GitHubErrors(self._issues_repository, self._token)
        return find_repository(self._client, self._issues_repository, errors), errors

    def _create_issue(
        self, repository: Repository, errors: GitHubErrors, issue: Issue
    ) -> Published:
        title, body = upsert.revised_issue(issue, None)
        try:
            with errors.translated("opening an issue", _ISSUES):
                made = repository.create_issue(
                    title=errors.redacted(title),
                    body=errors.redacted(body),
                    labels=list(issue.labels),
                )
                shown = _shown(made)
        except ForgeUncertain:
            found = self._find(repository, errors, issue.key)
            if found is None:
                raise
            shown = _shown(found)
        return Published(action=Action.CREATED, number=shown.number, address=shown.address)

    def _find(self, repository: Repository, errors: GitHubErrors, key: str) -> GithubIssue | None:
        """The oldest issue with this marker, among ours and then among the newest. Found by
        listing, since the search index lags behind
        (https://github.com/behaviorbot/first-pr-merge/pull/11)."""
        with errors.translated("listing issues", "issues: read"):
            found = [issue for issue in _candidates(repository) if _is_ours(issue, key)]
            return min(found, key=lambda issue: issue.number, default=None)


def _candidates(repository: Repository) -> Iterator[GithubIssue]:
    labelled = repository.get_issues(state="all", labels=[marker.LABEL])
    newest = repository.get_issues(state="all", sort="created", direction="desc")
    return chain(islice(labelled, _NEWEST_ISSUES), islice(newest, _NEWEST_ISSUES))


def _is_ours(issue: GithubIssue, key: str) -> bool:
    """Anybody may open an issue with our marker in it; only people with a say in the
    repository, and apps installed there, are believed
    (https://docs.github.com/graphql/reference/enums#commentauthorassociation). A listing of
    issues holds pull requests, too: https://docs.github.com/rest/issues/issues"""
    if marker.issue_key(issue.body or "") != key or issue.pull_request is not None:
        return False
    return issue.author_association in _TRUSTED or issue.user.type == "Bot"


def _shown(issue: GithubIssue) -> upsert.FoundIssue:
    if not isinstance(issue.number, int):
        raise ForgeUncertain("GitHub accepted the issue but shows no number for it")
    body = (issue.body or "").replace("\r\n", "\n")
    return upsert.FoundIssue(issue.number, issue.title, body, issue.html_url)
