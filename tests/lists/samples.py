"""Papers and seeds that the tests of lists share."""

from pathlib import Path
from typing import Any

from medvl_watch.changes import Addition
from medvl_watch.lists.parsing.document import parse
from medvl_watch.records import Headings, Record

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "lists"
NAMES = (
    "chest-xray-vlp",
    "clip-in-medical-imaging",
    "medical-clip",
    "vl-learning-in-medical-domain",
    "vlm-in-mia",
)


def seed(name: str) -> str:
    return (SEEDS / f"{name}.md").read_bytes().decode()


def section(name: str, *tail: str) -> Headings:
    """The one section of a seed whose path ends so."""
    paths = dict.fromkeys(s.path for s in parse(seed(name)).sections)
    [found] = [path for path in paths if path[-len(tail) :] == tail]
    return found


def paper(**given: Any) -> Record:
    """A preprint with code, unless told otherwise."""
    facts: dict[str, Any] = {
        "id": "arxiv:2501.00001",
        "arxiv_id": "2501.00001",
        "title": "RadNet: A Vision-Language Model for Chest X-ray Reports",
        "authors": ("Ana B. Silva", "Li Wei", "John P. Doe"),
        "published": "2025-01-02",
        "code_urls": ("https://github.com/x/radnet",),
    }
    return Record(**(facts | given))


def published(**given: Any) -> Record:
    """A conference paper without code and without a name of its own."""
    facts: dict[str, Any] = {
        "id": "doi:10.1007/978-3-031-72000-0_7",
        "doi": "10.1007/978-3-031-72000-0_7",
        "title": "Aligning Pathology Slides with Diagnostic Reports",
        "authors": ("Kim Lee", "Ada Park"),
        "published": "2024-10-03",
        "venue": "MICCAI 2024",
    }
    return Record(**(facts | given))


def add(record: Record, path: Headings) -> Addition:
    return Addition(paper=record, section=path)


def added_lines(before: str, after: str) -> list[str]:
    """The new text's lines that the old one does not have, after proving that it only grew."""
    new = []
    old = iter(before.split("\n"))
    expected = next(old, None)
    for line in after.split("\n"):
        if line == expected:
            expected = next(old, None)
        else:
            new.append(line)
    assert expected is None, f"an old line is gone: {expected!r}"
    return new
