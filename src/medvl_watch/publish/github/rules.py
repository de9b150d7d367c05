"""What a repository takes: whether it can be written at all, and what its rules forbid."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import github
from github.Repository import Repository

from medvl_watch.errors import ForgeError
from medvl_watch.publish.github.client import GitHubErrors
from medvl_watch.publish.github.commits import READ
from medvl_watch.publish.upsert import BranchRules

logger = logging.getLogger(__name__)


def find_repository(client: github.Github, name: str, errors: GitHubErrors) -> Repository:
    """The repository under its present name. Raises ForgeError if nothing can be written.

    A repository that has moved answers a POST with a redirect that PyGithub takes for
    success (see `client`). What is found here knows its new address, and all that follows goes
    there.
    """
    with errors.translated(f"looking for {name}", READ):
        found = client.get_repo(name)
        if not (found.full_name and found.default_branch):
            raise ValueError("an answer that describes no repository")
        if found.full_name.lower() != name.lower():
            logger.warning(
                "%s has moved to %s: please correct the configuration", name, found.full_name
            )
        closed = "archived" if found.archived else "disabled" if found.disabled else ""
    if closed:
        raise ForgeError(
            f"the repository is {closed}, so nothing can be proposed there",
            where=name,
            remedy="take the list out of the configuration",
        )
    return found


def branch_rules(repository: Repository, branch: str) -> BranchRules:
    """What the rules say of a branch, also of one that is yet to be made. The call needs no more
    than reading (https://docs.github.com/rest/repos/rules). Older protection shows in the branch
    alone, and forbids force-pushes unless it says otherwise."""
    types = {str(rule.get("type")) for rule in _rules(repository, branch)}
    return BranchRules(
        creating="creation" in types,
        updating=not types.isdisjoint({"update", "pull_request"}),
        replacing="non_fast_forward" in types or _is_protected(repository, branch),
    )


def _rules(repository: Repository, branch: str) -> Sequence[Mapping[str, object]]:
    path = f"{repository.url}/rules/branches/{quote(branch, safe='')}"
    try:
        _, found = repository.requester.requestJsonAndCheck("GET", path)
    except github.UnknownObjectException:
        return ()
    return [rule for rule in found if isinstance(rule, dict)] if isinstance(found, list) else ()


def _is_protected(repository: Repository, branch: str) -> bool:
    try:
        return bool(repository.get_branch(branch).protected)
    except github.UnknownObjectException:
        return False
