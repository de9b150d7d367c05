from __future__ import annotations

import re

import pytest

from medvl_watch.classify.routing import required_sections
from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.errors import ConfigError
from tests.classify.taxonomies import SEEDS, TEXT, bundled_taxonomy, small_taxonomy

INVALID_EDITS = [
    pytest.param(
        "version: 1", "version: 1\nowner: me", ["line 2", "owner", "not a known"], id="unknown key"
    ),
    pytest.param(
        "    title: Training\n",
        "    title: Training\n    titel: T\n",
        ["line 5", "nodes[1].titel", "not a known key"],
        id="unknown key in a node",
    ),
    pytest.param("version: 1", "version: 2", ["line 1", "version"], id="unknown version"),
    pytest.param(
        "id: use\n",
        "id: training\n",
        ["line 13", "nodes[3].id", "'training' occurs twice"],
        id="the same id twice",
    ),
    pytest.param(
        "id: use/words", "id: used/words", ["nodes[5].id", "parent 'used'"], id="unknown parent"
    ),
    pytest.param("id: use/words", "id: Use Words", ["nodes[5].id", "lower-case"], id="invalid id"),
    pytest.param(
        "    definition: Writes or answers.\n",
        "",
        ["nodes[5].definition", "missing"],
        id="definition missing",
    ),
    pytest.param(
        "definition: Writes or answers.",
        "definition: ' '",
        ["nodes[5].definition", "empty"],
        id="definition empty",
    ),
    pytest.param(
        "      4: segment*",
        "      0: segment*",
        ["line 19", "nodes[4].lexicon", "weight 0"],
        id="weight of zero",
    ),
    pytest.param(
        "      4: segment*",
        "      .nan: segment*",
        ["nodes[4].lexicon", "weight nan"],
        id="weight of NaN",
    ),
    pytest.param(
        "      4: segment*",
        "      400: segment*",
        ["nodes[4].lexicon", "weight 400"],
        id="weight too large",
    ),
    pytest.param(
        "      4: segment*",
        "      heavy: segment*",
        ["nodes[4].lexicon", "number"],
        id="weight as a word",
    ),
    pytest.param(
        "      4: segment*",
        "      4: segment*, , mask",
        ["nodes[4].lexicon", "empty"],
        id="two commas",
    ),
    pytest.param(
        "      4: segment*",
        "      4: seg(ment)?",
        ["nodes[4].lexicon", "seg(ment)?"],
        id="a regular expression as a term",
    ),
    pytest.param(
        "      4: segment*",
        "      4: segment*\n      2: segment*",
        ["nodes[4].lexicon", "'segment*' occurs twice"],
        id="a term with two weights",
    ),
    pytest.param(
        "      4: segment*",
        "      4: segment*\n      4: mask",
        ["line 21", "'4' occurs twice"],
        id="a key twice",
    ),
    pytest.param(
        "propose: 0.9, refer: 0.4",
        "propose: 0.4, refer: 0.4",
        ["relevance.thresholds.refer", "smaller than propose"],
        id="thresholds in the wrong order",
    ),
    pytest.param(
        "propose: 0.9",
        "propose: 1.9",
        ["relevance.thresholds.propose", "less than 1"],
        id="threshold above one",
    ),
    pytest.param(
        "at_least: 0.3, sure: 0.6",
        "at_least: 0.7, sure: 0.6",
        ["placing.at_least", "sure"],
        id="placing in the wrong order",
    ),
    pytest.param(
        "nodes: [use/words]",
        "nodes: [use/wards]",
        ["line 57", "lists.tasks.sections[4].nodes[1]", "no node 'use/wards'"],
        id="unknown node",
    ),
    pytest.param(
        "nodes: [use/words]",
        "nodes: [use/outlines]",
        ["already has a section"],
        id="a node in two sections of one list",
    ),
    pytest.param(
        "path: [Papers, Words]",
        "path: [Papers, Training]",
        ["sections[4].path", "occurs twice"],
        id="a section twice",
    ),
    pytest.param(
        "path: [Papers, Words]",
        'path: [Papers, "{month}"]',
        ["path[2]", "{year}"],
        id="unknown placeholder",
    ),
    pytest.param(
        "closed: true", "nodes: []", ["sections[1]", "closed"], id="an open section without nodes"
    ),
    pytest.param(
        "requires: [chest]",
        "requires: [thorax]",
        ["lists.years.requires[1]", "'thorax'"],
        id="unknown scope",
    ),
    pytest.param(
        "closed: true", "closed: perhaps", ["closed", "boolean"], id="invalid truth value"
    ),
    pytest.param("version: 1", "version: [1", ["line", "not valid YAML"], id="invalid YAML"),
    pytest.param("  together:", "\ttogether:", ["line", "not valid YAML"], id="a tab"),
    pytest.param(TEXT, "", ["empty"], id="an empty file"),
    pytest.param(TEXT, "- a\n- b\n", ["not a mapping"], id="a list"),
    pytest.param(
        TEXT[TEXT.index("nodes:") : TEXT.index("relevance:")],
        "nodes: []\n",
        ["line 2", "nodes", "nodes is empty"],
        id="an empty taxonomy",
    ),
]


