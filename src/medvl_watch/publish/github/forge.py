"""Lists, pull requests and digests on GitHub. The repository is the state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, islice

import github
import requests
from github.Issue import Issue as GithubIssue
from github.Repository import Repository

from medvl_watch.changes import (
    Action,
    Change,
    Comment,
    FoundIssue,
    Issue,
    Published,
    PullRequest,
    Remark,
    Snapshot,
    Target,
)
from medvl_watch.errors import ConfigError, ForgeDenied
from medvl_watch.ports import RequestTurns
from medvl_watch.publish import marker, upsert
from medvl_watch.publish.github.client import (
    PUBLIC_API,
    ForgeUncertain,
    GitHubErrors,
    RequestLimits,
    connect,
)
from medvl_watch.publish.github.forks import find_fork
from medvl_watch.publish.github.pull_requests import WITH_A_SAY
from medvl_watch.publish.github.repository import GithubRepository
from medvl_watch.publish.github.rules import find_repository
from medvl_watch.publish.github.turns import GitHubTurns
from medvl_watch.publish.issues import revised_issue

_ISSUES = "issues: write"
_NEWEST_ISSUES = 300
"""How far back to look for an issue of ours that has lost its label."""
_PATIENT = RequestLimits()


class GitHubForge:
    """`Forge` on GitHub. The token is used for calls and never shown.

    `issues_repository` (`owner/name`) is where digests go; without one, `ensure_issue`
    raises ConfigError. `turns` keep requests apart from those of other workers.
    """

    name = "github"

    def __init__(
        self,
        token: str,
        *,
        issues_repository: str = "",
        base_url: str = PUBLIC_API,
        limits: RequestLimits = _PATIENT,
        turns: RequestTurns | None = None,
    ) -> None:
        if not token.strip():
            raise ForgeDenied(
                "the token for GitHub is missing",
                remedy="give one with contents: write, pull_requests: write and issues: write",
            )
        self._token = token.strip()
        self._issues_repository = issues_repository
        self._client = connect(self._token, base_url, limits)
        self._limits = limits
        self._turns = GitHubTurns(turns)
        self._found: dict[str, GithubRepository] = {}
        self._issues_home: tuple[Repository, GitHubErrors] | None = None
        self._labelled: list[GithubIssue] | None = None
        """Our issues as they were listed last; forgotten when one is written."""

    def read(self, target: Target) -> Snapshot:
        """The list as it is now; what follows builds on the repository that is found here."""
        self._found.pop(target.id, None)
        return self._repository(target).snapshot()

    def pull_requests(self, target: Target) -> Sequence[PullRequest]:
        return self._repository(target).pulls()

    def ensure_pull_request(self, change: Change) -> Published:
        return upsert.ensure_pull_request(self._repository(change.target), change)

    def close_pull_request(self, target: Target, pull: PullRequest, body: str) -> Published:
        return upsert.close_pull_request(self._repository(target), target, pull, body)

    def proposed_list(self, target: Target, pull: PullRequest) -> bytes | None:
        return self._repository(target).content(pull.head)

    def delete_branch(self, target: Target, pull: PullRequest) -> None:
        self._repository(target).delete_branch(pull.branch, pull.head)

    def ensure_comment(self, target: Target, comment: Comment) -> Published:
        return self._repository(target).ensure_comment(comment)

    def has_comment(self, target: Target, comment: Comment) -> bool:
        return self._repository(target).find_comment(comment.number, comment.key) is not None

    def acknowledge(self, target: Target, remark: Remark, *, is_understood: bool) -> None:
        self._repository(target).acknowledge(remark, is_understood=is_understood)

    def ensure_issue(self, issue: Issue) -> Published:
        repository, errors = self._home()
        found = self._find(repository, errors, issue.key)
        if not found:
            return self._create_issue(repository, errors, issue)
        action = self._close_others(found, errors)
        if self._revise(found[0], errors, issue):
            action = Action.UPDATED
        shown = _shown(found[0])
        return Published(action=action, number=shown.number, address=shown.address)

    def _revise(self, found: GithubIssue, errors: GitHubErrors, issue: Issue) -> bool:
        """Write what differs; whether something did. The issue is read once more before, so that
        what a person ticked or wrote since it was listed is kept."""
        shown = _shown(found)
        if revised_issue(issue, shown) == (shown.title, shown.body):
            return False
        with errors.translated(f"editing issue {shown.number}", _ISSUES):
            found.update()
            title, body = revised_issue(issue, _shown(found))
            found.edit(title=errors.redacted(title), body=errors.redacted(body))
        self._labelled = None
        return True

    def find_issue(self, key: str) -> FoundIssue | None:
        repository, errors = self._home()
        found = self._find(repository, errors, key)
        return _shown(found[0]) if found else None

    def issues(self, prefix: str) -> Sequence[FoundIssue]:
        if not self._issues_repository:
            return ()
        repository, errors = self._home()
        with errors.translated("listing issues", "issues: read"):
            if self._labelled is None:
                labelled = repository.get_issues(state="all", labels=[marker.LABEL])
                self._labelled = list(islice(labelled, _NEWEST_ISSUES))
            found = {
                issue.number: _shown(issue)
                for issue in self._labelled
                if issue.pull_request is None
                and (marker.issue_key(issue.body or "") or "").startswith(prefix)
                and self._is_believed(issue)
            }
        return [found[number] for number in sorted(found)]

    # --- pieces -----------------------------------------------------------------------

    def _repository(self, target: Target) -> GithubRepository:
        known = self._found.get(target.id)
        if known is None or known.target != target:
            errors = self._errors_of(target.repository)
            found = find_repository(self._client, target.repository, errors)
            fork = find_fork(self._client, found, target.fork, errors) if target.fork else None
            known = GithubRepository(found, target, errors, fork)
        self._found[target.id] = known
        return known

    def _home(self) -> tuple[Repository, GitHubErrors]:
        if self._issues_home is not None:
            return self._issues_home
        if not self._issues_repository:
            raise ConfigError(
                "no repository for digests is configured",
                remedy="name the repository whose issues shall hold them",
            )
        errors = self._errors_of(self._issues_repository)
        found = find_repository(self._client, self._issues_repository, errors)
        self._issues_home = found, errors
        return self._issues_home

    def _errors_of(self, repository: str) -> GitHubErrors:
        return GitHubErrors(repository, self._token, self._turns, self._limits)

    def _create_issue(
        self, repository: Repository, errors: GitHubErrors, issue: Issue
    ) -> Published:
        title, body = revised_issue(issue, None)
        problem: ForgeUncertain | None = None
        try:
            with errors.translated("opening an issue", _ISSUES):
                self._labelled = None
                made = [
                    repository.create_issue(
                        title=errors.redacted(title),
                        body=errors.redacted(body),
                        labels=list(issue.labels),
                    )
                ]
                _shown(made[0])
        except ForgeUncertain as error:
            made, problem = [], error
        # Another run may have opened one at the same moment: both look again, and both keep the
        # same one.
        found = self._find(repository, errors, issue.key) or made
        if not found:
            raise problem or ForgeUncertain("GitHub does not list the new issue")
        self._close_others(found, errors)
        shown = _shown(found[0])
        return Published(action=Action.CREATED, number=shown.number, address=shown.address)

    def _close_others(self, found: Sequence[GithubIssue], errors: GitHubErrors) -> Action:
        """Close issues that another run has opened for the same thing, with a link to the first."""
        action = Action.NONE
        for other in found[1:]:
            if other.state == "open":
                note = f"Closed by medvl-watch: this is a second issue for {found[0].html_url}."
                with errors.translated(f"closing issue {other.number}", _ISSUES):
                    body = marker.begin_with(other.body or "", note)
                    other.edit(state="closed", body=errors.redacted(body))
                action = Action.UPDATED
        return action

    def _find(self, repository: Repository, errors: GitHubErrors, key: str) -> list[GithubIssue]:
        """The issues with this marker, oldest first, among ours and the newest. Found by
        listing, since the search index lags behind
        (https://github.com/behaviorbot/first-pr-merge/pull/11)."""
        with errors.translated("listing issues", "issues: read"):
            for candidates in (self._labelled or (), _candidates(repository)):
                found = {
                    issue.number: issue
                    for issue in candidates
                    if _has_key(issue, key) and self._is_believed(issue)
                }
                if found:
                    break
            return [found[number] for number in sorted(found)]

    def _is_believed(self, issue: GithubIssue) -> bool:
        """Anybody may open an issue with our marker in it; only people with a say in the
        repository, apps installed there, and we ourselves, whatever our role, are believed."""
        if issue.author_association in WITH_A_SAY or issue.user.type == "Bot":
            return True
        return issue.user.login.lower() == self._login

    @cached_property
    def _login(self) -> str | None:
        """The name of the account that the token belongs to; apps have none of this kind."""
        try:
            return self._client.get_user().login.lower()
        except (github.GithubException, requests.exceptions.RequestException, AttributeError):
            return None


def _candidates(repository: Repository) -> Iterator[GithubIssue]:
    labelled = repository.get_issues(state="all", labels=[marker.LABEL])
    newest = repository.get_issues(state="all", sort="created", direction="desc")
    return chain(islice(labelled, _NEWEST_ISSUES), islice(newest, _NEWEST_ISSUES))


def _has_key(issue: GithubIssue, key: str) -> bool:
    """A listing of issues holds pull requests, too: https://docs.github.com/rest/issues/issues"""
    return marker.issue_key(issue.body or "") == key and issue.pull_request is None


def _shown(issue: GithubIssue) -> FoundIssue:
    if not isinstance(issue.number, int):
        raise ForgeUncertain("GitHub accepted the issue but shows no number for it")
    body = (issue.body or "").replace("\r\n", "\n")
    return FoundIssue(issue.number, issue.title, body, issue.html_url)
