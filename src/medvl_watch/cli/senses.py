"""Where the file of what words mean is, and reading it."""

from __future__ import annotations

from functools import cache

from medvl_watch.classify.sections.word_vectors import WordVectors, load_senses
from medvl_watch.cli.bundled_files import shipped
from medvl_watch.cli.files import read_text


@cache
def shipped_senses() -> WordVectors:
    """What words mean, as it comes with the project. Raises ConfigError if it is broken."""
    path = shipped("seeds") / "models" / "senses.json"
    return load_senses(read_text(path, "install the project again"), str(path))
