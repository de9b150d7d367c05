"""A small GitHub on the loopback, over a real git repository, that can misbehave on request.

It answers the calls that medvl-watch makes as GitHub's documentation says, checks what
GitHub checks (duplicate and empty pull requests, heads that move, forced updates), and
keeps a log. A `Fault` makes it fail once or always, before or after it has done the work.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from medvl_watch.changes import Action, Issue, Target
from medvl_watch.errors import ForgeError
from medvl_watch.publish import marker
from medvl_watch.publish.git import NO_COMMIT, Git
from medvl_watch.publish.github.client import RequestLimits
from medvl_watch.publish.github.forge import GitHubForge
from medvl_watch.records import Paper
from tests.publish.examples import change

TOKEN = "ghs_fake0123456789"
WHEN = datetime(2026, 11, 1, tzinfo=UTC)
ON_GITHUB = Target(id="medical-clip", title="Medical CLIP", repository="acme/list")
BRANCH = "medvl-watch/medical-clip"
DIGEST = Issue(key="digest/2026-W47", title="Week", body="One.\n", labels=(marker.LABEL,))


@dataclass
class Fault:
    """Answer calls that match with `status`; with `done`, after having done what they ask."""

    method: str
    path: str
    status: int = 502
    body: dict[str, Any] | str = field(default_factory=lambda: {"message": "Server Error"})
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    done: bool = False

    def takes(self, method: str, path: str) -> bool:
        if self.times and method == self.method and re.search(self.path, path):
            self.times -= 1
            return True
        return False


@dataclass
class Answer(Exception):
    """Ends the handling of a call."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class FakeGitHub:
    """One repository, `acme/list`, with `README.md` on its branch `trunk`."""

    def __init__(self, folder: Path, content: bytes) -> None:
        self.git = Git(folder)
        self.git.init("trunk")
        first = self.git.commit_file("README.md", content, "First\n", WHEN)
        self.git.update_refs(("refs/heads/trunk", first, NO_COMMIT))
        self.name = "acme/list"
        self.former_names: set[str] = set()
        self.facts: dict[str, Any] = {"archived": False, "disabled": False}
        self.pulls: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.log: list[tuple[str, str, int]] = []
        self.association = "COLLABORATOR"
        self.author = "watch"
        self.default = "trunk"
        self.rules: list[dict[str, Any]] = []
        self.protected: set[str] = set()
        self.rights: dict[str, str] = {}
        self.url = ""
        self.forks: list[str] = []
        self.may_fork: set[str] = set()
        self.inside = ""
        """The fork that is asked at the moment; it shares the objects and has refs of its own."""

    # --- what people do ---------------------------------------------------------------

    def push(self, branch: str, content: bytes, path: str = "README.md") -> str:
        """Somebody's commit on a branch."""
        parent = self.git.branch_head(branch)
        made = self.git.commit_file(path, content, "By hand\n", WHEN, parent=parent)
        self.git.update_refs((f"refs/heads/{branch}", made, None))
        return made

    def amend(self, branch: str, content: bytes) -> str:
        """Somebody's `git commit --amend` and push, which keeps message, parents and author."""
        old = self.git.facts(self.git.branch_head(branch) or "")
        made = self.git.commit_file(
            "README.md", content, old.message, WHEN, parent=old.parents[0], parents=old.parents
        )
        self.git.update_refs((f"refs/heads/{branch}", made, None))
        return made

    def update_branch(self, branch: str) -> str:
        """The button “Update branch”: the base is merged into the branch."""
        head, base = self.git.branch_head(branch), self.git.branch_head(self.default)
        assert head
        assert base
        tree = self.git._text("merge-tree", "--write-tree", head, base).partition("\n")[0]
        made = self.git._commit(tree, f"Merge branch '{self.default}'\n", WHEN, [head, base])
        self.git.update_refs((f"refs/heads/{branch}", made, head))
        return made

    def close(self, number: int, *, merge: bool = False) -> None:
        pull = self.pulls[number - 1]
        pull["final_head"] = self.head_of(pull)
        if merge:
            base = self.git.branch_head(pull["base"])
            assert base
            merged = self.git.commit_merge(base, pull["final_head"], "Merge\n", WHEN)
            self.git.update_refs((f"refs/heads/{pull['base']}", merged, base))
            pull["merged_at"] = "2026-11-21T00:00:00Z"
        pull["state"], pull["closed_at"] = "closed", "2026-11-21T00:00:00Z"

    def review(self, number: int, said: str = "APPROVED", **facts: Any) -> None:
        """Somebody's review of what the pull request holds now."""
        pull = self.pulls[number - 1]
        ada = {"login": "ada", "type": "User", "url": "x"}
        known = {"id": 1, "state": said, "commit_id": self.head_of(pull), "url": "x",
                 "author_association": "MEMBER", "user": ada}  # fmt: skip
        pull.setdefault("reviews", []).append(known | facts)

    def head_of(self, pull: dict[str, Any]) -> str:
        branch = pull.get("git_ref", f"refs/heads/{pull['ref']}")
        return pull.get("final_head") or self.git.resolve(branch) or ""

    def writes(self) -> list[str]:
        return [f"{method} {path}" for method, path, _ in self.log if method != "GET"]

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address of the interface while it is up."""
        handler = type("Handler", (_Handler,), {"fake": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self.url
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    # --- answering --------------------------------------------------------------------

    def answer(self, method: str, target: str, authorization: str, data: Any) -> Answer:
        split = urlsplit(target)
        path = unquote(split.path)
        if path == "/user":
            return Answer(200, {"login": "watch", "url": f"{self.url}/user"})
        fault = next((fault for fault in self.faults if fault.takes(method, path)), None)
        if fault and not fault.done:
            return Answer(fault.status, fault.body, fault.headers)
        if not authorization.endswith(TOKEN):
            return Answer(401, {"message": "Bad credentials"})
        try:
            result = self._route(method, path, parse_qs(split.query), data)
        except Answer as answer:
            result = answer
        return Answer(fault.status, fault.body, fault.headers) if fault else result

    def _route(self, method: str, path: str, query: dict[str, list[str]], data: Any) -> Answer:
        match = re.match(r"/repos/([^/]+/[^/]+)(/.*)?$", path)
        if not match:
            raise Answer(404, {"message": "Not Found"})
        name, rest = match[1], match[2] or ""
        if name in self.former_names:
            location = f"{self.url}/repos/{self.name}{rest}"
            raise Answer(301 if method == "GET" else 307, {"url": location}, {"Location": location})
        if name != self.name and name not in self.forks:
            raise Answer(404, {"message": "Not Found"})
        self.inside = name if name in self.forks else ""
        if method != "GET" and not self.inside and self.may_fork and self._needs_write(rest):
            raise Answer(403, {"message": "Resource not accessible by personal access token"})
        if self.facts["archived"] and method != "GET":
            raise Answer(403, {"message": "Repository was archived so is read-only."})
        for verb, pattern, handle in self._routes():
            found = re.fullmatch(pattern, rest)
            if verb == method and found:
                return handle(*found.groups(), query if method == "GET" else data)
        raise Answer(404, {"message": "Not Found"})

    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        return [
            ("GET", "", self._show_repository),
            ("POST", "/forks", self._fork),
            ("GET", "/branches/(.+)", self._show_branch),
            ("GET", "/rules/branches/(.+)", self._show_rules),
            ("GET", "/collaborators/(.+)/permission", self._show_right),
            ("GET", r"/compare/(\w+)\.\.\.(\w+)", self._compare),
            ("GET", "/git/matching-refs/(.+)", self._matching_refs),
            ("GET", "/git/ref/(.+)", self._show_ref),
            ("POST", "/git/refs", self._create_ref),
            ("PATCH", "/git/refs/(.+)", self._move_ref),
            ("DELETE", "/git/refs/(.+)", self._delete_ref),
            ("POST", r"/issues/(\d+)/(labels|assignees)", self._name),
            ("POST", r"/pulls/(\d+)/(requested_reviewers)", self._name),
            ("GET", "/git/commits/([0-9a-f]+)", self._show_commit),
            ("POST", "/git/commits", self._create_commit),
            ("GET", "/git/trees/([0-9a-f]+)", self._show_tree),
            ("POST", "/git/trees", self._create_tree),
            ("GET", "/git/blobs/([0-9a-f]+)", self._show_blob),
            ("POST", "/git/blobs", self._create_blob),
            ("GET", "/pulls", self._list_pulls),
            ("POST", "/pulls", self._create_pull),
            ("GET", r"/pulls/(\d+)", self._show_pull),
            ("PATCH", r"/pulls/(\d+)", self._edit_pull),
            ("GET", r"/pulls/(\d+)/reviews", self._list_reviews),
            ("GET", r"/issues/(\d+)/comments", self._list_comments),
            ("GET", r"/issues/(\d+)/timeline", self._show_timeline),
            ("POST", r"/issues/comments/(\d+)/reactions", self._react),
            ("POST", r"/issues/(\d+)/comments", self._create_comment),
            ("PATCH", r"/issues/comments/(\d+)", self._edit_comment),
            ("GET", "/issues", self._list_issues),
            ("POST", "/issues", self._create_issue),
            ("GET", r"/issues/(\d+)", self._show_issue),
            ("PATCH", r"/issues/(\d+)", self._edit_issue),
        ]

    def _needs_write(self, rest: str) -> bool:
        return rest.startswith("/git/")

    def _fork(self, data: Any) -> Answer:
        name = f"{data.get('organization', 'watch')}/{data['name']}"
        if name not in self.may_fork:
            raise Answer(422, {"message": "You cannot fork there"})
        self.forks.append(name)
        return Answer(202, {"full_name": name, "url": f"{self.url}/repos/{name}"})

    def _full(self, ref: str) -> str:
        """A ref's name in our git, `heads/x` for the list's own or for a fork's."""
        space = f"forks/{self.inside}/" if self.inside else ""
        return f"refs/{space}{ref}"

    def _at(self, rest: str) -> str:
        return f"{self.url}/repos/{self.name}{rest}"

    def _repository(self) -> dict[str, Any]:
        name = self.inside or self.name
        return {
            "full_name": name,
            "name": name.split("/")[1],
            "owner": {"login": name.split("/")[0]},
            "default_branch": self.default,
            "url": f"{self.url}/repos/{name}",
            "html_url": f"https://github.com/{name}",
            "fork": bool(self.inside),
            "parent": {"full_name": self.name, "url": self._at("")},
            **self.facts,
        }

    def _show_repository(self, _: Any) -> Answer:
        return Answer(200, self._repository())

    def _show_branch(self, name: str, _: Any) -> Answer:
        sha = self.git.branch_head(name)
        if sha is None:
            raise Answer(404, {"message": "Branch not found"})
        commit = {"sha": sha, "url": "x", "commit": self._commit(sha)}
        return Answer(200, {"name": name, "protected": name in self.protected, "commit": commit})

    def _show_rules(self, name: str, _: Any) -> Answer:
        return Answer(200, self.rules if name.startswith("medvl-watch") else [])

    def _show_right(self, login: str, _: Any) -> Answer:
        return Answer(200, {"permission": self.rights.get(login, "read"), "user": {}})

    def _compare(self, base: str, head: str, _: Any) -> Answer:
        behind, ahead = self.git.is_ancestor(head, base), self.git.is_ancestor(base, head)
        status = "identical" if behind and ahead else "behind" if behind else "diverged"
        return Answer(200, {"status": status, "url": "x"})

    # --- git --------------------------------------------------------------------------

    def _ref(self, name: str, sha: str) -> dict[str, Any]:
        return {
            "ref": name,
            "url": f"{self.url}/repos/{self.inside or self.name}/git/{name}",
            "object": {"sha": sha, "type": "commit", "url": self._at(f"/git/commits/{sha}")},
        }

    def _show_ref(self, name: str, _: Any) -> Answer:
        sha = self.git.resolve(self._full(name))
        if sha is None:
            raise Answer(404, {"message": "Not Found"})
        return Answer(200, self._ref(f"refs/{name}", sha))

    def _matching_refs(self, prefix: str, _: Any) -> Answer:
        found = self.git.branches(prefix.removeprefix("heads/"), self._full("heads"))
        return Answer(200, [self._ref(f"refs/heads/{name}", sha) for name, sha in found.items()])

    def _create_ref(self, data: Any) -> Answer:
        if self.git.resolve(self._full(data["ref"].removeprefix("refs/"))):
            raise Answer(422, {"message": "Reference already exists"})
        if self._forbids("creation"):
            raise Answer(422, {"message": "Repository rule violations found"})
        try:
            return self._made_ref(data)
        except ForgeError as error:  # `medvl-watch` is a branch, so nothing can be below it
            raise Answer(422, {"message": "Reference update failed"}) from error

    def _forbids(self, kind: str) -> bool:
        return any(rule["type"] == kind for rule in self.rules)

    def _made_ref(self, data: Any) -> Answer:
        name = self._full(data["ref"].removeprefix("refs/"))
        self.git.update_refs((name, data["sha"], NO_COMMIT))
        return Answer(201, self._ref(data["ref"], data["sha"]))

    def _move_ref(self, name: str, data: Any) -> Answer:
        old = self.git.resolve(self._full(name))
        if old is None:
            raise Answer(422, {"message": "Reference does not exist"})
        is_forward = self.git.is_ancestor(old, data["sha"])
        if not data.get("force") and not is_forward:
            raise Answer(422, {"message": "Update is not a fast forward"})
        is_kept = name.removeprefix("heads/") in self.protected or self._forbids("non_fast_forward")
        if is_kept and not is_forward:
            raise Answer(422, {"message": "Cannot force-push to this branch"})
        self.git.update_refs((self._full(name), data["sha"], old))
        return Answer(200, self._ref(f"refs/{name}", data["sha"]))

    def _delete_ref(self, name: str, _: Any) -> Answer:
        self.git.update_refs((self._full(name), None, None))
        return Answer(204)

    def _name(self, number: str, what: str, data: Any) -> Answer:
        """Labels, assignees or reviewers of a pull request."""
        pull = self.pulls[int(number) - 1]
        names = data if isinstance(data, list) else next(iter(data.values()))
        pull.setdefault("named", {})[what] = names
        return Answer(200, [] if what == "labels" else self._pull(pull))

    def _commit(self, sha: str) -> dict[str, Any]:
        facts = self.git.facts(sha)
        return {
            "sha": sha,
            "message": facts.message.rstrip("\n"),
            "tree": {"sha": facts.tree, "url": self._at(f"/git/trees/{facts.tree}")},
            "parents": [{"sha": parent, "url": "x"} for parent in facts.parents],
            "author": {"email": facts.author},
            "committer": {"email": facts.committer},
            "url": self._at(f"/git/commits/{sha}"),
        }

    def _show_commit(self, sha: str, _: Any) -> Answer:
        if self.git.resolve(sha) is None:
            raise Answer(404, {"message": "Not Found"})
        return Answer(200, self._commit(sha))

    def _create_commit(self, data: Any) -> Answer:
        sha = self.git._commit(data["tree"], data["message"], WHEN, data["parents"])
        return Answer(201, self._commit(sha))

    def _tree(self, sha: str) -> dict[str, Any]:
        lines = self.git._text("ls-tree", sha).splitlines()
        parts = [re.fullmatch(r"(\d+) (\w+) (\w+)\t(.*)", line) for line in lines]
        entries = [
            {"mode": part[1], "type": part[2], "sha": part[3], "path": part[4]}
            for part in parts
            if part
        ]
        return {"sha": sha, "tree": entries, "truncated": False, "url": self._at("/git/trees/x")}

    def _show_tree(self, sha: str, _: Any) -> Answer:
        return Answer(200, self._tree(sha))

    def _create_tree(self, data: Any) -> Answer:
        sha = data["base_tree"]
        for element in data["tree"]:
            assert element["mode"] == "100644"
            sha = self.git._tree_with(sha, element["path"], element["sha"], None)
        return Answer(201, self._tree(sha))

    def _show_blob(self, sha: str, _: Any) -> Answer:
        content = self.git._run("cat-file", "blob", sha)
        encoded = base64.encodebytes(content).decode()
        return Answer(200, {"sha": sha, "content": encoded, "encoding": "base64", "url": "x"})

    def _create_blob(self, data: Any) -> Answer:
        content = base64.b64decode(data["content"])
        sha = self.git._run("hash-object", "-w", "--stdin", data=content).decode().strip()
        return Answer(201, {"sha": sha, "url": self._at(f"/git/blobs/{sha}")})

    # --- pull requests ----------------------------------------------------------------

    def _pull(self, pull: dict[str, Any]) -> dict[str, Any]:
        number = pull["number"]
        return {
            "number": number,
            "title": pull["title"],
            "body": pull["body"],
            "state": pull["state"],
            "merged_at": pull["merged_at"],
            "closed_at": pull.get("closed_at"),
            "labels": [{"name": name} for name in pull.get("label_names", [])],
            "draft": pull.get("draft", False),
            "user": {"login": "watch", "type": "User", "url": "x"},
            "head": {
                "ref": pull["ref"],
                "sha": self.head_of(pull),
                "repo": pull.get("home", self._repository()),
            },
            "base": {"ref": pull["base"]},
            "url": self._at(f"/pulls/{number}"),
            "html_url": f"https://github.com/{self.name}/pull/{number}",
        }

    def _list_pulls(self, query: dict[str, list[str]]) -> Answer:
        owner, branch = query["head"][0].split(":")
        assert query["state"] == ["all"]
        shown = [
            self._pull(pull)
            for pull in self.pulls
            if pull["ref"] == branch and pull.get("owner", self.name.split("/")[0]) == owner
        ]
        return Answer(200, shown)

    def _create_pull(self, data: Any) -> Answer:
        def refuse(message: str) -> Answer:
            errors = [{"resource": "PullRequest", "code": "custom", "message": message}]
            return Answer(422, {"message": "Validation Failed", "errors": errors})

        owner, _, branch = data["head"].rpartition(":")
        fork = next((name for name in self.forks if name.split("/")[0] == owner), "")
        git_ref = f"refs/forks/{fork}/heads/{branch}" if fork else f"refs/heads/{branch}"
        head, base = self.git.resolve(git_ref), self.git.branch_head(data["base"])
        if head is None or base is None:
            raise Answer(422, {"message": "Validation Failed", "errors": [{"field": "head"}]})
        if self.git.is_ancestor(head, base):
            raise refuse(f"No commits between {data['base']} and {data['head']}")
        if any(p["state"] == "open" and p["ref"] == branch for p in self.pulls):
            raise refuse(f"A pull request already exists for acme:{data['head']}.")
        pull = {
            "number": len(self.pulls) + 1,
            "title": data["title"],
            "body": data["body"],
            "state": "open",
            "merged_at": None,
            "ref": branch,
            "base": data["base"],
            "draft": data.get("draft", False),
        }
        if fork:
            home = {**self._repository(), "full_name": fork}
            pull |= {"git_ref": git_ref, "owner": owner, "home": home}
        self.pulls.append(pull)
        return Answer(201, self._pull(pull))

    def _show_pull(self, number: str, _: Any) -> Answer:
        return Answer(200, self._pull(self.pulls[int(number) - 1]))

    def _edit_pull(self, number: str, data: Any) -> Answer:
        pull = self.pulls[int(number) - 1]
        if data.get("state") == "closed" and pull["state"] == "open":
            self.close(int(number))
        pull.update(data)
        return self._show_pull(number, None)

    def _list_reviews(self, number: str, _: Any) -> Answer:
        return Answer(200, self.pulls[int(number) - 1].get("reviews", []))

    # --- comments ---------------------------------------------------------------------

    def comment(self, number: int, body: str, login: str = "ada") -> dict[str, Any]:
        """Somebody's comment on a pull request or an issue."""
        at = len(self.comments) + 1
        made = {
            "id": at, "number": number, "body": body, "author_association": "MEMBER",
            "user": {"login": login, "type": "User", "url": "x"},
            "url": self._at(f"/issues/comments/{at}"), "html_url": f"https://example.org/c/{at}",
        }  # fmt: skip
        self.comments.append(made)
        return made

    def _show_timeline(self, number: str, _: Any) -> Answer:
        reviews = self.pulls[int(number) - 1].get("reviews", [])
        said = [{**each, "state": each["state"].lower(), "event": "reviewed"} for each in reviews]
        comments = [each for each in self.comments if each["number"] == int(number)]
        return Answer(200, [*said, *({**each, "event": "commented"} for each in comments)])

    def _react(self, number: str, data: Any) -> Answer:
        reactions = self.comments[int(number) - 1].setdefault("reactions", {})
        reactions[data["content"]] = 1
        return Answer(201, {"id": 1, "content": data["content"]})

    def _list_comments(self, number: str, _: Any) -> Answer:
        shown = [each for each in self.comments if each["number"] == int(number)]
        for each in shown:
            each["url"] = self._at(f"/issues/comments/{each['id']}")
        return Answer(200, shown)

    def _create_comment(self, number: str, data: Any) -> Answer:
        return Answer(201, self.comment(int(number), data["body"], "watch"))

    def _edit_comment(self, number: str, data: Any) -> Answer:
        self.comments[int(number) - 1].update(data)
        return Answer(200, self.comments[int(number) - 1])

    # --- issues -----------------------------------------------------------------------

    def _list_issues(self, query: dict[str, list[str]]) -> Answer:
        labels = set(",".join(query.get("labels", [])).split(",")) - {""}
        shown = [each for each in self.issues if labels <= set(each["label_names"])]
        for each in shown:  # the repository may have another name by now
            each["url"] = self._at(f"/issues/{each['number']}")
        return Answer(200, shown)

    def _create_issue(self, data: Any) -> Answer:
        number = 100 + len(self.issues)
        issue = {
            "number": number,
            "title": data["title"],
            "body": data["body"],
            "state": "open",
            "label_names": data.get("labels", []),
            "author_association": self.association,
            "user": {"login": self.author, "type": "User", "url": "x"},
            "pull_request": None,
            "url": self._at(f"/issues/{number}"),
            "html_url": f"https://github.com/{self.name}/issues/{number}",
        }
        self.issues.append(issue)
        return Answer(201, issue)

    def _show_issue(self, number: str, _: Any) -> Answer:
        return Answer(200, self.issues[int(number) - 100])

    def _edit_issue(self, number: str, data: Any) -> Answer:
        issue = self.issues[int(number) - 100]
        issue.update(data)
        return Answer(200, issue)


