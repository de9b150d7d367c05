"""What `init` writes is valid, and what the schema says is what the configuration takes."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.config import Settings, load_settings
from medvl_watch.errors import ConfigError
from medvl_watch.lists.parsing.document import parse
from medvl_watch.onboarding.config_schema import ADDRESS, config_schema, schema_text
from medvl_watch.onboarding.files import NewList, config_text, list_id, sources_text
from medvl_watch.onboarding.taxonomy_text import taxonomy_text
from medvl_watch.sources.catalogue import load_catalogue
from tests.classify.taxonomies import SEEDS, bundled_taxonomy

TEMPLATE = (SEEDS / "medvl-watch.example.toml").read_text(encoding="utf-8")
SCHEMA = SEEDS / "medvl-watch.schema.json"


def test_the_published_schema_is_that_of_the_configuration() -> None:
    if os.environ.get("UPDATE_DOCUMENTS"):
        SCHEMA.write_text(schema_text(), encoding="utf-8")
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run `make documents`"


def test_the_first_line_of_a_configuration_names_the_schema() -> None:
    assert TEMPLATE.splitlines()[0] == f"#:schema {ADDRESS}"


def uncommented(text: str) -> str:
    """The configuration with every default in it."""
    return re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.MULTILINE)


def keys_missing_in_schema(value: dict[str, Any], schema: dict[str, Any], root: Any) -> list[str]:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    missing = [key for key in value if key not in schema["properties"]]
    for key, each in value.items():
        if isinstance(each, dict) and key in schema["properties"] and key != "templates":
            missing += keys_missing_in_schema(each, schema["properties"][key], root)
    return missing


def test_every_key_that_is_explained_is_in_the_schema() -> None:
    schema = config_schema()
    explained = tomllib.loads(uncommented(TEMPLATE))
    assert keys_missing_in_schema(explained, schema, schema) == []
    (entry,) = explained["lists"]
    assert set(entry) <= set(schema["$defs"]["ListSettings"]["properties"])


NO_DEFAULT = (
    r"^(?:seed|model = \"model|exam|exam_result|taxonomy|venues|prompts|recordings|usd_\w+"
    r"|digest_repository|listen|ping|ledger).*$"
)
"""Keys whose examples are files, addresses and prices of one's own."""


def loaded(text: str, folder: Path) -> Settings:
    return load_settings(
        text, where=folder / "medvl-watch.toml", environment={}, cwd=folder, shipped=SEEDS
    )


NAMES = [
    pytest.param("A list", "a/b", id="plain"),
    pytest.param('"quoted" \\ and\nbroken \x07', "a.b/c-d", id="characters of TOML"),
    pytest.param("遥感", "a/b", id="another script"),
]


@pytest.mark.parametrize(("title", "repository"), NAMES)
@pytest.mark.parametrize("classifier", ["", "subject"])
@pytest.mark.parametrize("on_github", [True, False])
def test_the_configuration_is_valid(
    title: str, repository: str, classifier: str, *, on_github: bool, tmp_path: Path
) -> None:
    new = NewList(
        id=list_id(repository.partition("/")[2]),
        title=title,
        repository=repository,
        path="README.md",
        on_github=on_github,
        seed="" if on_github else "README.md",
        classifier=classifier,
    )
    text = config_text(TEMPLATE, new, has_sources=True, has_taxonomy=False)
    settings = loaded(text, tmp_path)
    (entry,) = settings.lists
    assert (entry.repository, entry.classifier) == (repository, classifier)
    assert settings.forge.name == ("github" if on_github else "local")
    assert settings.sources == tmp_path / "sources.yaml"
    assert settings.taxonomy == SEEDS / "taxonomy.yaml"
    every = re.sub(NO_DEFAULT, "", uncommented(text), flags=re.MULTILINE)
    shown = loaded(every, tmp_path)
    assert (shown.limits, shown.schedule) == (settings.limits, settings.schedule)
    assert shown.classifier == settings.classifier
    assert shown.serve == settings.serve


LISTS = [
    pytest.param("# L\n\n## Maps\n\n- A map of words. [[p](https://a.org/1)]\n", id="one section"),
    pytest.param("# L\n\n## 2024\n\n- A map of words. [[p](https://a.org/1)]\n", id="years only"),
    pytest.param("## 遥感\n\n- A map of words. [[p](https://a.org/1)]\n", id="another script"),
    pytest.param(
        "# L\n\n## A: 'b' # c\n\n### {x}\n\n- A map. [[p](https://a.org/1)]\n", id="signs of YAML"
    ),
    pytest.param("- A map of words. [[p](https://a.org/1)]\n", id="no headings"),
]


@pytest.mark.parametrize("text", LISTS)
def test_the_taxonomy_is_valid(text: str) -> None:
    words = ("remote", "sensing", "r1", "c++")
    written = taxonomy_text("A list: 'of' maps", parse(text), words, bundled_taxonomy())
    taxonomy = load_taxonomy(written, "taxonomy.yaml")
    assert taxonomy.nodes
    assert "medicine" in taxonomy.scopes


def test_the_sources_are_valid() -> None:
    query = 'all:"remote sensing" OR ' + " OR ".join(f"all:word{number}" for number in range(60))
    catalogue = load_catalogue(sources_text(query, "mailto:a@example.org"), "sources.yaml")
    assert getattr(catalogue.sources[0], "query", "").strip() == query


def test_a_key_that_is_misspelt_is_refused() -> None:
    with pytest.raises(ConfigError, match="classifer"):
        load_settings(
            TEMPLATE + '\nclassifer = "subject"\n',
            where=Path("x.toml"),
            environment={},
            cwd=Path(),
            shipped=SEEDS,
        )
