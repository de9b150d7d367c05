"""Halves of characters, which JSON may hold and no file can."""

from __future__ import annotations


def without_surrogates(text: str) -> str:
    """The text with a question mark for each lone surrogate. JSON allows it as an escape, a
    model may write it, and whatever it is written to as UTF-8 breaks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
