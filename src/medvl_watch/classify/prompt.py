"""Prompt files: front matter that declares the variables, then the text with `{{name}}`.

The hash of a prompt is part of every verdict that it produced. Values are inserted once and not
searched for placeholders, so a paper that contains `{{name}}` inserts nothing. `fence` puts
untrusted text between marks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError
from medvl_watch.seedfile import SeedFile

_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n(.*)\Z", re.DOTALL | re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_ROLE_HEADING = re.compile(r"^# (System|User)[ \t]*$", re.MULTILINE)
_FENCE_LENGTH = 12


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    variables: dict[str, str] = Field(min_length=1)
    """Each variable with one sentence that describes it."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message to a model; `role` is `system` or `user`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt whose placeholders are its declared variables.

    `sha` is the beginning of the SHA-256 of the file's text; `where` is the file's name for
    messages.
    """

    name: str
    variables: tuple[str, ...]
    body: str
    sha: str
    where: str

    def check(self, name: str, variables: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Raise ConfigError unless the prompt has this name, a part `# User`, and these
        variables, each of them below a heading and so in a part that is sent. It may also use
        the `optional` ones, and no others."""
        if self.name != name:
            raise ConfigError(
                f"the prompt's name is {self.name!r}, not {name!r}",
                where=self.where,
                remedy=f"write `name: {name}`; to try another text, change this one",
            )
        if "User" not in _ROLE_HEADING.split(self.body)[1::2]:
            raise ConfigError(
                "the prompt has no part `# User`",
                where=self.where,
                remedy="put the heading `# User` above the question",
            )
        required, known = tuple(variables), (*variables, *optional)
        if missing := self.missing(
            (*required, *(each for each in self.variables if each in known))
        ):
            raise ConfigError(
                f"the prompt does not use {{{{{missing[0]}}}}}",
                where=self.where,
                remedy="put it below `# System` or `# User`, and among the variables",
            )
        for variable in self.variables:
            if variable not in known:
                raise ConfigError(
                    f"the prompt uses {{{{{variable}}}}}, which has no value",
                    where=self.where,
                    remedy=f"use {', '.join(known)} only",
                )

    def missing(self, variables: Iterable[str]) -> tuple[str, ...]:
        """Those of the variables that stand in no part that is sent."""
        sent = set(_PLACEHOLDER.findall("".join(_ROLE_HEADING.split(self.body)[2::2])))
        return tuple(each for each in variables if each not in sent)

    def render(self, **values: str) -> str:
        """The body with the values of all variables.

        Raises ConfigError with the name of a variable that is missing or not declared.
        """
        for name in self.variables:
            if name not in values:
                raise ConfigError(f"the variable {name!r} is missing", where=f"prompt {self.name}")
        for name in values:
            if name not in self.variables:
                raise ConfigError(
                    f"the variable {name!r} is not declared", where=f"prompt {self.name}"
                )
        return _insert_values(self.body, values)

    def messages(self, **values: str) -> tuple[ChatMessage, ...]:
        """The rendered parts below the headings `# System` and `# User`, in the order of the file.

        The body is split before values are inserted, so no value can begin a part of its own.
        """
        pieces = _ROLE_HEADING.split(self.body)
        self.render(**values)
        return tuple(
            ChatMessage(role.lower(), _insert_values(text, values).strip())
            for role, text in zip(pieces[1::2], pieces[2::2], strict=True)
        )


def _insert_values(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)


def load_prompt(text: str, where: str) -> Prompt:
    """Read a prompt from the text of its file; `where` is the file's name for messages.

    Raises ConfigError if the front matter is missing or not valid, a placeholder is not declared
    as a variable, or a declared variable is not used.
    """
    text = text.replace("\r\n", "\n")
    match = _FRONT_MATTER.match(text)
    if not match:
        raise ConfigError(
            "the prompt does not begin with front matter",
            where=where,
            remedy="put `name` and `variables` between two lines of three hyphens",
        )
    file = SeedFile(match[1], where)
    front = file.check(_FrontMatter)
    placeholders = set(_PLACEHOLDER.findall(match[2]))
    for name in sorted(placeholders - front.variables.keys()):
        file.refuse(("variables",), f"the body uses {name!r}, which is not declared")
    for name in front.variables:
        if name not in placeholders:
            file.refuse(("variables", name), "the body does not use this variable")
    sha = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(
        name=front.name, variables=tuple(front.variables), body=match[2], sha=sha, where=where
    )


def taxonomy_outline(taxonomy: Taxonomy) -> str:
    """The tree as text for a prompt: one line per node, with its id, title and definition."""
    return "\n".join(
        f"{'  ' * node.id.count('/')}- {node.id} ({node.title}): {node.definition}"
        for node in taxonomy.nodes.values()
    )


def fence(text: str, secret: str) -> str:
    """Untrusted text between two marks that it cannot contain.

    The mark is a hash of the text and of `secret`, so the author of the text cannot know it.
    """
    mark = hashlib.sha256(f"{secret}\0{text}".encode()).hexdigest()[:_FENCE_LENGTH]
    return f"<<<{mark}\n{text}\n{mark}>>>"