@pytest.mark.parametrize(("old", "new", "message_parts"), INVALID_EDITS)
def test_an_invalid_edit_is_refused_with_file_key_and_reason(
    old: str, new: str, message_parts: list[str]
) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError) as caught:
        load_taxonomy(TEXT.replace(old, new, 1), "taxonomy.yaml")
    message = str(caught.value)
    assert message.startswith("taxonomy.yaml")
    assert "\n" not in message
    for part in message_parts:
        assert part in message


def test_paths_and_children_of_nodes() -> None:
    taxonomy = small_taxonomy()
    assert taxonomy.node("use/words").path == ("Use", "Words")
    assert taxonomy.node_at(("Use", "Words")).id == "use/words"
    assert [node.id for node in taxonomy.children("use")] == ["use/outlines", "use/words"]
    assert [node.id for node in taxonomy.children(None)] == ["training", "use"]


def test_an_unknown_node_path_or_map_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"no node 'Segmentation'.*use/outlines"):
        small_taxonomy().node("Segmentation")
    with pytest.raises(ConfigError, match="Use > Nothing"):
        small_taxonomy().node_at(("Use", "Nothing"))
    with pytest.raises(ConfigError, match=r"no map of a list 'elsewhere'.*years, tasks"):
        small_taxonomy().list_map("elsewhere")


def test_the_digest_depends_on_the_text() -> None:
    assert load_taxonomy(TEXT, "a").digest == load_taxonomy(TEXT, "b").digest
    assert load_taxonomy(TEXT + "# a word more\n", "a").digest != small_taxonomy().digest


SURVEY_HEADINGS = [
    ("Dataset Resource",),
    ("Pre-training", "Multi-scale"),
    ("Pre-training", "Data-efficient"),
    ("Pre-training", "Knowledge-enhanced"),
    ("Pre-training", "Others"),
    ("CLIP-driven Application", "Classification"),
    ("CLIP-driven Application", "Dense Prediction"),
    ("CLIP-driven Application", "Cross-modal"),
]


@pytest.mark.parametrize("path", SURVEY_HEADINGS, ids=" > ".join)
def test_the_bundled_tree_has_the_headings_of_the_survey(path: tuple[str, ...]) -> None:
    assert bundled_taxonomy().node_at(path).definition


@pytest.mark.parametrize("map_id", sorted(path.stem for path in (SEEDS / "lists").glob("*.md")))
def test_maps_of_the_bundled_lists_use_their_headings(map_id: str) -> None:
    text = (SEEDS / "lists" / f"{map_id}.md").read_text(encoding="utf-8")
    headings = {re.sub(r"^#+\s*|\*\*", "", line).strip() for line in text.split("\n")}
    for path in required_sections(bundled_taxonomy().list_map(map_id)):
        for heading in path:
            assert heading in headings


def test_every_section_of_the_bundled_lists_is_mapped() -> None:
    taxonomy = bundled_taxonomy()
    paths = {section.path for each in taxonomy.lists.values() for section in each.sections}
    assert len(paths) == 2 + 8 + 7 + 1 + 5
    assert all(node.definition.endswith(".") for node in taxonomy.nodes.values())
