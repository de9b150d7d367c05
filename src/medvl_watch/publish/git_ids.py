"""The ids that git gives to files, folders and commits, without a repository."""

from __future__ import annotations

import hashlib


def object_id(kind: str, data: bytes) -> bytes:
    """The id of an object of this kind (`blob`, `tree`, `commit`) and content."""
    header = f"{kind} {len(data)}\0".encode()
    return hashlib.sha1(header + data, usedforsecurity=False).digest()
