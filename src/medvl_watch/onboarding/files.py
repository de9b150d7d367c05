"""The texts of the files that `medvl-watch init` writes."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

SOURCES_NAME, TAXONOMY_NAME = "sources.yaml", "taxonomy.yaml"
WORKFLOW_NAME = ".github/workflows/medvl-watch.yml"
_SOURCES = """\
# Where papers come from. The words of the query were derived from the entries of the list; add
# and remove words freely. After an edit: `medvl-watch config check`.
version: 1

# Sent with every request, so that a service can reach you before it blocks you. Replace it.
contact: {contact}

sources:
  - id: arxiv
    kind: arxiv
    query: >-
{query}
"""
_LISTS = re.compile(r"^\[\[lists\]\]\n.*\Z", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewList:
    """A list for which files are written.

    `seed` is the list's file on this machine, if there is one; `on_github` says that its
    repository is known, else pull requests are made on this machine. `classifier` is
    empty where the classifier of all lists knows the list.
    """

    id: str
    title: str
    repository: str
    path: str
    seed: str = ""
    on_github: bool = False
    classifier: str = ""


def config_text(template: str, new: NewList, *, has_sources: bool, has_taxonomy: bool) -> str:
    """The configuration: the template with every key explained, and this list."""
    text = _LISTS.sub(lambda _: _list_table(new), template)
    if not new.on_github:
        text = text.replace('name = "github"  ', 'name = "local"   ')
    for name, is_written in ((SOURCES_NAME, has_sources), (TAXONOMY_NAME, has_taxonomy)):
        if is_written:
            key = name.removesuffix(".yaml")
            text = text.replace(f'# {key} = "{name}"  ', f'{key} = "{name}"  ')
    return text


def _list_table(new: NewList) -> str:
    classifier = f'classifier = "{new.classifier}"' if new.classifier else '# classifier = ""'
    seed = f"seed = {_quoted(new.seed)}" if new.seed else '# seed = "list.md"'
    lines = [
        (f"id = {_quoted(new.id)}", f"names the branch: medvl-watch/{new.id}"),
        (f"title = {_quoted(new.title)}", ""),
        (f"repository = {_quoted(new.repository)}", ""),
        (f"path = {_quoted(new.path)}", ""),
        ('# branch = ""', "the repository's default branch"),
        ('# map = ""', "a map of its sections in taxonomy.yaml; none is needed"),
        (classifier, '"subject": its own entries say what belongs on it'),
        ("# complete = false", "also complete its entries: venue after the preprint, code found"),
        (seed, "what a local forge begins with"),
    ]
    return "[[lists]]\n" + "".join(
        f"{line:<32} # {comment}\n" if comment else f"{line}\n" for line, comment in lines
    )


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def sources_text(query: str, contact: str) -> str:
    """The catalogue with one query."""
    lines = textwrap.wrap(query, 88, break_long_words=False, break_on_hyphens=False)
    return _SOURCES.format(contact=contact, query="\n".join(f"      {line}" for line in lines))


def list_id(name: str) -> str:
    """An id of a list from the name of its repository or file."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-")
    return slug or "my-list"
