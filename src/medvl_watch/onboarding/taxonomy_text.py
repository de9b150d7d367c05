"""Writes a taxonomy from the headings of a list, for a subject that none of ours fits."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence

from ruamel.yaml import YAML

from medvl_watch.classify.sections.targets import group_by_target
from medvl_watch.classify.sections.words import stems_with_words
from medvl_watch.classify.subject.classifier import FOREIGN_SCOPE
from medvl_watch.classify.taxonomy import Lexicon, Taxonomy
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.headings import plain_path
from medvl_watch.offers.section_examples import examples_of, open_headings
from medvl_watch.records import Headings

_HEAD = """\
# The categories of {title}, made from the headings of the list.
#
# A language model chooses among them, and `medvl-watch classify` shows them. Sections are learned
# from the list itself, so this file needs no map of them. What the keys mean is explained in
# https://github.com/medvl-watch/medvl-watch/blob/main/seeds/taxonomy.yaml
"""
_WORD = re.compile(r"[a-z][a-z0-9]{2,}")
_WORDS_OF_SUBJECT = 40
_LONGEST_SLUG = 40


def taxonomy_text(
    title: str, document: Document, subject_words: Sequence[str], ours: Taxonomy
) -> str:
    """The text of the file. Subjects are headings without years and venues; `subject_words` tell
    most about the list. The words that say that a paper was withdrawn, and those of our own
    field, come from `ours`."""
    words = [word for word in subject_words if _WORD.fullmatch(word)][:_WORDS_OF_SUBJECT]
    content = {
        "version": 1,
        "nodes": _nodes(document) or [_node("papers", "Papers", {})],
        "relevance": {
            "title_counts": 2,
            "facets": {
                "subject": {
                    "definition": f"What the list is about: {title}.",
                    "lexicon": {2: ", ".join(words) or "paper"},
                }
            },
            "together": {},
            "against": {},
            "withdrawn": _terms(ours.relevance.withdrawn),
            "thresholds": {"propose": 0.9, "refer": 0.5},
        },
        "scopes": {FOREIGN_SCOPE: _foreign(ours)},
        "placing": {"points_to_double": 3, "at_least": 0.3, "sure": 0.75},
        "lists": {},
    }
    return _HEAD.format(title=" ".join(title.split())) + _dump(content)


def _dump(content: dict[str, object]) -> str:
    yaml = YAML()
    yaml.width = 96
    yaml.default_flow_style = False
    text = io.StringIO()
    yaml.dump(content, text)
    return text.getvalue()


def _foreign(ours: Taxonomy) -> dict[str, object]:
    facet = ours.relevance.facets[0]
    return {"definition": facet.definition, "lexicon": _terms(facet.lexicon)}


def _terms(lexicon: Lexicon) -> dict[float, str]:
    by_weight: dict[float, list[str]] = {}
    for term in lexicon:
        by_weight.setdefault(term.weight, []).append(term.text)
    return {weight: ", ".join(texts) for weight, texts in by_weight.items()}


def _nodes(document: Document) -> list[dict[str, object]]:
    """A node for each subject of the list, those above it first."""
    paths = [plain_path(example.path) for example in examples_of(document) if example.path]
    headings = [plain_path(path) for path in open_headings(document)]
    targets, _ = group_by_target(headings, paths)
    subjects = [target.subject for target in targets.values() if target.entries and target.subject]
    depth = int(len({subject[0] for subject in subjects}) == 1 and len(subjects) > 1)
    nodes: dict[str, dict[str, object]] = {}
    for subject in subjects:
        for length in range(depth + 1, len(subject) + 1):
            node_id = _node_id(subject[depth:length])
            if node_id:
                nodes.setdefault(
                    node_id, _node(node_id, subject[length - 1], _lexicon(subject[length - 1]))
                )
    complete = {key for key in nodes if all(above in nodes for above in _above(key))}
    return [node for key, node in nodes.items() if key in complete]


def _node(node_id: str, title: str, lexicon: Mapping[float, str]) -> dict[str, object]:
    name = " ".join(title.split())
    node: dict[str, object] = {
        "id": node_id,
        "title": name,
        "definition": f"Papers that the list has under the heading {name!r}.",
    }
    return node | {"lexicon": dict(lexicon)} if lexicon else node


def _lexicon(heading: str) -> dict[float, str]:
    words = [stem for stem in stems_with_words(heading) if _WORD.fullmatch(stem)]
    return {3: ", ".join(f"{word}*" for word in words)} if words else {}


def _node_id(titles: Headings) -> str:
    slugs = [_slug(title) for title in titles]
    return "/".join(slugs) if all(slugs) else ""


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-")


def _above(node_id: str) -> list[str]:
    parts = node_id.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]
