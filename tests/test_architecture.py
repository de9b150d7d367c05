"""The direction of imports, held: a module may import from the layers before its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "medvl_watch"

LAYERS = (
    (
        "",
        "bundled_files",
        "errors",
        "setting_types",
        "records",
        "redaction",
        "retry_after",
        "validation",
    ),
    ("changes", "repository_path", "seedfile"),
    ("ports",),
    ("papers",),
    ("injection",),
    ("classify", "lists"),
    ("offers",),
    ("publish", "evaluate", "training.decisions", "training.fitting"),
    ("training.examples",),
    ("classify.llm.failures", "storage", "notification.settings"),
    (
        *("config", "state", "sources", "ledger", "publish.git"),
        *("classify.llm.server", "classify.llm.answer_tables", "classify.llm.migrations"),
    ),
    ("classify.llm.answer_cache",),
    (
        *("publish.local", "publish.github", "publish.dry_run"),
        *("classify.llm.batch", "classify.llm.setup"),
        *("list_copies", "exam_results"),
    ),
    ("training",),
    ("publish.register", "classify.register", "classify.llm.batch_runner"),
    ("pipeline", "diagnosis", "onboarding"),
    ("monitoring", "notification"),
    ("scheduling",),
    ("cli",),
    ("__main__",),
)
"""From the words over the decisions and the shells to the command line.

Within a layer, only the modules of one folder know each other.
"""

PURE = (
    "papers",
    "injection",
    "classify",
    "lists",
    "offers",
    "publish",
    "evaluate",
    "onboarding",
    "notification.notifications",
    "diagnosis.assessment",
    "diagnosis.classifier_checks",
    "diagnosis.findings",
    "diagnosis.github_access",
    "training.decisions",
    "training.examples",
    "training.fitting",
    "records",
    "changes",
    "errors",
    "ports",
    "redaction",
    "repository_path",
    "retry_after",
    "seedfile",
    "validation",
)
OUTSIDE = frozenset(
    {"alembic", "apscheduler", "arxiv", "feedparser", "fcntl", "filelock", "github", "openai",
     "psycopg", "random", "requests", "socket", "sqlalchemy", "sqlite3", "subprocess", "tempfile",
     "time", "urllib.request"}
)  # fmt: skip
"""What a pure module does not import: clocks, networks, disks, processes, chance."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE).with_suffix("")
        parts = [part for part in relative.parts if part != "__init__"]
        yield ".".join(parts), ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(modules())


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "relative imports hide where a name comes from"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(module: str) -> tuple[int, str]:
    """The layer's place and the entry that put the module there: the longest that fits."""
    fitting = [
        (len(entry), place, entry)
        for place, layer in enumerate(LAYERS)
        for entry in layer
        if module == entry or (entry and module.startswith(f"{entry}."))
    ]
    assert fitting, f"{module} stands in no layer: give it a place in LAYERS"
    _, place, entry = max(fitting)
    return place, entry


def known(names: Iterator[str]) -> set[str]:
    """The modules of ours among the imported names."""
    inside = {name.removeprefix("medvl_watch").lstrip(".") for name in names
              if name.split(".")[0] == "medvl_watch"}  # fmt: skip
    return inside & MODULES.keys()


@pytest.mark.parametrize("module", MODULES, ids=lambda name: name or "medvl_watch")
def test_imports_go_from_the_command_line_to_the_words(module: str) -> None:
    place, entry = layer_of(module)
    for imported in known(imports(MODULES[module])):
        other_place, other_entry = layer_of(imported)
        assert other_place < place or other_entry == entry, (
            f"{module} (layer {entry or 'words'}) imports {imported} (layer {other_entry})"
        )


@pytest.mark.parametrize(
    "module",
    [name for name in MODULES if layer_of(name)[1] in PURE],
)
def test_decisions_touch_nothing_outside(module: str) -> None:
    roots = {name for imported in imports(MODULES[module])
             for name in (imported, imported.split(".")[0])}  # fmt: skip
    assert not roots & OUTSIDE, f"{module} is pure but imports {sorted(roots & OUTSIDE)}"


def test_modules_do_not_import_each_other_in_circles() -> None:
    graph = {name: known(imports(tree)) - {name} for name, tree in MODULES.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_packages_hold_only_their_docstring() -> None:
    for path in PACKAGE.rglob("*/__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(body) == 1, f"{path.parent.name}/__init__.py does more than describe itself"


def test_the_document_names_every_folder_and_file_of_the_root() -> None:
    document = (PACKAGE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    names = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in PACKAGE.iterdir()
        if path.suffix in {"", ".py"} and not path.name.startswith("__")
    }
    assert names
    assert not {name for name in names if f"`{name}`" not in document}


def test_a_class_name_means_one_thing() -> None:
    """No two modules define a class of one name; a leading underscore does not count."""
    places: dict[str, set[str]] = {}
    for module, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name.lstrip("_"), set()).add(module)
    assert not {name: found for name, found in places.items() if len(found) > 1}
