"""Reads seeds/taxonomy.yaml: every wrong edit is refused with file, key and reason."""

from __future__ import annotations

import hashlib
import math
import re
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from medvl_watch.classify.lexicon import term_words
from medvl_watch.classify.seedfile import SeedFile
from medvl_watch.classify.taxonomy import (
    YEAR,
    Facet,
    Lexicon,
    ListMap,
    MappedSection,
    Node,
    Placing,
    Relevance,
    Scope,
    Taxonomy,
    Term,
)

_HEAVIEST = 20.0
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*")


def _lexicon(raw: dict[float, str]) -> Lexicon:
    """`{2: "report generation, caption*"}` as terms. Raises ValueError with the reason."""
    terms: dict[tuple[str, ...], Term] = {}
    for weight, text in raw.items():
        if not math.isfinite(weight) or weight == 0 or abs(weight) > _HEAVIEST:
            raise ValueError(f"the weight {weight:g} is not between -20 and 20 without 0")
        for part in text.split(","):
            words = term_words(part)
            if words in terms:
                raise ValueError(f"the term {part.strip()!r} stands twice")
            terms[words] = Term(" ".join(words), words, float(weight))
    return tuple(terms.values())


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("this text is empty; write one sentence")
    return " ".join(text.split())


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise ValueError(
            f"the id {text!r} is no path of lower-case words, such as application/segmentation"
        )
    return text


def _readable(raw: dict[float, str]) -> dict[float, str]:
    _lexicon(raw)
    return raw


_Terms = Annotated[dict[float, str], AfterValidator(_readable)]
_Text = Annotated[str, AfterValidator(_said)]
_Slug = Annotated[str, AfterValidator(_slug)]
_Share = Annotated[float, Field(gt=0, lt=1)]


class _SeedModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _NodeModel(_SeedModel):
    id: _Slug
    title: _Text
    definition: _Text
    lexicon: _Terms = Field(default_factory=dict)


class _FacetModel(_SeedModel):
    definition: _Text
    lexicon: _Terms


class _ScopeModel(_FacetModel):
    at_least: float = Field(default=1.0, gt=0)


class _ThresholdsModel(_SeedModel):
    propose: _Share
    refer: _Share


class _RelevanceModel(_SeedModel):
    title_counts: float = Field(ge=1, le=10)
    facets: dict[_Slug, _FacetModel] = Field(min_length=1)
    together: _Terms
    against: _Terms
    withdrawn: _Terms
    thresholds: _ThresholdsModel


class _PlacingModel(_SeedModel):
    points_to_double: float = Field(gt=0, le=20)
    at_least: _Share
    sure: _Share
    sure_unmapped: _Share = 0.55


class _SectionModel(_SeedModel):
    path: tuple[_Text, ...] = Field(min_length=1)
    nodes: tuple[str, ...] = ()
    odds: float = Field(default=1.0, gt=0, le=1000)
    closed: bool = False


class _ListMapModel(_SeedModel):
    requires: tuple[str, ...] = ()
    several: bool = False
    sections: tuple[_SectionModel, ...] = ()


class _TaxonomyModel(_SeedModel):
    version: int = Field(ge=1, le=1)
    nodes: tuple[_NodeModel, ...] = Field(min_length=1)
    relevance: _RelevanceModel
    scopes: dict[_Slug, _ScopeModel] = Field(default_factory=dict)
    placing: _PlacingModel
    lists: dict[_Slug, _ListMapModel]


