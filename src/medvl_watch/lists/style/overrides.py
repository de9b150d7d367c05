"""Templates that a configuration gives instead of the learned ones.

A template is Jinja2 text for one entry, run in a sandbox. It sees the fields by name
(`NAMES`), each already encoded for its place, and empty where nothing is known. What it
gives is proved like any other entry before it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.entries import LONGEST_ENTRY
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.records import Headings

WHOLE_LIST = "*"
NOT_A_TEMPLATE = "is not a Jinja2 template"
NAMES = {slot.variable: slot for slot in Slot if slot is not Slot.TEXT}

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,  # Markdown: the values come encoded by lists/encoding
    trim_blocks=False,
    keep_trailing_newline=False,
)


class CannotRender(Exception):
    """Why a configured template gives no entry, in one clause."""


def explain_template(source: str) -> str:
    """What is wrong with a template, in one clause; empty if nothing is."""
    try:
        used = meta.find_undeclared_variables(_ENVIRONMENT.parse(source))
    except TemplateError as error:
        return f"{NOT_A_TEMPLATE} ({error})"
    unknown = sorted(used - set(NAMES))
    if unknown:
        return f"uses {', '.join(unknown)}, which is not a field (fields: {', '.join(NAMES)})"
    if not used & {"title", "name"}:
        return "shows neither title nor name, so that no paper could be known again"
    try:
        render_override(source, {})
    except CannotRender as problem:
        return str(problem)
    return ""


def render_override(source: str, values: Mapping[Slot, str]) -> str:
    """The entry that a template gives. Raises CannotRender."""
    known = {name: values.get(slot, "") for name, slot in NAMES.items()}
    try:
        text = _ENVIRONMENT.from_string(source).render(known)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise CannotRender(f"the configured template failed ({error})") from error
    if len(text) > LONGEST_ENTRY:
        raise CannotRender("the configured template gives more text than an entry has")
    return text.rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Overrides:
    """Configured templates by section: the key is its path or the end of it
    (`Pre-training > 2023`), holds for what lies below it, and `*` for the whole list."""

    templates: Mapping[str, str] = field(default_factory=dict)

    def of(self, path: Headings) -> str | None:
        """The template for a section; of several that fit, that of the innermost heading."""
        key = path_key(path)
        for end in range(len(key), 0, -1):
            for name, source in self.templates.items():
                wanted = path_key(part.strip() for part in name.split(" > "))
                if name != WHOLE_LIST and key[:end][-len(wanted) :] == wanted:
                    return source
        return self.templates.get(WHOLE_LIST)
