"""Our fork of a list that we may not write to: found or made, and brought up to date."""

from __future__ import annotations

import github
from github.Repository import Repository

from medvl_watch.errors import ForgeError
from medvl_watch.publish.github.client import GitHubErrors
from medvl_watch.publish.github.rules import find_repository

_WRITE = "contents: write"


def find_fork(
    client: github.Github, upstream: Repository, name: str, errors: GitHubErrors
) -> Repository:
    """The fork of this name, which is made if it is not there. Raises ForgeError for a repository
    that is no fork of the list's, and while GitHub is still making one."""
    with errors.translated(f"looking for the fork {name}", "contents: read"):
        try:
            found = client.get_repo(name)
        except github.UnknownObjectException:
            _make(upstream, name)
            try:
                found = client.get_repo(name)
            except github.UnknownObjectException as error:
                raise ForgeError(
                    f"GitHub is still making the fork {name}",
                    where=upstream.full_name,
                    remedy="run medvl-watch again in some minutes",
                ) from error
        source = found.parent.full_name if found.fork else ""
    if source.lower() != upstream.full_name.lower():
        raise ForgeError(
            f"{name} is not a fork of {upstream.full_name}",
            where=upstream.full_name,
            remedy="correct `fork` in the configuration, or delete that repository",
        )
    return find_repository(client, found.full_name, errors)


def _make(upstream: Repository, name: str) -> None:
    """Ask for the fork; GitHub makes it in the background
    (https://docs.github.com/rest/repos/forks#create-a-fork). It goes to the token's own account,
    or to the organisation that the name begins with."""
    owner, _, short = name.partition("/")
    data = {"name": short, "default_branch_only": True}
    url = f"{upstream.url}/forks"
    try:
        upstream.requester.requestJsonAndCheck("POST", url, input={**data, "organization": owner})
    except github.GithubException:
        upstream.requester.requestJsonAndCheck("POST", url, input=data)


def bring_up_to_date(fork: Repository, branch: str, commit: str) -> None:
    """See to it that the fork has this commit of the list's branch. Only the fork's branch of
    that name is moved, and only forward
    (https://docs.github.com/rest/branches/branches#sync-a-fork-branch-with-the-upstream-repository)."""
    try:
        fork.get_git_commit(commit)
    except github.UnknownObjectException:
        url = f"{fork.url}/merge-upstream"
        fork.requester.requestJsonAndCheck("POST", url, input={"branch": branch})