def load_taxonomy(text: str, where: str) -> Taxonomy:
    """The taxonomy that a YAML text describes; `where` is the file's name for messages.

    Raises ConfigError naming file, line, key and reason.
    """
    file = SeedFile(text, where)
    raw = file.check(_TaxonomyModel)
    nodes = _tree(file, raw)
    thresholds = raw.relevance.thresholds
    if thresholds.refer >= thresholds.propose:
        file.refuse(("relevance", "thresholds", "refer"), "refer must be smaller than propose")
    if raw.placing.at_least > raw.placing.sure:
        file.refuse(("placing", "at_least"), "at_least must not be larger than sure")
    for name, list_map in raw.lists.items():
        _check_map(file, name, list_map, raw, nodes)
    return Taxonomy(
        nodes=MappingProxyType(nodes),
        relevance=_relevance(raw.relevance),
        scopes=MappingProxyType({name: _scope(name, each) for name, each in raw.scopes.items()}),
        placing=Placing(
            points_to_double=raw.placing.points_to_double,
            at_least=raw.placing.at_least,
            sure=raw.placing.sure,
            sure_unmapped=raw.placing.sure_unmapped,
        ),
        lists=MappingProxyType({name: _list_map(name, each) for name, each in raw.lists.items()}),
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def _tree(file: SeedFile, raw: _TaxonomyModel) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for number, each in enumerate(raw.nodes):
        if each.id in nodes:
            file.refuse(("nodes", number, "id"), f"the id {each.id!r} stands twice")
        parent = each.id.rpartition("/")[0] or None
        if parent is not None and parent not in nodes:
            file.refuse(
                ("nodes", number, "id"), f"its parent {parent!r} is not among the nodes above it"
            )
        above = nodes[parent].path if parent else ()
        nodes[each.id] = Node(
            id=each.id,
            title=each.title,
            definition=each.definition,
            lexicon=_lexicon(each.lexicon),
            parent=parent,
            path=(*above, each.title),
        )
    return nodes


def _check_map(
    file: SeedFile, name: str, list_map: _ListMapModel, raw: _TaxonomyModel, nodes: dict[str, Node]
) -> None:
    for number, scope in enumerate(list_map.requires):
        if scope not in raw.scopes:
            file.refuse(("lists", name, "requires", number), f"there is no scope {scope!r}")
    mapped: set[str] = set()
    paths: set[tuple[str, ...]] = set()
    for number, section in enumerate(list_map.sections):
        key = ("lists", name, "sections", number)
        _check_path(file, key, section)
        if section.path in paths:
            file.refuse((*key, "path"), "this section stands twice")
        paths.add(section.path)
        for place, label in enumerate(section.nodes):
            if label not in nodes:
                file.refuse((*key, "nodes", place), f"there is no node {label!r}")
            if label in mapped:
                file.refuse((*key, "nodes", place), f"{label!r} already has a section above")
            mapped.add(label)


def _check_path(file: SeedFile, key: tuple[str | int, ...], section: _SectionModel) -> None:
    for part, heading in enumerate(section.path):
        if "{" in heading.replace(YEAR, ""):
            file.refuse((*key, "path", part), f"{heading!r} has a placeholder other than {YEAR}")
    if section.closed == bool(section.nodes):
        file.refuse(key, "a section has nodes, or it is closed; one of the two, not both")


def _relevance(raw: _RelevanceModel) -> Relevance:
    return Relevance(
        title_counts=raw.title_counts,
        facets=tuple(
            Facet(name=name, definition=each.definition, lexicon=_lexicon(each.lexicon))
            for name, each in raw.facets.items()
        ),
        together=_lexicon(raw.together),
        against=_lexicon(raw.against),
        withdrawn=_lexicon(raw.withdrawn),
        propose=raw.thresholds.propose,
        refer=raw.thresholds.refer,
    )


def _scope(name: str, raw: _ScopeModel) -> Scope:
    return Scope(
        name=name,
        definition=raw.definition,
        lexicon=_lexicon(raw.lexicon),
        at_least=raw.at_least,
    )


def _list_map(name: str, raw: _ListMapModel) -> ListMap:
    return ListMap(
        id=name,
        requires=raw.requires,
        several=raw.several,
        sections=tuple(
            MappedSection(
                path=section.path,
                nodes=section.nodes,
                odds=section.odds,
                closed=section.closed,
            )
            for section in raw.sections
        ),
    )
