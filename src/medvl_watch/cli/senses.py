"""Where the file of what words mean is, and reading it."""

from __future__ import annotations

from functools import cache

from medvl_watch.classify.sections.senses import Senses, load_senses
from medvl_watch.cli.files import read_text
from medvl_watch.cli.shipped import shipped


@cache
def shipped_senses() -> Senses:
    """What words mean, as it comes with the project. Raises ConfigError if it is broken."""
    path = shipped("seeds") / "models" / "senses.json"
    return load_senses(read_text(path, "install the project again"), str(path))
