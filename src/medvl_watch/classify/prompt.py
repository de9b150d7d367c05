"""Prompts are files: front matter that declares variables, then the text with `{{name}}`.

A prompt's hash goes into every verdict that it produced. Values are put in as they are and
never looked at again, so a paper that contains `{{name}}` cannot pull anything in; fencing
untrusted text is `fenced`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from medvl_watch.classify.seedfile import SeedFile
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError

_FRONT = re.compile(r"\A---\n(.*?)^---\n(.*)\Z", re.DOTALL | re.MULTILINE)
_PLACE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_PART = re.compile(r"^# (System|User)[ \t]*$", re.MULTILINE)
_FENCE_LENGTH = 12


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    variables: dict[str, str] = Field(min_length=1)
    """Each variable with a sentence that says what it is."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message to a model; `role` is `system` or `user`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt whose places and declared variables agree. `sha` is that of the file's text;
    `where` is its name for messages."""

    name: str
    variables: tuple[str, ...]
    body: str
    sha: str
    where: str

    def check(self, name: str, variables: Iterable[str]) -> None:
        """Raises ConfigError unless the prompt has this name, a part for the user, and just
        these variables, each in a part that is sent."""
        if self.name != name:
            raise ConfigError(
                f"the prompt's name is {self.name!r}, not {name!r}",
                where=self.where,
                remedy=f"write `name: {name}`; to try another text, change this one",
            )
        parts = _PART.split(self.body)
        if "User" not in parts[1::2]:
            raise ConfigError(
                "the prompt has no part for the user",
                where=self.where,
                remedy="put a heading `# User` before what is asked",
            )
        sent = set(_PLACE.findall("".join(parts[2::2])))
        for variable in variables:
            if variable not in sent:
                raise ConfigError(
                    f"the prompt does not use {{{{{variable}}}}}",
                    where=self.where,
                    remedy="put it below `# System` or `# User`, and among the variables",
                )
        for variable in self.variables:
            if variable not in variables:
                raise ConfigError(
                    f"the prompt uses {{{{{variable}}}}}, which nothing fills",
                    where=self.where,
                    remedy=f"use {', '.join(variables)} only",
                )

    def render(self, **values: str) -> str:
        """The body with every variable filled in.

        Raises ConfigError naming the variable that is missing or that was not declared.
        """
        for name in self.variables:
            if name not in values:
                raise ConfigError(f"the variable {name!r} is missing", where=f"prompt {self.name}")
        for name in values:
            if name not in self.variables:
                raise ConfigError(
                    f"the variable {name!r} is not declared", where=f"prompt {self.name}"
                )
        return _PLACE.sub(lambda match: values[match[1]], self.body)

    def messages(self, **values: str) -> tuple[ChatMessage, ...]:
        """The rendered parts below the headings `# System` and `# User`, in the file's order.

        The body is cut before it is filled in: no value can open a part of its own.
        """
        pieces = _PART.split(self.body)
        self.render(**values)
        return tuple(
            ChatMessage(role.lower(), _PLACE.sub(lambda match: values[match[1]], text).strip())
            for role, text in zip(pieces[1::2], pieces[2::2], strict=True)
        )


def load_prompt(text: str, where: str) -> Prompt:
    """The prompt in a file's text; `where` is the file's name for messages.

    Raises ConfigError when the front matter is missing or wrong, a place has no declared
    variable, or a declared variable has no place.
    """
    text = text.replace("\r\n", "\n")
    match = _FRONT.match(text)
    if not match:
        raise ConfigError(
            "the prompt does not begin with front matter",
            where=where,
            remedy="put `name` and `variables` between two lines of three hyphens",
        )
    file = SeedFile(match[1], where)
    front = file.check(_FrontMatter)
    places = set(_PLACE.findall(match[2]))
    for name in sorted(places - front.variables.keys()):
        file.refuse(("variables",), f"the body uses {name!r}, which is not declared")
    for name in front.variables:
        if name not in places:
            file.refuse(("variables", name), "the body does not use this variable")
    sha = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(
        name=front.name, variables=tuple(front.variables), body=match[2], sha=sha, where=where
    )


def outline(taxonomy: Taxonomy) -> str:
    """The tree for a prompt: a line for each node with its id, title and definition."""
    return "\n".join(
        f"{'  ' * node.id.count('/')}- {node.id} ({node.title}): {node.definition}"
        for node in taxonomy.nodes.values()
    )


def fenced(text: str, secret: str) -> str:
    """Untrusted text between two marks that it cannot contain.

    The mark is a hash of the text and of `secret`, so nobody who writes a paper can know it.
    """
    mark = hashlib.sha256(f"{secret}\0{text}".encode()).hexdigest()[:_FENCE_LENGTH]
    return f"<<<{mark}\n{text}\n{mark}>>>"
