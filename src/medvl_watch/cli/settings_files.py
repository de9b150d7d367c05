"""Reads the configuration and the files that it names: taxonomy, venues, prompt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.classify.prompt import Prompt, load_prompt
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.config import FILE_NAME, Settings, load_settings
from medvl_watch.errors import ConfigError
from medvl_watch.papers.known_venues import bundled_venues_path, use_venues, venues_in_use
from medvl_watch.papers.venue_names import VenueNames
from medvl_watch.papers.venuefile import load_venues
from medvl_watch.storage.model_files import bundled_word_vectors
from medvl_watch.storage.user_files import read_text


def find_config(option: Path | None) -> Path:
    """The configuration to use: the one named, that of the working folder, or the demo's."""
    if option is not None:
        return option
    here = Path.cwd() / FILE_NAME
    return here if here.exists() else bundled_folder("seeds") / "demo" / FILE_NAME


def is_demonstration(config: Path) -> bool:
    return config.resolve() == (bundled_folder("seeds") / "demo" / FILE_NAME).resolve()


LoadedSettings = tuple[Settings, Path]
"""Settings and the file that they come from."""


def read_settings(option: Path | None) -> LoadedSettings:
    """The settings and the file that they come from."""
    path = find_config(option)
    text = read_text(path, "name another file with --config")
    settings = load_settings(
        text, where=path, environment=os.environ, cwd=Path.cwd(), shipped=bundled_folder("seeds")
    )
    is_own = settings.venues != bundled_venues_path()
    use_venues(partial(read_venues, settings) if is_own else None)
    return settings, path


def use_configured_venues() -> None:
    """Use the venues that the working folder's configuration names, if it has one."""
    if (Path.cwd() / FILE_NAME).exists():
        use_venues(lambda: read_venues(read_settings(None)[0]))
    else:
        use_venues(None)


def read_venues(settings: Settings) -> VenueNames:
    """The names of venues. Raises ConfigError."""
    text = read_text(settings.venues, "name it as `venues` in the configuration")
    return load_venues(text, str(settings.venues))


def read_taxonomy(settings: Settings) -> Taxonomy:
    """The taxonomy. Also reads the names of venues, which the choice of sections needs. Raises
    ConfigError for a fault in either."""
    venues_in_use()
    return read_only_taxonomy(settings)


def read_only_taxonomy(settings: Settings) -> Taxonomy:
    """The taxonomy with the word vectors. Raises ConfigError if the settings name a map that it
    does not have."""
    text = read_text(settings.taxonomy, "name it as `taxonomy` in the configuration")
    taxonomy = replace(
        _with_synonyms(load_taxonomy(text, str(settings.taxonomy)), settings),
        word_vectors=bundled_word_vectors(),
    )
    for entry in settings.lists:
        if entry.map:
            taxonomy.list_map(entry.map)
    return taxonomy


def _with_synonyms(taxonomy: Taxonomy, settings: Settings) -> Taxonomy:
    """The taxonomy, with the shipped one's words for choosing sections if it has few of its own:
    fewer words are worse for any list."""
    path = bundled_folder("seeds") / "taxonomy.yaml"
    if settings.taxonomy == path:
        return taxonomy
    shipped = load_taxonomy(read_text(path, "install medvl-watch again"), str(path))
    if _count_terms(taxonomy) >= _count_terms(shipped) / 2:
        return taxonomy
    return replace(taxonomy, synonyms=shipped.nodes)


def _count_terms(taxonomy: Taxonomy) -> int:
    return sum(len(node.lexicon) for node in taxonomy.nodes.values())


def read_prompt(settings: Settings) -> Prompt:
    """The prompt that asks a language model about one paper. Raises ConfigError for one that
    is not there, or that lacks what a question needs."""
    from medvl_watch.classify.llm.question import OPTIONAL_VARIABLES, PROMPT_NAME, VARIABLES

    path = (settings.prompts or bundled_folder("prompts")) / f"{PROMPT_NAME}.md"
    text = read_text(path, "restore it, or name its folder as `prompts` in the configuration")
    prompt = load_prompt(text, str(path))
    prompt.check(PROMPT_NAME, VARIABLES, OPTIONAL_VARIABLES)
    return prompt


def missing_questions(prompt: Prompt) -> Iterator[ConfigError]:
    """What an older prompt does not ask, and what to add."""
    from medvl_watch.classify.llm.question import OPTIONAL_VARIABLES

    for name in prompt.missing(OPTIONAL_VARIABLES):
        yield ConfigError(
            f"the prompt does not use {{{{{name}}}}}, so {OPTIONAL_VARIABLES[name]}",
            where=prompt.where,
            remedy="add it as in the prompt that comes with medvl-watch",
        )
