"""The pull request that brings medvl-watch into a list's repository."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import github
from github.Repository import Repository

from medvl_watch.changes import Action, Published
from medvl_watch.errors import ForgeError
from medvl_watch.publish.github.client import (
    PUBLIC_API,
    GitHubErrors,
    RequestLimits,
    connect,
)
from medvl_watch.publish.github.commits import READ
from medvl_watch.publish.github.rules import find_repository

SETUP_BRANCH = "medvl-watch-setup"
_WRITE = "contents: write and workflows: write"
_PATIENT = RequestLimits()


def open_setup_pull(  # noqa: PLR0913 - the place, and the parts of a pull request
    token: str,
    repository: str,
    files: Mapping[str, str],
    *,
    title: str,
    body: str,
    base_url: str = PUBLIC_API,
    limits: RequestLimits = _PATIENT,
) -> Published:
    """Open a pull request that adds these files, by their paths, to the default branch.

    One that is open already is left as it is: people may have changed it. Raises ForgeError, and
    writes nothing, if one of the files or the branch exists.
    """
    errors = GitHubErrors(repository, token)
    client = connect(token, base_url, limits)
    try:
        return _open(find_repository(client, repository, errors), errors, files, title, body)
    finally:
        client.close()


def _open(
    repository: Repository, errors: GitHubErrors, files: Mapping[str, str], title: str, body: str
) -> Published:
    base = repository.default_branch
    with errors.translated("listing pull requests", "pull_requests: read"):
        owner = repository.owner.login
        for pull in repository.get_pulls(state="all", head=f"{owner}:{SETUP_BRANCH}"):
            if pull.state == "open":
                return Published(action=Action.NONE, number=pull.number, address=pull.html_url)
    head = _head(repository, errors, base)
    _refuse_existing(repository, errors, head, files)
    with errors.translated("writing the files", _WRITE):
        elements = [
            github.InputGitTreeElement(path, "100644", "blob", sha=_blob(repository, text))
            for path, text in sorted(files.items())
        ]
        parent = repository.get_git_commit(head)
        tree = repository.create_git_tree(elements, base_tree=parent.tree)
        commit = repository.create_git_commit(f"{title}\n", tree, [parent])
        repository.create_git_ref(f"refs/heads/{SETUP_BRANCH}", commit.sha)
    with errors.translated("opening the pull request", "pull_requests: write"):
        made = repository.create_pull(
            base, SETUP_BRANCH, title=errors.redacted(title), body=errors.redacted(body)
        )
        return Published(
            action=Action.CREATED, number=made.number, address=made.html_url, head=commit.sha
        )


def _blob(repository: Repository, text: str) -> str:
    return repository.create_git_blob(base64.b64encode(text.encode()).decode(), "base64").sha


def _head(repository: Repository, errors: GitHubErrors, base: str) -> str:
    with errors.translated("reading the branches", READ):
        try:
            repository.get_git_ref(f"heads/{SETUP_BRANCH}")
        except github.UnknownObjectException:
            return repository.get_branch(base).commit.sha
    raise ForgeError(
        f"there is a branch {SETUP_BRANCH} without an open pull request",
        where=repository.full_name,
        remedy="delete it, or write the files into a clone",
    )


def _refuse_existing(
    repository: Repository, errors: GitHubErrors, head: str, files: Mapping[str, str]
) -> None:
    with errors.translated("reading the repository's files", READ):
        existing = [path for path in sorted(files) if _exists(repository, head, path)]
    if existing:
        raise ForgeError(
            f"{' and '.join(existing)} {'exists' if len(existing) == 1 else 'exist'} already, so"
            " nothing was written",
            where=repository.full_name,
            remedy="change what is there by hand",
        )


def _exists(repository: Repository, head: str, path: str) -> bool:
    """Looked up folder by folder, as a tree lists one folder only."""
    sha = repository.get_git_commit(head).tree.sha
    *folders, name = path.split("/")
    for folder in folders:
        inner = {each.path: each for each in repository.get_git_tree(sha).tree}.get(folder)
        if inner is None or inner.type != "tree":
            return inner is not None
        sha = inner.sha
    return any(each.path == name for each in repository.get_git_tree(sha).tree)
