"""What a pull request changes in a list, as a unified diff."""

from __future__ import annotations

import difflib


def list_diff(before: bytes, after: bytes, path: str) -> str:
    """A unified diff of two versions of the file `path`; empty if they are the same. Bytes that
    are no UTF-8 are shown as escapes."""
    old, new = (
        text.decode("utf-8", "backslashreplace").splitlines(keepends=True)
        for text in (before, after)
    )
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(each if each.endswith("\n") else f"{each}\n{_NO_END}" for each in lines)


_NO_END = "\\ No newline at end of file\n"
