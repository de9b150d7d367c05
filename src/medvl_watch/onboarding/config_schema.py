"""The JSON schema of medvl-watch.toml, with which editors complete and check it.

    python -m medvl_watch.onboarding.config_schema > seeds/medvl-watch.schema.json

The file is published with the project; the first line of a configuration names its address.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from medvl_watch.config import Settings

ADDRESS = (
    "https://raw.githubusercontent.com/medvl-watch/medvl-watch/main/seeds/medvl-watch.schema.json"
)
_HAVE_DEFAULTS = frozenset({"state", "taxonomy", "sources", "venues"})
"""Keys that the model requires and `load_settings` fills in."""


def config_schema() -> dict[str, Any]:
    """The schema of a configuration as a person writes it."""
    schema = Settings.model_json_schema()
    schema["required"] = [key for key in schema["required"] if key not in _HAVE_DEFAULTS]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        **schema,
        "title": "medvl-watch.toml",
    }


def schema_text() -> str:
    """The text of the schema's file."""
    return json.dumps(config_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
