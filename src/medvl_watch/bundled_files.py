"""Where the files that come with the project are: in a checkout, or inside the wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def bundled_folder(name: str) -> Path:
    """The folder `seeds` or `prompts`.

    A checkout's own folder goes before the copy that a build puts into the package, so
    that a curator's edit counts at once.
    """
    checkout = PACKAGE.parents[1]
    if (checkout / "pyproject.toml").exists() and (checkout / name).is_dir():
        return checkout / name
    return PACKAGE / "_data" / name
