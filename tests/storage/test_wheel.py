"""The migrations as users have them: from a wheel, elsewhere, with no `alembic.ini`."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.storage.old_files import (
    SCHEMAS,
    has_rows_of,
    shape_of,
    statements_of,
    tables_of,
    written,
)

ROOT = Path(__file__).resolve().parents[2]
MIGRATE = """
import sys
from datetime import datetime, timezone
from pathlib import Path
import medvl_watch
from medvl_watch.classify.llm.answer_tables import SCHEMA as ANSWERS
from medvl_watch.ledger.schema import SCHEMA as LEDGER
from medvl_watch.storage.database import open_database
assert medvl_watch.__file__.startswith(sys.argv[1]), medvl_watch.__file__
for name, schema in (("ledger", LEDGER), ("answers", ANSWERS)):
    for path in [*Path(sys.argv[2]).glob(f"{name}-*")]:
        open_database(path, schema, datetime.now(timezone.utc)).engine.dispose()
assert "alembic" in sys.modules
"""


def test_old_files_are_migrated_by_what_is_in_the_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [wheel] = tmp_path.glob("*.whl")
    elsewhere, state = tmp_path / "100% a b", tmp_path / "state"
    zipfile.ZipFile(wheel).extractall(elsewhere)
    state.mkdir()
    old = {}
    for name, (_, folder) in SCHEMAS.items():
        for dump in folder.glob("*.sql"):
            path = written(state / f"{name}-{dump.stem}", statements_of(dump))
            old[path] = tables_of(path)

    subprocess.run(
        [sys.executable, "-W", "error", "-c", MIGRATE, str(elsewhere), str(state)],
        cwd=state, check=True, env={**os.environ, "PYTHONPATH": str(elsewhere)},
    )  # fmt: skip

    for path, rows in old.items():
        assert has_rows_of(path, rows)
        assert "alembic_version" in shape_of(path)
