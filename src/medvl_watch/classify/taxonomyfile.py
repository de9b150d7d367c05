"""Reads and checks seeds/taxonomy.yaml. An error names the file, the line, the key and why."""

from __future__ import annotations

import hashlib
import math
import re
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from medvl_watch.classify.lexicon import term_words
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
from medvl_watch.seedfile import SeedFile

_LARGEST_WEIGHT = 20.0
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*")


def _lexicon(texts: dict[float, str]) -> Lexicon:
    """The terms of a lexicon such as `{2: "report generation, caption*"}`. Raises ValueError
    with the reason if it is not valid."""
    terms: dict[tuple[str, ...], Term] = {}
    for weight, text in texts.items():
        if not math.isfinite(weight) or weight == 0 or abs(weight) > _LARGEST_WEIGHT:
            raise ValueError(f"the weight {weight:g} is 0 or not between -20 and 20")
        for part in text.split(","):
            words = term_words(part)
            if words in terms:
                raise ValueError(f"the term {part.strip()!r} occurs twice")
            terms[words] = Term(" ".join(words), words, float(weight))
    return tuple(terms.values())


def _one_line(text: str) -> str:
    if not text.strip():
        raise ValueError("this text is empty; write one sentence")
    return " ".join(text.split())


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise ValueError(
            f"the id {text!r} is not valid; write lower-case words and slashes, such as "
            "application/segmentation"
        )
    return text


def _check_lexicon(texts: dict[float, str]) -> dict[float, str]:
    _lexicon(texts)
    return texts


_Terms = Annotated[dict[float, str], AfterValidator(_check_lexicon)]
_Text = Annotated[str, AfterValidator(_one_line)]
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


class _MapSectionModel(_SeedModel):
    path: tuple[_Text, ...] = Field(min_length=1)
    nodes: tuple[str, ...] = ()
    odds: float = Field(default=1.0, gt=0, le=1000)
    closed: bool = False


class _ListMapModel(_SeedModel):
    requires: tuple[str, ...] = ()
    several: bool = False
    sections: tuple[_MapSectionModel, ...] = ()


class _TaxonomyModel(_SeedModel):
    version: int = Field(ge=1, le=1)
    nodes: tuple[_NodeModel, ...] = Field(min_length=1)
    relevance: _RelevanceModel
    scopes: dict[_Slug, _ScopeModel] = Field(default_factory=dict)
    placing: _PlacingModel
    lists: dict[_Slug, _ListMapModel]


@lru_cache(maxsize=4)
def load_taxonomy(text: str, where: str) -> Taxonomy:
    """Read the taxonomy from the text of a YAML file; `where` is the file's name for messages.

    Kept for a while, since reading it takes a fifth of a second and the jobs of `serve` do so
    each time. Raises ConfigError with the file, the line, the key and the reason.
    """
    file = SeedFile(text, where)
    data = file.check(_TaxonomyModel)
    nodes = _tree(file, data)
    thresholds = data.relevance.thresholds
    if thresholds.refer >= thresholds.propose:
        file.refuse(("relevance", "thresholds", "refer"), "refer must be smaller than propose")
    if data.placing.at_least > data.placing.sure:
        file.refuse(("placing", "at_least"), "at_least must not be larger than sure")
    for name, list_map in data.lists.items():
        _check_map(file, name, list_map, data, nodes)
    return Taxonomy(
        nodes=MappingProxyType(nodes),
        relevance=_relevance(data.relevance),
        scopes=MappingProxyType({name: _scope(name, each) for name, each in data.scopes.items()}),
        placing=Placing(
            points_to_double=data.placing.points_to_double,
            at_least=data.placing.at_least,
            sure=data.placing.sure,
            sure_unmapped=data.placing.sure_unmapped,
        ),
        lists=MappingProxyType({name: _list_map(name, each) for name, each in data.lists.items()}),
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def _tree(file: SeedFile, data: _TaxonomyModel) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for number, each in enumerate(data.nodes):
        if each.id in nodes:
            file.refuse(("nodes", number, "id"), f"the id {each.id!r} occurs twice")
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
    file: SeedFile, name: str, list_map: _ListMapModel, data: _TaxonomyModel, nodes: dict[str, Node]
) -> None:
    for number, scope in enumerate(list_map.requires):
        if scope not in data.scopes:
            file.refuse(("lists", name, "requires", number), f"there is no scope {scope!r}")
    mapped: set[str] = set()
    paths: set[tuple[str, ...]] = set()
    for number, section in enumerate(list_map.sections):
        key = ("lists", name, "sections", number)
        _check_path(file, key, section)
        if section.path in paths:
            file.refuse((*key, "path"), "this section occurs twice")
        paths.add(section.path)
        for index, node_id in enumerate(section.nodes):
            if node_id not in nodes:
                file.refuse((*key, "nodes", index), f"there is no node {node_id!r}")
            if node_id in mapped:
                file.refuse((*key, "nodes", index), f"{node_id!r} already has a section above")
            mapped.add(node_id)


def _check_path(file: SeedFile, key: tuple[str | int, ...], section: _MapSectionModel) -> None:
    for part, heading in enumerate(section.path):
        if "{" in heading.replace(YEAR, ""):
            file.refuse((*key, "path", part), f"{heading!r} has a placeholder other than {YEAR}")
    if section.closed == bool(section.nodes):
        file.refuse(key, "a section must either have nodes or be closed, and not both")


def _relevance(data: _RelevanceModel) -> Relevance:
    return Relevance(
        title_counts=data.title_counts,
        facets=tuple(
            Facet(name=name, definition=each.definition, lexicon=_lexicon(each.lexicon))
            for name, each in data.facets.items()
        ),
        together=_lexicon(data.together),
        against=_lexicon(data.against),
        withdrawn=_lexicon(data.withdrawn),
        propose=data.thresholds.propose,
        refer=data.thresholds.refer,
    )


def _scope(name: str, data: _ScopeModel) -> Scope:
    return Scope(
        name=name,
        definition=data.definition,
        lexicon=_lexicon(data.lexicon),
        at_least=data.at_least,
    )


def _list_map(name: str, data: _ListMapModel) -> ListMap:
    return ListMap(
        id=name,
        requires=data.requires,
        several=data.several,
        sections=tuple(
            MappedSection(
                path=section.path,
                nodes=section.nodes,
                odds=section.odds,
                closed=section.closed,
            )
            for section in data.sections
        ),
    )