class _Handler(BaseHTTPRequestHandler):
    fake: FakeGitHub
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece: no waiting for delayed acknowledgements

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        data = json.loads(self.rfile.read(length)) if length else None
        authorization = self.headers.get("Authorization", "")
        try:
            answer = self.fake.answer(self.command, self.path, authorization, data)
        except ConnectionError:  # cut without an answer
            self.close_connection = True
            return
        self.fake.log.append((self.command, urlsplit(self.path).path, answer.status))
        plain = isinstance(answer.body, str)
        body = answer.body.encode() if plain else json.dumps(answer.body).encode()
        body = b"" if answer.status == 204 else body
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html" if plain else "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Tests read the log of the fake instead."""


# --- the forge on it ------------------------------------------------------------------

HURRIED = RequestLimits(
    between_reads=0, between_writes=0, longest_wait=0, timeout=2, retries=2, backoff=0
)


def forge_on(fake: FakeGitHub, token: str = TOKEN, repository: str = "") -> GitHubForge:
    home = repository or fake.name
    return GitHubForge(token, issues_repository=home, base_url=fake.url, limits=HURRIED)


def propose(forge: GitHubForge, *papers: Paper, target: Target = ON_GITHUB) -> Action:
    return forge.ensure_pull_request(change(forge.read(target), papers, target)).action
