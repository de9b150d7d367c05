"""One list's repository on GitHub: the list, our branches and our pull requests as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import github
from github.GitRef import GitRef
from github.PullRequest import PullRequest as GithubPull
from github.Repository import Repository

from medvl_watch import repository_path
from medvl_watch.changes import (
    PullRequest,
    PullState,
    Remark,
    Snapshot,
    Target,
)
from medvl_watch.errors import ListError
from medvl_watch.publish.branches import BRANCH_PREFIX, branch_names, is_branch_of
from medvl_watch.publish.commands import has_command
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.github.client import GitHubErrors
from medvl_watch.publish.github.commits import READ, GithubCommits
from medvl_watch.publish.github.pull_events import PullEvent, comments, events_of, reviews
from medvl_watch.publish.github.pull_requests import WITH_A_SAY, shown
from medvl_watch.publish.github.rules import branch_rules
from medvl_watch.publish.own_commits import find_own_commit
from medvl_watch.publish.upsert import BranchRules


class GithubPulls(GithubCommits):
    """What is read of our pull requests on one list."""

    def __init__(
        self,
        repository: Repository,
        target: Target,
        errors: GitHubErrors,
        fork: Repository | None = None,
    ) -> None:
        repository_path.check(target.path, target.id)
        super().__init__(repository, target, errors, fork)
        self._rights: dict[str, bool] = {}
        self._pull_authors: dict[int, str] = {}

    @property
    def base_branch(self) -> str:
        return self._target.branch or self._repo.default_branch

    # --- looking ----------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        branch = self.base_branch
        revision = self._base_head()
        content = self.content(revision) if revision else None
        if revision is None or content is None:
            raise ListError(
                f"{self._target.path} was not found on branch {branch}",
                where=self._target.repository,
                remedy="correct the list's path or branch in the configuration",
            )
        return Snapshot(content=content, revision=revision, branch=branch)

    def pulls(self) -> Sequence[PullRequest]:
        """The first two of our branch names are always asked for, more only after these."""
        heads = self.branches()
        found: list[GithubPull] = []
        for place, branch in enumerate(_names_to_ask(self._target.id, heads)):
            listed = self._pulls_from(branch)
            found += listed
            if not listed and branch not in heads and place > 0:
                break
        return [self._shown(pull, heads) for pull in sorted(found, key=lambda each: each.number)]

    def pull(self, number: int) -> PullRequest:
        with self._errors.translated(f"reading pull request {number}", "pull_requests: read"):
            return shown(self._repo.get_pull(number))

    def branches(self) -> Mapping[str, str]:
        with self._errors.translated("listing our branches", READ):
            try:
                found = list(self._home.get_git_matching_refs(f"heads/{BRANCH_PREFIX}"))
            except github.UnknownObjectException:  # not every server has this call
                found = list(filter(None, map(self._ref, branch_names(self._target.id)[:2])))
            named = {ref.ref.removeprefix("refs/heads/"): ref.object.sha for ref in found}
        return {
            name: head
            for name, head in named.items()
            if name == BRANCH_PREFIX or is_branch_of(name, self._target.id)
        }

    def head(self, branch: str) -> str | None:
        with self._errors.translated(f"reading branch {branch}", READ):
            ref = self._ref(branch)
            return ref.object.sha if ref else None

    def is_in_base(self, commit: str) -> bool:
        base = self.head(self.base_branch)
        return base is not None and self.is_behind(commit, base)

    def rules(self, branch: str) -> BranchRules:
        with self._errors.translated(f"reading the rules of branch {branch}", "metadata: read"):
            return branch_rules(self._home, branch)

    # --- pieces -----------------------------------------------------------------------

    def _pulls_from(self, branch: str) -> list[GithubPull]:
        """Those from this branch in the repository of our branches, not those of another fork."""
        with self._errors.translated("listing our pull requests", "pull_requests: read"):
            head = f"{self._home.owner.login}:{branch}"
            found = self._repo.get_pulls(state="all", head=head, sort="created", direction="asc")
            ours = [pull for pull in found if self._is_ours(pull, branch)]
            # who opened them is who we are, whatever the kind of our token
            self._pull_authors |= {pull.number: pull.user.login for pull in ours}
            return ours

    def _shown(self, pull: GithubPull, heads: Mapping[str, str]) -> PullRequest:
        """The pull request with what its branch and its reviews tell while it is open. A pull
        request's own head follows its branch with a delay:
        https://github.com/palantir/policy-bot/pull/78"""
        found = shown(pull)
        if found.state is not PullState.OPEN:
            return replace(found, has_branch=heads.get(found.branch) == found.head)
        found = replace(found, head=heads.get(found.branch, found.head))
        recorded = own_pull(found).heads
        if found.head not in recorded:
            own = find_own_commit(self, found.head, recorded, self._target.id)
            found = replace(found, own_commit=own)
        with self._errors.translated("reading reviews and comments", "pull_requests: read"):
            events = events_of(self._repo, pull)
            reviewed = self._is_reviewed(events, {found.head, *recorded})
            return replace(found, reviewed=reviewed, remarks=self._remarks(events))

    def _is_reviewed(self, events: Sequence[PullEvent], commits: Collection[str]) -> bool:
        """Whether a person who may decide here has reviewed one of these commits of ours."""
        return any(self._may_decide(each) for each in reviews(events, commits))

    def _remarks(self, events: Sequence[PullEvent]) -> tuple[Remark, ...]:
        """What people with the right to write here say to us in comments."""
        return tuple(
            Remark(id=each.id, body=each.body, is_answered=each.has_reaction)
            for each in comments(events)
            if has_command(each.body) and self._may_write(each.login)
        )

    def _may_decide(self, review: PullEvent) -> bool:
        """The association understates members who hide their membership, so that of others is
        looked up: https://docs.github.com/rest/collaborators/collaborators"""
        return review.association in WITH_A_SAY or self._may_write(review.login)

    def _may_write(self, login: str) -> bool:
        if login not in self._rights:
            try:
                right = self._repo.get_collaborator_permission(login)
            except github.GithubException:
                right = "none"
            self._rights[login] = right in {"admin", "write", "maintain"}
        return self._rights[login]

    def _base_head(self) -> str | None:
        """The base branch's head, with its tree in the same call."""
        with self._errors.translated(f"reading branch {self.base_branch}", READ):
            try:
                head = self._repo.get_branch(self.base_branch).commit
                self.add_root(head.sha, head.commit.tree.sha)
            except (github.UnknownObjectException, AttributeError):
                ref = self._ref(self.base_branch)
                return ref.object.sha if ref else None
            return head.sha

    def _ref(self, branch: str) -> GitRef | None:
        try:
            place = self._home if is_branch_of(branch, self._target.id) else self._repo
            ref = place.get_git_ref(f"heads/{branch}")
        except github.UnknownObjectException:
            return None
        # Where there is no exact one, the answer is 404; branches that begin so are another
        # call's (https://docs.github.com/rest/git/refs), once were this one's, and are not it.
        return ref if ref.ref == f"refs/heads/{branch}" else None

    def _is_ours(self, pull: GithubPull, branch: str) -> bool:
        home: Repository | None = pull.head.repo  # None once a fork is deleted
        if home is None or pull.head.ref != branch:
            return False
        return home.full_name.lower() == self._home.full_name.lower()


def _names_to_ask(list_id: str, heads: Mapping[str, str]) -> Sequence[str]:
    """The branches that may have had pull requests of ours: those of the present way of naming,
    and before them those of the other one, where a branch shows that it was used."""
    others = [head for head in heads if head != BRANCH_PREFIX]
    present = branch_names(list_id, heads)
    return (*sorted(set(others) - set(present)), *present)
