"""`medvl-watch eval triage` and `eval sections`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.cli import plots
from medvl_watch.errors import ExitCode
from tests.cli.conftest import Folder
from tests.cli.streams import HARD, LISTED, STREAM, configured, write

GOLD = [
    {
        "id": f"g{number}",
        "title": title,
        "labels": [{"list": "mine", "section_path": ["CLIP-driven Application", section]}],
    }
    for number in range(12)
    for title, section in (
        (f"Segmentation of organs by text {number}", "Dense Prediction"),
        (f"Medical image classification with prompts {number}", "Classification"),
    )
]


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Folder:
    monkeypatch.chdir(tmp_path)
    configured(tmp_path)
    write(tmp_path / "stream.jsonl.gz", STREAM)
    write(tmp_path / "labels.jsonl", LISTED)
    write(tmp_path / "negatives.jsonl", HARD)
    write(tmp_path / "gold.jsonl", [*GOLD, {"id": "bare", "title": "Without a label"}])
    return Folder(tmp_path, capsys)


TRIAGE = ("eval", "triage", "stream.jsonl.gz", "labels.jsonl", "negatives.jsonl")


@pytest.mark.parametrize("name", ["rules", "local"])
def test_triage_is_measured_for_the_classifier_that_is_named(here: Folder, name: str) -> None:
    said = here.watch(*TRIAGE, "--classifier", name, "--json")
    assert said.code == ExitCode.DONE
    assert said.json["classifier"] == name
    assert (said.json["papers"], said.json["positives"], said.json["hard"]) == (600, 100, 100)
    assert said.json["average_precision"] > 0.9
    assert sum(said.json["decisions"]["listed"].values()) == 100
    assert sum(said.json["decisions"]["other"].values()) == 400


def test_a_person_reads_the_same_figures(here: Folder) -> None:
    said = here.watch(*TRIAGE)
    assert "rules on 600 papers, 100 of them listed, 100 hard negatives" in said.out
    assert "average precision" in said.out


def test_labels_of_other_papers_are_told(here: Folder) -> None:
    write(here.path / "labels.jsonl", [{"title": "Of another stream", "arxiv_id": "1901.00001"}])
    said = here.watch(*TRIAGE)
    assert said.code == ExitCode.CONFIG
    assert "labels.jsonl: none of the papers is labelled as relevant" in said.err


def test_sections_are_measured_both_ways(here: Folder) -> None:
    said = here.watch("eval", "sections", "gold.jsonl", "--json")
    assert said.code == ExitCode.DONE
    found = {(each["list"], each["way"]): each for each in said.json["lists"]}
    assert found.keys() == {("mine", "mapped"), ("mine", "learned"), ("mine", "joined")}
    assert all(each["papers"] == 24 for each in found.values())
    assert found["mine", "learned"]["top1"] > 0.9
    assert found["mine", "mapped"]["top_level"] > 0.9


def test_papers_without_a_section_are_told(here: Folder) -> None:
    write(here.path / "gold.jsonl", [{"title": "T"}, {"title": "U", "labels": "none"}])
    said = here.watch("eval", "sections", "gold.jsonl")
    assert said.code == ExitCode.CONFIG
    assert "gold.jsonl: no paper has a section" in said.err


@pytest.mark.parametrize("command", [TRIAGE, ("eval", "sections", "gold.jsonl")])
def test_without_the_library_for_plots_the_figures_are_there(
    here: Folder, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    said = here.watch(*command, "--json", "--output", "plots")
    assert said.code == ExitCode.PARTLY
    assert "install the extra `plots`" in said.err
    assert said.json["plots"] == []


def test_what_matplotlib_itself_lacks_is_named(
    here: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(name: str) -> object:
        raise ModuleNotFoundError(f"No module named 'numpy' ({name})", name="numpy")

    monkeypatch.setattr(plots, "import_module", lacking)
    said = here.watch(*TRIAGE, "--output", "plots")
    assert "plots need matplotlib, which needs numpy, which is not installed" in said.err


def test_the_head_and_the_table_count_the_same_hard_negatives(here: Folder) -> None:
    write(here.path / "silver.jsonl", HARD[:7])
    said = here.watch(*TRIAGE, "silver.jsonl", "--json").json
    assert said["hard"] == 100
    assert sum(said["decisions"]["hard negative"].values()) == 100
    assert sum(said["decisions"]["silver"].values()) == 0


class Axes:
    """Remembers what is drawn."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.places: list[tuple[float, float]] = []

    def annotate(self, text: str, xy: tuple[float, float], **how: Any) -> None:
        self.places.append((xy[1], how["xytext"][1]))

    def __getattr__(self, name: str) -> Any:
        def draw(*_: object, **how: Any) -> None:
            self.said += [how[key] for key in ("title", "label") if key in how]

        return draw


def test_plots_say_who_judged_how_well_and_where_it_parts(
    here: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[str, Axes] = {}

    def draw(folder: Path, found: Mapping[str, plots.Draw]) -> list[Path]:
        for name, plot in found.items():
            drawn[name] = Axes()
            plot(drawn[name])
        return []

    monkeypatch.setattr(plots, "draw", draw)
    figures = here.watch(*TRIAGE, "--json", "--output", "plots").json
    curve, calibration = drawn["precision-recall"], drawn["calibration"]
    assert f"Triage by rules: average precision {figures['average_precision']:.3f}" in curve.said
    assert any(re.fullmatch(r"proposed \(from [01](\.\d+)?\)", words) for words in curve.said)
    assert any(re.fullmatch(r"proposed \(from [01](\.\d+)?\)", words) for words in calibration.said)
    assert "Decisions of rules" in drawn["confusion"].said
    assert all((high < 0.5) == (lifted > 0) for high, lifted in calibration.places)


def test_plots_are_drawn_into_the_folder(here: Folder) -> None:
    pytest.importorskip("matplotlib", reason="plots are an extra")
    triage = here.watch(*TRIAGE, "--json", "--output", "plots").json["plots"]
    sections = here.watch("eval", "sections", "gold.jsonl", "--json", "--output", "plots").json
    assert [Path(each).name for each in triage] == [
        *("precision-recall.png", "calibration.png", "confusion.png")
    ]
    assert len(sections["plots"]) == 3
    for path in (*triage, *sections["plots"]):
        assert Path(path).read_bytes().startswith(b"\x89PNG")
